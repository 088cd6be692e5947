"""Predictions at given pairs and their squared errors, compiled."""

import numpy as np
from numpy.typing import NDArray

from pmf_core.gibbs.compiler import kernel


@kernel
def _dot_products(
    U: NDArray[np.float32],
    V: NDArray[np.float32],
    user_idx: NDArray[np.int32],
    item_idx: NDArray[np.int32],
    out: NDArray[np.float32],
) -> None:
    n_pairs = user_idx.shape[0]
    p = 0
    while p < n_pairs:
        i = user_idx[p]
        u, v = U[i], V[item_idx[p]]
        t = np.float32(0.0)
        if p + 3 < n_pairs and i == user_idx[p + 1] == user_idx[p + 2] == user_idx[p + 3]:
            # Four sums that do not wait for each other, and one reading of the user's row.
            v1, v2, v3 = V[item_idx[p + 1]], V[item_idx[p + 2]], V[item_idx[p + 3]]
            t1 = np.float32(0.0)
            t2 = np.float32(0.0)
            t3 = np.float32(0.0)
            for d in range(U.shape[1]):
                t += u[d] * v[d]
                t1 += u[d] * v1[d]
                t2 += u[d] * v2[d]
                t3 += u[d] * v3[d]
            out[p], out[p + 1], out[p + 2], out[p + 3] = t, t1, t2, t3
            p += 4
        else:
            for d in range(U.shape[1]):
                t += u[d] * v[d]
            out[p] = t
            p += 1


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
    prediction: NDArray[np.float32],
    total: NDArray[np.float64],
    total_square: NDArray[np.float64],
) -> tuple[float, float]:
    """Score one draw at given pairs and add its predictions to running sums.

    The prediction of pair p is ``offset + U[user_idx[p]] . V[item_idx[p]]``, in stars. Pairs in
    the order of the users are predicted faster: four of one user at a time.

    Parameters
    ----------
    U, V : ndarray of shape (n_users, n_factors) and (n_items, n_factors)
        One draw.
    user_idx, item_idx, rating : ndarray of shape (n_pairs,)
        The pairs and what was observed, in stars.
    low, high : float
        The rating scale, to which a prediction is clipped when it is scored.
    prediction : ndarray of shape (n_pairs,)
        Room for ``U . V`` of every pair.
    total, total_square : ndarray of shape (n_pairs,)
        Sums of predictions and of their squares, updated in place; a `total_square` of size 0
        is left alone.

    Returns
    -------
    tuple of float
        Sum of squared errors of the clipped predictions, and of the predictions as they are.
    """
    _dot_products(U, V, user_idx, item_idx, prediction)
    clipped = 0.0
    plain = 0.0
    squares = total_square.shape[0] > 0
    for p in range(user_idx.shape[0]):
        mean = offset + prediction[p]
        total[p] += mean
        if squares:
            total_square[p] += mean * mean
        error = mean - rating[p]
        plain += error * error
        error = min(max(mean, low), high) - rating[p]
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
