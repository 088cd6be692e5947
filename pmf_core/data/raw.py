"""The tables that ratings came as: what a factorization starts from."""

import numpy as np
import pandas as pd

from pmf_core.data.ratings import Ratings

ROWS = 1000
"""Of each table that are shown: more is scrolling, not looking."""


def raw_tables(ratings: Ratings, rows: int = ROWS) -> dict[str, pd.DataFrame]:
    """Return the first rows of the ratings, of the users and of what they rate.

    Returns
    -------
    dict of str to pd.DataFrame
        ``ratings``: i, j (row of U and of V, from 0), user, item, rating and, where known, time;
        ``users``: i, user, and their features; ``items``: j, item, title, and their features.
    """
    n = min(rows, ratings.n_ratings)
    user_idx, item_idx = ratings.user_idx[:n], ratings.item_idx[:n]
    table = pd.DataFrame(
        {
            "i": user_idx,
            "j": item_idx,
            "user": ratings.user_ids[user_idx],
            "item": ratings.item_ids[item_idx],
            "rating": ratings.rating[:n],
        }
    )
    if ratings.timestamp is not None:
        table["time"] = pd.to_datetime(ratings.timestamp[:n], unit="s", errors="coerce")
    users = pd.DataFrame({"i": np.arange(ratings.n_users), "user": ratings.user_ids})
    items = {"j": np.arange(ratings.n_items), "item": ratings.item_ids, "title": ratings.titles}
    return {
        "ratings": table,
        "users": _with(users, ratings.user_features).head(rows),
        "items": _with(pd.DataFrame(items), ratings.item_features).head(rows),
    }


def _with(table: pd.DataFrame, features: pd.DataFrame | None) -> pd.DataFrame:
    if features is None:
        return table
    features = features.reset_index(drop=True)
    return table.join(features[[name for name in features if name not in table]])
