"""Scores of predictions against held-out ratings, on plain arrays."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

CI_PROB = 0.9
"""Probability of an interval, where nobody chooses another."""

TAILS = (1 - CI_PROB) / 2, (1 + CI_PROB) / 2
"""Of an equal-tailed interval of `CI_PROB`."""


def rmse(rating: ArrayLike, prediction: ArrayLike) -> float:
    """Return the root mean squared error ``sqrt(mean((rating - prediction)^2))``, in stars.

    Raises
    ------
    ValueError
        If the shapes differ, nothing is given, or a prediction is missing.
    """
    return float(np.sqrt(np.mean(_error(rating, prediction) ** 2)))


def mae(rating: ArrayLike, prediction: ArrayLike) -> float:
    """Return the mean absolute error ``mean(|rating - prediction|)``, in stars.

    Raises
    ------
    ValueError
        If the shapes differ, nothing is given, or a prediction is missing.
    """
    return float(np.mean(np.abs(_error(rating, prediction))))


def coverage(rating: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> float:
    """Return the share of ratings with ``lower <= rating <= upper``, in [0, 1].

    Raises
    ------
    ValueError
        If the shapes differ, nothing is given, or a bound is missing.
    """
    above = _error(rating, lower) >= 0
    below = _error(rating, upper) <= 0
    return float(np.mean(above & below))


def central_coverage(below: ArrayLike, upto: ArrayLike, probability: float) -> float:
    """Return the share of ratings in the central part of their predictive distributions.

    Parameters
    ----------
    below, upto : array_like of shape (n_ratings,)
        Probability of a lower rating, and of this or a lower one, as of `Fit.pit`.
    probability : float
        Of the central part.

    Returns
    -------
    float
        In [0, 1]; `probability` if the distributions are right. A rating whose step straddles an
        end of the central part counts with the share that is inside: what the randomised
        transform gives on average, without random numbers.
    """
    below, upto = np.asarray(below, float), np.asarray(upto, float)
    low, high = 0.5 - probability / 2, 0.5 + probability / 2
    width = upto - below
    inside = np.clip(np.minimum(upto, high) - np.maximum(below, low), 0, None)
    point = (below >= low) & (below <= high)
    return float(np.mean(np.where(width > 1e-12, inside / np.maximum(width, 1e-12), point)))


def level_interval(
    probability: NDArray[np.floating], levels: NDArray[np.floating], ci_prob: float
) -> tuple[NDArray, NDArray]:
    """Return the equal-tailed interval of ratings that take few values, as two arrays of levels.

    Parameters
    ----------
    probability : ndarray of shape (n_ratings, n_levels)
    levels : ndarray of shape (n_levels,)
    ci_prob : float
        Probability that the interval holds at least.
    """
    cdf = np.cumsum(probability, axis=1)
    last = len(levels) - 1
    bounds = (0.5 - ci_prob / 2, 0.5 + ci_prob / 2)
    low, high = (np.minimum((cdf < bound - 1e-6).sum(axis=1), last) for bound in bounds)
    return levels[low], levels[high]


def _error(rating: ArrayLike, prediction: ArrayLike) -> np.ndarray:
    rating, prediction = np.asarray(rating, float), np.asarray(prediction, float)
    if rating.shape != prediction.shape or rating.size == 0:
        raise ValueError(
            f"rating has shape {rating.shape} and prediction {prediction.shape}; give one "
            "prediction for each of at least one rating"
        )
    missing = int(np.isnan(prediction).sum())
    if missing:
        raise ValueError(
            f"{missing} of {prediction.size} predictions are missing (nan); fall back on a "
            "baseline for those pairs, or leave their ratings out on purpose"
        )
    unknown = int(np.isnan(rating).sum())
    if unknown:
        raise ValueError(
            f"{unknown} of {rating.size} ratings are missing (nan); score observed ratings only"
        )
    return rating - prediction
