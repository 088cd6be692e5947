"""Scores of predictions against held-out ratings, on plain arrays."""

import numpy as np
from numpy.typing import ArrayLike


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
