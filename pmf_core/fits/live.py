"""A fit while it runs, as small frames to draw: thinned to a few hundred points."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmf_core.fits.recorder import Recorder
from pmf_core.stats.convergence import convergence

MAX_POINTS = 100
"""Steps drawn of each curve: more look the same and make the browser slow."""

LIVE_PAIRS = 25
"""Monitored predictions that are diagnosed while a fit runs: all of them take too long."""


def live_traces(recorder: Recorder) -> pd.DataFrame:
    """Return the traces of all chains so far, tuning included.

    Returns
    -------
    pd.DataFrame
        step (from 1), chain, norm_U, norm_V, train_rmse, test_rmse.
    """
    steps = _thinned(recorder.steps)
    chain, step = np.meshgrid(np.arange(recorder.chains), steps, indexing="ij")
    columns = {"step": step.ravel() + 1, "chain": chain.ravel()}
    for name in ("norm_U", "norm_V", "train_rmse", "test_rmse"):
        columns[name] = recorder.in_stars(name, recorder.traces[name][:, steps]).ravel()
    return pd.DataFrame(columns)


def live_running_rmse(recorder: Recorder) -> pd.DataFrame:
    """Return what `running_rmse` does, of the draws so far; before the first, of tuning.

    While tuning there is no mean prediction to score, so its columns are nan; steps at which the
    training ratings were not scored are left out.
    """
    tuning = recorder.n_draws == 0
    first, last = (0, recorder.steps) if tuning else (recorder.tune, recorder.steps)
    scored = np.flatnonzero(np.isfinite(recorder.traces["train_rmse"][0, first:last]))
    draws = scored[_thinned(len(scored))]
    columns = {"draw": draws + 1}
    for part in ("train", "test"):
        name = f"{part}_rmse"
        per_step = recorder.in_stars(name, recorder.traces[name][:, first:last][:, draws])
        columns[f"per_step_{part}"] = np.sqrt((per_step**2).mean(axis=0))
        running = recorder.in_stars(name, recorder.running[name])
        columns[f"running_{part}"] = np.full(len(draws), np.nan) if tuning else running[draws]
    return pd.DataFrame(columns)


@dataclass(frozen=True)
class LiveScores:
    """How good a running fit is by now, in stars."""

    train_rmse: float
    test_rmse: float
    is_tuning: bool
    """Then they are of a single draw, else of the mean of the draws so far."""


def live_scores(recorder: Recorder, curves: pd.DataFrame) -> LiveScores:
    """Return the last of `live_running_rmse`."""
    is_tuning = recorder.n_draws == 0
    which, now = "per_step" if is_tuning else "running", curves.iloc[-1]
    return LiveScores(float(now[f"{which}_train"]), float(now[f"{which}_test"]), is_tuning)


def live_convergence(recorder: Recorder) -> dict[str, Any]:
    """Return r_hat (largest) and ess (smallest, bulk) of some monitored predictions so far.

    nan until the chains are long enough.
    """
    n_draws = recorder.n_draws
    if n_draws == 0:
        return {"r_hat": np.nan, "ess": np.nan}
    table = convergence(recorder.predictions[:, :n_draws, :LIVE_PAIRS])
    if np.isnan(table["r_hat"]).all():
        return {"r_hat": np.nan, "ess": np.nan}
    return {"r_hat": float(np.nanmax(table["r_hat"])), "ess": float(np.nanmin(table["ess_bulk"]))}


def _thinned(size: int) -> NDArray[np.intp]:
    """Return at most `MAX_POINTS` positions below `size`, the last included."""
    return np.arange(size)[:: -max(1, -(-size // MAX_POINTS))][::-1]
