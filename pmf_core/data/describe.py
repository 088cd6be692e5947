"""Numbers that describe a set of ratings before any model: counts, means, long tail, sparsity."""

import re

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmf_core.data.ratings import Ratings
from pmf_core.support.errors import is_whole, require

RARE = 10
"""An item with fewer ratings is one of which little is known."""


def rating_summary(ratings: Ratings) -> pd.Series:
    """Return count, mean, sd (n - 1), min, 25%, 50%, 75% and max of the ratings, in stars."""
    return pd.Series(ratings.rating).describe().rename({"std": "sd"}).rename("rating")


def rating_counts(ratings: Ratings, max_values: int = 21, n_bins: int = 20) -> pd.DataFrame:
    """Count how often each rating was given: rating, n_ratings, share.

    A rating of the scale that nobody gave has a row, too. A scale finer than `max_values`
    different ratings is cut into `n_bins` of equal width, and ``rating`` is then the middle of the
    bin.
    """
    values = groups(ratings.rating, ratings.scale, max_values, n_bins)
    if len(np.unique(ratings.rating)) > max_values:
        counts, _ = np.histogram(ratings.rating, n_bins, ratings.scale)
    else:
        at = np.searchsorted(values, ratings.rating)
        counts = np.bincount(at, minlength=len(values))
    return pd.DataFrame(
        {"rating": values, "n_ratings": counts, "share": counts / ratings.n_ratings}
    )


def middles(scale: tuple[float, float], n_bins: int) -> NDArray[np.float64]:
    """Return the middles of bins of equal width, to a hundredth of the width: (n_bins,)."""
    low, high = scale
    width = (high - low) / n_bins
    decimals = 2 - int(np.floor(np.log10(width)))
    return np.round(low + width * (np.arange(n_bins) + 0.5), decimals)


def binned(
    rating: NDArray[np.float64], scale: tuple[float, float], max_values: int = 11, n_bins: int = 10
) -> NDArray[np.float64]:
    """Return ratings as they are or, of more than `max_values`, the middle of the bin of each."""
    if len(np.unique(rating)) <= max_values:
        return rating
    low, high = scale
    at = np.floor((rating - low) / (high - low) * n_bins).astype(np.intp)
    return middles(scale, n_bins)[np.clip(at, 0, n_bins - 1)]


def groups(
    rating: NDArray[np.float64], scale: tuple[float, float], max_values: int = 11, n_bins: int = 10
) -> NDArray[np.float64]:
    """Return all values that `binned` may give, ascending, also those that it does not.

    Of few different ratings, those between which the others lie at even steps from one end of the
    scale to the other; where steps are uneven, nobody knows what else could be given.
    """
    given = np.unique(rating)
    if len(given) > max_values:
        return middles(scale, n_bins)
    known = np.unique(np.concatenate([given, scale]))
    low, step = known[0], np.diff(known).min()
    at = (known - low) / step
    if at[-1].round() >= max_values or not np.allclose(at, at.round(), rtol=0, atol=1e-6):
        return given
    every = low + step * np.arange(int(at[-1].round()) + 1)
    every[at.round().astype(np.intp)] = known  # to the last digit, as they are looked up
    return every


def item_means(ratings: Ratings, min_ratings: int = 1, shrinkage: float = 0.0) -> pd.DataFrame:
    """Return the mean rating of each item, in the order of `item_ids`.

    Parameters
    ----------
    ratings : Ratings
        What to describe.
    min_ratings : int
        Leave out items with fewer ratings than this.
    shrinkage : float
        Weight k, in ratings, of the global mean in ``(sum + k * global_mean) / (n + k)``.

    Returns
    -------
    pd.DataFrame
        item_id, title, n_ratings, mean, shrunk_mean, in stars.
    """
    valid = isinstance(min_ratings, int | np.integer) and min_ratings >= 1
    require(valid, "min_ratings", min_ratings, "a whole number from 1 up")
    frame = _means(ratings, ratings.item_idx, ratings.n_items, shrinkage)
    frame.insert(0, "item_id", ratings.item_ids)
    frame.insert(1, "title", ratings.titles)
    return frame[frame["n_ratings"] >= min_ratings].reset_index(drop=True)


def top_bottom(
    ratings: Ratings, n: int = 30, min_ratings: int = 1, shrinkage: float = 0.0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the `n` items with the highest and the `n` with the lowest mean, best and worst first.

    Sorted by ``shrunk_mean``, which is the plain mean unless there is `shrinkage`. Of equal means
    the one with more ratings comes first, and then the one that comes first in `item_ids`.

    Returns
    -------
    top, bottom : pd.DataFrame
        Columns of `item_means`, at most `n` rows each.
    """
    require(is_whole(n, 1, 10**9), "n", n, "a whole number from 1 up")
    frame = item_means(ratings, min_ratings, shrinkage)
    best, worst = (
        np.lexsort((-frame["n_ratings"], sign * frame["shrunk_mean"].round(12))) for sign in (-1, 1)
    )
    return tuple(frame.iloc[order[:n]].reset_index(drop=True) for order in (best, worst))


SOME = {
    "First by title": ("title", True),
    "Most rated": ("n_ratings", False),
    "Least rated": ("n_ratings", True),
}
"""Which items `some_items` can return: the column that sorts them, and whether upwards."""


def some_items(ratings: Ratings, which: str = "First by title", n: int = 50) -> pd.DataFrame:
    """Return `item_means` of `n` items, those that come first in one of the orders of `SOME`."""
    require(which in SOME, "which", which, f"one of {', '.join(SOME)}")
    by, ascending = SOME[which]
    frame = item_means(ratings)
    key = natural if by == "title" else None
    return frame.sort_values(by, ascending=ascending, kind="stable", key=key).head(n)


def natural(titles: pd.Series) -> pd.Series:
    """Return what sorts titles as people do: number 2 before number 10."""
    return titles.astype(str).str.replace(r"0*([0-9]+)", _by_size, regex=True)


def _by_size(digits: re.Match[str]) -> str:
    return f"{len(digits[1]):06d}{digits[1]}"


def half_rest_on(ranked: pd.DataFrame) -> int:
    """Return on how many ratings, or fewer, half of the items of `top_bottom` rest, at least."""
    return int(np.sort(ranked["n_ratings"])[(len(ranked) - 1) // 2])


def user_means(ratings: Ratings) -> pd.DataFrame:
    """Return the mean rating of each user who rated, ascending: rank, user_id, n_ratings, mean."""
    frame = _means(ratings, ratings.user_idx, ratings.n_users, 0.0).drop(columns="shrunk_mean")
    frame.insert(0, "user_id", ratings.user_ids)
    frame = frame[frame["n_ratings"] > 0].sort_values("mean", kind="stable", ignore_index=True)
    frame.insert(0, "rank", np.arange(1, len(frame) + 1))
    return frame


def extremes(means: pd.DataFrame) -> tuple[float, float]:
    """Return the lowest and the highest of `user_means`."""
    return float(means["mean"].iloc[0]), float(means["mean"].iloc[-1])


def long_tail(ratings: Ratings) -> pd.DataFrame:
    """Return the items from the most to the least rated, with the share of ratings so far.

    Returns
    -------
    pd.DataFrame
        rank (from 1), item_id, title, n_ratings, cumulative_share (of all ratings, in (0, 1]).
    """
    count = np.bincount(ratings.item_idx, minlength=ratings.n_items)
    order = np.argsort(-count, kind="stable")
    return pd.DataFrame(
        {
            "rank": np.arange(1, ratings.n_items + 1),
            "item_id": ratings.item_ids[order],
            "title": ratings.titles[order],
            "n_ratings": count[order],
            "cumulative_share": np.cumsum(count[order]) / ratings.n_ratings,
        }
    )


def share_of_first(tail: pd.DataFrame, part: float = 0.1) -> float:
    """Return the share of all ratings that the most rated `part` of `long_tail` has."""
    return float(tail["cumulative_share"].iloc[max(0, int(len(tail) * part) - 1)])


def matrix_picture(ratings: Ratings, max_rows: int = 60, max_columns: int = 80) -> pd.DataFrame:
    """Return how densely the rating matrix is filled, users and items sorted by activity.

    The sorted matrix is cut into at most `max_rows` by `max_columns` blocks of users and items in
    a row, the most active first.

    Returns
    -------
    pd.DataFrame
        One row per block: user_from, user_to, item_from, item_to (ranks from 0, `to` exclusive),
        n_ratings, and density, the share of the block's pairs that are rated, in [0, 1].
    """
    user_block, user_edges = _blocks(ratings.user_idx, ratings.n_users, max_rows)
    item_block, item_edges = _blocks(ratings.item_idx, ratings.n_items, max_columns)
    n_rows, n_columns = len(user_edges) - 1, len(item_edges) - 1
    count = np.bincount(user_block * n_columns + item_block, minlength=n_rows * n_columns)
    row, column = np.divmod(np.arange(n_rows * n_columns), n_columns)
    pairs = np.diff(user_edges)[row] * np.diff(item_edges)[column]
    return pd.DataFrame(
        {
            "user_from": user_edges[row],
            "user_to": user_edges[row + 1],
            "item_from": item_edges[column],
            "item_to": item_edges[column + 1],
            "n_ratings": count,
            "density": count / pairs,
        }
    )


def _means(ratings: Ratings, idx: NDArray, size: int, shrinkage: float) -> pd.DataFrame:
    valid = isinstance(shrinkage, int | float) and 0 <= shrinkage < np.inf
    require(valid, "shrinkage", shrinkage, "a number of ratings from 0 up, such as 5")
    count = np.bincount(idx, minlength=size)
    total = np.bincount(idx, ratings.rating, minlength=size)
    with np.errstate(invalid="ignore"):  # 0 / 0 where there is no rating: nan, left out later
        mean = total / count
        shrunk = (total + shrinkage * ratings.rating.mean()) / (count + shrinkage)
    return pd.DataFrame({"n_ratings": count, "mean": mean, "shrunk_mean": shrunk})


def _blocks(idx: NDArray, size: int, at_most: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return each rating's block and the edges of the blocks in ranks by activity."""
    n_blocks = min(size, at_most)
    edges = np.linspace(0, size, n_blocks + 1).astype(np.int64)
    order = np.argsort(-np.bincount(idx, minlength=size), kind="stable")
    rank = np.empty(size, np.int64)
    rank[order] = np.arange(size)
    return np.searchsorted(edges, rank[idx], side="right") - 1, edges
