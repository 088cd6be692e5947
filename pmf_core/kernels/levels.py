"""The probability of levels between cut points, compiled."""

import math

import numpy as np
from numpy.typing import NDArray

from pmf_core.kernels.compiler import kernel


@kernel
def log_levels(
    eta: NDArray[np.float64],
    cuts: NDArray[np.float64],
    owner: NDArray[np.int32] | None,
    level: NDArray[np.intp],
    root: NDArray[np.float64] | None,
    times: float,
    plus: float,
) -> float:
    """Return the log probability that scores with standard normal noise fall on their levels.

    Parameters
    ----------
    eta : ndarray of shape (n_ratings,)
        Scores, which are multiplied by `times` and to which `plus` is added.
    cuts : ndarray of shape (n_owners, n_levels + 1)
        Cut points around levels, in ascending order.
    owner : ndarray of shape (n_ratings,), or None
        Whose cut points are those of a rating; None where all share the first.
    level : ndarray of shape (n_ratings,)
    root : ndarray of shape (n_ratings,), or None
        One over the sd of each rating's noise; None where all are 1.
    times, plus : float
    """
    total = 0.0
    for p in range(eta.shape[0]):
        row = 0 if owner is None else owner[p]
        mean = times * eta[p] + plus
        low, high = cuts[row, level[p]] - mean, cuts[row, level[p] + 1] - mean
        if root is not None:
            low *= root[p]
            high *= root[p]
        if low > 0:  # in the tail nearer to 0 probability, where differences keep their digits
            low, high = -high, -low
        probability = 0.5 * (math.erfc(-high * math.sqrt(0.5)) - math.erfc(-low * math.sqrt(0.5)))
        total += math.log(max(probability, 1e-300))
    return total
