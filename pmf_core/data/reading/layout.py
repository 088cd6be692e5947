"""Delimited text as people have it: what separates its fields, whether it has a header."""

import csv
import io
import itertools
import re

import numpy as np
import pandas as pd

from pmf_core.data.limits import MAX_CELLS, MAX_COLUMNS, MAX_MATRIX_COLUMNS, shown
from pmf_core.data.reading import matrix
from pmf_core.data.reading.choices import SEPARATORS, Choices
from pmf_core.data.reading.columns import (
    RolesUnknown,
    check_columns,
    header_roles,
    is_header,
    plain_roles,
)
from pmf_core.data.reading.grid import Grid
from pmf_core.data.reading.quotes import refuse_swallowed_rows, with_doubled_quotes

_UNIT = "\x1f"
"""Stands in for ``::``, as parsers take separators of one character."""
_SAMPLE, _ROWS = 100_000, 30
"""Bytes and rows that are looked at to find out how a table is laid out."""


def read_delimited(
    name: str, text: bytes, choices: Choices, notes: tuple[str, ...] = ()
) -> tuple[Grid, dict[str, int]]:
    """Read delimited text, and say which column has which role.

    Raises
    ------
    ValueError
        If it is empty, or not a table with a user, an item and a rating column, or too large.
    """
    text, start, said = _start(text)
    blank_lines = text.count(b"\n", 0, start)
    end = text.find(b"\n", start)
    first = text[start : end if end >= 0 else None].decode()
    if not first.strip():
        raise ValueError(f"{name}: the file is empty; give it one row per rating")
    separator = (
        choices.separator or said or _separator(text[start : start + _SAMPLE + 1], first, choices)
    )
    if separator == "::" and _UNIT.encode() in text:
        raise ValueError(
            f"{name}: the file holds the control character U+001F; remove it, or separate "
            "the fields by tabs"
        )
    text = _with_single(text, separator)
    mark = {"::": _UNIT, " ": "\t"}.get(separator, separator)
    start = re.match(rb"(?:[ \t]*+\n)*+", text).end()
    text = _evened(text, start, mark)
    rows = _sample(text[start : start + _SAMPLE + 1], mark)
    if not rows:
        raise ValueError(f"{name}: no row can be read; give it one row per rating")
    text = with_doubled_quotes(text, mark, len(rows[0]))
    end = text.find(b"\n", start)
    line = text[start : end if end >= 0 else None].decode()
    fields = next(csv.reader([line], delimiter=mark))  # lines are shorter than its limit
    place = f"{name}, row {blank_lines + 1}"
    is_matrix = not choices.columns and matrix.is_matrix(rows)
    headed, roles = (True, {}) if is_matrix else _layout(place, first, fields, choices)
    if is_matrix:
        headed = matrix.has_header(rows)
        if len(fields) > MAX_MATRIX_COLUMNS:
            raise ValueError(
                f"{place}: a matrix of {len(fields):,} columns, and at most "
                f"{MAX_MATRIX_COLUMNS:,} can be read; give one row per rating"
            )
    n_rows = text.count(b"\n", start) + 1
    if n_rows * len(fields) > MAX_CELLS:
        raise ValueError(
            f"{name}: the table has {n_rows:,} rows of {len(fields)} columns; at most "
            f"{MAX_CELLS:,} cells can be read, so leave columns or rows out"
        )
    cells = _cells(name, text, mark, blank_lines, headed)
    if cells.shape[1] != len(fields) or (headed and line.count('"') % 2):
        raise ValueError(
            f"{place}: a quote is opened and not closed in the line; close or remove it"
        )
    grid = Grid(name, fields, headed, cells, separator, notes)
    if is_matrix:
        return matrix.melted(grid), matrix.ROLES
    refuse_swallowed_rows(name, cells, mark, roles)
    return grid, roles


def _start(text: bytes) -> tuple[bytes, int, str | None]:
    """Return the text, where its first row starts, and the separator that Excel's line states."""
    start = re.match(rb"(?:[ \t]*+\n)*+", text).end()
    if comments := re.match(rb"(?:[#%][^\n]*\n)+(?=[^#%])", text[start : start + _SAMPLE]):
        lines = comments[0].count(b"\n")  # an empty line each, so that rows keep their numbers
        text = text[:start] + b"\n" * lines + text[start + comments.end() :]
        start += lines
    if found := re.match(rb'"?sep=([,;|\t])"?[,;|\t ]*(?=\n)', text[start : start + 50], re.I):
        line = start + found.end()
        text = text[:start] + text[line:]  # its line stays, so that rows keep their numbers
        return text, re.match(rb"(?:[ \t]*+\n)*+", text).end(), found[1].decode()
    return text, start, None


def _separator(text: bytes, first: str, choices: Choices) -> str:
    """Return what separates the fields: what gives rows that can be read, all of one length."""
    bare = re.sub(r'"[^"]*"', "", first)
    marks = [mark for mark in SEPARATORS[:-1] if mark in bare]
    readable = [mark for mark in marks if _is_readable(text, mark, choices)]
    if not readable and _is_readable(text, " ", choices):
        return " "
    return max(readable or SEPARATORS[:-1], key=bare.count)


def _is_readable(text: bytes, separator: str, choices: Choices) -> bool:
    mark = {"::": _UNIT, " ": "\t"}.get(separator, separator)
    try:
        rows = _sample(_with_single(text, separator), mark)
        if not rows:
            return False
        longer = [len(row) - len(rows[0]) for row in rows[1:]]
        # Texts have spaces, too, but not the same number in each row.
        same = len(set(longer)) <= 1 if separator == " " else True
        if not same or np.mean([-1 <= n <= 1 for n in (0, *longer)]) < 0.9 or len(rows[0]) < 3:
            return False
        if longer and set(longer) == {1} and matrix.is_matrix([["", *rows[0]], *rows[1:]]):
            return True  # names of rows, as R writes them, have no name of their own
        return matrix.is_matrix(rows) or bool(_layout("", "", rows[0], choices))
    except (ValueError, csv.Error):
        return False


def _with_single(text: bytes, separator: str) -> bytes:
    if separator == "::":
        return text.replace(b"::", _UNIT.encode())
    if separator == " ":
        text = re.sub(rb"^[ \t]+|[ \t]+$", b"", text, flags=re.MULTILINE)
        return re.sub(rb"[ \t]+", b"\t", text)
    return text


def _sample(text: bytes, mark: str) -> list[list[str]]:
    """Return the fields of the first rows that are not empty."""
    part = text[:_SAMPLE]
    if len(text) > len(part) and (end := part.rfind(b"\n")) > 0:
        part = part[:end]
    lines = csv.reader(io.StringIO(part.decode(errors="ignore")), delimiter=mark)
    return list(itertools.islice((row for row in lines if any(row)), _ROWS))


def _evened(text: bytes, start: int, mark: str) -> bytes:
    """Even out a header that is one field shorter than the rows under it.

    A separator at the end of each row is taken off; names of rows, as R writes them, get a column.
    """
    rows = _sample(text[start : start + _SAMPLE + 1], mark)
    if len(rows) < 2 or any(len(row) != len(rows[0]) + 1 for row in rows[1:]):
        return text
    if len(rows[0]) < 3:
        return text
    if all(not row[-1].strip() for row in rows[1:]):
        ends = re.compile(re.escape(mark.encode()) + rb"[ ]*$", re.MULTILINE)
        return ends.sub(b"", text)
    names = {row[0] for row in rows[1:]}
    named = is_header(rows[0]) or matrix.is_matrix([["", *rows[0]], *rows[1:]])
    if named and len(rows) > 3 and len(names) == len(rows) - 1:
        return text[:start] + mark.encode() + text[start:]
    return text


def _layout(
    place: str, first: str, fields: list[str], choices: Choices
) -> tuple[bool, dict[str, int]]:
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
    headed = is_header(fields, choices.columns)
    try:
        if headed:
            check_columns(fields)
        find = header_roles if headed else plain_roles
        return headed, find([field.strip() for field in fields], choices.columns)
    except RolesUnknown as error:
        raise RolesUnknown(f"{place}: {error}", error.fields) from error
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
