"""Ratings from a table of one's own: any separator, column names, identifiers and scale."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmf_core.data.limits import SMALLEST_SPAN, shown
from pmf_core.data.ratings import Ratings
from pmf_core.data.reading.cells import Table
from pmf_core.data.reading.choices import Choices
from pmf_core.data.reading.columns import guess_nouns
from pmf_core.data.reading.features import describe_columns
from pmf_core.data.reading.numbers import parse_numbers
from pmf_core.data.reading.sheets import Source, read_table
from pmf_core.data.reading.suspects import suspects
from pmf_core.support.errors import require
from pmf_core.support.numbers import figure

_MANY = 20
"""Users with one rating each are worth a word from here on."""


def read_ratings(source: Source, name: str | None = None, **choices: Any) -> Ratings:
    """Read a table with one rating a row: user, item, rating[, time][, anything else].

    The separator (comma, tab, ``;``, ``|``, ``::`` or spaces), a header and the encoding are
    recognised; packed files (zip, gzip, bz2, xz), Parquet, JSON lines, the Netflix layout, a
    matrix of users and items, and a DataFrame are understood. Columns are found by common names
    (userId, movie_id, Score, ...); without a header they are user, item, rating and, where the
    fourth reads as a time, time. Empty lines are skipped. Identifiers stay strings unless all of a
    column are whole numbers as a computer writes them, so ``007`` stays itself, and a note names
    those that look alike (``-0`` and ``0``); the vocabularies are in ascending order. What could be
    read in two ways is refused or noted. How large a table, a rating and a name may be is stated
    in `pmf_core.data.limits`. `inspect_table` takes the same arguments and shows what was inferred.

    A title column becomes `titles`; another column becomes an item feature if it is the same in
    all rows of an item, else a user feature if the same in all rows of a user. What is left out is
    said in `notes`.

    Parameters
    ----------
    source : path, file object or pd.DataFrame
        The table; file objects in binary or text mode, an upload of Streamlit among them.
    name : str, optional
        What to call the set; by default the file's name without its ending.
    **choices
        What is known better than the table says, by the names of `Choices`: duplicates
        ("error", "last" or "mean": what to do with a pair rated more than once), scale, missing
        (what means "not rated"), the columns user, item, rating, time and title, separator,
        decimal, encoding and nouns.

    Raises
    ------
    ValueError
        If the file is beyond the limits, damaged or no table, a column is missing, a quote is not
        closed, a rating is no number or too large for one, an identifier is empty or no single
        line, there are fewer than two users or items, pairs repeat under ``"error"``, all ratings
        are equal and no scale is given, or a rating lies outside it. The message names the row
        as a spreadsheet counts it.
    """
    known = Choices(name=name, **choices)
    return ratings_of(without_missing(read_table(source, known), known), known)


def without_missing(table: Table, choices: Choices) -> Table:
    """Leave out the rows whose rating is a code for "not rated"."""
    if not choices.missing:
        return table
    codes, texts = table.column(table.roles["rating"])
    words, values = choices.codes
    number = parse_numbers(texts, table.decimal_comma)
    is_code = texts.isin(words).to_numpy(bool) | np.isin(number, list(values))
    dropped = is_code[codes]
    if dropped.all():
        raise ValueError(
            f"{table.name}: every rating is said to mean 'not rated' (missing={choices.missing}); "
            "take one of them out"
        )
    given = ", ".join(c if isinstance(c, str) else figure(c) for c in choices.missing)
    note = f"Left out as not rated ({given}): {dropped.sum():,} of {len(codes):,} rows."
    return table.only(~dropped, note)


def ratings_of(table: Table, choices: Choices) -> Ratings:
    """Return the ratings of a table."""
    rating, rating_notes = table.ratings()
    user_ids, user_idx, user_notes = _vocabulary(table, "user")
    item_ids, item_idx, item_notes = _vocabulary(table, "item")
    read_notes = *table.notes, *rating_notes, *user_notes, *item_notes
    suspected = suspects(rating, table.cells.index.to_numpy()) if choices.scale is None else ()
    scale = _checked_scale(table, rating, choices.scale)
    timestamp, notes = table.times()
    described = describe_columns(table, user_ids, user_idx, item_ids, item_idx)
    pair = user_idx, item_idx
    rows, rating, merged = _one_a_pair(table, pair, rating, timestamp, choices.duplicates)
    left_out = described.pop("notes")
    names = [table.names[at] if (at := table.roles.get(role)) is not None else ""
             for role in ("item", "title", "rating")]  # fmt: skip
    return Ratings(
        user_idx=user_idx[rows],
        item_idx=item_idx[rows],
        rating=rating,
        user_ids=user_ids,
        item_ids=item_ids,
        scale=scale,
        timestamp=None if timestamp is None else timestamp[rows],
        name=choices.name or table.name,
        notes=(
            *read_notes, *notes, *merged, *left_out, *(each.note for each in suspected),
            *_odd_shapes(rows, user_ids, timestamp),
        ),
        nouns=choices.nouns or guess_nouns(*names, scale),
        **described,
    )  # fmt: skip


def _odd_shapes(rows: NDArray, user_ids: NDArray, timestamp: NDArray | None) -> tuple[str, ...]:
    """Return notes on what looks like another column than it was read as."""
    notes = ()
    if len(user_ids) == len(rows) >= _MANY:
        notes += (
            "Every user has one rating: if the column of users counts the rows, choose another "
            "(user=).",
        )
    if timestamp is not None and timestamp.min() != timestamp.max():
        day = timestamp // 86_400
        if day.min() == day.max() == 0:
            notes += (
                "All times are on the first day of 1970, so they may count something other than "
                "seconds; choose another column, or none (time='').",
            )
    return notes


def _vocabulary(table: Table, role: str) -> tuple[NDArray, NDArray[np.intp], tuple[str, ...]]:
    ids, idx, notes = table.identifiers(role)
    if len(ids) < 2:
        raise ValueError(
            f"{table.name}: every row has the {role} {shown(ids[0])}; learning tastes takes two "
            f"{role}s at least, so add ratings of another"
        )
    return ids, idx, notes


def _checked_scale(table: Table, rating: NDArray, scale: tuple | None) -> tuple[float, float]:
    low, high = (rating.min(), rating.max()) if scale is None else scale
    if scale is None and low == high:
        raise ValueError(
            f"{table.name}: every rating is {low:g}, which leaves nothing to predict; add others, "
            "or give the scale on which they were given (scale=(1, 5))"
        )
    require(low < high, "scale", scale, "(lowest, highest) with lowest < highest")
    if high - low < SMALLEST_SPAN:
        raise ValueError(
            f"{table.name}: the ratings run from {low:g} to {high:g}, and must span "
            f"{SMALLEST_SPAN:g} at least; give them in a larger unit"
        )
    outside = (rating < low) | (rating > high)
    if outside.any():
        first = int(np.flatnonzero(outside)[0])
        raise ValueError(
            f"{table.name}, row {table.cells.index[first]}: the rating is {rating[first]:g}, "
            f"outside the scale {low:g} to {high:g} (in all: {outside.sum()}); widen the scale "
            "or correct that row"
        )
    return float(low), float(high)


def _one_a_pair(
    table: Table,
    pair: tuple[NDArray, NDArray],
    rating: NDArray,
    timestamp: NDArray | None,
    duplicates: str,
) -> tuple[NDArray[np.intp], NDArray[np.float64], tuple[str, ...]]:
    """Return the row kept for each pair, in ascending order, its rating, and a note."""
    users, items = pair
    when = np.zeros(len(rating)) if timestamp is None else timestamp
    order = np.lexsort((when, items, users))  # stable: in equal times the rows keep their order
    starts = np.r_[True, (np.diff(users[order]) != 0) | (np.diff(items[order]) != 0)]
    if starts.all():
        return np.arange(len(rating)), rating, ()
    group = np.cumsum(starts) - 1
    size = np.bincount(group)
    latest = order[np.r_[starts[1:], True]]
    repeated = f"pairs of user and item rated more than once: {(size > 1).sum()}"
    if duplicates == "error":
        rows = np.sort(table.cells.index[order[group == np.argmax(size > 1)]])
        raise ValueError(
            f"{table.name}: {repeated}, as in rows {', '.join(map(str, rows[:5]))}; keep "
            "the latest rating of each pair (duplicates='last') or take the mean "
            "(duplicates='mean')"
        )
    value = rating[latest]
    if duplicates == "mean":
        value = np.bincount(group, rating[order]) / size
    by_row = np.argsort(latest, kind="stable")
    done = "the latest rating was kept" if duplicates == "last" else "their mean was taken"
    note = f"{repeated.capitalize()}; {done}, so {len(rating)} rows became {len(size)}."
    return latest[by_row], value[by_row], (note,)
