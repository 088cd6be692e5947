"""Whether the chains of a fit have converged, judged on what is identifiable."""

import pandas as pd
import xarray as xr

from pmf_core.fit import Fit


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
    """Return r_hat, ess and mcse of the norms, the log likelihood and held-out predictions.

    Returns
    -------
    pd.DataFrame
        As `pmf_core.convergence.convergence_table` describes it.

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
    return fit.convergence.copy()


def step_traces(fit: Fit) -> pd.DataFrame:
    """Return the recorded scalars of every step of every chain, tuning included.

    Returns
    -------
    pd.DataFrame
        step (from 1), chain, norm_U, norm_V, log_likelihood, train_rmse, test_rmse.
    """
    parts = [
        fit.idata[group].dataset.to_dataframe().reset_index()
        for group in ("warmup_sample_stats", "sample_stats")
    ]
    tune = fit.idata["warmup_sample_stats"].sizes["draw"]
    for frame, before in zip(parts, (0, tune), strict=True):
        frame.insert(0, "step", frame.pop("draw") + before + 1)
    return pd.concat(parts, ignore_index=True).astype({"chain": int, "step": int})
