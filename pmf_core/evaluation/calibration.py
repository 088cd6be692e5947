"""Do predictions know how wrong they are? Scores and checks of predictive distributions."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import binom, norm

from pmf_core.fits.fit import Fit
from pmf_core.stats.metrics import central_coverage, mae, rmse
from pmf_core.support.errors import is_whole, require

PROBABILITIES = (0.5, 0.8, 0.9, 0.95)
"""Of the central intervals whose coverage `evaluate` reports."""

GRID = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
"""Of those in `calibration_table`."""

BAND = 0.95
"""Probability that the whole difference of ECDFs stays in its band if all is right."""

N_POINTS, N_SIMULATED = 100, 2000
"""Where the ECDF is looked at, and uniform samples by which its band is found."""

RAREST = 1e-9
"""A level that was given has at least this probability, or one surprise would be infinite."""


def evaluate(fit: Fit) -> dict[str, float]:
    """Score the predictions of the held-out ratings, as points and as distributions.

    Returns
    -------
    dict
        test_rmse, test_mae (stars) of the mean; coverage_50, _80, _90, _95: share of the ratings
        in the central part of their predictive distribution, see `Fit.pit`; crps: mean
        continuous ranked probability score in stars, less is better (of a point it is the
        absolute error); log_score: mean log probability of the level that was given, or log
        density where ratings are continuous, more is better.

    References
    ----------
    Gneiting & Raftery (2007), Strictly proper scoring rules, prediction, and estimation.
    """
    heldout = fit.heldout()
    below, upto = fit.pit().to_numpy().T
    scores = {
        "test_rmse": rmse(heldout["rating"], heldout["pred_mean"]),
        "test_mae": mae(heldout["rating"], heldout["pred_mean"]),
    }
    for probability in PROBABILITIES:
        name = f"coverage_{100 * probability:.0f}"
        scores[name] = central_coverage(below, upto, probability)
    return scores | {"crps": float(_crps(fit).mean()), "log_score": float(_log_score(fit).mean())}


def calibration_table(fit: Fit, probabilities: Sequence[float] = GRID) -> pd.DataFrame:
    """Return how many held-out ratings central intervals hold, beside how many they should.

    Returns
    -------
    pd.DataFrame
        ``nominal`` and ``actual``, in [0, 1], one row for each of `probabilities`.
    """
    for p in probabilities:
        require(0 < p < 1, "probabilities", p, "between 0 and 1, such as 0.9")
    below, upto = fit.pit().to_numpy().T
    actual = [central_coverage(below, upto, p) for p in probabilities]
    return pd.DataFrame({"nominal": list(probabilities), "actual": actual})


def reliability_table(fit: Fit, n_bins: int = 10) -> pd.DataFrame:
    """Return the mean rating where about as much was predicted.

    Returns
    -------
    pd.DataFrame
        Held-out pairs in (at most) `n_bins` groups of about equal size, from the lowest predicted
        mean to the highest: pred_from, pred_to, pred_mean and rating (means, in stars), se
        (standard error of that mean rating), n_ratings.
    """
    require(is_whole(n_bins, 1, 1000), "n_bins", n_bins, "a whole number from 1 to 1000")
    heldout = fit.heldout()
    group = pd.qcut(heldout["pred_mean"], n_bins, duplicates="drop", labels=False).fillna(0)
    table = heldout.groupby(group).agg(
        pred_from=("pred_mean", "min"),
        pred_to=("pred_mean", "max"),
        pred_mean=("pred_mean", "mean"),
        rating=("rating", "mean"),
        se=("rating", "sem"),
        n_ratings=("rating", "size"),
    )
    return table.reset_index(drop=True)


def pit_ecdf(fit: Fit, random_seed: int = 0) -> pd.DataFrame:
    """Return how the ECDF of the held-out ratings' PIT differs from that of a uniform.

    If predictive distributions are right, the randomised probability integral transform is
    uniform, and the whole curve stays in its band 95 times of 100. First above 0 and then below,
    intervals are too narrow; the reverse, too wide. On one side only, predictions are too high
    (above 0) or too low.

    Parameters
    ----------
    random_seed : int
        Of where, between ``below`` and ``upto``, each rating's transform falls.

    Returns
    -------
    pd.DataFrame
        ``pit`` (0 to 1), ``difference`` (ECDF minus uniform), ``lower`` and ``upper`` (the
        simultaneous band, as of independent pairs).

    References
    ----------
    Säilynoja, Bürkner & Vehtari (2022), Graphical test for discrete uniformity.
    """
    below, upto = fit.pit().to_numpy().T
    pit = below + np.random.default_rng(random_seed).random(len(below)) * (upto - below)
    at = np.linspace(0, 1, N_POINTS + 1)
    ecdf = np.searchsorted(np.sort(pit), at, side="right") / len(pit)
    lower, upper = ecdf_band(len(pit))
    return pd.DataFrame(
        {"pit": at, "difference": ecdf - at, "lower": lower - at, "upper": upper - at}
    )


def stays_in_band(pit: pd.DataFrame) -> bool:
    """Return whether the whole curve of `pit_ecdf` is inside its band."""
    return bool(pit["difference"].between(pit["lower"], pit["upper"]).all())


def honesty(fit: Fit) -> dict[str, Any]:
    """Return all that tells whether the intervals of a fit are honest.

    Returns
    -------
    dict
        scores, as `evaluate` returns them; coverage, `calibration_table`; reliability,
        `reliability_table`; pit, `pit_ecdf`.
    """
    return {
        "scores": evaluate(fit),
        "coverage": calibration_table(fit),
        "reliability": reliability_table(fit),
        "pit": pit_ecdf(fit),
    }


def usual_noise(fit: Fit) -> float:
    """Return the median sd of the noise of a held-out rating, in stars."""
    return float(fit.idata["heldout"].dataset["noise_sd"].median())


@lru_cache(maxsize=32)
def ecdf_band(n: int, probability: float = BAND) -> tuple[NDArray, NDArray]:
    """Return a band that holds the whole ECDF of `n` uniform numbers with some probability.

    Pointwise binomial intervals at ``N_POINTS + 1`` points, as wide as it takes for simulated
    samples to stay inside all of them (Säilynoja, Bürkner & Vehtari 2022, sec 2.2).

    Returns
    -------
    lower, upper : ndarray of shape (N_POINTS + 1,)
    """
    rng = np.random.default_rng(n)
    at = np.arange(1, N_POINTS) / N_POINTS  # at 0 and 1, every ECDF is 0 and 1
    cells = rng.multinomial(n, np.full(N_POINTS, 1 / N_POINTS), size=N_SIMULATED)
    count = np.cumsum(cells, axis=1)[:, :-1]
    tail = 2 * np.minimum(binom.cdf(count, n, at), binom.sf(count - 1, n, at))
    pointwise = np.quantile(tail.min(axis=1), 1 - probability)
    lower, upper = (binom.ppf(q, n, at) / n for q in (pointwise / 2, 1 - pointwise / 2))
    return np.concatenate([[0], lower, [1]]), np.concatenate([[0], upper, [1]])


def _crps(fit: Fit) -> NDArray[np.float64]:
    """Return the ranked probability score of each held-out rating, in stars.

    The integral over ratings x of ``(P(rating <= x) - [given <= x])^2``.
    """
    heldout = fit.idata["heldout"].dataset
    rating = heldout["rating"].values
    if len(fit.levels):
        cdf = np.cumsum(heldout["probability"].values.astype(np.float64), axis=1)[:, :-1]
        low, high = fit.levels[:-1], fit.levels[1:]
        # Between two levels the distribution is flat, and a rating there divides the step.
        after = (high - np.clip(rating[:, None], low, high)) / (high - low)
        score = (cdf**2 * (1 - after) + (1 - cdf) ** 2 * after) @ (high - low)
        return score + np.maximum(low[0] - rating, 0) + np.maximum(rating - high[-1], 0)
    sd, z = _standardised(fit)
    return sd * (z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - np.pi**-0.5)


def _log_score(fit: Fit) -> NDArray[np.float64]:
    """Return the log probability, or density, of each held-out rating."""
    if len(fit.levels):
        pit = fit.pit()
        return np.log(np.maximum(pit["upto"] - pit["below"], RAREST)).to_numpy()
    sd, z = _standardised(fit)
    return norm.logpdf(z) - np.log(sd)


def _standardised(fit: Fit) -> tuple[NDArray, NDArray]:
    heldout = fit.idata["heldout"].dataset
    sd = np.hypot(heldout["pred_sd"].values, heldout["noise_sd"].values)
    return sd, (heldout["rating"].values - heldout["pred_mean"].values) / sd
