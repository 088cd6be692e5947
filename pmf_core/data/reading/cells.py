"""A table of strings whose columns have a meaning, read with the row named when one fails."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmf_core.data.limits import LARGEST_RATING, MAX_NAMES, shown
from pmf_core.data.reading.numbers import (
    as_integers,
    doubtful_commas,
    note_of_commas,
    parse_numbers,
    rule_of_size,
)
from pmf_core.data.reading.times import seconds_of_numbers, seconds_of_texts
from pmf_core.data.texts import as_texts, fault, look_alikes


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
    separator: str = ""
    """As a person would say it; none where the kind of file has none."""
    is_matrix: bool = False
    """Whether the file had a row for each user and a column for each item, or the reverse."""

    def only(self, kept: NDArray[np.bool_], note: str) -> "Table":
        """Return the rows that are kept, with a note on the others."""
        return replace(self, cells=self.cells[kept], notes=(*self.notes, note))

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
        values = as_integers(texts)
        if values is None:
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

        Numbers are seconds or fractions of them, days (20050906, or as Excel counts), or years;
        all else must be dates of one format, in UTC where they name no zone.
        """
        if "time" not in self.roles:
            return None, ()
        codes, texts = self.column(self.roles["time"])
        number = parse_numbers(texts, self.decimal_comma)
        if not np.isnan(number).any():
            seconds, note = seconds_of_numbers(number)
            if seconds is not None:
                return seconds.astype(np.int64)[codes], (note,) if note else ()
        seconds, unread, reason = seconds_of_texts(texts)
        if reason:
            return None, (f"The times were left out: {reason}; write them like 1998-04-22.",)
        if seconds is None:
            # Of a mixture of numbers and dates neither is wrong; all else comes first.
            neither = unread.to_numpy() & np.isnan(number)
            bad = (neither if neither.any() else unread.to_numpy())[codes]
            row, cell = self._first(bad, self.roles["time"])
            note = f"The times were left out: row {row} has {shown(cell)}, neither seconds since"
            return None, (f"{note} 1970 nor a date like 1998-04-22.",)
        return seconds[codes], ()

    def column(self, position: int) -> tuple[NDArray[np.intp], pd.Series]:
        """Return the code of each row and the distinct texts, trimmed, that the codes stand for."""
        codes, texts = pd.factorize(self.cells[position].str.strip())
        texts = pd.Series(texts)
        if texts.str.startswith('="').any():  # so that Excel leaves a number as it is written
            again, texts = pd.factorize(texts.str.replace(r'^="(.*)"$', r"\1", regex=True))
            codes, texts = again[codes], pd.Series(texts)
        return codes, texts

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
