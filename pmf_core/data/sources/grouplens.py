"""The larger MovieLens sets, from a folder of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pmf_core.data.sources.base import Parameter, Source
from pmf_core.data.sources.grouplens_sets import SETS, find

if TYPE_CHECKING:
    from pmf_core.data.ratings import Ratings


def load_set(name: str) -> Ratings:
    """Load one of `SETS`; `load_movielens` says what it holds."""
    from pmf_core.data.sources.grouplens_files import read

    return read(SETS[name], find(SETS[name]))


SOURCE = Source(
    key="grouplens",
    label="GroupLens",
    help="larger and newer MovieLens sets, from a folder of the server.",
    load=lambda name: (load_set(name), None),
    as_python=lambda name: f"pmf.load_movielens({name!r})",
    parameters=(
        Parameter(
            "grouplens_set",
            "Set",
            "latest-small",
            choices=tuple((key, one.name.removeprefix("MovieLens ")) for key, one in SETS.items()),
            help="1M, 10M, 25M and 32M are so many ratings and do not change. latest and "
            "latest-small, of 100,000 ratings, do.",
        ),
    ),
)
