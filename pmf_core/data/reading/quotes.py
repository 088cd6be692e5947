"""Quotes: one that was never closed, which swallows rows, and those escaped by a backslash."""

import csv
import re

import numpy as np
import pandas as pd

from pmf_core.data.limits import MAX_FIELD_LINES
from pmf_core.data.reading.numbers import is_number


def refuse_swallowed_rows(
    name: str, cells: pd.DataFrame, separator: str, roles: dict[str, int]
) -> None:
    """Refuse a field whose lines would be rows of their own; reviews may run over several lines.

    Raises
    ------
    ValueError
        With the row in which the quote was opened.
    """
    broken = np.zeros(len(cells), bool)
    for column in cells:
        broken |= cells[column].str.contains("\n", regex=False).to_numpy(bool)
    for row, fields in zip(cells.index[broken], cells[broken].to_numpy(), strict=True):
        lines = separator.join(fields).split("\n")
        if len(lines) > MAX_FIELD_LINES or _is_any_row(lines, separator, len(fields), roles):
            raise ValueError(
                f"{name}, row {row}: a quoted field runs over {len(lines):,} lines, which look "
                "like rows of their own; close or remove the quote that opens it"
            )


def _is_any_row(lines: list[str], separator: str, n_columns: int, roles: dict[str, int]) -> bool:
    for line in lines[1:]:
        fields = line.split(separator)
        if len(fields) == n_columns and is_number(fields[roles["rating"]], separator == ";"):
            return True
    return False


def with_doubled_quotes(text: bytes, mark: str, size: int) -> bytes:
    r"""Write a quote within a quoted field as ``""``, where a file has ``\"``.

    A field may also end in a backslash, so of each line that reading is taken which has as many
    fields as the header, `size`.
    """
    if b'\\"' not in text:
        return text
    lines = text.split(b"\n")
    starts = re.compile(rb"(?:^|" + re.escape(mark.encode()) + rb')[ ]*"')
    ends = re.compile(rb'\\"(?!' + re.escape(mark.encode()) + rb"|$)")
    for at, line in enumerate(lines):
        if b'\\"' in line and starts.search(line):
            ways = line.replace(b'\\"', b'""'), ends.sub(b'""', line), line
            lines[at] = next((way for way in ways if len(_fields(way, mark)) == size), ways[0])
    return b"\n".join(lines)


def _fields(line: bytes, mark: str) -> list[str]:
    try:
        return next(csv.reader([line.decode()], delimiter=mark, strict=True), [])
    except csv.Error:  # a quote that is not closed
        return []
