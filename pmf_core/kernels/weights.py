"""The full conditional of the weights of features that move rows, compiled."""

import numpy as np
from numpy.typing import NDArray

from pmf_core.kernels.compiler import kernel
from pmf_core.kernels.gaussian import draw_gaussian


@kernel
def draw_weights(
    indptr: NDArray[np.int64],
    rows: NDArray[np.int32],
    value: NDArray[np.float64],
    group: NDArray[np.int32],
    precision: NDArray[np.float64],
    pull: NDArray[np.float64],
    prior_precision: NDArray[np.float64],
    noise: NDArray[np.float64],
    correlation: float,
    W: NDArray[np.float64],
) -> None:
    """Draw the weights of one feature after the other, in ``row_i = Y_i + sum_f x_if W_f``.

    With every row's information (precision ``A_i``, and ``pull`` ``p_i = c_i - A_i row_i``, how
    far the present row is from what its ratings want), W_f has precision
    ``Lambda_W + sum_i x_if^2 A_i`` and linear term ``sum_i x_if (p_i + x_if A_i W_f)``.

    Parameters
    ----------
    indptr, rows, value : ndarray of shape (n_features + 1,), (nnz,), (nnz,)
        X by column (CSC).
    group : ndarray of shape (n_features,)
        Which prior a feature has.
    precision : ndarray of shape (n_rows, n_columns, n_columns)
        Contiguous.
    pull : ndarray of shape (n_rows, n_columns)
        Kept up to date as weights move.
    prior_precision : ndarray of shape (n_groups, n_columns, n_columns)
    noise, W : ndarray of shape (n_features, n_columns)
        `W` is replaced.
    correlation : float
        Of the weights of each feature with those that it had, given all else.
    """
    n_features, n_columns = W.shape
    # Of one line, so that sums of matrices are loops over contiguous memory, however small they are
    A = precision.reshape((precision.shape[0], n_columns * n_columns))
    flat = np.empty(n_columns * n_columns)
    P = flat.reshape((n_columns, n_columns))
    h, step = np.empty(n_columns), np.empty(n_columns)
    for f in range(n_features):
        start, stop = indptr[f], indptr[f + 1]
        _sum_information(start, stop, rows, value, A, pull, flat, h)
        for a in range(n_columns):
            t = 0.0
            for b in range(n_columns):
                t += P[a, b] * W[f, b]
            h[a] += t
            step[a] = -W[f, a]
        for a in range(n_columns):
            for b in range(a + 1):
                P[a, b] += prior_precision[group[f], a, b]
        draw_gaussian(P, h, noise[f], correlation, W[f])
        for a in range(n_columns):
            step[a] += W[f, a]
        for s in range(start, stop):
            i, x = rows[s], value[s]
            for a in range(n_columns):
                line = a * n_columns
                t = 0.0
                for b in range(n_columns):
                    t += A[i, line + b] * step[b]
                pull[i, a] -= x * t


@kernel
def _sum_information(
    start: int,
    stop: int,
    rows: NDArray[np.int32],
    value: NDArray[np.float64],
    A: NDArray[np.float64],
    pull: NDArray[np.float64],
    P: NDArray[np.float64],
    h: NDArray[np.float64],
) -> None:
    # ``sum_i x_i^2 A_i`` and ``sum_i x_i p_i``, four rows at a time: sums are read and written once
    # for all.
    n, size = h.shape[0], P.shape[0]
    for a in range(n):
        h[a] = 0.0
    for p in range(size):
        P[p] = 0.0
    s = start
    while s + 4 <= stop:
        i0, i1, i2, i3 = rows[s], rows[s + 1], rows[s + 2], rows[s + 3]
        x0, x1, x2, x3 = value[s], value[s + 1], value[s + 2], value[s + 3]
        for a in range(n):
            h[a] += (x0 * pull[i0, a] + x1 * pull[i1, a]) + (x2 * pull[i2, a] + x3 * pull[i3, a])
        w0, w1, w2, w3 = x0 * x0, x1 * x1, x2 * x2, x3 * x3
        for p in range(size):
            P[p] += (w0 * A[i0, p] + w1 * A[i1, p]) + (w2 * A[i2, p] + w3 * A[i3, p])
        s += 4
    while s < stop:
        i, x = rows[s], value[s]
        for a in range(n):
            h[a] += x * pull[i, a]
        for p in range(size):
            P[p] += x * x * A[i, p]
        s += 1


@kernel
def regress(
    indptr: NDArray[np.int64],
    rows: NDArray[np.int32],
    value: NDArray[np.float64],
    first: int,
    prior_precision: NDArray[np.float64],
    noise: NDArray[np.float64],
    residual: NDArray[np.float64],
    W: NDArray[np.float64],
) -> None:
    """Draw the weights of one feature after the other, given the rows that they move.

    In columns in which rows have unit precision, and weights precisions ``d_a``: weight a of
    feature f has precision ``d_a + s``, ``s = sum_i x_if^2``, and linear term
    ``sum_i x_if u_ia + s W_fa``.

    Parameters
    ----------
    indptr, rows, value
        As for `draw_weights`.
    first : int
        The first feature that is drawn; the others follow it.
    prior_precision : ndarray of shape (n_columns,)
    noise, W : ndarray of shape (n_drawn, n_columns)
        `W` is replaced.
    residual : ndarray of shape (n_rows, n_columns)
        What mean and features leave of each row; kept up to date as weights move.
    """
    n_columns = residual.shape[1]
    total = np.empty(n_columns)
    for k in range(W.shape[0]):
        start, stop = indptr[first + k], indptr[first + k + 1]
        square = _sum_products(start, stop, rows, value, residual, total)
        for a in range(n_columns):
            precision = prior_precision[a] + square
            new = (total[a] + square * W[k, a]) / precision + noise[k, a] / np.sqrt(precision)
            total[a] = new - W[k, a]
            W[k, a] = new
        for s in range(start, stop):
            i, x = rows[s], value[s]
            for a in range(n_columns):
                residual[i, a] -= x * total[a]


@kernel
def _sum_products(
    start: int,
    stop: int,
    rows: NDArray[np.int32],
    value: NDArray[np.float64],
    residual: NDArray[np.float64],
    total: NDArray[np.float64],
) -> float:
    # ``sum_i x_i u_i`` to `total`, four rows at a time, and ``sum_i x_i^2``.
    n_columns, square, s = total.shape[0], 0.0, start
    for a in range(n_columns):
        total[a] = 0.0
    while s + 4 <= stop:
        i0, i1, i2, i3 = rows[s], rows[s + 1], rows[s + 2], rows[s + 3]
        x0, x1, x2, x3 = value[s], value[s + 1], value[s + 2], value[s + 3]
        square += (x0 * x0 + x1 * x1) + (x2 * x2 + x3 * x3)
        for a in range(n_columns):
            total[a] += (x0 * residual[i0, a] + x1 * residual[i1, a]) + (
                x2 * residual[i2, a] + x3 * residual[i3, a]
            )
        s += 4
    while s < stop:
        i, x = rows[s], value[s]
        square += x * x
        for a in range(n_columns):
            total[a] += x * residual[i, a]
        s += 1
    return square
