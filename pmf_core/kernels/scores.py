"""Predictions at given pairs and their squared errors, compiled."""

import numpy as np
from numpy.typing import NDArray

from pmf_core.kernels.compiler import kernel


@kernel
def pair_scores(
    U: NDArray[np.floating],
    V: NDArray[np.floating],
    user_idx: NDArray[np.int32],
    item_idx: NDArray[np.int32],
    n_factors: int,
    out: NDArray[np.floating],
) -> None:
    """Write ``U_i . V_j`` of every pair, and the biases where there is a column for them.

    Pairs in the order of the users are faster: four of one user at a time.

    Parameters
    ----------
    U, V : ndarray of shape (n_users, n_columns) and (n_items, n_columns)
    user_idx, item_idx : ndarray of shape (n_pairs,)
    n_factors : int
        Columns that are multiplied; a further one is a bias, which is added.
    out : ndarray of shape (n_pairs,)
    """
    n_pairs = user_idx.shape[0]
    p = 0
    while p < n_pairs:
        i = user_idx[p]
        u, v = U[i], V[item_idx[p]]
        t = out.dtype.type(0)
        if p + 3 < n_pairs and i == user_idx[p + 1] == user_idx[p + 2] == user_idx[p + 3]:
            # Four sums that do not wait for each other, and one reading of the user's row.
            v1, v2, v3 = V[item_idx[p + 1]], V[item_idx[p + 2]], V[item_idx[p + 3]]
            t1 = t2 = t3 = t
            for d in range(n_factors):
                t += u[d] * v[d]
                t1 += u[d] * v1[d]
                t2 += u[d] * v2[d]
                t3 += u[d] * v3[d]
            out[p], out[p + 1], out[p + 2], out[p + 3] = t, t1, t2, t3
            p += 4
        else:
            for d in range(n_factors):
                t += u[d] * v[d]
            out[p] = t
            p += 1
    if U.shape[1] > n_factors:
        for p in range(n_pairs):
            out[p] += U[user_idx[p], n_factors] + V[item_idx[p], n_factors]


@kernel
def add_predictions(
    mean: NDArray[np.floating],
    offset: float,
    rating: NDArray[np.float64],
    low: float,
    high: float,
    total: NDArray[np.float64],
    total_square: NDArray[np.float64] | None,
) -> tuple[float, float]:
    """Compare one draw's predictions with ratings, and add them to running sums.

    Parameters
    ----------
    mean : ndarray of shape (n_pairs,)
        Predictions less `offset`, in stars.
    rating : ndarray of shape (n_pairs,)
        What was observed, in stars.
    low, high : float
        The rating scale, to which a prediction is clipped when it is compared.
    total, total_square : ndarray of shape (n_pairs,)
        Sums of predictions and of their squares, updated in place; None where nobody asks for
        squares.

    Returns
    -------
    tuple of float
        Sum of squared errors of the clipped predictions, and of the predictions as they are.
    """
    clipped = 0.0
    plain = 0.0
    for p in range(rating.shape[0]):
        prediction = offset + mean[p]
        total[p] += prediction
        if total_square is not None:
            total_square[p] += prediction * prediction
        error = prediction - rating[p]
        plain += error * error
        error = min(max(prediction, low), high) - rating[p]
        clipped += error * error
    return clipped, plain


@kernel
def mean_squared_errors(
    total: NDArray[np.float64], count: int, rating: NDArray[np.float64], low: float, high: float
) -> float:
    """Return the sum of squared errors of the mean prediction ``total / count``, clipped."""
    scale = 1.0 / count
    clipped = 0.0
    for p in range(total.shape[0]):
        error = min(max(total[p] * scale, low), high) - rating[p]
        clipped += error * error
    return clipped
