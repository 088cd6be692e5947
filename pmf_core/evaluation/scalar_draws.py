"""The draws of a scalar of a fit, or of two, as pictures take them."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmf_core.fits.fit import Fit
from pmf_core.stats.curves import autocorrelations, convergence_so_far, density_curves

MOST_POINTS = 1000
"""Of one picture of two scalars; evenly spaced draws, as many of each chain."""


def density(fit: Fit, quantity: str) -> pd.DataFrame:
    """Return `density_curves` of a scalar, named in attr ``quantity``."""
    return _named(density_curves(_draws(fit, quantity)), quantity)


def autocorrelation(fit: Fit, quantity: str) -> pd.DataFrame:
    """Return `autocorrelations` of a scalar, named in attr ``quantity``."""
    return _named(autocorrelations(_draws(fit, quantity)), quantity)


def so_far(fit: Fit, quantity: str) -> pd.DataFrame:
    """Return `convergence_so_far` of a scalar, named in attr ``quantity``."""
    return _named(convergence_so_far(_draws(fit, quantity)), quantity)


def two_scalars(fit: Fit, across: str, up: str) -> pd.DataFrame:
    """Return the draws of two scalars side by side.

    Returns
    -------
    pd.DataFrame
        chain, draw, x, y. Attrs: across, up (their names), ``correlation`` over all draws (nan
        where one does not vary).
    """
    stats = fit.idata["sample_stats"].dataset
    drawn = {name: stats[name].transpose("chain", "draw").values for name in (across, up)}
    chain, draw = np.indices(drawn[across].shape)
    frame = pd.DataFrame({"chain": chain.ravel(), "draw": draw.ravel()})
    frame = frame.assign(x=drawn[across].ravel(), y=drawn[up].ravel())
    varies = frame["x"].nunique() > 1 and frame["y"].nunique() > 1
    correlation = frame["x"].corr(frame["y"]) if varies else np.nan
    every = max(1, -(-len(frame) // MOST_POINTS))
    frame = frame[frame["draw"] % every == 0].reset_index(drop=True)
    frame.attrs = {"across": across, "up": up, "correlation": float(correlation)}
    return frame


def _draws(fit: Fit, quantity: str) -> NDArray:
    return fit.idata["sample_stats"].dataset[quantity].transpose("chain", "draw").values


def _named(frame: pd.DataFrame, quantity: str) -> pd.DataFrame:
    frame.attrs["quantity"] = quantity
    return frame
