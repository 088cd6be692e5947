"""Ratings that may be none: codes for "not rated", a slip of the keyboard, the means of items."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pmf_core.support.numbers import figure

_FEWEST_ROWS = 20
_FEWEST_VALUES = 3
"""Without so many other values there is no scale that one could lie outside of."""


@dataclass(frozen=True)
class Suspect:
    """A value that may stand for "not rated", or for another."""

    value: float
    count: int
    """Rows that have it."""
    note: str
    """What it looks like, and what to do."""


def suspects(rating: NDArray[np.float64], rows: NDArray[np.int64]) -> tuple[Suspect, ...]:
    """Return the values that are likely to be codes or slips, the lowest first.

    Parameters
    ----------
    rating : ndarray of shape (n_ratings,)
    rows : ndarray of shape (n_ratings,)
        The row of the file that each is in.
    """
    values, counts = np.unique(rating, return_counts=True)
    found = []
    if len(rating) < _FEWEST_ROWS:
        return ()
    while len(values) > _FEWEST_VALUES:  # below a code there may be another: -1 and 0
        at = next((at for at in (0, -1) if _is_suspect(values, counts, at)), None)
        if at is None:
            break
        rest = np.delete(values, at)
        found.append(_suspect(values[at], int(counts[at]), rest, rating, rows))
        values, counts = rest, np.delete(counts, at)
    return tuple(sorted(found, key=lambda each: each.value))


def _is_suspect(values: NDArray, counts: NDArray, at: int) -> bool:
    value, rest = values[at], np.delete(values, at)
    gap = rest[0] - value if at == 0 else value - rest[-1]
    share = counts[at] / counts.sum()
    if gap > rest[-1] - rest[0]:
        return True
    if at != 0 or rest[0] < 0:
        return False
    if value in (-1, -9, -99):
        return True
    # A scale may start at 0: there 0 is rare, or no more common than its neighbour.
    return bool(value == 0 and share >= 0.05 and counts[0] >= 2 * counts[1])


def _suspect(value: float, count: int, rest: NDArray, rating: NDArray, rows: NDArray) -> Suspect:
    others = f"{figure(rest[0])} to {figure(rest[-1])}"
    if count <= max(3, 0.002 * len(rating)) and value not in (-99, -9, -1, 0, 99, 999):
        row = rows[np.flatnonzero(rating == value)[0]]
        note = (
            f"The rating {figure(value)} in row {row} lies far from all others ({others}); if it "
            f"is a slip, correct it, or leave it out (missing={value:g})"
        )
    else:
        note = (
            f"{figure(value)} is the rating in {count:,} of {len(rating):,} rows, and all others "
            f"are {others}; if it means 'not rated', leave it out (missing={value:g})"
        )
    return Suspect(float(value), count, note + ".")


def is_mean_of_items(rating: NDArray, item_idx: NDArray) -> bool:
    """Tell whether all ratings of an item are equal, as means of items are."""
    order = np.argsort(item_idx, kind="stable")
    item, value = item_idx[order], rating[order]
    same = item[1:] == item[:-1]
    return bool(same.sum() >= _FEWEST_VALUES and (value[1:] == value[:-1])[same].all())
