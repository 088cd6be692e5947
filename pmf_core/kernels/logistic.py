"""Metropolis steps in the rows of a factor matrix under a logistic link, compiled.

A rating is ``low + range * g(offset + u . v)`` plus noise, with g the logistic function (Mnih &
Salakhutdinov 2007, sec 2), so that no prediction leaves the scale. Rows then have no Gaussian
conditional; each is proposed from the Gaussian that a Gauss-Newton step gives.
"""

import numpy as np
from numpy.typing import NDArray

from pmf_core.kernels.compiler import kernel
from pmf_core.kernels.rows import draw_gaussian

HALVINGS = 8


@kernel
def step_rows(
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    target: NDArray[np.float64],
    weight: NDArray[np.float64] | None,
    shift: NDArray[np.float64],
    other: NDArray[np.float64],
    alpha: float,
    low: float,
    span: float,
    prior_precision: NDArray[np.float64],
    prior_mean: NDArray[np.float64],
    noise: NDArray[np.float64],
    log_uniform: NDArray[np.float64],
    climb: bool,
    rows: NDArray[np.float64],
) -> int:
    """Take one step in every row; return how many moved.

    Parameters
    ----------
    indptr, indices, weight, other, alpha, prior_precision, noise
        As for `pmf_core.kernels.rows.draw_rows`.
    target : ndarray of shape (n_ratings,)
        Ratings, in stars.
    shift : ndarray of shape (n_ratings,)
        Added to ``u . v`` to give the score: the offset, and the other side's bias.
    low, span : float
        The rating scale: ``low + span * g(score)`` is the mean rating.
    prior_mean : ndarray of shape (n_rows, n_columns)
    log_uniform : ndarray of shape (n_rows,)
        Each proposal is taken if the log ratio exceeds it.
    climb : bool
        Instead of a Metropolis step, take the Gauss-Newton step, halved until it raises the
        density.
    rows : ndarray of shape (n_rows, n_columns)
        Replaced.
    """
    n_rows, n_columns = rows.shape
    moved = 0
    P, h = np.empty((n_columns, n_columns)), np.empty(n_columns)
    mean, there = np.empty(n_columns), np.empty(n_columns)
    zero = np.zeros(n_columns)
    for i in range(n_rows):
        row, center = rows[i], prior_mean[i]
        start, stop = indptr[i], indptr[i + 1]
        here = expand(
            start, stop, indices, target, weight, shift, other, alpha, low, span,
            prior_precision, center, row, P, h,
        )  # fmt: skip
        draw_gaussian(P, h, noise[i], there)  # P is now its Cholesky factor
        if climb:
            for d in range(n_columns):
                mean[d] = there[d] - row[d]
            for _ in range(HALVINGS):
                for d in range(n_columns):
                    there[d] = row[d] + mean[d]
                value = expand(
                    start, stop, indices, target, weight, shift, other, alpha, low, span,
                    prior_precision, center, there, P, h,
                )  # fmt: skip
                if value > here:
                    moved += 1
                    for d in range(n_columns):
                        row[d] = there[d]
                    break
                for d in range(n_columns):
                    mean[d] *= 0.5
            continue
        forward = 0.0
        for d in range(n_columns):
            forward += np.log(P[d, d]) - 0.5 * noise[i, d] ** 2
        value = expand(
            start, stop, indices, target, weight, shift, other, alpha, low, span,
            prior_precision, center, there, P, h,
        )  # fmt: skip
        draw_gaussian(P, h, zero, mean)
        backward = 0.0
        for d in range(n_columns):  # |L'(row - mean)|^2, with P = L L' the way back's precision
            t = 0.0
            for k in range(d, n_columns):
                t += P[k, d] * (row[k] - mean[k])
            backward += np.log(P[d, d]) - 0.5 * t * t
        if value - here + backward - forward > log_uniform[i]:
            moved += 1
            for d in range(n_columns):
                row[d] = there[d]
    return moved


@kernel
def expand(
    start: int,
    stop: int,
    indices: NDArray[np.int32],
    target: NDArray[np.float64],
    weight: NDArray[np.float64] | None,
    shift: NDArray[np.float64],
    other: NDArray[np.float64],
    alpha: float,
    low: float,
    span: float,
    prior_precision: NDArray[np.float64],
    center: NDArray[np.float64],
    row: NDArray[np.float64],
    P: NDArray[np.float64],
    h: NDArray[np.float64],
) -> float:
    """Return a row's log density up to a constant, and write the Gaussian around a Newton step.

    Its precision is the Gauss-Newton one, in which the second derivative of g is left out, so
    that it is positive definite wherever the row stands.
    """
    n = row.shape[0]
    density = 0.0
    for a in range(n):
        t = 0.0
        for b in range(n):
            t += prior_precision[a, b] * (row[b] - center[b])
        density -= 0.5 * t * (row[a] - center[a])
        h[a] = -t
        for b in range(a + 1):
            P[a, b] = prior_precision[a, b]
    for s in range(start, stop):
        v = other[indices[s]]
        score = shift[s]
        for d in range(n):
            score += row[d] * v[d]
        g = 1.0 / (1.0 + np.exp(-score))
        slope = span * g * (1.0 - g)
        error = target[s] - low - span * g
        w = alpha
        if weight is not None:
            w *= weight[s]
        density -= 0.5 * w * error * error
        for a in range(n):
            h[a] += w * error * slope * v[a]
            t = w * slope * slope * v[a]
            for b in range(a + 1):
                P[a, b] += t * v[b]
    # The linear term of a Gaussian centred one step from here: P row + gradient.
    for a in range(n):
        t = 0.0
        for b in range(n):
            t += (P[a, b] if b <= a else P[b, a]) * row[b]
        h[a] += t
    return density
