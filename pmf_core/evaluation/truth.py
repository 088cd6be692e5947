"""Predictions of simulated ratings beside what the ratings were drawn from."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pmf_core.data.simulate import Truth
from pmf_core.fits.fit import Fit
from pmf_core.stats.metrics import rmse


@dataclass(frozen=True, eq=False)
class BesideTruth:
    """How far predictions are from the truth, and the truth from the ratings, in stars."""

    heldout: pd.DataFrame
    """`Fit.heldout` and ``truth``: the true mean rating of each pair, clipped to the scale."""
    to_truth: float
    """RMSE of the predicted means to the truth."""
    of_truth: float
    """RMSE of the truth to the held-out ratings: nobody can do better."""


def beside_truth(fit: Fit, truth: Truth) -> BesideTruth:
    """Compare a fit to simulated ratings with what they were drawn from."""
    heldout = fit.heldout()
    mean = truth.mean(heldout["user_idx"].values, heldout["item_idx"].values)
    mean = np.clip(mean, *fit.attrs["scale"])
    return BesideTruth(
        heldout.assign(truth=mean), rmse(mean, heldout["pred_mean"]), rmse(heldout["rating"], mean)
    )
