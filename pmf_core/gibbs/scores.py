"""Predictions at given pairs and their squared errors, compiled."""

import numpy as np
from numpy.typing import NDArray

from pmf_core.gibbs.compiler import kernel


@kernel
def score_draw(
    U: NDArray[np.float32],
    V: NDArray[np.float32],
    user_idx: NDArray[np.int32],
    item_idx: NDArray[np.int32],
    rating: NDArray[np.float64],
    offset: float,
    low: float,
    high: float,
    total: NDArray[np.float64],
    total_square: NDArray[np.float64],
) -> tuple[float, float]:
    """Score one draw at given pairs and add its predictions to running sums.

    The prediction of pair p is ``offset + U[user_idx[p]] . V[item_idx[p]]``, in stars.

    Parameters
    ----------
    U, V : ndarray of shape (n_users, n_factors) and (n_items, n_factors)
        One draw.
    user_idx, item_idx, rating : ndarray of shape (n_pairs,)
        The pairs and what was observed, in stars.
    low, high : float
        The rating scale, to which a prediction is clipped when it is scored.
    total, total_square : ndarray of shape (n_pairs,)
        Sums of predictions and of their squares, updated in place; a `total_square` of size 0
        is left alone.

    Returns
    -------
    tuple of float
        Sum of squared errors of the clipped predictions, and of the predictions as they are.
    """
    clipped = 0.0
    plain = 0.0
    squares = total_square.shape[0] > 0
    for p in range(user_idx.shape[0]):
        i = user_idx[p]
        j = item_idx[p]
        t = np.float32(0.0)
        for d in range(U.shape[1]):
            t += U[i, d] * V[j, d]
        prediction = offset + t
        total[p] += prediction
        if squares:
            total_square[p] += prediction * prediction
        error = prediction - rating[p]
        plain += error * error
        error = min(max(prediction, low), high) - rating[p]
        clipped += error * error
    return clipped, plain


@kernel
def score_mean(
    total: NDArray[np.float64], count: int, rating: NDArray[np.float64], low: float, high: float
) -> float:
    """Return the sum of squared errors of the mean prediction ``total / count``, clipped."""
    scale = 1.0 / count
    clipped = 0.0
    for p in range(total.shape[0]):
        error = min(max(total[p] * scale, low), high) - rating[p]
        clipped += error * error
    return clipped
