"""How the files of the larger MovieLens sets are laid out: ratings, movies and, of 1M, users.

Each reader takes a folder, or the inside of an archive, as a path (`zipfile.Path` has the same
methods). What is read of a row of ratings is 24 bytes, so 25 million rows take 0.6 GB once loaded.
"""

import zipfile
from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmf_core.data.nouns import MOVIES
from pmf_core.data.ratings import Ratings
from pmf_core.data.sources.base import DataUnavailable
from pmf_core.data.sources.grouplens_sets import PAGE, Folder, GroupLensSet

OCCUPATIONS = (
    "other", "academic/educator", "artist", "clerical/admin", "college/grad student",
    "customer service", "doctor/health care", "executive/managerial", "farmer", "homemaker",
    "K-12 student", "lawyer", "programmer", "retired", "sales/marketing", "scientist",
    "self-employed", "technician/engineer", "tradesman/craftsman", "unemployed", "writer",
)  # fmt: skip
"""What the numbers 0 to 20 in users.dat stand for, as its README has them."""

NO_GENRE = "(no genres listed)"

_COLONS = ["user_id", "_", "item_id", "__", "rating", "___", "timestamp"]
"""Columns of a file with ``::``, split at single colons."""
_DTYPES = {"user_id": np.int32, "item_id": np.int32, "rating": np.float64, "timestamp": np.int64}
_HEADER = {"userId": "user_id", "movieId": "item_id", "rating": "rating", "timestamp": "timestamp"}


def read(which: GroupLensSet, folder: Folder) -> Ratings:
    """Read the ratings of a set in the order of its file, and what is known of who is in them.

    Raises
    ------
    DataUnavailable
        If a file does not have the form of the set.
    """
    ratings_file, movies_file, *users_file = (folder / name for name in which.files)
    rows = _checked(_read_rows, ratings_file)
    user_ids, user_idx = _vocabulary(rows.pop("user_id"))
    item_ids, item_idx = _vocabulary(rows.pop("item_id"))
    movies = _checked(_read_movies, movies_file, which.encoding)
    movies = movies.reindex(pd.Index(item_ids, name="item_id"))
    users = [_checked(_read_users, file, which.encoding) for file in users_file]
    titles = movies.pop("title")
    genres = movies.pop("genres").fillna(NO_GENRE)
    titles = titles.where(titles.notna(), titles.index.astype(str))
    features = genres.str.get_dummies("|").astype(bool).drop(columns=NO_GENRE, errors="ignore")
    years = titles.str.extract(r"\((\d{4})\)\s*$", expand=False)
    features.insert(0, "release_year", pd.to_numeric(years))
    try:
        return Ratings(
            user_idx=user_idx,
            item_idx=item_idx,
            rating=_kept(rows.pop("rating")),
            user_ids=user_ids,
            item_ids=item_ids,
            scale=(which.lowest, 5),
            titles=titles.tolist(),
            timestamp=_kept(rows.pop("timestamp")),
            user_features=users[0].reindex(pd.Index(user_ids, name="user_id")) if users else None,
            item_features=features,
            name=which.name,
            nouns=MOVIES,
        )
    except ValueError as error:
        raise _damaged(ratings_file, str(error)) from error


def _read_rows(path: Folder) -> pd.DataFrame:
    """Read ratings.csv or ratings.dat: user_id, item_id (int32), rating, timestamp."""
    with path.open("rb") as file:
        if path.name.endswith(".csv"):
            dtypes = {name: _DTYPES[ours] for name, ours in _HEADER.items()}
            frame = pd.read_csv(file, usecols=list(dtypes), dtype=dtypes)
            return frame.rename(columns=_HEADER)
        # The parser that is fast takes separators of one character only.
        return pd.read_csv(
            file, sep=":", names=_COLONS, usecols=list(_DTYPES), dtype=_DTYPES, index_col=False
        )


def _read_movies(path: Folder, encoding: str) -> pd.DataFrame:
    """Read movies.csv or movies.dat into a frame indexed by item_id: title, genres."""
    names = ["item_id", "title", "genres"]
    if path.name.endswith(".csv"):
        with path.open("rb") as file:
            frame = pd.read_csv(file, encoding=encoding, dtype={"movieId": np.int64})
        frame = frame.rename(columns={"movieId": "item_id"})[names]
    else:
        frame = _read_colons(path, encoding, names)
    frame["title"] = frame["title"].str.strip()
    return frame.astype({"item_id": np.int64}).set_index("item_id")


def _read_users(path: Folder, encoding: str) -> pd.DataFrame:
    """Read users.dat into a frame indexed by user_id: gender, age, occupation, zip_code.

    ``age`` is the lowest of its group in years (1 means under 18).
    """
    names = ["user_id", "gender", "age", "occupation", "zip_code"]
    frame = _read_colons(path, encoding, names).astype({"user_id": np.int64, "age": int})
    frame["occupation"] = [OCCUPATIONS[int(code)] for code in frame["occupation"]]
    return frame.set_index("user_id")


def _read_colons(path: Folder, encoding: str, names: list[str]) -> pd.DataFrame:
    with path.open("r", encoding=encoding) as file:
        rows = [line.rstrip("\n").split("::") for line in file if line.strip()]
    return pd.DataFrame(rows, columns=names)


def _checked(reader: Callable[..., pd.DataFrame], path: Folder, *arguments: str) -> pd.DataFrame:
    try:
        return reader(path, *arguments)
    except (ValueError, KeyError, IndexError, zipfile.BadZipFile) as error:
        raise _damaged(path, str(error)) from error


def _damaged(path: Folder, reason: str) -> DataUnavailable:
    return DataUnavailable(
        f"{path} cannot be used: {reason}; get the set anew from {PAGE} and load again"
    )


def _vocabulary(ids: pd.Series) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return the ascending identifiers that occur, and the position of each row's own."""
    known = np.sort(ids.unique()).astype(np.int64)
    position = np.searchsorted(known, ids).astype(np.int32)
    position.flags.writeable = False  # nobody else has it, so `Ratings` need not copy it
    return known, position


def _kept(column: pd.Series) -> NDArray:
    values = column.to_numpy(copy=False)
    values.flags.writeable = False
    return values
