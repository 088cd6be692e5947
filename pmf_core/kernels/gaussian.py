"""Draws from normal distributions given by their precision, one by one and side by side."""

import numpy as np
from numpy.typing import NDArray

from pmf_core.kernels.compiler import kernel

BLOCK = 56
"""Rows whose Cholesky factors are taken side by side, so that each operation is one on vectors: a
row by itself waits for each division and root. Powers of two would lie in the same cache lines."""


@kernel
def draw_gaussian(
    precision: NDArray[np.float64],
    linear: NDArray[np.float64],
    noise: NDArray[np.float64],
    correlation: float,
    out: NDArray[np.float64],
) -> None:
    """Draw from a normal distribution, independently of `out` or against it.

    With ``m = P^-1 linear``, `out` becomes ``m + r (out - m) + sqrt(1 - r^2) L'^-1 noise``; see
    `pmf_core.sampling.moves.overrelax`. P's lower triangle becomes its factor, ``P = L L'``, and
    `linear` becomes ``L'm``.

    Parameters
    ----------
    precision : ndarray of shape (n, n)
        P, of which the lower triangle is read.
    linear, noise, out : ndarray of shape (n,)
    correlation : float
        r, between -1 and 1. With 0, nothing is read from `out`.
    """
    n = out.shape[0]
    for j in range(n):
        pivot = precision[j, j]
        for k in range(j):
            pivot -= precision[j, k] * precision[j, k]
        pivot = np.sqrt(pivot)
        precision[j, j] = pivot
        scale, a = 1.0 / pivot, j + 1
        while a + 2 <= n:  # two lines at a time: each value of line j serves both
            t0, t1 = precision[a, j], precision[a + 1, j]
            for k in range(j):
                t0 -= precision[a, k] * precision[j, k]
                t1 -= precision[a + 1, k] * precision[j, k]
            precision[a, j], precision[a + 1, j] = t0 * scale, t1 * scale
            a += 2
        if a < n:
            t0 = precision[a, j]
            for k in range(j):
                t0 -= precision[a, k] * precision[j, k]
            precision[a, j] = t0 * scale
    for a in range(n):
        t = linear[a]
        for k in range(a):
            t -= precision[a, k] * linear[k]
        linear[a] = t / precision[a, a]
    if correlation == 0.0:
        for a in range(n):
            out[a] = linear[a] + noise[a]
    else:
        rest = np.sqrt(1.0 - correlation * correlation)
        for a in range(n):
            t = 0.0
            for k in range(a, n):
                t += precision[k, a] * out[k]
            out[a] = linear[a] + correlation * (t - linear[a]) + rest * noise[a]
    for a in range(n - 1, -1, -1):  # line by line, along memory
        t = out[a] / precision[a, a]
        out[a] = t
        for k in range(a):
            out[k] -= precision[a, k] * t


@kernel
def wishart_from(
    scale: NDArray[np.float64], below: NDArray[np.float64], squares: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return a Wishart matrix by Bartlett's decomposition: ``L A A' L'`` with ``scale = L L'``.

    Parameters
    ----------
    scale : ndarray of shape (n, n)
    below : ndarray of shape (n, n)
        Standard normals, of which A has those below its diagonal.
    squares : ndarray of shape (n,)
        Squares of A's diagonal: of the a-th, chi-square with a fewer than all degrees of freedom.

    References
    ----------
    Bartlett (1933), On the theory of statistical regression.
    """
    n = scale.shape[0]
    root, out = np.linalg.cholesky(scale), np.empty((n, n))
    for b in range(n):
        for a in range(b, n):
            t = root[a, b] * np.sqrt(squares[b])
            for k in range(b + 1, a + 1):
                t += root[a, k] * below[k, b]
            out[a, b] = t
    for a in range(n - 1, -1, -1):  # the last line first: what the others need still stands
        for b in range(a, -1, -1):
            t = 0.0
            for k in range(b + 1):
                t += out[a, k] * out[b, k]
            out[b, a] = t
    for a in range(n):
        for b in range(a):
            out[a, b] = out[b, a]
    return out


@kernel
def draw_block(
    P: NDArray[np.float64],
    h: NDArray[np.float64],
    first: int,
    n: int,
    noise: NDArray[np.float64],
    correlation: float,
    rows: NDArray[np.float64],
) -> float:
    """Draw n rows at once, as `draw_gaussian` does.

    Parameters
    ----------
    P, h : ndarray of shape (n_columns, n_columns, size) and (n_columns, size)
        Precisions, of which the lower triangle is read, and linear terms of n rows or more, which
        lie along the last axis. P becomes its Cholesky factor, with reciprocals on the diagonal; h
        becomes the rows.
    first : int
        The first of them in `noise` and `rows`.
    noise, rows : ndarray of shape (n_rows, n_columns)
        Standard normals, and the rows as they are; replaced.
    correlation : float
        Of a row with the row as it is, around the mean; see `pmf_core.kernels.rows.draw_rows`.

    Returns
    -------
    float
        Sum of ``u' P u`` over the rows u as drawn.
    """
    n_columns, square = h.shape[0], 0.0
    for b in range(n_columns):
        for a in range(b, n_columns):
            _subtract_products(P, a, b, n)
            if a == b:
                for r in range(n):
                    P[b, b, r] = 1.0 / np.sqrt(P[b, b, r])
            else:
                for r in range(n):
                    P[a, b, r] *= P[b, b, r]
    for a in range(n_columns):
        for k in range(a):
            for r in range(n):
                h[a, r] -= P[a, k, r] * h[k, r]
        for r in range(n):
            h[a, r] *= P[a, a, r]
    if correlation == 0.0:
        for a in range(n_columns):
            for r in range(n):
                h[a, r] += noise[first + r, a]
    else:
        _lean(P, h, first, n, noise, correlation, rows)
    for a in range(n_columns - 1, -1, -1):
        for r in range(n):
            square += h[a, r] * h[a, r]
        for k in range(a + 1, n_columns):
            for r in range(n):
                h[a, r] -= P[k, a, r] * h[k, r]
        for r in range(n):
            h[a, r] *= P[a, a, r]
            rows[first + r, a] = h[a, r]
    return square


@kernel
def _lean(
    P: NDArray[np.float64],
    h: NDArray[np.float64],
    first: int,
    n: int,
    noise: NDArray[np.float64],
    correlation: float,
    rows: NDArray[np.float64],
) -> None:
    # Add to h, which is L'm, noise that goes with ``L'(u - m)``.
    n_columns, rest = h.shape[0], np.sqrt(1.0 - correlation * correlation)
    old = np.empty(h.shape)
    for r in range(n):
        for a in range(n_columns):
            old[a, r] = rows[first + r, a]
    for a in range(n_columns):
        for r in range(n):
            old[a, r] /= P[a, a, r]
        for k in range(a + 1, n_columns):
            for r in range(n):
                old[a, r] += P[k, a, r] * old[k, r]
        for r in range(n):
            h[a, r] += correlation * (old[a, r] - h[a, r]) + rest * noise[first + r, a]


@kernel
def quadratic(precision: NDArray[np.float64], h: NDArray[np.float64], n: int) -> float:
    """Return the sum of ``u' precision u`` over the first n rows u, which `draw_block` left."""
    total = 0.0
    for a in range(h.shape[0]):
        for b in range(a):
            weight = 2.0 * precision[a, b]
            for r in range(n):
                total += weight * h[a, r] * h[b, r]
        for r in range(n):
            total += precision[a, a] * h[a, r] * h[a, r]
    return total


@kernel
def _subtract_products(P: NDArray[np.float64], a: int, b: int, n: int) -> None:
    k = 0
    while k + 4 <= b:  # four at a time: what they are taken from is read and written once
        for r in range(n):
            P[a, b, r] -= (
                P[a, k, r] * P[b, k, r]
                + P[a, k + 1, r] * P[b, k + 1, r]
                + P[a, k + 2, r] * P[b, k + 2, r]
                + P[a, k + 3, r] * P[b, k + 3, r]
            )
        k += 4
    while k < b:
        for r in range(n):
            P[a, b, r] -= P[a, k, r] * P[b, k, r]
        k += 1
