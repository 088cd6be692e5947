"""MovieLens (Harper & Konstan 2015): 100,000 ratings of 1,682 movies by 943 people, and more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pmf_core.data.sources import grouplens
from pmf_core.data.sources.base import DataUnavailable, Source
from pmf_core.data.sources.grouplens_sets import SETS
from pmf_core.support.errors import is_whole, require

if TYPE_CHECKING:
    from pmf_core.data.ratings import Ratings, Split

SMALL = "100k"
"""The set that can be fetched; the others are read from a folder of one's own."""


def load_movielens(name: str = SMALL, source: str | None = None) -> Ratings:
    """Load a MovieLens set, its rows in the order of its file.

    MovieLens 100K comes from the first place that has it, and every rating is checked. Its
    `item_features` has ``release_date`` and one bool column for each genre, `user_features` has
    ``age`` (years), ``gender``, ``occupation``, ``zip_code``. A set from the recbole wheel has the
    year in the title for a release date; its `notes` say so.

    The others come from a folder of one's own: ``PMF_DATA_DIR`` must hold ``ml-1m``,
    ``ml-10M100K``, ``ml-25m``, ``ml-32m``, ``ml-latest`` or ``ml-latest-small``, or the archive as
    GroupLens has it (``ml-25m.zip``). The vocabularies are those who rated and what was rated.
    `item_features` has ``release_year`` (of the title; nan without) and one bool column for each
    genre; of 1M, `user_features` has ``gender``, ``age`` (the lowest of its group, in years; 1 for
    under 18), ``occupation`` and ``zip_code``. All but 1M have half stars, from 0.5 to 5.

    Parameters
    ----------
    name : {"100k", "latest-small", "1m", "10m", "25m", "32m", "latest"}
        Which set.
    source : str, optional
        Of 100K, use only this one of ``"PMF_DATA_DIR"`` (a folder that contains ml-100k/u.data),
        ``"cache"`` (under ``$PMF_HOME/cache`` or the user's cache), ``"GroupLens"`` (download) and
        ``"recbole"`` (the wheel of that name on the Python package index). By default each is
        tried in this order; with ``PMF_OFFLINE=1`` nothing is downloaded.

    Returns
    -------
    Ratings
        With `timestamp`, in seconds since 1970 UTC.

    Raises
    ------
    ValueError
        If there is no such set or source.
    DataUnavailable
        If no place has the set, PMF_DATA_DIR is set to something else, or the files are not those
        of the set; the message says what is looked for, and the next step.

    References
    ----------
    F. M. Harper and J. A. Konstan (2015). The MovieLens Datasets: History and Context. ACM
    Transactions on Interactive Intelligent Systems 5(4), 19. Not to be redistributed.
    """
    names = (SMALL, *SETS)
    require(name in names, "name", name, f"a MovieLens set, one of {', '.join(names)}")
    if name != SMALL:
        require(source is None, "source", source, f"None, as {name} is read from PMF_DATA_DIR")
        return grouplens.load_set(name)
    from pmf_core.data.sources import ml100k, places

    place, folder = places.find_folder(source)
    return ml100k.read_set(folder, place)


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
    from pmf_core.data.sources import ml100k, places

    require(is_whole(k, 1, 5), "k", k, "the number of an official fold, 1 to 5")
    place, folder = places.find_folder()
    there = ml100k.folds_in(folder)
    if k not in there:
        held = ", ".join(f"u{n}" for n in there) or "none"
        raise DataUnavailable(
            f"Fold {k} needs u{k}.base and u{k}.test; of the five folds {folder} holds {held}. "
            f"Unzip {places.URL} and set PMF_DATA_DIR to the folder that contains its ml-100k"
        )
    return ml100k.read_fold(folder, place, k)


SOURCE = Source(
    key="movielens",
    label="MovieLens",
    help="100,000 ratings of 1,682 movies by 943 people, given in 1997 and 1998.",
    load=lambda: (load_movielens(), None),
    as_python=lambda: "pmf.load_movielens()",
    is_remote=True,
)
