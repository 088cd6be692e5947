"""The full conditional of the rows of a factor matrix, compiled."""

import numpy as np
from numpy.typing import NDArray

from pmf_core.gibbs.compiler import kernel


@kernel
def draw_rows(
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    rating: NDArray[np.float64],
    other: NDArray[np.float64],
    alpha: float,
    prior_precision: NDArray[np.float64],
    prior_linear: NDArray[np.float64],
    noise: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """Draw every row of one factor matrix from its full conditional, given the other matrix.

    Row i has precision ``P = prior_precision + alpha * sum_j v_j v_j'`` and linear term
    ``l = prior_linear + alpha * sum_j v_j r_ij`` over the ratings of that row; it becomes
    ``P^-1 l + L'^-1 noise_i`` with ``P = L L'`` (Salakhutdinov & Mnih 2008, eqs 11 to 13).
    Standard normal noise gives a Gibbs draw; zero noise gives the conditional mean, which is a
    step of alternating least squares.

    Parameters
    ----------
    indptr, indices, rating
        Ratings by row (CSR): row i has ``rating[indptr[i]:indptr[i + 1]]``, of the rows
        ``indices[...]`` of `other`.
    other : ndarray of shape (n_other, n_factors)
        The factor matrix that is held fixed.
    alpha : float
        Noise precision.
    prior_precision : ndarray of shape (n_factors, n_factors)
        Precision of the normal prior of a row.
    prior_linear : ndarray of shape (n_factors,)
        That precision times the prior mean.
    noise, out : ndarray of shape (n_rows, n_factors)
        Noise to add, and where the rows are written.
    """
    n_rows, n_factors = out.shape
    longest = 0
    for row in range(n_rows):
        longest = max(longest, indptr[row + 1] - indptr[row])
    # The design of a row, ratings as one more line, transposed: sums over ratings run along
    # contiguous memory. Padded to an even number of lines for the 2 x 2 tiles below.
    n_lines = n_factors + 1 + (n_factors + 1) % 2
    design = np.zeros((n_lines, longest))
    gram = np.zeros((n_lines, n_lines))
    linear = np.empty(n_factors)
    for row in range(n_rows):
        start = indptr[row]
        n = indptr[row + 1] - start
        for s in range(n):
            j = indices[start + s]
            for d in range(n_factors):
                design[d, s] = other[j, d]
            design[n_factors, s] = rating[start + s]
        # Lower triangle in 2 x 2 tiles: each value that is loaded serves two products.
        for a in range(0, n_lines, 2):
            for b in range(0, a + 2, 2):
                t00 = t01 = t10 = t11 = 0.0
                for s in range(n):
                    x0 = design[a, s]
                    x1 = design[a + 1, s]
                    y0 = design[b, s]
                    y1 = design[b + 1, s]
                    t00 += x0 * y0
                    t01 += x0 * y1
                    t10 += x1 * y0
                    t11 += x1 * y1
                gram[a, b] = t00
                gram[a, b + 1] = t01
                gram[a + 1, b] = t10
                gram[a + 1, b + 1] = t11
        for a in range(n_factors):
            linear[a] = prior_linear[a] + alpha * gram[n_factors, a]
            for b in range(a + 1):
                gram[a, b] = prior_precision[a, b] + alpha * gram[a, b]
        _draw_gaussian(gram, linear, noise[row], out[row])


@kernel
def _draw_gaussian(
    precision: NDArray[np.float64],
    linear: NDArray[np.float64],
    noise: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """Write ``P^-1 linear + L'^-1 noise`` to `out`; P's lower triangle becomes ``P = L L'``."""
    n = out.shape[0]
    for j in range(n):
        pivot = precision[j, j]
        for k in range(j):
            pivot -= precision[j, k] * precision[j, k]
        pivot = np.sqrt(pivot)
        precision[j, j] = pivot
        for a in range(j + 1, n):
            t = precision[a, j]
            for k in range(j):
                t -= precision[a, k] * precision[j, k]
            precision[a, j] = t / pivot
    for a in range(n):
        t = linear[a]
        for k in range(a):
            t -= precision[a, k] * out[k]
        out[a] = t / precision[a, a]
    for a in range(n):
        out[a] += noise[a]
    for a in range(n - 1, -1, -1):
        t = out[a]
        for k in range(a + 1, n):
            t -= precision[k, a] * out[k]
        out[a] = t / precision[a, a]
