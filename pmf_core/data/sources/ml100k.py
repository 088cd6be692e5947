"""The files of MovieLens 100K: how they are laid out, read and recognised.

`u.data` has user, item, rating and time, `u.item` the movies, `u.user` the people; uK.base and
uK.test are the official folds. Their README describes every field.
"""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from pmf_core.data.nouns import MOVIES
from pmf_core.data.ratings import Ratings, Split
from pmf_core.data.sources.base import DataUnavailable

FILES = ("u.data", "u.item", "u.user")
"""What a folder must hold to be used."""
GENRES = tuple(
    (
        "unknown Action Adventure Animation Children's Comedy Crime Documentary Drama Fantasy "
        "Film-Noir Horror Musical Mystery Romance Sci-Fi Thriller War Western"
    ).split()
)
"""The last columns of u.item, in the order of u.genre."""
ENCODING = "latin-1"
FOLDS = (1, 2, 3, 4, 5)
CHECKSUM = "ec862504a8c24b195f5194e51fb18bb2d59428d00d96d6d1c63433a3bd5f2f47"
"""`checksum` of the 100,000 ratings."""


def read_set(folder: Path, source: str) -> Ratings:
    """Read the whole set, and check every rating; `load_movielens` says what it holds.

    Raises
    ------
    DataUnavailable
        If the files are damaged or hold other ratings.
    """
    pairs = read_pairs(folder / "u.data", source)
    verify(pairs, source)
    items = read_items(folder / "u.item", source)
    users = read_users(folder / "u.user", source)
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
        nouns=MOVIES,
        notes=("Release dates are the years in the titles.",) if years_only else (),
    )


def folds_in(folder: Path) -> list[int]:
    """Return the numbers of the official folds that a folder has."""
    return [k for k in FOLDS if all((folder / f"u{k}.{part}").is_file() for part in _PARTS)]


def read_fold(folder: Path, source: str, k: int) -> Split:
    """Read official fold `k`, and check that its two parts are the 100,000 ratings.

    Raises
    ------
    DataUnavailable
        As `read_set`; also if the two parts hold other ratings.
    """
    ratings = read_set(folder, source)
    base, test = (read_pairs(folder / f"u{k}.{part}", source) for part in _PARTS)
    verify(pd.concat([base, test]), f"{source} (fold {k})")
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


def read_pairs(path: Path, source: str) -> pd.DataFrame:
    """Read u.data, uK.base or uK.test: user_id, item_id, rating, timestamp, all int64.

    Raises
    ------
    DataUnavailable
        If the file does not hold four whole numbers a row.
    """
    names = ["user_id", "item_id", "rating", "timestamp"]
    try:
        return pd.read_csv(path, sep="\t", names=names, index_col=False, dtype=np.int64)
    except ValueError as error:  # pandas' own parser errors are ValueErrors too
        raise _damaged(source, f"{path} is not a table of four whole numbers a row") from error


def read_items(path: Path, source: str) -> pd.DataFrame:
    """Read u.item into a frame indexed by item_id: title, release_date and a column per genre.

    Raises
    ------
    DataUnavailable
        If a row does not have the fields of u.item.
    """
    names = ["item_id", "title", "release_date", "video_date", "url", *GENRES]
    frame = _read_described(path, source, names).drop(columns=["video_date", "url"])
    frame["title"] = frame["title"].str.strip()
    frame["release_date"] = pd.to_datetime(frame["release_date"], format="%d-%b-%Y")
    return frame.astype({genre: int for genre in GENRES}).astype({genre: bool for genre in GENRES})


def read_users(path: Path, source: str) -> pd.DataFrame:
    """Read u.user into a frame indexed by user_id: age in years, gender, occupation, zip_code.

    Raises
    ------
    DataUnavailable
        If a row does not have the fields of u.user.
    """
    names = ["user_id", "age", "gender", "occupation", "zip_code"]
    return _read_described(path, source, names).astype({"age": int})


def checksum(pairs: pd.DataFrame) -> str:
    """Return the SHA-256 of (user, item, rating, timestamp), whatever the order of the rows."""
    table = pairs.to_numpy("<i8")
    table = table[np.lexsort((table[:, 1], table[:, 0]))]
    return hashlib.sha256(np.ascontiguousarray(table).tobytes()).hexdigest()


def verify(pairs: pd.DataFrame, source: str) -> None:
    """Raise DataUnavailable unless `pairs` are the ratings of MovieLens 100K, to the last one."""
    found = checksum(pairs)
    if found != CHECKSUM:
        raise _damaged(
            source,
            f"its {len(pairs)} ratings have checksum {found[:12]}..., those of MovieLens 100K "
            f"have {CHECKSUM[:12]}...",
        )


def _read_described(path: Path, source: str, names: list[str]) -> pd.DataFrame:
    try:
        as_it_is = {"dtype": str, "quoting": 3, "na_filter": False, "encoding": ENCODING}
        frame = pd.read_csv(path, sep="|", names=names, index_col=False, **as_it_is)
        return frame.astype({names[0]: np.int64}).set_index(names[0]).sort_index()
    except ValueError as error:
        raise _damaged(source, f"{path} does not have the fields {', '.join(names)}") from error


def _damaged(source: str, reason: str) -> DataUnavailable:
    return DataUnavailable(
        f"MovieLens 100K from {source} cannot be used: {reason}; delete or replace those files "
        "and load again"
    )
