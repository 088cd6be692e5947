"""Sums over groups of ratings, compiled."""

import numpy as np
from numpy.typing import NDArray

from pmf_core.kernels.compiler import kernel


@kernel
def take_out(
    idx: NDArray[np.int32],
    start: int,
    effect: NDArray[np.float64],
    error: NDArray[np.float64],
    weight: NDArray[np.float64] | None,
    total: NDArray[np.float64],
    count: NDArray[np.float64],
) -> None:
    """Add each rating's effect to its error, and sum the errors of every level.

    Parameters
    ----------
    idx : ndarray of shape (n_ratings,)
        Which effect is that of each rating.
    start : int
        The first effect of the grouping.
    effect : ndarray of shape (n_effects,)
    error : ndarray of shape (n_ratings,)
        What all effects leave unexplained; becomes what all but these do.
    weight : ndarray of shape (n_ratings,), or None
        Relative precision of each rating; None where all are 1.
    total, count : ndarray of shape (n_levels,)
        Sums of weighted errors and of weights, to which those of the ratings are added.
    """
    for p in range(idx.shape[0]):
        k = idx[p]
        error[p] += effect[k]
        w = 1.0
        if weight is not None:
            w = weight[p]
        total[k - start] += w * error[p]
        count[k - start] += w


@kernel
def put_back(
    idx: NDArray[np.int32], effect: NDArray[np.float64], error: NDArray[np.float64]
) -> None:
    """Subtract each rating's effect from its error: arrays as for `take_out`."""
    for p in range(idx.shape[0]):
        error[p] -= effect[idx[p]]


@kernel
def total_effect(idx: NDArray[np.int32], effect: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the sum of the effects of each rating, in the precision of `effect`: (n_ratings,).

    Parameters
    ----------
    idx : ndarray of shape (n_groupings, n_ratings)
        Which effects are those of each rating.
    effect : ndarray of shape (n_effects,)
    """
    total = np.zeros(idx.shape[1], effect.dtype)
    for grouping in idx:
        for p in range(idx.shape[1]):
            total[p] += effect[grouping[p]]
    return total
