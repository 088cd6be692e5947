"""The larger MovieLens sets of GroupLens: which there are, and where their files lie."""

import os
import zipfile
from dataclasses import dataclass
from pathlib import Path

from pmf_core.data.sources.base import DataUnavailable

PAGE = "https://grouplens.org/datasets/movielens/"

Folder = Path | zipfile.Path
"""A folder, or the inside of an archive: what is done with them here is written alike."""


@dataclass(frozen=True)
class GroupLensSet:
    """One of the sets and the form of its files."""

    name: str
    """What people call it."""
    archive: str
    """Name of its archive, without the ending."""
    folder: str
    """What the archive unpacks to."""
    files: tuple[str, ...] = ("ratings.csv", "movies.csv")
    """What is read of it; ``.dat`` has fields separated by ``::`` and no header."""
    encoding: str = "utf-8"
    lowest: float = 0.5
    """Fewest stars that can be given, of 5; halves are given where it is a half."""


SETS = {
    "latest-small": GroupLensSet("MovieLens latest-small", "ml-latest-small", "ml-latest-small"),
    "1m": GroupLensSet(
        "MovieLens 1M", "ml-1m", "ml-1m", ("ratings.dat", "movies.dat", "users.dat"), "latin-1", 1
    ),
    "10m": GroupLensSet("MovieLens 10M", "ml-10m", "ml-10M100K", ("ratings.dat", "movies.dat")),
    "25m": GroupLensSet("MovieLens 25M", "ml-25m", "ml-25m"),
    "32m": GroupLensSet("MovieLens 32M", "ml-32m", "ml-32m"),
    "latest": GroupLensSet("MovieLens latest", "ml-latest", "ml-latest"),
}
"""By the name that `load_movielens` takes."""


def holds_a_set(parent: Path) -> bool:
    """Return whether a folder has one of `SETS`, unpacked or as an archive."""
    names = [name for one in SETS.values() for name in (one.folder, f"{one.archive}.zip")]
    return any((parent / name).exists() for name in names)


def find(which: GroupLensSet) -> Folder:
    """Return the folder of a set in PMF_DATA_DIR, or the inside of its archive there.

    Raises
    ------
    DataUnavailable
        If there is neither, or a file of it is missing; the message says what was looked for.
    """
    wanted = ", ".join(which.files)
    hint = (
        f"download {which.archive}.zip from {PAGE}, put it in the folder that PMF_DATA_DIR names, "
        "unpacked or as it is, and load again"
    )
    parent = os.environ.get("PMF_DATA_DIR")
    if not parent:
        raise DataUnavailable(f"{which.name} needs PMF_DATA_DIR, which is not set: {hint}")
    folder, archive = Path(parent) / which.folder, Path(parent) / f"{which.archive}.zip"
    try:
        found = folder if folder.is_dir() else zipfile.Path(archive, f"{which.folder}/")
        absent = [name for name in which.files if not (found / name).is_file()]
    except FileNotFoundError:
        raise DataUnavailable(
            f"{which.name} was not found: there is neither {folder}, with {wanted}, nor "
            f"{archive}; {hint}"
        ) from None
    except zipfile.BadZipFile as error:
        raise DataUnavailable(f"{archive} is no whole archive ({error}); {hint}") from error
    if absent:
        raise DataUnavailable(
            f"{which.name} was not found: {found} lacks {', '.join(absent)} of {wanted}; {hint}"
        )
    return found
