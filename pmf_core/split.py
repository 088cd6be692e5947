"""Hold ratings out for testing, reproducibly."""

from numbers import Real

import numpy as np

from pmf_core.data import Ratings, Split
from pmf_core.errors import require


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
    require(
        0 < n_test < ratings.n_ratings,
        "test_size", test_size,
        f"a share that leaves some of the {ratings.n_ratings} ratings on both sides, such as 0.1",
    )  # fmt: skip
    valid_seed = isinstance(random_seed, int | np.integer) and random_seed >= 0
    require(valid_seed, "random_seed", random_seed, "a whole number from 0 up")
    order = np.random.default_rng(random_seed).permutation(ratings.n_ratings)
    # Sorted rows keep each part in the order of the source.
    return Split(
        train=ratings.take(np.sort(order[n_test:])), test=ratings.take(np.sort(order[:n_test]))
    )
