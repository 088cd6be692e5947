"""Quantities of draws by which chains are compared, all of which no rotation of factors changes.

Compiled where they go over all rows: they are measured at every draw, and the sum of a BLAS product
may depend on its number of threads.
"""

import numpy as np
from numpy.typing import NDArray

from pmf_core.kernels.compiler import kernel
from pmf_core.kernels.rows import fill_gram


@kernel
def gram(rows: NDArray[np.floating], n_factors: int) -> NDArray[np.float64]:
    """Return ``R' R`` of the first columns of rows: (n_factors, n_factors).

    Parameters
    ----------
    rows : ndarray of shape (n_rows, n_columns)
    n_factors : int
        Columns that count.
    """
    n, n_lines = rows.shape[0], n_factors + -n_factors % 3
    design, total = np.zeros((n_lines, n)), np.zeros((n_lines, n_lines))
    for i in range(n):
        for a in range(n_factors):
            design[a, i] = rows[i, a]
    fill_gram(design, n, total)
    for a in range(n_factors):
        for b in range(a):
            total[b, a] = total[a, b]
    return total[:n_factors, :n_factors].copy()


@kernel
def spread(values: NDArray[np.floating]) -> tuple[float, float]:
    """Return mean and sd of values of shape (n,), summed in double precision."""
    n = values.shape[0]
    around, total, square = values[0], 0.0, 0.0  # shifted: of values far from 0 little is lost
    for k in range(n):
        away = np.float64(values[k] - around)
        total += away
        square += away * away
    mean = total / n
    return around + mean, np.sqrt(max(square / n - mean * mean, 0.0))


def singular_values(
    gram_U: NDArray[np.float64], gram_V: NDArray[np.float64], n: int
) -> NDArray[np.float64]:
    """Return the largest singular values of ``U V'``, in descending order: at most `n` of them.

    Their squares are the eigenvalues of ``S' V'V S`` where ``U'U = S S'``, as small as there are
    factors. nan where a Gram matrix is not finite.
    """
    size = min(n, len(gram_U))
    if not np.isfinite(gram_U.sum() + gram_V.sum()):
        return np.full(size, np.nan)
    try:
        root = np.linalg.cholesky(gram_U)
    except np.linalg.LinAlgError:  # a climb may leave factors without any use
        value, vector = np.linalg.eigh(gram_U)
        root = vector * np.sqrt(np.maximum(value, 0))
    square = np.linalg.eigvalsh(root.T @ gram_V @ root)
    return np.sqrt(np.maximum(square[::-1][:size], 0))


def log_det(precision: NDArray[np.floating]) -> float:
    """Return the log determinant of a precision matrix."""
    return float(np.linalg.slogdet(precision.astype(np.float64))[1])


def root_mean_square(values: NDArray[np.floating]) -> float:
    """Return the root of the mean square of all entries."""
    return float(np.sqrt(np.mean(np.square(values, dtype=np.float64))))
