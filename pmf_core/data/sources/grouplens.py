"""The other sets of GroupLens, from a folder of one's own: which there are, and where they lie."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pmf_core.data.sources.base import Knob, Source

if TYPE_CHECKING:
    from pmf_core.data.ratings import Ratings

PAGE = "https://grouplens.org/datasets/movielens/"


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


def load_set(name: str) -> Ratings:
    """Load one of `SETS`; `load_movielens` says what it holds."""
    from pmf_core.data.sources.grouplens_files import find, read

    return read(SETS[name], find(SETS[name], os.environ.get("PMF_DATA_DIR")))


SOURCE = Source(
    key="grouplens",
    label="GroupLens",
    help="GroupLens has larger and newer MovieLens sets, read from a folder of the server.",
    load=lambda name: (load_set(name), None),
    as_python=lambda name: f"pmf.load_movielens({name!r})",
    knobs=(
        Knob(
            "grouplens_set", "Set", "latest-small",
            choices=tuple((key, one.name.removeprefix("MovieLens ")) for key, one in SETS.items()),
            help="1M, 10M, 25M and 32M are so many ratings and do not change. latest and "
            "latest-small, of 100,000 ratings, do.",
        ),
    ),
)  # fmt: skip
