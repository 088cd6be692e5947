"""The full conditional of the rows of a factor matrix, compiled."""

import numpy as np
from numpy.typing import NDArray

from pmf_core.kernels.columns import fill_columns
from pmf_core.kernels.compiler import inlined, kernel
from pmf_core.kernels.gaussian import BLOCK, draw_block, quadratic


@kernel
def draw_rows(
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    target: NDArray[np.float64],
    weight: NDArray[np.float64] | None,
    other: NDArray[np.float64],
    alpha: float,
    prior_precision: NDArray[np.float64],
    prior_linear: NDArray[np.float64],
    noise: NDArray[np.float64],
    correlation: float,
    rows: NDArray[np.float64],
) -> float:
    """Draw every row of one factor matrix from its full conditional, given the other matrix.

    Row i has precision ``P = prior_precision + alpha * sum_j w_ij v_j v_j'`` and linear term
    ``h = prior_linear + alpha * sum_j w_ij v_j t_ij`` over the ratings of that row; it becomes
    ``P^-1 h + L'^-1 noise_i`` with ``P = L L'`` (Salakhutdinov & Mnih 2008, eqs 11 to 13).
    Standard normal noise gives a Gibbs draw; zero noise gives the conditional mean, which is a
    step of alternating least squares. With a correlation r, a row is ``m + r (u_i - m) +
    sqrt(1 - r^2) L'^-1 noise_i``, m being that mean and u_i the row as it is: a draw that leaves
    the same conditional as it is (Adler 1981, Phys Rev D 23, eq 4).

    Parameters
    ----------
    indptr, indices : ndarray of shape (n_rows + 1,) and (n_ratings,)
        Ratings by row (CSR): row i meets the rows ``indices[indptr[i]:indptr[i + 1]]`` of `other`.
    target : ndarray of shape (n_ratings,)
        What the factors explain, in the same order.
    weight : ndarray of shape (n_ratings,), or None
        Relative precision of each; None where all are 1.
    other : ndarray of shape (n_other, n_columns)
        The factor matrix that is held fixed.
    alpha : float
        Noise precision.
    prior_precision : ndarray of shape (n_columns, n_columns)
        Precision of the normal prior of a row.
    prior_linear : ndarray of shape (n_columns,)
        That precision times the prior mean.
    noise : ndarray of shape (n_rows, n_columns)
    correlation : float
        Of each row with the row as it is, given all else; between -1 and 1.
    rows : ndarray of shape (n_rows, n_columns)
        The rows as they are; replaced.

    Returns
    -------
    float
        Sum over all ratings of ``w (t - u . v)^2``, u being the rows as drawn: from the sums at
        hand, so that no rating is looked at again.
    """
    n_rows, n_columns = rows.shape
    design, gram = workspace(indptr, n_columns)
    size = min(BLOCK, n_rows)
    P, h = np.empty((n_columns, n_columns, size)), np.empty((n_columns, size))
    linear, square, of_rows = np.empty((n_columns, size)), 0.0, 0.0
    for first in range(0, n_rows, BLOCK):
        n = min(BLOCK, n_rows - first)
        for r in range(n):
            start, stop = indptr[first + r], indptr[first + r + 1]
            _fill_design(indices, target, weight, other, start, stop, design)
            fill_gram(design, stop - start, gram)
            square += gram[n_columns, n_columns]
            for a in range(n_columns):
                linear[a, r] = gram[n_columns, a]
                h[a, r] = prior_linear[a] + alpha * linear[a, r]
                for b in range(a + 1):
                    P[a, b, r] = prior_precision[a, b] + alpha * gram[a, b]
        # u' P u, of which the prior's part is u' prior_precision u
        of_rows += draw_block(P, h, first, n, noise, correlation, rows)
        of_rows -= quadratic(prior_precision, h, n)
        for a in range(n_columns):
            for r in range(n):
                square -= 2.0 * linear[a, r] * h[a, r]
    return square + of_rows / alpha


@kernel
def row_statistics(
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    target: NDArray[np.float64],
    weight: NDArray[np.float64] | None,
    other: NDArray[np.float64],
    alpha: float,
    precision: NDArray[np.float64],
    linear: NDArray[np.float64],
) -> None:
    """Write what the ratings of each row say of it: ``alpha sum_j w v v'``, ``alpha sum_j w v t``.

    Parameters
    ----------
    indptr, indices, target, weight, other, alpha
        As for `draw_rows`.
    precision : ndarray of shape (n_rows, n_columns, n_columns)
    linear : ndarray of shape (n_rows, n_columns)
    """
    n_rows, n_columns = linear.shape
    design, gram = workspace(indptr, n_columns)
    for row in range(n_rows):
        start, stop = indptr[row], indptr[row + 1]
        _fill_design(indices, target, weight, other, start, stop, design)
        fill_gram(design, stop - start, gram)
        for a in range(n_columns):
            linear[row, a] = alpha * gram[n_columns, a]
            for b in range(a + 1):
                precision[row, a, b] = precision[row, b, a] = alpha * gram[a, b]


@kernel
def draw_from_statistics(
    precision: NDArray[np.float64],
    linear: NDArray[np.float64],
    prior_precision: NDArray[np.float64],
    prior_linear: NDArray[np.float64],
    noise: NDArray[np.float64],
    correlation: float,
    rows: NDArray[np.float64],
) -> None:
    """Draw every row as `draw_rows` does, from `row_statistics` and a prior mean for each row.

    Parameters
    ----------
    precision, linear : ndarray of shape (n_rows, n_columns, n_columns) and (n_rows, n_columns)
        As of `row_statistics`.
    prior_precision : ndarray of shape (n_columns, n_columns)
    prior_linear, noise, rows : ndarray of shape (n_rows, n_columns)
    correlation : float
    """
    n_rows, n_columns = rows.shape
    size = min(BLOCK, n_rows)
    P, h = np.empty((n_columns, n_columns, size)), np.empty((n_columns, size))
    for first in range(0, n_rows, BLOCK):
        n = min(BLOCK, n_rows - first)
        for r in range(n):
            row = first + r
            for a in range(n_columns):
                h[a, r] = prior_linear[row, a] + linear[row, a]
                for b in range(a + 1):
                    P[a, b, r] = prior_precision[a, b] + precision[row, a, b]
        draw_block(P, h, first, n, noise, correlation, rows)


@kernel
def workspace(
    indptr: NDArray[np.int64], n_columns: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return room for the design of the row with most ratings, transposed, and for its sums.

    Sums over ratings then run along contiguous memory. There is one line more, for targets, and as
    many, of zeros, as tiles of `fill_gram` need. A line takes an odd number of lines of the cache:
    of an even one, they would share the same few places there.
    """
    longest = 0
    for row in range(indptr.shape[0] - 1):
        longest = max(longest, indptr[row + 1] - indptr[row])
    n_lines = n_columns + 1 + -(n_columns + 1) % 3
    return np.zeros((n_lines, 16 * (longest // 16) + 24)), np.zeros((n_lines, n_lines))


@inlined
def _fill_design(
    indices: NDArray[np.int32],
    target: NDArray[np.float64],
    weight: NDArray[np.float64] | None,
    other: NDArray[np.float64],
    start: int,
    stop: int,
    design: NDArray[np.float64],
) -> None:
    n_columns, n = other.shape[1], stop - start
    fill_columns(other, indices, start, n, design)
    last, given = design[n_columns], target[start:stop]
    if weight is None:
        for s in range(n):
            last[s] = given[s]
        return
    precision = weight[start:stop]
    for s in range(n):  # the square root on both sides of a product is the weight
        last[s] = np.sqrt(precision[s])
    for d in range(n_columns):
        line = design[d]
        for s in range(n):
            line[s] *= last[s]
    for s in range(n):
        last[s] *= given[s]


@inlined
def fill_gram(design: NDArray[np.float64], n: int, gram: NDArray[np.float64]) -> None:
    """Write the sums of products of each two lines, over their first `n` values.

    The lower triangle alone, in 3 x 3 tiles: each value that is loaded serves three products.

    Parameters
    ----------
    design, gram : ndarray
        As `workspace` returns them.
    """
    n_lines = design.shape[0]
    for a in range(0, n_lines, 3):
        for b in range(0, a + 3, 3):
            t00 = t01 = t02 = t10 = t11 = t12 = t20 = t21 = t22 = 0.0
            for s in range(n):
                x0, x1, x2 = design[a, s], design[a + 1, s], design[a + 2, s]
                y0, y1, y2 = design[b, s], design[b + 1, s], design[b + 2, s]
                t00 += x0 * y0
                t01 += x0 * y1
                t02 += x0 * y2
                t10 += x1 * y0
                t11 += x1 * y1
                t12 += x1 * y2
                t20 += x2 * y0
                t21 += x2 * y1
                t22 += x2 * y2
            gram[a, b], gram[a, b + 1], gram[a, b + 2] = t00, t01, t02
            gram[a + 1, b], gram[a + 1, b + 1], gram[a + 1, b + 2] = t10, t11, t12
            gram[a + 2, b], gram[a + 2, b + 1], gram[a + 2, b + 2] = t20, t21, t22
