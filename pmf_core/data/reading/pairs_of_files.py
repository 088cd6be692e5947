"""A training and a test file of one's own, read into one vocabulary."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from pmf_core.data.limits import shown
from pmf_core.data.ratings import Ratings, Split
from pmf_core.data.reading.cells import Table
from pmf_core.data.reading.choices import Choices
from pmf_core.data.reading.sheets import Source, read_table
from pmf_core.data.reading.tables import ratings_of, without_missing


def read_split(train: Source, test: Source, name: str | None = None, **choices: Any) -> Split:
    """Read a training file and a test file so that a row position means the same in both.

    Users and items that only the test file has are cold: they have a row, and nothing to learn
    from. Each file may have a layout of its own; the scale, titles and features are those of both.

    Parameters
    ----------
    train, test : path, file object or pd.DataFrame
        As `read_ratings` takes them.
    name : str, optional
        What to call the set; by default the name of the training file.
    **choices
        As `read_ratings` takes them; for both files.

    Raises
    ------
    ValueError
        If one of the files cannot be read, or a pair is in both.
    """
    known = Choices(name=name, **choices)
    tables = [without_missing(read_table(source, known), known) for source in (train, test)]
    for table in tables:  # so that a refusal names the file and its own row
        table.ratings()
        for role in ("user", "item"):
            table.identifiers(role)
    both = _joined(*tables)
    n_train = len(tables[0].cells)
    # A pair may be in one file twice, which the rule for that settles, and not in both.
    users, items = (both.identifiers(role)[1] for role in ("user", "item"))
    pair = users.astype(np.int64) * (items.max() + 1) + items
    shared = np.flatnonzero(np.isin(pair[n_train:], pair[:n_train]))
    if len(shared):
        row = both.cells.iloc[n_train + shared[0]]
        raise ValueError(
            f"{tables[1].name}: {len(shared):,} ratings are of pairs that {tables[0].name} has, "
            f"too, such as user {row[both.roles['user']]!r} and item {row[both.roles['item']]!r}; "
            "what is learnt from cannot test, so remove them from one of the files"
        )
    whole = ratings_of(both, known)
    held = np.isin(_pairs(whole), pair[n_train:])
    return Split(whole.take(~held), whole.take(held))


def _joined(train: Table, test: Table) -> Table:
    """Put one table under the other: columns of one role, and what both call alike."""
    columns = {train.roles[role]: test.roles[role] for role in train.roles if role in test.roles}
    taken = set(columns.values())
    for at, column in enumerate(train.names):
        if at not in train.roles.values() and column in test.names:
            other = test.names.index(column)
            if other not in taken and other not in test.roles.values():
                columns[at] = other
    left_out = [
        *(name for at, name in enumerate(train.names) if at not in columns),
        *(name for at, name in enumerate(test.names) if at not in columns.values()),
    ]
    cells = pd.concat(
        [
            _with_points(part).cells[list(places)].set_axis(range(len(columns)), axis=1)
            for part, places in ((train, columns.keys()), (test, columns.values()))
        ]
    )
    places = {before: now for now, before in enumerate(columns)}
    return replace(
        train,
        names=[train.names[at] for at in columns],
        cells=cells,
        roles={role: places[at] for role, at in train.roles.items() if at in places},
        decimal_comma=False,
        notes=(
            *dict.fromkeys(train.notes + test.notes),
            *(
                f"Column {shown(name)} was left out: one of the files lacks it."
                for name in left_out
            ),
        ),
    )


def _with_points(table: Table) -> Table:
    """Write decimals with a point, so that two tables may be one."""
    if not table.decimal_comma:
        return table
    at = table.roles["rating"]
    cells = table.cells.copy(deep=False)
    cells[at] = cells[at].str.replace(",", ".", regex=False)
    return replace(table, cells=cells)


def _pairs(ratings: Ratings) -> np.ndarray:
    return ratings.user_idx.astype(np.int64) * ratings.n_items + ratings.item_idx
