"""Hold ratings out for testing, reproducibly."""

from dataclasses import replace
from numbers import Real

import numpy as np
from numpy.typing import NDArray

from pmf_core.data.ratings import Ratings, Split
from pmf_core.support.errors import require


def split_ratings(ratings: Ratings, test_size: float = 0.1, random_seed: int = 0) -> Split:
    """Hold a random share of the ratings out.

    Every user and item keeps its row position, also one whose ratings are all held out.

    Parameters
    ----------
    ratings : Ratings
        The whole set.
    test_size : float
        Share to hold out, above 0 and below 1; ``round(n_ratings * test_size)`` ratings.
    random_seed : int
        Seed of the permutation of the rows; the first of it are the test set.

    Raises
    ------
    ValueError
        If `test_size` is no number or leaves no rating on either side, or the seed is negative.
    """
    is_share = isinstance(test_size, Real) and 0 < test_size < 1  # nan compares as false
    n_test = round(ratings.n_ratings * float(test_size)) if is_share else 0
    count = ratings.n_ratings
    rule = f"a share that leaves some of the {count} ratings on both sides, such as 0.1"
    require(0 < n_test < count, "test_size", test_size, rule)
    valid_seed = isinstance(random_seed, int | np.integer) and random_seed >= 0
    require(valid_seed, "random_seed", random_seed, "a whole number from 0 up")
    order = np.random.default_rng(random_seed).permutation(ratings.n_ratings)
    # Sorted rows keep each part in the order of the source.
    return Split(
        train=ratings.take(np.sort(order[n_test:])), test=ratings.take(np.sort(order[:n_test]))
    )


def densest_part(split: Split, share: float) -> Split:
    """Return the part of a split among its most active users and most rated items.

    Parameters
    ----------
    split : Split
    share : float
        Of the users, and of the items, to keep; above 0 and at most 1.

    Raises
    ------
    ValueError
        If `share` is out of range, or the part has no training or no held-out rating.
    """
    require(0 < share <= 1, "share", share, "above 0 and at most 1, such as 0.05")
    train = split.train
    users = _most_frequent(train.user_idx, train.n_users, share)
    items = _most_frequent(train.item_idx, train.n_items, share)
    parts = [_only(part, users, items) for part in (split.train, split.test)]
    rule = "large enough that training and held-out ratings are left"
    require(min(part.n_ratings for part in parts) > 0, "share", share, rule)
    return Split(*parts)


def _most_frequent(idx: NDArray, size: int, share: float) -> NDArray[np.intp]:
    order = np.argsort(-np.bincount(idx, minlength=size), kind="stable")
    return np.sort(order[: max(2, round(size * share))])


def _only(ratings: Ratings, users: NDArray, items: NDArray) -> Ratings:
    kept = np.isin(ratings.user_idx, users) & np.isin(ratings.item_idx, items)
    part = ratings.take(kept)
    user_table, item_table = ratings.user_features, ratings.item_features
    return replace(
        part,
        user_idx=np.searchsorted(users, part.user_idx),
        item_idx=np.searchsorted(items, part.item_idx),
        user_ids=part.user_ids[users],
        item_ids=part.item_ids[items],
        titles=part.titles[items],
        user_features=None if user_table is None else user_table.iloc[users],
        item_features=None if item_table is None else item_table.iloc[items],
        name=f"{part.name}, the densest part",
    )
