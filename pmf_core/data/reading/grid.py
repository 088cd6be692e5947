"""Cells of a table, all strings, whatever kind of file they came from."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

NO_VALUE = frozenset({"", "na", "nan", "null", "none", "n/a", "-", "?"})
"""How tables write that there is nothing in a cell, in small letters."""


@dataclass(frozen=True)
class Grid:
    """What a file holds, before it is known what its columns mean."""

    name: str
    """The file's name without its endings."""
    fields: list[str]
    """The header, or the first row of a table without one."""
    headed: bool
    cells: pd.DataFrame
    """One row per filled row; the index is the row of the file, counted from 1."""
    separator: str = ""
    """As a person would say it; none where the kind of file has none."""
    notes: tuple[str, ...] = ()
    """How the file was read, where that is worth a word."""
    is_matrix: bool = False
    """Whether the file had a row for each user and a column for each item, or the reverse."""


def counts_rows(texts: pd.Series) -> bool:
    """Tell whether a column is 0, 1, 2, ... or 1, 2, 3, ... from the first row to the last."""
    if len(texts) < 3 or texts.iloc[0] not in ("0", "1"):
        return False
    start = int(texts.iloc[0])
    expected = np.arange(start, start + len(texts)).astype(str)
    return bool((texts.to_numpy() == expected).all())


def is_empty(texts: NDArray) -> NDArray[np.bool_]:
    """Return which of some texts say that there is no value."""
    codes, found = pd.factorize(texts)
    empty = np.array([str(text).strip().casefold() in NO_VALUE for text in found], bool)
    return empty[codes]
