"""A text file as a table of strings, whose columns are read with the row named when one fails."""

import csv
import gzip
import io
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmf_core.data.columns import header_roles, is_header, plain_roles

_SEPARATORS = ("::", "\t", "|", ";", ",")
_UNIT = "\x1f"
"""Stands in for ``::``, as parsers take separators of one character."""

UNPACKED_LIMIT = 1_000_000_000
"""Bytes to which a gzip file may unpack; a small file can unpack to more than there is memory."""
_CHUNK = 1_000_000


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

    def numbers(self, role: str) -> NDArray[np.float64]:
        """Return a column as finite numbers, or raise ValueError with the first bad row."""
        codes, texts = self.column(self.roles[role])
        values = self._parse(texts)
        self._refuse(~np.isfinite(values)[codes], role, "a finite number")
        return values[codes]

    def identifiers(self, role: str) -> tuple[NDArray, NDArray[np.intp]]:
        """Return the ascending identifiers of a column and the position of each row's own.

        Raises
        ------
        ValueError
            If one is empty; the message names the row.
        """
        codes, texts = self.column(self.roles[role])
        self._refuse((texts == "").to_numpy()[codes], role, "an identifier that is not empty")
        whole = texts.str.fullmatch(r"-?(?:0|[1-9]\d{0,17})").all()
        values = texts.to_numpy(np.int64) if whole else texts.to_numpy().astype(str)
        ids, position = np.unique(values, return_inverse=True)
        return ids, position[codes]

    def times(self) -> tuple[NDArray[np.int64] | None, tuple[str, ...]]:
        """Return the timestamps in seconds since 1970 UTC, and a note if they cannot be read.

        Numbers are seconds, or milliseconds where one is above 1e11 (the year 5138 in seconds);
        all else must be ISO 8601 dates, in UTC where they name no zone.
        """
        if "timestamp" not in self.roles:
            return None, ()
        codes, texts = self.column(self.roles["timestamp"])
        number = self._parse(texts)
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
            reason = (
                f"row {row} has {cell!r}, neither seconds since 1970 nor a date like 1998-04-22"
            )
            return None, (f"The times were left out: {reason}.",)
        return dates.dt.tz_localize(None).to_numpy("datetime64[s]").astype(np.int64)[codes], ()

    def column(self, position: int) -> tuple[NDArray[np.intp], pd.Series]:
        """Return the code of each row and the distinct texts, trimmed, that the codes stand for."""
        codes, texts = pd.factorize(self.cells[position].str.strip())
        return codes, pd.Series(texts)

    def _parse(self, texts: pd.Series) -> NDArray[np.float64]:
        texts = texts.str.replace(",", ".") if self.decimal_comma else texts
        return pd.to_numeric(texts, errors="coerce").to_numpy(np.float64)

    def _first(self, bad: NDArray[np.bool_], position: int) -> tuple[int, str]:
        first = int(np.flatnonzero(bad)[0])
        return self.cells.index[first], self.cells[position].iloc[first]

    def _refuse(self, bad: NDArray[np.bool_], role: str, rule: str) -> None:
        if bad.any():
            row, cell = self._first(bad, self.roles[role])
            more = int(bad.sum()) - 1
            others = f" (and so in {more} more row{'s' * (more > 1)})" if more else ""
            raise ValueError(
                f"{self.name}, row {row}: the {role} is {cell!r}{others}; it must be {rule}, so "
                "correct or remove that row"
            )


def read_table(source: str | Path | IO) -> Table:
    """Read a delimited text file, given as a path or as a file object.

    Raises
    ------
    ValueError
        If the file is empty, no text, or not a table with a user, an item and a rating column.
    """
    name, text = _read_text(source)
    blank_lines = re.match(r"(?:[ \t]*\n)*", text).group().count("\n")
    lines = text.split("\n", blank_lines + 1)
    first = lines[blank_lines]
    if not first.strip():
        raise ValueError(f"{name}: the file is empty; give it one row per rating")
    separator = max(_SEPARATORS, key=lambda mark: re.sub(r'"[^"]*"', "", first).count(mark))
    if separator == "::":
        separator, text, first = _UNIT, text.replace("::", _UNIT), first.replace("::", _UNIT)
    try:
        fields = next(csv.reader([first], delimiter=separator))
    except csv.Error as error:
        raise ValueError(
            f"{name}, row {blank_lines + 1}: {first[:60]!r} cannot be read as fields ({error}); "
            "give each row a line of its own, and a field with the separator quotes"
        ) from error
    if len(fields) < 3:
        raise ValueError(
            f"{name}, row {blank_lines + 1}: {first[:60]!r} has fewer than three columns; separate "
            "user, item and rating by commas, tabs, ';', '|' or '::'"
        )
    headed = is_header(fields)
    try:
        roles = header_roles(fields) if headed else plain_roles(fields)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error
    cells = _cells(name, text, separator, blank_lines, headed)
    given = fields if headed else [""] * len(fields)
    names = [field.strip() or f"column {i}" for i, field in enumerate(given, 1)]
    return Table(name, names, cells, roles, decimal_comma=separator == ";")


def _read_text(source: str | Path | IO) -> tuple[str, str]:
    if hasattr(source, "read"):
        if source.seekable():
            source.seek(0)  # an upload is read again on each run of a page
        raw, path = source.read(), getattr(source, "name", None)
    else:
        raw, path = Path(source).read_bytes(), source
    # Some file objects are named by a number, or not at all.
    name = Path(Path(path).name.removesuffix(".gz")).stem if isinstance(path, str | Path) else ""
    name = name or "ratings"
    text = raw if isinstance(raw, str) else _decode(name, raw)
    return name, text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _decode(name: str, raw: bytes) -> str:
    if raw.startswith(b"\x1f\x8b"):
        raw = _unpack(name, raw)
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    if b"\x00" in raw or raw.startswith(b"PK\x03\x04"):
        raise ValueError(
            f"{name}: the file is not text; unpack an archive, save a spreadsheet as CSV"
        )
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")  # as MovieLens itself


def _unpack(name: str, raw: bytes) -> bytes:
    unpacked = io.BytesIO()
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as file:
            while (chunk := file.read(_CHUNK)) and unpacked.tell() <= UNPACKED_LIMIT:
                unpacked.write(chunk)
    except (EOFError, OSError, zlib.error) as error:
        raise ValueError(f"{name}: damaged gzip file ({error}); pack it again") from error
    if unpacked.tell() > UNPACKED_LIMIT:
        raise ValueError(
            f"{name}: the gzip file unpacks to more than {UNPACKED_LIMIT / 1e6:,.0f} MB, which is "
            "the limit; give a part of its rows"
        )
    return unpacked.getvalue()


def _cells(name: str, text: str, separator: str, blank_lines: int, headed: bool) -> pd.DataFrame:
    try:
        # A header is read as a row, so that it sets the number of fields; and so are empty lines,
        # so that rows can be counted as the file has them.
        cells = pd.read_csv(
            io.StringIO(text), sep=separator, header=None, skiprows=blank_lines, dtype=str,
            na_filter=False, skip_blank_lines=False,
        )  # fmt: skip
    except pd.errors.ParserError as error:
        raise ValueError(f"{name}, {_explained(str(error))}") from error
    cells.index = np.arange(len(cells)) + blank_lines + 1
    cells = cells.iloc[int(headed) :]
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
