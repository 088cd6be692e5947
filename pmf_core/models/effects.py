"""Groups of ratings that share an additive effect: a day, a user on a day."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pmf_core.data import Ratings
from pmf_core.models.config import PMFConfig

SECONDS_A_DAY = 86_400


@dataclass(frozen=True, eq=False)
class Effect:
    """The levels of one grouping that occur in training."""

    name: str
    keys: NDArray[np.int64]
    """ndarray of shape (n_levels,), ascending"""

    @property
    def size(self) -> int:
        """Number of levels, and one more for every level that training has not seen."""
        return len(self.keys) + 1

    def position(self, ratings: Ratings) -> NDArray[np.int32]:
        """Return each rating's level; the last one where training has not seen it."""
        keys = _keys(self.name, ratings)
        at = np.searchsorted(self.keys, keys)
        seen = self.keys[np.minimum(at, len(self.keys) - 1)] == keys
        return np.where(seen, at, len(self.keys)).astype(np.int32)


def find_effects(config: PMFConfig, ratings: Ratings) -> tuple[Effect, ...]:
    """Return the effects that `config` asks for, with the levels of training ratings."""
    return tuple(Effect(name, np.unique(_keys(name, ratings))) for name in config.effects)


def _keys(name: str, ratings: Ratings) -> NDArray[np.int64]:
    if ratings.timestamp is None:  # at prediction: some day that nobody has seen yet
        return np.full(ratings.n_ratings, -1, np.int64)
    day = ratings.timestamp // SECONDS_A_DAY
    # 64 bits, or the keys of many users on many days wrap around and meet.
    return day if name == "day" else ratings.user_idx.astype(np.int64) * 10_000_000 + day
