"""The files of MovieLens 100K: how they are laid out, read and recognised.

`u.data` has user, item, rating and time, `u.item` the movies, `u.user` the people; uK.base and
uK.test are the official folds. Their README describes every field.
"""

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd

FILES = ("u.data", "u.item", "u.user")
"""What a folder must hold to be used."""
GENRES = (
    "unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime",
    "Documentary", "Drama", "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery", "Romance",
    "Sci-Fi", "Thriller", "War", "Western",
)  # fmt: skip
"""The last columns of u.item, in the order of u.genre."""
ENCODING = "latin-1"
CHECKSUM = "ec862504a8c24b195f5194e51fb18bb2d59428d00d96d6d1c63433a3bd5f2f47"
"""`checksum` of the 100,000 ratings."""


class DataUnavailable(RuntimeError):
    """MovieLens 100K cannot be had; the message names each source, why not, and the next step."""


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
        frame = pd.read_csv(
            path, sep="|", names=names, index_col=False, dtype=str, encoding=ENCODING,
            quoting=3, na_filter=False,
        )  # fmt: skip
        return frame.astype({names[0]: np.int64}).set_index(names[0]).sort_index()
    except ValueError as error:
        raise _damaged(source, f"{path} does not have the fields {', '.join(names)}") from error


def _damaged(source: str, reason: str) -> DataUnavailable:
    return DataUnavailable(
        f"MovieLens 100K from {source} cannot be used: {reason}; delete or replace those files "
        "and load again"
    )
