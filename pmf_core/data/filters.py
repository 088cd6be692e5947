"""What items can be filtered by, where their features tell of it: years, and genres."""

import re
from collections.abc import Collection

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from pmf_core.data.ratings import Ratings

_YEAR = re.compile(r"\((\d{4})\)\s*$")


def genres_of(ratings: Ratings | None) -> pd.DataFrame:
    """Return the columns of truth values of the items' features: one row an item."""
    features = None if ratings is None else ratings.item_features
    if features is None:
        return pd.DataFrame()
    return features[[name for name in features if features[name].dtype == bool]]


def years_of(ratings: Ratings | None) -> NDArray[np.float64]:
    """Return the year of each item, from its features or at the end of its title: (n_items,).

    nan where there is none; an empty array where no item has one.
    """
    if ratings is None:
        return np.zeros(0)
    features, found = ratings.item_features, None
    for name in () if features is None else ("release_year", "release_date"):
        if name in features:
            column = features[name]
            dated = pd.api.types.is_datetime64_any_dtype(column)
            found = (column.dt.year if dated else pd.to_numeric(column, "coerce")).to_numpy(float)
            break
    if found is None or np.isnan(found).all():
        ends = (_YEAR.search(str(title)) for title in ratings.titles)
        found = np.array([float(end[1]) if end else np.nan for end in ends])
    return np.zeros(0) if np.isnan(found).all() else found


def genre_names(ratings: Ratings | None) -> list[str]:
    """Return the genres that items are known to have."""
    return [str(name) for name in genres_of(ratings)]


def span_of_years(ratings: Ratings | None) -> tuple[int, int] | None:
    """Return the first and the last year of items; None where there are no two."""
    years = years_of(ratings)
    years = years[~np.isnan(years)]
    if not len(years) or years.min() == years.max():
        return None
    return int(years.min()), int(years.max())


def passing(
    ratings: Ratings,
    item_id: ArrayLike,
    genres: Collection[str] = (),
    years: tuple[int, int] | None = None,
) -> NDArray[np.bool_]:
    """Return which of some items have any of some genres, and are of some years: (n_some,).

    Parameters
    ----------
    ratings : Ratings
        With what is known of items.
    item_id : array_like
        Raw identifiers; one that is unknown does not pass.
    genres : collection of str
        Without, those of any genre pass.
    years : tuple of int, optional
        The first and the last; without, those of no known year pass, too.
    """
    kept = np.ones(ratings.n_items, bool)
    if genres:
        flags = genres_of(ratings)
        kept &= flags[[name for name in flags if str(name) in genres]].to_numpy().any(axis=1)
    if years is not None:
        of = years_of(ratings)
        kept &= (of >= years[0]) & (of <= years[1])
    at = pd.Index(ratings.item_ids).get_indexer(pd.Index(item_id))
    return (at >= 0) & kept[at]
