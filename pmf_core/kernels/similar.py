"""Who is like whom, a row at a time, compiled: no matrix of all pairs is ever built."""

import numpy as np
from numpy.typing import NDArray

from pmf_core.kernels.compiler import kernel


@kernel
def similar_to(
    row: int,
    own: tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]],
    other: tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]],
    shrinkage: float,
    work: NDArray[np.float64],
    met: NDArray[np.int64],
    out: NDArray[np.float64],
) -> None:
    """Work out how alike a row and each row of its side are.

    The correlation of their deviations over what both have, times ``n / (n + shrinkage)`` where n
    is how much that is: what rests on little counts for little.

    Parameters
    ----------
    row : int
    own, other : tuple of ndarray
        Deviations of the rows of this side, and the same by rows of the other side (CSR): where
        each row starts, of shape (n_rows + 1,); row of the other side and value, (n_ratings,).
    shrinkage : float
    work : ndarray of shape (n_rows, 4)
        Sums for each row that was met: product, both squares, count. Those of the call before are
        cleared first, so that no call costs more than what it meets.
    met : ndarray of shape (n_rows + 1,)
        Rows that were met and, last, how many.
    out : ndarray of shape (n_rows,)
        Becomes the similarities, from -1 to 1; 0 where nothing is shared. The row's own is 0, too.
    """
    starts, across, values = own
    other_starts, back, other_values = other
    last = met.shape[0] - 1
    for m in range(met[last]):
        work[met[m], :] = 0.0
        out[met[m]] = 0.0
    n_met = 0
    for p in range(starts[row], starts[row + 1]):
        x = values[p]
        for q in range(other_starts[across[p]], other_starts[across[p] + 1]):
            b, y = back[q], other_values[q]
            if work[b, 3] == 0.0:
                met[n_met] = b
                n_met += 1
            work[b, 0] += x * y
            work[b, 1] += x * x
            work[b, 2] += y * y
            work[b, 3] += 1.0
    met[last] = n_met
    for m in range(n_met):
        b = met[m]
        square, n = work[b, 1] * work[b, 2], work[b, 3]
        if square > 0.0 and b != row:
            out[b] = work[b, 0] / np.sqrt(square) * n / (n + shrinkage)


@kernel
def predict_from_similar(
    wanted: tuple[NDArray[np.int64], NDArray[np.int32]],
    own: tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]],
    other: tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]],
    k: int,
    shrinkage: float,
    doubt: float,
    out: NDArray[np.float64],
) -> None:
    """Average the deviations of the `k` most alike rows, for pairs that are in order of rows.

    Parameters
    ----------
    wanted : tuple of ndarray
        Where the pairs of each row start, of shape (n_rows + 1,); rows of the other side that
        they are with, of shape (n_pairs,).
    own, other, shrinkage
        As for `similar_to`.
    k : int
    doubt : float
        Added to the sum of the similarities by which the average is divided.
    out : ndarray of shape (n_pairs,)
        Becomes the deviations.
    """
    n_rows = own[0].shape[0] - 1
    starts, across = wanted
    work, alike = np.zeros((n_rows, 4)), np.zeros(n_rows)
    met = np.zeros(n_rows + 1, np.int64)
    best, value = np.zeros(k), np.zeros(k)
    for row in range(n_rows):
        if starts[row] == starts[row + 1]:
            continue
        similar_to(row, own, other, shrinkage, work, met, alike)
        for p in range(starts[row], starts[row + 1]):
            found = 0
            for q in range(other[0][across[p]], other[0][across[p] + 1]):
                s = alike[other[1][q]]
                if s <= 0.0 or (found == k and s <= best[k - 1]):
                    continue
                at = min(found, k - 1)  # into its place among the best, which are in order
                while at > 0 and best[at - 1] < s:
                    best[at], value[at] = best[at - 1], value[at - 1]
                    at -= 1
                best[at], value[at] = s, other[2][q]
                found = min(found + 1, k)
            top, below = 0.0, doubt
            for n in range(found):
                top += best[n] * value[n]
                below += best[n]
            out[p] = top / below if found > 0 else 0.0
