"""Ratings from a table of one's own: any separator, column names, identifiers and scale."""

from pathlib import Path
from typing import IO, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmf_core.data.limits import MAX_TEXT, SMALLEST_SPAN, shown
from pmf_core.data.ratings import Ratings
from pmf_core.data.reading.cells import Table, read_table
from pmf_core.data.reading.numbers import parse_numbers
from pmf_core.data.texts import as_texts
from pmf_core.support.errors import require

Rule = Literal["error", "last", "mean"]


def read_ratings(
    source: str | Path | IO,
    name: str | None = None,
    duplicates: Rule = "error",
    scale: tuple[float, float] | None = None,
) -> Ratings:
    """Read a table with one rating a row: user, item, rating[, timestamp][, anything else].

    The separator (comma, tab, ``;``, ``|`` or ``::``) and a header are recognised; compressed
    (gzip) files, byte order marks, quoted fields and any line ends are understood. Columns are
    found by common names (userId, movie_id, Score, ...); without a header they are user, item,
    rating and, where the fourth reads as a time, timestamp. Empty lines are skipped. Identifiers
    stay strings unless all of a column are whole numbers as a computer writes them, so ``007``
    stays itself, and a note names those that look alike (``-0`` and ``0``); the vocabularies are in
    ascending order. What could be read in two ways is refused or noted. How large a table, a
    rating and a name may be is stated in `pmf_core.data.limits`.

    A title column becomes `titles`; another column becomes an item feature if it is the same in
    all rows of an item, else a user feature if the same in all rows of a user. What is left out is
    said in `notes`.

    Parameters
    ----------
    source : path or file object
        The table; file objects in binary or text mode, an upload of Streamlit among them.
    name : str, optional
        What to call the set; by default the file's name without its ending.
    duplicates : {"error", "last", "mean"}
        What to do with a pair rated more than once: refuse, keep the latest rating (by timestamp
        where there is one, else by row), or keep the mean with the latest timestamp.
    scale : (float, float), optional
        Lowest and highest rating that can be given; by default those that occur.

    Raises
    ------
    ValueError
        If the file is beyond the limits, damaged or no table, a column is missing, a quote is not
        closed, a rating is no number or too large for one, an identifier is empty or no single
        line, there are fewer than two users or items, pairs repeat under ``"error"``, all ratings
        are equal and no `scale` is given, or a rating lies outside it. The message names the row
        as a spreadsheet counts it.
    """
    require(duplicates in ("error", "last", "mean"), "duplicates", duplicates,
            "'error', 'last' or 'mean'")  # fmt: skip
    table = read_table(source)
    rating, rating_notes = table.ratings()
    user_ids, user_idx, user_notes = _vocabulary(table, "user")
    item_ids, item_idx, item_notes = _vocabulary(table, "item")
    read_notes = *table.notes, *rating_notes, *user_notes, *item_notes
    scale = _checked_scale(table, rating, scale)
    timestamp, notes = table.times()
    described = _describe(table, user_ids, user_idx, item_ids, item_idx)
    rows, rating, merged = _one_a_pair(table, (user_idx, item_idx), rating, timestamp, duplicates)
    return Ratings(
        user_idx=user_idx[rows],
        item_idx=item_idx[rows],
        rating=rating,
        user_ids=user_ids,
        item_ids=item_ids,
        scale=scale,
        timestamp=None if timestamp is None else timestamp[rows],
        name=name or table.name,
        notes=(*read_notes, *notes, *merged, *described.pop("notes")),
        **described,
    )


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
            "or pass the scale on which they were given, such as scale=(1, 5)"
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
    duplicates: Rule,
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
            f"{table.name}: {repeated}, as in rows {', '.join(map(str, rows[:5]))}; pass "
            "duplicates='last' to keep the latest rating of each pair or 'mean' to average them"
        )
    value = rating[latest]
    if duplicates == "mean":
        value = np.bincount(group, rating[order]) / size
    by_row = np.argsort(latest)
    done = "the latest rating was kept" if duplicates == "last" else "their mean was taken"
    note = f"{repeated.capitalize()}; {done}, so {len(rating)} rows became {len(size)}."
    return latest[by_row], value[by_row], (note,)


def _describe(
    table: Table, user_ids: NDArray, user_idx: NDArray, item_ids: NDArray, item_idx: NDArray
) -> dict:
    """Sort the columns without a part in the ratings into titles and features."""
    features: dict[str, dict[str, pd.Series]] = {"item": {}, "user": {}}
    titles, notes = None, []
    title = table.roles.get("title")
    used = set(table.roles.values()) - {title}
    for position, name in enumerate(table.names):
        if position in used:
            continue
        codes, texts = table.column(position)
        by_item = _code_of_each(codes, item_idx, len(item_ids))
        by_user = _code_of_each(codes, user_idx, len(user_ids))
        if by_item is not None and position == title:
            titles = table.names_of("title", codes, texts)[by_item]
            titles = np.where(titles == "", as_texts(item_ids), titles)
        elif (texts.str.len() > MAX_TEXT).any():
            notes.append(
                f"Column {shown(name)} was left out: it has texts of more than {MAX_TEXT:,} "
                "characters."
            )
        elif by_item is not None:
            features["item"][name] = _typed(texts)[by_item]
        elif by_user is not None:
            features["user"][name] = _typed(texts)[by_user]
        else:
            notes.append(f"Column {shown(name)} was left out: it belongs to single ratings.")
    frames = {
        f"{owner}_features": pd.DataFrame(features[owner], index=pd.Index(ids, name=f"{owner}_id"))
        for owner, ids in (("item", item_ids), ("user", user_ids))
        if features[owner]
    }
    return {"titles": titles, "notes": notes, **frames}


def _code_of_each(codes: NDArray, idx: NDArray, size: int) -> NDArray | None:
    """Return the code of each owner, or None if its rows differ."""
    each = np.zeros(size, np.intp)
    each[idx] = codes
    return each if (each[idx] == codes).all() else None


def _typed(texts: pd.Series) -> NDArray:
    """Return texts as numbers if all are; an empty one is a value that is missing."""
    number, is_given = parse_numbers(texts), (texts != "").to_numpy(bool)
    if np.isfinite(number[is_given]).all():
        return number
    return texts.where(is_given).to_numpy(object)
