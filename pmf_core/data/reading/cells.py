"""A text file as a table of strings, whose columns are read with the row named when one fails."""

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmf_core.data.limits import LARGEST_RATING, MAX_CELLS, MAX_COLUMNS, MAX_NAMES, shown
from pmf_core.data.reading.columns import header_roles, is_header, plain_roles
from pmf_core.data.reading.decode import read_text
from pmf_core.data.reading.numbers import (
    doubtful_commas,
    is_plain_integer,
    note_of_commas,
    parse_numbers,
    rule_of_size,
)
from pmf_core.data.reading.quotes import refuse_swallowed_rows
from pmf_core.data.texts import as_texts, fault, look_alikes

_SEPARATORS = ("::", "\t", "|", ";", ",")
_UNIT = "\x1f"
"""Stands in for ``::``, as parsers take separators of one character."""


@dataclass(frozen=True)
class Table:
    """Cells of a file, all strings."""

    name: str
    """The file's name without its endings."""
    names: list[str]
    """What each column is called; ``column 1`` and so on without a header."""
    cells: pd.DataFrame
    """One row per filled row; the index is the row of the file, counted from 1."""
    roles: dict[str, int]
    """Position of the column of ``user``, ``item``, ``rating`` and, if any, the other roles."""
    decimal_comma: bool
    """Whether ``3,5`` is a number: so in tables separated by ``;``."""
    notes: tuple[str, ...]
    """How the file was read, where that is worth a word."""

    def ratings(self) -> tuple[NDArray[np.float64], tuple[str, ...]]:
        """Return the column of ratings, and notes, or raise ValueError with the first bad row."""
        codes, texts = self.column(self.roles["rating"])
        notes = ()
        if self.decimal_comma:
            doubtful, rule = doubtful_commas(texts)
            self._refuse(doubtful[codes], "rating", rule)
            notes = note_of_commas(texts)
        values = parse_numbers(texts, self.decimal_comma)
        self._refuse(~np.isfinite(values)[codes], "rating", "a finite number")
        large = np.abs(values) > LARGEST_RATING
        if large.any():
            self._refuse(large[codes], "rating", rule_of_size(values))
        return values[codes], notes

    def identifiers(self, role: str) -> tuple[NDArray, NDArray[np.intp], tuple[str, ...]]:
        """Return the ascending identifiers of a column, the position of each row's own, and notes.

        Raises
        ------
        ValueError
            If one is empty or no name; the message names the row.
        """
        codes, texts = self.column(self.roles[role])
        self._refuse((texts == "").to_numpy()[codes], role, "an identifier that is not empty")
        if is_plain_integer(texts):
            values = texts.to_numpy(np.int64)
        else:
            values = self.names_of(role, codes, texts)
        if len(values) > MAX_NAMES:
            raise ValueError(
                f"{self.name}: there are {len(values):,} {role}s; at most {MAX_NAMES:,} can be "
                "read, so give a part of the rows"
            )
        ids, position = np.unique(values, return_inverse=True)
        groups = look_alikes(ids)
        if not groups:
            return ids, position[codes], ()
        more = f", and so in {len(groups) - 1} more groups" if len(groups) > 1 else ""
        written = " and ".join(shown(text) for text in groups[0][:3])
        note = f"The {role}s {written} are taken for different {role}s{more}; make them one if "
        return ids, position[codes], (note + "they are the same.",)

    def names_of(self, role: str, codes: NDArray[np.intp], texts: pd.Series) -> NDArray:
        """Return the distinct texts of a column as identifiers or titles, or refuse one of them."""
        names = as_texts(texts)
        if (found := fault(names)) is not None:
            at, rule = found
            self._refuse(codes == at, role, rule, verb="must")
        return names

    def times(self) -> tuple[NDArray[np.int64] | None, tuple[str, ...]]:
        """Return the timestamps in seconds since 1970 UTC, and a note if they cannot be read.

        Numbers are seconds, or milliseconds where one is above 1e11 (the year 5138 in seconds);
        all else must be ISO 8601 dates, in UTC where they name no zone.
        """
        if "timestamp" not in self.roles:
            return None, ()
        codes, texts = self.column(self.roles["timestamp"])
        number = parse_numbers(texts, self.decimal_comma)
        if (np.abs(number) < 1e14).all():
            unit = 1000 if np.abs(number).max() > 1e11 else 1
            return (number // unit).astype(np.int64)[codes], ()
        dates = pd.to_datetime(texts, format="ISO8601", utc=True, errors="coerce")
        unread = dates.isna().to_numpy()
        if unread.any():
            # Of a mixture of numbers and dates neither is wrong; all else comes first.
            neither = unread & np.isnan(number)
            bad = (neither if neither.any() else unread)[codes]
            row, cell = self._first(bad, self.roles["timestamp"])
            note = f"The times were left out: row {row} has {shown(cell)}, neither seconds since"
            return None, (f"{note} 1970 nor a date like 1998-04-22.",)
        return dates.dt.tz_localize(None).to_numpy("datetime64[s]").astype(np.int64)[codes], ()

    def column(self, position: int) -> tuple[NDArray[np.intp], pd.Series]:
        """Return the code of each row and the distinct texts, trimmed, that the codes stand for."""
        codes, texts = pd.factorize(self.cells[position].str.strip())
        return codes, pd.Series(texts)

    def _first(self, bad: NDArray[np.bool_], position: int) -> tuple[int, str]:
        first = int(np.flatnonzero(bad)[0])
        return self.cells.index[first], self.cells[position].iloc[first]

    def _refuse(self, bad: NDArray[np.bool_], role: str, rule: str, verb: str = "must be") -> None:
        if bad.any():
            row, cell = self._first(bad, self.roles[role])
            more = int(bad.sum()) - 1
            rows = "row" if more == 1 else "rows"
            others = f" (and so in {more:,} more {rows})" if more else ""
            raise ValueError(
                f"{self.name}, row {row}: the {role} is {shown(cell)}{others}; it {verb} {rule}, "
                "so correct or remove that row"
            )


def read_table(source: str | Path | IO) -> Table:
    """Read a delimited text file, given as a path or as a file object.

    Raises
    ------
    ValueError
        If the file is empty, no text, not a table with a user, an item and a rating column, or
        beyond the limits.
    """
    name, text, notes = read_text(source)
    start = re.match(rb"(?:[ \t]*+\n)*+", text).end()
    blank_lines = text.count(b"\n", 0, start)
    end = text.find(b"\n", start)
    first = text[start : end if end >= 0 else None].decode()
    if not first.strip():
        raise ValueError(f"{name}: the file is empty; give it one row per rating")
    separator = max(_SEPARATORS, key=lambda mark: re.sub(r'"[^"]*"', "", first).count(mark))
    if separator == "::":
        if _UNIT.encode() in text:
            raise ValueError(
                f"{name}: the file holds the control character U+001F; remove it, or separate "
                "the fields by tabs"
            )
        separator, text = _UNIT, text.replace(b"::", _UNIT.encode())
        first = first.replace("::", _UNIT)
    fields = next(csv.reader([first], delimiter=separator))  # lines are shorter than its limit
    headed, roles = _layout(f"{name}, row {blank_lines + 1}", first, fields)
    rows = text.count(b"\n", start) + 1
    if rows * len(fields) > MAX_CELLS:
        raise ValueError(
            f"{name}: the table has {rows:,} rows of {len(fields)} columns; at most "
            f"{MAX_CELLS:,} cells can be read, so leave columns or rows out"
        )
    cells = _cells(name, text, separator, blank_lines, headed)
    given = fields if headed else [""] * len(fields)
    names = [field.strip() or f"column {i}" for i, field in enumerate(given, 1)]
    if cells.shape[1] != len(fields) or (headed and first.count('"') % 2):
        raise ValueError(
            f"{name}, row {blank_lines + 1}: a quote is opened and not closed in the line; close "
            "or remove it"
        )
    refuse_swallowed_rows(name, cells, separator, roles)
    for i, column in enumerate(names):
        if column in names[:i]:
            names[i] = f"{column} (column {i + 1})"
    return Table(name, names, cells, roles, separator == ";", notes)


def _layout(place: str, first: str, fields: list[str]) -> tuple[bool, dict[str, int]]:
    """Return whether the first row of a table is a header, and the position of each role."""
    if len(fields) < 3:
        raise ValueError(
            f"{place}: {shown(first)} has fewer than three columns; separate user, item and "
            "rating by commas, tabs, ';', '|' or '::'"
        )
    if len(fields) > MAX_COLUMNS:
        raise ValueError(
            f"{place}: {shown(first)} has {len(fields):,} columns, and at most {MAX_COLUMNS} can "
            "be read; give one row per rating, and leave out what does not describe it"
        )
    headed = is_header(fields)
    if headed and (found := fault(as_texts(fields))) is not None:
        at, rule = found
        raise ValueError(f"{place}: the column name {shown(fields[at])} must {rule}; rename it")
    try:
        return headed, header_roles(fields) if headed else plain_roles(fields)
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from error


def _cells(name: str, text: bytes, separator: str, blank_lines: int, headed: bool) -> pd.DataFrame:
    try:
        # A header is read as a row, so that it sets the number of fields; and so are empty lines,
        # so that rows can be counted as the file has them.
        cells = pd.read_csv(
            io.BytesIO(text), sep=separator, header=None, skiprows=blank_lines, dtype=str,
            na_filter=False, skip_blank_lines=False, encoding="utf-8",
        )  # fmt: skip
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise ValueError(f"{name}, {_explained(str(error))}") from error
    cells.index = np.arange(len(cells)) + blank_lines + 1
    if headed:
        cells = cells.iloc[1:]
    cells = cells[(cells != "").any(axis=1)]
    if cells.empty:
        raise ValueError(f"{name}: the file has a header and no ratings; give one row per rating")
    return cells


def _explained(error: str) -> str:
    """Say what pandas' parser means, with rows counted from 1."""
    if found := re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", error):
        expected, row, saw = found.groups()
        return (
            f"row {row}: {saw} fields where the rows before have {expected}; put a field with the "
            "separator in quotes, or remove what is too much"
        )
    if found := re.search(r"EOF inside string starting at row (\d+)", error):
        return f"row {int(found[1]) + 1}: a quote is opened and never closed; close or remove it"
    return f"the file cannot be read as a table ({error}); save it as CSV"
