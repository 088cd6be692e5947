"""Ratings and where they come from: MovieLens 100K, a file of one's own."""

from pmf_core.data.ml100k import DataUnavailable
from pmf_core.data.movielens import load_movielens, load_movielens_fold
from pmf_core.data.ratings import Ratings, Split
from pmf_core.data.tables import read_ratings

__all__ = [
    "DataUnavailable",
    "Ratings",
    "Split",
    "load_movielens",
    "load_movielens_fold",
    "read_ratings",
]
