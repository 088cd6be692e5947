"""From a file of any kind to a table: what it is, and which of its columns is what."""

from dataclasses import replace
from pathlib import Path
from typing import IO

import pandas as pd

from pmf_core.data.limits import LARGEST_RATING, shown
from pmf_core.data.reading import matrix, records
from pmf_core.data.reading.cells import Table
from pmf_core.data.reading.choices import Choices
from pmf_core.data.reading.columns import (
    RolesUnknown,
    check_columns,
    column_names,
    columns_of,
    header_roles,
    plain_roles,
)
from pmf_core.data.reading.decode import as_text
from pmf_core.data.reading.grid import Grid, counts_rows
from pmf_core.data.reading.layout import read_delimited
from pmf_core.data.reading.numbers import has_decimal_commas, parse_numbers
from pmf_core.data.reading.suspects import is_mean_of_items
from pmf_core.data.reading.unpack import PARQUET, read_bytes

Source = str | Path | IO | pd.DataFrame


def read_table(source: Source, choices: Choices = Choices()) -> Table:
    """Read a table with a user, an item and a rating in each row.

    Raises
    ------
    ValueError
        If the file is empty, no table, without a column that is needed, or beyond the limits.
    """
    grid, roles = _read(source, choices)
    if grid.is_matrix:
        pass
    elif not grid.headed and not choices.columns:
        if shifted := _behind_row_numbers(grid):
            roles = shifted
        elif roles["user"] == 1:
            note = "The second column was read as the user and the first as the item, as Amazon has"
            grid = replace(
                grid, notes=(*grid.notes, f"{note} them; if not, choose user= and item=.")
            )
    elif "rating" not in choices.columns:
        roles, grid = _own_rating(grid, roles)
    names = column_names(grid.fields if grid.headed else [""] * len(grid.fields))
    comma = choices.decimal == ","
    if choices.decimal is None:
        texts = pd.Series(grid.cells[roles["rating"]].unique()).str.strip()
        comma = grid.separator == ";" or has_decimal_commas(texts)
    return Table(
        grid.name, names, grid.cells, roles, comma, grid.notes, grid.separator, grid.is_matrix
    )


def _read(source: Source, choices: Choices) -> tuple[Grid, dict[str, int]]:
    if isinstance(source, pd.DataFrame):
        grid = records.of_frame(source)
    else:
        name, raw = read_bytes(source)
        if raw.startswith(PARQUET):
            grid = records.read_parquet(name, raw)
        else:
            text, notes = as_text(name, raw, choices.encoding)
            grid = records.read_records(name, text, notes)
            if grid is None:
                return read_delimited(name, text, choices, notes)
    first = grid.cells.head(30).to_numpy(object).tolist()
    if not choices.columns and matrix.is_matrix([grid.fields, *first]):
        return matrix.melted(grid), matrix.ROLES
    try:
        check_columns(grid.fields)
        return grid, header_roles(grid.fields, choices.columns)
    except RolesUnknown as error:
        raise RolesUnknown(f"{grid.name}: {error}", error.fields) from error
    except ValueError as error:
        raise ValueError(f"{grid.name}: {error}") from error


def _behind_row_numbers(grid: Grid) -> dict[str, int] | None:
    """Return the roles behind a first column that counts the rows, as pandas writes it."""
    if len(grid.fields) < 4 or not counts_rows(grid.cells[0].str.strip()):
        return None
    rating = parse_numbers(pd.Series(grid.cells[3].unique()).str.strip())
    if not (abs(rating) <= LARGEST_RATING).all():  # nan and times are none
        return None
    return {role: at + 1 for role, at in plain_roles(grid.fields[1:]).items()}


def _own_rating(grid: Grid, roles: dict[str, int]) -> tuple[dict[str, int], Grid]:
    """Take the column of a person's own ratings rather than one of the means of items."""
    others = [at for at in columns_of(grid.fields, "rating") if at != roles["rating"]]
    items = pd.factorize(grid.cells[roles["item"]].str.strip())[0]

    def is_mean(at: int) -> bool:
        return is_mean_of_items(pd.factorize(grid.cells[at].str.strip())[0], items)

    if not is_mean(roles["rating"]):
        return roles, grid
    own = next((at for at in others if not is_mean(at)), None)
    names = column_names(grid.fields)
    mean = shown(names[roles["rating"]])
    if own is None:
        note = (
            f"Column {mean} is the same in all rows of an item, as a mean is; if it is one, choose "
            "the column of each person's own rating (rating=)."
        )
        return roles, replace(grid, notes=(*grid.notes, note))
    note = (
        f"{shown(names[own])} was read as the rating: {mean} is the same in all rows of an item, "
        "as a mean is."
    )
    return roles | {"rating": own}, replace(grid, notes=(*grid.notes, note))
