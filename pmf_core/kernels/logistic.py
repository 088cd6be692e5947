"""Metropolis steps in the rows of a factor matrix under a logistic link, compiled.

A rating is ``low + range * g(offset + u . v)`` plus noise, with g the logistic function (Mnih &
Salakhutdinov 2007, sec 2), so that no prediction leaves the scale. Rows then have no Gaussian
conditional; each is proposed from the Gaussian that a Gauss-Newton step gives.
"""

import numpy as np
from numpy.typing import NDArray

from pmf_core.kernels.columns import fill_columns
from pmf_core.kernels.compiler import kernel
from pmf_core.kernels.gaussian import draw_gaussian
from pmf_core.kernels.rows import fill_gram, workspace

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
    design, gram = workspace(indptr, n_columns)
    lines = np.empty((n_columns + 3, design.shape[1]))
    P, h = np.empty((n_columns, n_columns)), np.empty(n_columns)
    mean, there = np.empty(n_columns), np.empty(n_columns)
    zero = np.zeros(n_columns)
    for i in range(n_rows):
        row, n = rows[i], indptr[i + 1] - indptr[i]
        lay_out(indptr[i], n, indices, target, weight, shift, other, alpha, low, lines)
        given = prior_precision, prior_mean[i]
        here = expand(lines, n, span, *given, row, design, gram, P, h)
        draw_gaussian(P, h, noise[i], 0.0, there)  # P is now its Cholesky factor
        if climb:
            for d in range(n_columns):
                mean[d] = there[d] - row[d]
            for _ in range(HALVINGS):
                for d in range(n_columns):
                    there[d] = row[d] + mean[d]
                if expand(lines, n, span, *given, there, design, gram, P, h) > here:
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
        value = expand(lines, n, span, *given, there, design, gram, P, h)
        draw_gaussian(P, h, zero, 0.0, mean)
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
def lay_out(
    start: int,
    n: int,
    indices: NDArray[np.int32],
    target: NDArray[np.float64],
    weight: NDArray[np.float64] | None,
    shift: NDArray[np.float64],
    other: NDArray[np.float64],
    alpha: float,
    low: float,
    lines: NDArray[np.float64],
) -> None:
    """Write what the `n` ratings from `start` on say of their row, side by side.

    Parameters
    ----------
    indices, target, weight, shift, other, alpha, low
        As for `step_rows`.
    lines : ndarray of shape (n_columns + 3, at least n)
        The other side's columns, ratings above the lowest, what is added to scores, and roots of
        the precision.
    """
    n_columns = other.shape[1]
    fill_columns(other, indices, start, n, lines)
    for s in range(n):
        lines[n_columns, s] = target[start + s] - low
        lines[n_columns + 1, s] = shift[start + s]
        precision = alpha if weight is None else alpha * weight[start + s]
        lines[n_columns + 2, s] = np.sqrt(precision)


@kernel
def expand(
    lines: NDArray[np.float64],
    n: int,
    span: float,
    prior_precision: NDArray[np.float64],
    center: NDArray[np.float64],
    row: NDArray[np.float64],
    design: NDArray[np.float64],
    gram: NDArray[np.float64],
    P: NDArray[np.float64],
    h: NDArray[np.float64],
) -> float:
    """Return a row's log density up to a constant, and write the Gaussian around a Newton step.

    Its precision is the Gauss-Newton one, in which the second derivative of g is left out, so
    that it is positive definite wherever the row stands.

    Parameters
    ----------
    lines : ndarray
        As `lay_out` writes them, of `n` ratings.
    design, gram : ndarray
        Room, as `pmf_core.kernels.rows.workspace` makes it.
    P, h : ndarray of shape (n_columns, n_columns) and (n_columns,)
        Precision, of which the lower triangle is written, and linear term.
    """
    n_columns = row.shape[0]
    score, left = design[0], design[n_columns]
    for s in range(n):
        left[s] = lines[n_columns + 1, s]
    for d in range(n_columns):
        for s in range(n):
            left[s] += row[d] * lines[d, s]
    density = 0.0
    for s in range(n):
        score[s] = np.exp(-left[s])
    for s in range(n):
        g, root = 1.0 / (1.0 + score[s]), lines[n_columns + 2, s]
        left[s] = root * (lines[n_columns, s] - span * g)  # errors, in sd of the noise
        density -= 0.5 * left[s] * left[s]
        score[s] = root * span * g * (1.0 - g)  # slopes
    for d in range(n_columns - 1, -1, -1):  # the first line last: slopes stand there
        for s in range(n):
            design[d, s] = lines[d, s] * score[s]
    fill_gram(design, n, gram)
    for a in range(n_columns):
        t = 0.0
        for b in range(n_columns):
            t += prior_precision[a, b] * (row[b] - center[b])
        density -= 0.5 * t * (row[a] - center[a])
        h[a] = gram[n_columns, a] - t
        for b in range(a + 1):
            P[a, b] = prior_precision[a, b] + gram[a, b]
    # The linear term of a Gaussian centred one step from here: P row + gradient.
    for a in range(n_columns):
        t = 0.0
        for b in range(n_columns):
            t += (P[a, b] if b <= a else P[b, a]) * row[b]
        h[a] += t
    return density
