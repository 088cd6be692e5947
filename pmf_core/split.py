"""Hold ratings out for testing, reproducibly."""

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pmf_core.data import Ratings
from pmf_core.errors import require


@dataclass(frozen=True, eq=False)
class Split:
    """Training and test ratings with the same vocabularies and row positions."""

    train: Ratings
    """Ratings to learn from."""
    test: Ratings
    """Held-out ratings, seen by no model."""

    @cached_property
    def id(self) -> str:
        """Twelve hexadecimal digits: a hash of the ratings and of which pairs are held out.

        It does not depend on the order of the rows, so the same pairs make the same name.
        """
        digest = hashlib.sha256()
        for part in (self.train, self.test):
            pair = part.user_idx.astype(np.int64) * part.n_items + part.item_idx
            order = np.lexsort((part.rating, pair))
            digest.update(pair[order].tobytes() + part.rating[order].tobytes())
        digest.update(repr((self.train.n_users, self.train.n_items)).encode())
        return digest.hexdigest()[:12]


def split_ratings(ratings: Ratings, test_size: float = 0.1, random_seed: int = 0) -> Split:
    """Hold a random share of the ratings out.

    Parameters
    ----------
    ratings : Ratings
        The whole set.
    test_size : float
        Share to hold out, above 0 and below 1; ``int(n_ratings * test_size)`` ratings.
    random_seed : int
        Seed of the permutation; the first rows of it are the test set.

    Raises
    ------
    ValueError
        If `test_size` leaves no rating on either side.
    """
    n_test = int(ratings.n_ratings * test_size)
    require(
        0 < n_test < ratings.n_ratings,
        "test_size", test_size,
        f"a share that leaves some of the {ratings.n_ratings} ratings on both sides, such as 0.1",
    )  # fmt: skip
    order = np.random.default_rng(random_seed).permutation(ratings.n_ratings)
    # Sorted rows keep each part in the order of the source.
    return Split(
        train=ratings.take(np.sort(order[n_test:])), test=ratings.take(np.sort(order[:n_test]))
    )
