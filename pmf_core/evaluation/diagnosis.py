"""Whether the chains of a fit have converged, judged on what is identifiable."""

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from pmf_core.fits.fit import Fit
from pmf_core.models.ingredients import steps_of
from pmf_core.stats.convergence import convergence


def factor_norms(fit: Fit) -> xr.Dataset:
    """Return the Frobenius norms ``sqrt(sum of squares)`` of U and V at every draw.

    Returns
    -------
    xr.Dataset
        ``U`` and ``V`` of dims (chain, draw).
    """
    stats = fit.idata["sample_stats"].dataset
    return stats[["norm_U", "norm_V"]].rename(norm_U="U", norm_V="V")


def diagnose(fit: Fit) -> pd.DataFrame:
    """Return r_hat, ess and mcse of all scalars of the model and of held-out predictions.

    The scalars are those that no rotation of the factors changes: `Fit.scalars`.

    Returns
    -------
    pd.DataFrame
        As `pmf_core.stats.convergence.convergence_table` describes it, and ``label``: what people
        read of each quantity.

    Raises
    ------
    ValueError
        If the fit is a point estimate.
    """
    if fit.is_point_estimate:
        raise ValueError(
            "this fit is a MAP: one point and no chain, so there is no convergence to diagnose; "
            "call sample_gibbs with the same split and config and diagnose that"
        )
    labels = {scalar.name: scalar.label for scalar in fit.scalars}
    return fit.convergence.assign(label=fit.convergence["quantity"].replace(labels))


def acceptance(fit: Fit) -> pd.DataFrame:
    """Return the share of Metropolis proposals that were taken, after tuning.

    Rows under a logistic link are proposed from a Gaussian close to their conditional: the more
    are taken, the better. Cut points take a random walk, which does best at about a quarter to a
    half (Roberts, Gelman & Gilks 1997): fewer, and chains stand still; more, and they crawl.

    Returns
    -------
    pd.DataFrame
        ``step`` (``U``, ``V``, ``cut_points``) and its ``label``; ``accepted`` (mean over draws
        and chains), ``lowest`` and ``highest`` (of the means of single chains), ``usual_from``
        and ``usual_to``: all in [0, 1]. No row for a fit without such steps.

    References
    ----------
    Roberts, Gelman & Gilks (1997), Weak convergence and optimal scaling of random walk
    Metropolis algorithms.
    """
    stats = fit.idata["sample_stats"].dataset
    rows = []
    for step in steps_of(fit.config) if fit.method == "gibbs" else ():
        if step.trace in stats:  # fits of old have none
            chains = stats[step.trace].values.mean(axis=1)
            shares = chains.mean(), chains.min(), chains.max()
            rows.append((step.name, step.called(fit.nouns).label, *shares, *step.usual))
    columns = ["step", "label", "accepted", "lowest", "highest", "usual_from", "usual_to"]
    return pd.DataFrame(rows, columns=columns)


def step_traces(fit: Fit) -> pd.DataFrame:
    """Return the recorded scalars of every step of every chain, tuning included.

    Returns
    -------
    pd.DataFrame
        step (from 1), chain, and what is recorded of each: alpha, `Fit.scalars`, train_rmse,
        test_rmse (of tuning steps in part nan, see `sample_gibbs`); of Metropolis steps, the share
        that was taken.
    """
    parts = [
        fit.idata[group].dataset.to_dataframe().reset_index()
        for group in ("warmup_sample_stats", "sample_stats")
    ]
    tune = fit.idata["warmup_sample_stats"].sizes["draw"]
    for frame, before in zip(parts, (0, tune), strict=True):
        frame.insert(0, "step", frame.pop("draw") + before + 1)
    return pd.concat(parts, ignore_index=True).astype({"chain": int, "step": int})


def factor_r_hat(fit: Fit, n_rows: int = 50) -> NDArray[np.float64]:
    """Return r_hat of raw entries of U: large even for a fit that has converged.

    A rotation of all factors changes no prediction, so every chain settles on its own; never
    judge a fit by this. See `diagnose` for what is identifiable.

    Returns
    -------
    ndarray of shape (n_rows * n_factors,)
        Of the first factors of evenly spaced users.
    """
    U = fit.idata["posterior"].dataset["U"].values
    rows = np.unique(np.linspace(0, U.shape[2] - 1, n_rows).astype(int))
    return convergence(U[:, :, rows].reshape(*U.shape[:2], -1))["r_hat"]
