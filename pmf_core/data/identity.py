"""What makes two data sets the same: their contents, in any order of rows and any width of number.

A set is more than its pairs: two files of equal ratings are different sets where the items are
called otherwise, or have other features or times.
"""

import hashlib
from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray


def digest_of(*values: object) -> str:
    """Return twelve hexadecimal digits that are equal for equal numbers, texts and frames.

    Parameters
    ----------
    *values : ndarray, pd.DataFrame, or what has a ``repr`` that says it all
        Arrays of whole numbers are equal whatever their width, and so are columns of a frame.
    """
    digest = hashlib.sha256()
    for value in values:
        for part in _parts(value):
            digest.update(len(part).to_bytes(8) + part)
    return digest.hexdigest()[:12]


def by_pair(user_idx: NDArray, item_idx: NDArray, *others: NDArray) -> list[NDArray]:
    """Return parallel arrays in the order of user, item and each of the others."""
    columns = [user_idx, item_idx, *others]
    order = np.lexsort(columns[::-1])
    return [column[order] for column in columns]


def _parts(value: object) -> Iterator[bytes]:
    if isinstance(value, pd.DataFrame):
        for name in value:
            yield str(name).encode()
            yield repr([_plain(cell) for cell in value[name].tolist()]).encode()
    elif isinstance(value, np.ndarray):
        kind = value.dtype.kind
        yield kind.replace("u", "i").encode()
        yield repr(value.tolist()).encode() if kind == "O" else _wide(value).tobytes()
    else:
        yield repr(value).encode()


def _wide(values: ArrayLike) -> NDArray:
    return np.ascontiguousarray(values, np.int64 if values.dtype.kind in "iu" else np.float64)


def _plain(cell: object) -> str:
    if isinstance(cell, bool | int | float | np.number | np.bool_):
        return repr(float(cell))  # a gap makes whole numbers and truths fractions
    return "nan" if cell is None or cell is pd.NA else str(cell)
