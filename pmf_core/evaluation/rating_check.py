"""Would a model give ratings such as these? What it gives, before and after, beside the data."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmf_core.data import Ratings
from pmf_core.data.split import Split
from pmf_core.fits.fit import Fit
from pmf_core.models.config import PMFConfig
from pmf_core.prediction.predictive import posterior_predictive, prior_predictive

PRIOR, GIVEN, FITTED = "Prior", "Given", "Fitted model"
"""What ratings are of."""

FEW = 20
"""Draws of a prior that are looked at while a setting moves: each is of the whole model."""

CHECKED = 10_000
"""Pairs of which a check draws ratings."""

MOST_BINS = 20
"""Across the scale."""

BAND = 0.9
"""Probability of the equal-tailed interval of a share, over draws."""


def prior_ratings(split: Split, config: PMFConfig, draws: int = FEW) -> pd.DataFrame:
    """Return `shares` of the ratings that a model expects before it has seen any."""
    tree = prior_predictive(config, split.train, draws=draws)
    return shares(tree["prior_predictive"]["rating"].values, split.train, PRIOR)


def fitted_ratings(fit: Fit, draws: int = 100) -> pd.DataFrame:
    """Return `shares` of the ratings that a fitted model gives to its training pairs."""
    tree = posterior_predictive(fit, draws=draws)
    return shares(tree["posterior_predictive"]["rating"].values, fit.split.train, FITTED)


def given_ratings(split: Split) -> pd.DataFrame:
    """Return `shares` of the training ratings themselves, all of them."""
    return shares(split.train.rating[None, None], split.train, GIVEN)


def rating_check(fit: Fit, draws: int = 100) -> pd.DataFrame:
    """Return `shares` of ratings given, and under them of what a fit gives to the same pairs.

    Attrs ``given`` and ``fitted``: the attrs of each.
    """
    tree, train = posterior_predictive(fit, draws=draws, max_pairs=CHECKED), fit.split.train
    given = shares(tree["observed_data"]["rating"].values[None, None], train, GIVEN)
    fitted = shares(tree["posterior_predictive"]["rating"].values, train, FITTED)
    both = pd.concat([given, fitted], ignore_index=True)
    both.attrs = {"given": given.attrs, "fitted": fitted.attrs}
    return both


def shares(values: NDArray[np.float64], train: Ratings, of: str) -> pd.DataFrame:
    """Return which share of ratings is in each bin, on and around the scale.

    Parameters
    ----------
    values : ndarray of shape (chains, draws, n_pairs)
        In stars.
    train : Ratings
        With which they are compared; they decide on the bins.
    of : str
        What they are.

    Returns
    -------
    pd.DataFrame
        ``of``; ``rating`` (middle of a bin: a level, or a twentieth of the scale; from a whole
        width of the scale below it to one above), ``share`` of all, ``lower`` and ``upper`` (90%
        equal-tailed, over draws). Attrs: of, mean, sd, median (stars), ``outside`` (share outside
        the scale), ``at_ends`` (share at its ends), ``beyond`` (share outside the bins as well),
        n_draws, n_pairs, n_ratings (of which the pairs are some), scale, width (of a bin, stars).
    """
    values = values.reshape(-1, values.shape[-1])
    low, high = train.scale
    edges, middles = _bins((low, high), np.unique(train.rating))
    counts = np.array([np.histogram(each, edges)[0] for each in values]) / values.shape[1]
    lower, upper = np.quantile(counts, [0.5 - BAND / 2, 0.5 + BAND / 2], axis=0)
    frame = pd.DataFrame({"of": of, "rating": middles, "share": counts.mean(axis=0)})
    frame = frame.assign(lower=lower, upper=upper)
    slack = 1e-9 * (high - low)
    outside = (values < low - slack) | (values > high + slack)
    at_ends = (np.abs(values - low) <= slack) | (np.abs(values - high) <= slack)
    frame.attrs = {
        "of": of,
        "mean": float(values.mean()),
        "sd": float(values.std()),
        "median": float(np.median(values)),
        "outside": float(outside.mean()),
        "at_ends": float(at_ends.mean()),
        "beyond": max(0.0, float(1 - counts.sum(axis=1).mean())),
        "n_draws": len(values),
        "n_pairs": values.shape[1],
        "n_ratings": train.n_ratings,
        "scale": (low, high),
        "width": float(edges[1] - edges[0]),
    }
    return frame


def figures(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the figures of several `shares`: of, mean, sd, outside, in stars and in [0, 1]."""
    return pd.DataFrame([{name: frame.attrs[name] for name in ("of", "mean", "sd", "outside")}
                         for frame in frames])  # fmt: skip


def _bins(
    scale: tuple[float, float], levels: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return edges and middles of bins of one width: a level in the middle of each, if they can."""
    low, high = scale
    span = high - low
    step = np.diff(levels).min() if len(levels) > 1 else 0.0
    if len(levels) <= MOST_BINS + 1 and step * MOST_BINS >= span * (1 - 1e-9):
        inside, start = int(np.ceil(span / step - 1e-9)) + 1, low - step / 2
    else:
        inside, step, start = MOST_BINS, span / MOST_BINS, low
    around = int(np.ceil(span / step - 1e-9))
    k = np.arange(-around, inside + around + 1)
    edges = start + k * step
    middles = edges[:-1] + step / 2
    return edges, np.round(middles, 3 - int(np.floor(np.log10(step))))
