"""Ratings and where they come from: MovieLens, simulations, a file of one's own.

Names are resolved on first use (PEP 562): the list of sources, which a page's picker reads before
anything is loaded, does not wait for NumPy and pandas.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pmf_core.data.ratings import Ratings, Split  # noqa: F401

_HOMES = {
    "DataUnavailable": "pmf_core.data.sources.base",
    "Ratings": "pmf_core.data.ratings",
    "Split": "pmf_core.data.ratings",
    "load_movielens": "pmf_core.data.sources.movielens",
    "load_movielens_fold": "pmf_core.data.sources.movielens",
    "Nouns": "pmf_core.data.nouns",
    "inspect_table": "pmf_core.data.reading.preview",
    "read_ratings": "pmf_core.data.reading.tables",
    "read_split": "pmf_core.data.reading.pairs_of_files",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'pmf_core.data' has no attribute {name!r}; it has {__all__}")
    return getattr(import_module(_HOMES[name]), name)
