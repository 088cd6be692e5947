"""Genres of items, as their features tell of them, along the aligned factors of a fit."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmf_core.data import Ratings
from pmf_core.data.filters import genres_of
from pmf_core.data.simulate import Truth
from pmf_core.fits.alignment import aligned_once
from pmf_core.fits.fit import Fit
from pmf_core.stats.metrics import TAILS

MOST_GENRES = 7
"""Genres with a colour of their own, those of most items; the others share one."""

OTHER_GENRE = "other"

FEWEST_OF_GENRE = 3
"""Items of a genre, and outside it, from which on something is said of it."""


def genre_loadings(fit: Fit, ratings: Ratings, _: Truth | None, factor: int) -> pd.DataFrame:
    """Return how far along an axis the items of a genre are from all others.

    Parameters
    ----------
    ratings : Ratings
        Those that the fit learnt from, with the features of their items: genres are the columns of
        truth values.

    Returns
    -------
    pd.DataFrame
        Highest first: genre, n_items, loading (mean over draws of the mean of its items minus that
        of all others, in standard deviations of all items along the axis), lower, upper
        (equal-tailed interval of `CI_PROB` over draws). Genres of fewer than `FEWEST_OF_GENRE`
        items, or of all but so few, are left out.
    """
    V = aligned_once(fit)["V"].values[..., factor].astype(np.float64)
    flags = genres_of(ratings)
    columns = ["genre", "n_items", "loading", "lower", "upper"]
    n = flags.to_numpy().sum(axis=0)
    flags = flags.loc[:, np.minimum(n, len(flags) - n) >= FEWEST_OF_GENRE]
    if flags.empty:
        return pd.DataFrame(columns=columns)
    has = flags.to_numpy(np.float64)
    n = has.sum(axis=0)
    inside = V @ has  # chain, draw, genre
    away = inside / n - (V.sum(axis=2)[..., None] - inside) / (len(has) - n)
    sd = V.std(axis=2)[..., None]
    away = np.divide(away, sd, out=np.zeros_like(away), where=sd > 0)
    lower, upper = np.quantile(away, TAILS, axis=(0, 1))
    found = away.mean(axis=(0, 1)), lower, upper
    frame = pd.DataFrame(dict(zip(columns, (list(flags), n.astype(int), *found), strict=True)))
    return frame.sort_values("loading", ascending=False, ignore_index=True)


def has_genres(fit: Fit, ratings: Ratings | None, truth: Truth | None) -> bool:
    """Return whether anything is known of genres."""
    return not genres_of(ratings).empty


def main_genre(ratings: Ratings | None, n_items: int) -> tuple[NDArray[np.object_], list[str]]:
    """Return the genre by which each item is coloured, and all that occur, commonest first."""
    flags = genres_of(ratings)
    if flags.empty:
        return np.full(n_items, "", object), []
    names = np.array([str(name) for name in flags], object)
    has = flags.to_numpy()
    first = np.where(has.any(axis=1), names[has.argmax(axis=1)], OTHER_GENRE)
    own = pd.Series(first[first != OTHER_GENRE]).value_counts()
    common = list(own.index[:MOST_GENRES])
    genre = np.where(np.isin(first, common), first, OTHER_GENRE)
    return genre, [*common, OTHER_GENRE] if (genre == OTHER_GENRE).any() else common
