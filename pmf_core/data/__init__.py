"""Ratings and where they come from: MovieLens 100K, a file of one's own."""

from pmf_core.data.ratings import Ratings, Split
from pmf_core.data.reading.tables import read_ratings
from pmf_core.data.sources.ml100k import DataUnavailable
from pmf_core.data.sources.movielens import load_movielens, load_movielens_fold

__all__ = [
    "DataUnavailable",
    "Ratings",
    "Split",
    "load_movielens",
    "load_movielens_fold",
    "read_ratings",
]
