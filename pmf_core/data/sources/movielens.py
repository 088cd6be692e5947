"""MovieLens 100K (Harper & Konstan 2015): 100,000 ratings of 1,682 movies by 943 people."""

from dataclasses import replace

import numpy as np
import pandas as pd

from pmf_core.data.ratings import Ratings, Split
from pmf_core.data.sources import ml100k
from pmf_core.data.sources.ml100k import DataUnavailable
from pmf_core.data.sources.places import URL, find_folder
from pmf_core.support.errors import require


def load_movielens(source: str | None = None) -> Ratings:
    """Load MovieLens 100K from the first source that has it, and check every rating.

    The rows are in the order of u.data. `item_features` has ``release_date`` and one bool column
    for each genre, `user_features` has ``age`` (years), ``gender``, ``occupation``, ``zip_code``.
    A set from the recbole wheel has the year in the title for a release date; its `notes` say so.

    Parameters
    ----------
    source : str, optional
        Use only this one of ``"PMF_DATA_DIR"`` (a folder that contains ml-100k/u.data), ``"cache"``
        (under ``$PMF_HOME/cache`` or the user's cache), ``"GroupLens"`` (download) and
        ``"recbole"`` (the wheel of that name on the Python package index). By default each is
        tried in this order; with ``PMF_OFFLINE=1`` nothing is downloaded.

    Raises
    ------
    DataUnavailable
        If no source can be reached, PMF_DATA_DIR is set to something else, or the files hold
        other ratings.

    References
    ----------
    F. M. Harper and J. A. Konstan (2015). The MovieLens Datasets: History and Context. ACM
    Transactions on Interactive Intelligent Systems 5(4), 19. Not to be redistributed.
    """
    name, folder = find_folder(source)
    pairs = ml100k.read_pairs(folder / "u.data", name)
    ml100k.verify(pairs, name)
    items = ml100k.read_items(folder / "u.item", name)
    users = ml100k.read_users(folder / "u.user", name)
    dates = items["release_date"].dropna()
    years_only = bool((dates.dt.day_of_year == 1).all())
    return Ratings(
        **_positions(pairs, users.index, items.index),
        user_ids=users.index,
        item_ids=items.index,
        scale=(1, 5),
        titles=items.pop("title"),
        user_features=users,
        item_features=items,
        name="MovieLens 100K",
        notes=("Release dates are the years in the titles.",) if years_only else (),
    )


def load_movielens_fold(k: int) -> Split:
    """Load official fold `k` of MovieLens 100K: 80,000 ratings to train on, 20,000 to test.

    The folds u1 to u5 have disjoint test sets and the vocabularies of `load_movielens`.

    Raises
    ------
    ValueError
        If `k` is not one of 1 to 5.
    DataUnavailable
        As `load_movielens`; also if the source has no such fold or its two parts are not the
        100,000 ratings.
    """
    valid = isinstance(k, int | np.integer) and 1 <= k <= 5
    require(valid, "k", k, "the number of an official fold, 1 to 5")
    name, folder = find_folder()
    there = [n for n in range(1, 6) if all((folder / f"u{n}.{p}").is_file() for p in _PARTS)]
    if k not in there:
        held = ", ".join(f"u{n}" for n in there) or "none"
        raise DataUnavailable(
            f"Fold {k} needs u{k}.base and u{k}.test; of the five folds {folder} holds {held}. "
            f"Unzip {URL} and set PMF_DATA_DIR to the folder that contains its ml-100k"
        )
    ratings = load_movielens(name)
    base, test = (ml100k.read_pairs(folder / f"u{k}.{part}", name) for part in _PARTS)
    ml100k.verify(pd.concat([base, test]), f"{name} (fold {k})")
    train, held_out = (
        replace(ratings, **_positions(pairs, ratings.user_ids, ratings.item_ids))
        for pairs in (base, test)
    )
    return Split(train=train, test=held_out)


_PARTS = ("base", "test")


def _positions(pairs: pd.DataFrame, user_ids: pd.Index, item_ids: pd.Index) -> dict:
    return {
        "user_idx": np.searchsorted(user_ids, pairs["user_id"]),
        "item_idx": np.searchsorted(item_ids, pairs["item_id"]),
        "rating": pairs["rating"],
        "timestamp": pairs["timestamp"],
    }
