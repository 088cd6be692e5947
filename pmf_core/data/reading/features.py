"""Columns without a part in the ratings: titles, features of items and of users."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmf_core.data.limits import MAX_TEXT, shown
from pmf_core.data.reading.cells import Table
from pmf_core.data.reading.grid import counts_rows
from pmf_core.data.reading.numbers import parse_numbers
from pmf_core.data.texts import as_texts


def describe_columns(
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
        if not (texts != "").any() and name.startswith("column "):
            continue  # a separator at the end of each row
        if position == 0 and counts_rows(table.cells[0].str.strip()):
            notes.append("The first column counts the rows, so it was left out.")
            continue
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
