"""A model and its training ratings in the arrays that the kernels take."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pmf_core.data import Ratings
from pmf_core.models.available import available
from pmf_core.models.config import PMFConfig
from pmf_core.models.effects import Effect, find_effects
from pmf_core.models.features import Features, item_features, user_features
from pmf_core.models.links import find_levels, latent_offset, latent_unit
from pmf_core.models.priors import imputed_precisions


class Rows(NamedTuple):
    """Which ratings belong to which row (CSR)."""

    indptr: NDArray[np.int64]
    """ndarray of shape (n_rows + 1,)"""
    indices: NDArray[np.int32]
    """ndarray of shape (n_ratings,): row of the other factor matrix"""
    order: NDArray[np.int64]
    """ndarray of shape (n_ratings,): position among the ratings, which are in order of users"""


@dataclass(frozen=True, eq=False)
class Side:
    """Users or items: their ratings, their features, the precision of a fixed prior."""

    rows: Rows
    features: Features
    alpha: float
    """Prior precision of a factor under a fixed prior (alpha_U or alpha_V)."""

    @property
    def n_rows(self) -> int:
        """Number of users or items."""
        return len(self.rows.indptr) - 1


@dataclass(frozen=True, eq=False)
class Problem:
    """A model and its training ratings; ratings in the order of the users."""

    config: PMFConfig
    """What is fitted: without what the ratings lack."""
    left_out: tuple[str, ...]
    """What they lack, in sentences."""
    user: Side
    item: Side
    rating: NDArray[np.float64]
    """ndarray of shape (n_ratings,), in stars"""
    user_idx: NDArray[np.int32]
    """ndarray of shape (n_ratings,)"""
    item_idx: NDArray[np.int32]
    """ndarray of shape (n_ratings,)"""
    offset: float
    """Added to ``U_i . V_j``: in stars, or in the units of the link."""
    scale: tuple[float, float]
    """Lowest and highest rating."""
    levels: NDArray[np.float64]
    """ndarray of shape (n_levels,): the ratings that can be given; empty if continuous"""
    effects: tuple[Effect, ...]
    effect_idx: NDArray[np.int32]
    """ndarray of shape (n_effects, n_ratings): position of each rating's level in its effect"""

    @classmethod
    def from_ratings(cls, config: PMFConfig, ratings: Ratings) -> "Problem":
        """Arrange training ratings by user and by item."""
        config, left_out = available(config, ratings)
        order = np.lexsort((ratings.item_idx, ratings.user_idx))
        ratings = ratings.take(order)
        alpha_U, alpha_V = imputed_precisions(ratings)
        levels, unit = find_levels(config, ratings), latent_unit(config, ratings)
        effects = find_effects(config, ratings)
        user, item = ratings.user_idx, ratings.item_idx
        return cls(
            config=config,
            left_out=left_out,
            user=Side(
                _rows(user, item, ratings.n_users), user_features(config, ratings), alpha_U * unit
            ),
            item=Side(
                _rows(item, user, ratings.n_items), item_features(config, ratings), alpha_V * unit
            ),
            rating=ratings.rating,
            user_idx=user,
            item_idx=item,
            offset=latent_offset(config, ratings),
            scale=ratings.scale,
            levels=levels,
            effects=effects,
            effect_idx=effect_positions(effects, ratings),
        )

    def with_rating(self, rating: NDArray[np.float64]) -> "Problem":
        """Return the same pairs and prior with other ratings (in the order of the users)."""
        return replace(self, rating=rating)

    @property
    def n_columns(self) -> int:
        """Columns of U and V: the factors and, with biases, one more."""
        return self.config.n_columns

    @cached_property
    def level(self) -> NDArray[np.intp]:
        """Position of each rating among `levels`, of shape (n_ratings,)."""
        return np.searchsorted(self.levels, self.rating)


def effect_positions(effects: tuple[Effect, ...], ratings: Ratings) -> NDArray[np.int32]:
    """Return where in `State.effect` the effects of each rating are: (n_effects, n_ratings)."""
    start, found = 0, []
    for effect in effects:
        found.append(start + effect.position(ratings))
        start += effect.size
    return np.array(found, np.int32).reshape(len(effects), ratings.n_ratings)


def _rows(row_idx: NDArray, col_idx: NDArray, n_rows: int) -> Rows:
    order = np.lexsort((col_idx, row_idx))
    indptr = np.concatenate(([0], np.cumsum(np.bincount(row_idx, minlength=n_rows))))
    return Rows(indptr.astype(np.int64), col_idx[order].astype(np.int32), order)
