"""How a table was understood, so that a person can correct it before it is used.

`inspect_table` and `read_ratings` take the same choices. A page shows a `Reading`, offers each of
its answers for change, and hands what was changed to both::

    reading = pmf.inspect_table(file, **choices)      # never raises for what a choice can mend
    reading.problem                                   # why it cannot be used yet, or ""
    reading.columns, reading.roles                    # what there is, and what was taken for what
    reading.rows                                      # the first rows as they were understood
    reading.scale, reading.nouns, reading.suspects    # (1, 5); book, books, stars; 99 in 120 rows
    reading.notes                                     # what was left out or changed, and why
    ratings = pmf.read_ratings(file, **choices)

`choices` has only what a person changed, among ``user item rating time title`` (names from
`Reading.columns`; an empty text for no time or title), ``separator decimal encoding scale missing
nouns duplicates``: see `Choices`. `Reading.suspects` are values for `missing`.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from pmf_core.data.nouns import Nouns
from pmf_core.data.ratings import Ratings
from pmf_core.data.reading.cells import Table
from pmf_core.data.reading.choices import ROLES, Choices
from pmf_core.data.reading.columns import REQUIRED, RolesUnknown
from pmf_core.data.reading.numbers import parse_numbers
from pmf_core.data.reading.sheets import Source, read_table
from pmf_core.data.reading.suspects import Suspect, suspects
from pmf_core.data.reading.tables import ratings_of, without_missing

_FIRST_ROWS = 5


@dataclass(frozen=True, eq=False)
class Reading:
    """What a table is taken for."""

    columns: tuple[str, ...]
    """The name of each column; ``column 1`` and so on without a header."""
    roles: dict[str, str]
    """The column that is the user, item, rating and, where there is one, time and title."""
    rows: pd.DataFrame
    """The first rows, a column for each of `roles`; times as dates."""
    separator: str
    """Between fields; empty for what has none."""
    decimal: str
    """What sets off decimals."""
    is_matrix: bool
    """Whether it had a row for each user and a column for each item, or the reverse."""
    suspects: tuple[Suspect, ...]
    """Values that may stand for "not rated"."""
    ratings: Ratings | None = field(repr=False)
    """What is read, unless there is a problem."""
    problem: str
    """Why it cannot be read yet, in a sentence that says what to do; else empty."""
    knows_columns: bool
    """Whether `roles` are known; else they are a guess, to be confirmed."""
    scale: tuple[float, float] | None
    """Lowest and highest rating; None if there is a rating that is no number."""

    @property
    def nouns(self) -> Nouns:
        """What is rated, and in what."""
        return Nouns() if self.ratings is None else self.ratings.nouns

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out or changed, and why, in sentences."""
        return () if self.ratings is None else self.ratings.notes


def inspect_table(source: Source, name: str | None = None, **choices: Any) -> Reading:
    """Say how `read_ratings` understands a table, with the same arguments.

    Raises
    ------
    ValueError
        If there are no rows and columns to show: the file is no table, or a choice is none of what
        it may be.
    """
    known = Choices(name=name, **choices)
    problem = ""
    try:
        table = read_table(source, known)
    except RolesUnknown as error:
        # A person sees the columns and says which is which.
        table, problem = read_table(source, _guessed(known, error.fields)), str(error)
    knows_columns, ratings, scale, suspected = not problem, None, None, ()
    if knows_columns:
        try:
            table = without_missing(table, known)
            rating, _ = table.ratings()
            scale = known.scale or (float(rating.min()), float(rating.max()))
            suspected = suspects(rating, table.cells.index.to_numpy())
            ratings = ratings_of(table, known)
        except ValueError as error:
            problem = str(error)
    return Reading(
        columns=tuple(table.names),
        roles={role: table.names[table.roles[role]] for role in ROLES if role in table.roles},
        rows=_first_rows(table),
        separator=table.separator,
        decimal="," if table.decimal_comma else ".",
        is_matrix=table.is_matrix,
        suspects=suspected,
        ratings=ratings,
        problem=problem,
        knows_columns=knows_columns,
        scale=scale,
    )


def _guessed(choices: Choices, fields: list[str]) -> Choices:
    """Give the roles that are not known to the first columns without one, in their order."""
    chosen = {role: name for role, name in choices.columns.items() if name in fields}
    free = [name for name in fields if name not in chosen.values()]
    for role in REQUIRED:
        if role not in chosen and free:
            chosen[role] = free.pop(0)
    return replace(choices, **{role: None for role in ROLES} | chosen)


def _first_rows(table: Table) -> pd.DataFrame:
    first = replace(table, cells=table.cells.head(_FIRST_ROWS))
    columns = {}
    for role in ROLES:
        if role in table.roles:
            codes, texts = first.column(table.roles[role])
            columns[role] = texts.to_numpy(object)[codes]
    rating = parse_numbers(pd.Series(columns["rating"]), table.decimal_comma)
    if not pd.isna(rating).any():
        columns["rating"] = rating
    seconds, _ = first.times()
    if seconds is not None:
        columns["time"] = pd.to_datetime(seconds, unit="s")
    return pd.DataFrame(columns, index=first.cells.index)
