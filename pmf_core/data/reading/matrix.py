"""A table with a row for each user and a column for each item, or the reverse, is melted."""

import re

import numpy as np
import pandas as pd

from pmf_core.data.reading.columns import header_roles, names_role
from pmf_core.data.reading.grid import Grid, is_empty
from pmf_core.data.reading.numbers import is_number

ROLES = {"user": 0, "item": 1, "rating": 2}
"""Of the columns of what `melted` returns."""
_LARGEST = 100
"""Of what is taken for a rating in a table that does not name its columns."""
_CODES = ("", "99", "0", "99.00")
"""What stands for "not rated" in matrices without empty cells."""
_FEWEST = 6
"""Columns of a table without names that may be a matrix."""


def is_matrix(rows: list[list[str]]) -> bool:
    """Tell whether the first rows of a table are those of a matrix of ratings."""
    if len(rows) < 3 or len(rows[0]) < 4 or any(len(row) != len(rows[0]) for row in rows):
        return False
    body = [row[1:] for row in rows[1:]]
    cells = [cell for row in body for cell in row]
    if not all(_is_value(cell) for cell in cells) or all(_is_nothing(cell) for cell in cells):
        return False
    return _is_named(rows) if has_header(rows) else _is_unnamed(rows)


def has_header(rows: list[list[str]]) -> bool:
    """Tell whether the first row of a matrix names the items."""
    first = [cell for cell in rows[0][1:] if cell.strip()]
    if not first or not all(_is_value(cell) for cell in first):
        return True
    # Names may be numbers, too: each another one, and none in the order that ratings have.
    return bool(names_role(rows[0][0])) or (len(set(first)) == len(first) and _ascend(first))


def _is_named(rows: list[list[str]]) -> bool:
    header, first = rows[0], rows[0][0]
    if len(set(header[1:])) < len(header) - 1 or not all(field.strip() for field in header[1:]):
        return False
    known = first.strip() == "" or names_role(first) or _plain(first) in ("id", "unnamed0")
    try:
        header_roles(header)
    except ValueError:
        pass
    else:
        return False
    if any(names_role(field) for field in header[1:]):
        return False
    holes = any(_is_nothing(cell) for row in rows[1:] for cell in row[1:])
    holes &= not all(_is_value(field) for field in header[1:])
    return bool(known) or holes or len(header) >= 2 * _FEWEST


def _is_unnamed(rows: list[list[str]]) -> bool:
    if len(rows[0]) < _FEWEST:
        return False
    pairs = [(row[0], row[1]) for row in rows]
    holes = any(_is_nothing(cell) for row in rows for cell in row[1:4])
    by_row = len({row[0] for row in rows}) == len(rows)
    return holes or by_row or len(set(pairs)) < len(pairs)


def melted(grid: Grid) -> Grid:
    """Return a matrix as a table of one rating a row; cells without a value are left out."""
    names = grid.cells[0].str.strip()
    has_names = names.is_unique and not is_empty(names.to_numpy(object)).any()
    has_names &= grid.headed or not _are_ratings(names)
    body = grid.cells.iloc[:, 1:] if has_names else grid.cells
    notes = grid.notes
    if not (has_names or grid.headed) and _counts_values(names, body.iloc[:, 1:]):
        body = body.iloc[:, 1:]
        notes += ("The first column counts the ratings of its row, so it was left out.",)
    rows = names.to_numpy(object) if has_names else np.arange(1, len(names) + 1).astype(str)
    if grid.headed:
        columns = [field.strip() for field in grid.fields[grid.cells.shape[1] - body.shape[1] :]]
    else:
        columns = [str(column) for column in range(1, body.shape[1] + 1)]
    values = body.to_numpy(object)
    row, column = np.nonzero(~is_empty(values.ravel()).reshape(values.shape))
    by_item = grid.headed and names_role(grid.fields[0]) in ("item", "title")
    owners, others = ("item", "user") if by_item else ("user", "item")
    cells = pd.DataFrame({0: rows[row], 1: np.array(columns, object)[column]})
    cells = cells[[1, 0]].set_axis([0, 1], axis=1) if by_item else cells
    cells[2] = values[row, column]
    cells.index = grid.cells.index[row]
    named = "" if has_names and grid.headed else ", which are numbered where they have no name"
    notes += (
        f"The table was read as a matrix: {len(names):,} {owners}s in its rows and "
        f"{len(columns):,} {others}s in its columns{named}; empty cells are not rated.",
    )
    return Grid(
        grid.name, ["user", "item", "rating"], True, cells, grid.separator,
        notes, is_matrix=True,
    )  # fmt: skip


def _counts_values(counts: pd.Series, body: pd.DataFrame) -> bool:
    """Tell whether a column says how many values of its row are ratings, as Jester's does."""
    cells = body.to_numpy(object)
    empty = is_empty(cells.ravel()).reshape(cells.shape)
    return any(
        (counts.to_numpy() == (~(empty | (cells == code))).sum(axis=1).astype(str)).all()
        for code in _CODES
    )


def _are_ratings(names: pd.Series) -> bool:
    numbers = [float(name) for name in names if is_number(name)]
    return len(numbers) == len(names) and not _ascend(list(names))


def _ascend(texts: list[str]) -> bool:
    numbers = [float(text) for text in texts if is_number(text)]
    return len(numbers) == len(texts) and all(np.diff(numbers) > 0)


def _is_value(cell: str) -> bool:
    text = cell.strip().replace(",", ".")
    return _is_nothing(cell) or (is_number(text) and abs(float(text)) <= _LARGEST)


def _is_nothing(cell: str) -> bool:
    return bool(is_empty(np.array([cell], object))[0])


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())
