"""A model and its training ratings in the arrays that the kernels take."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from pmf_core.models.config import PMFConfig
from pmf_core.models.feature_matrix import Features
from pmf_core.models.pairs import Pairs


class Rows(NamedTuple):
    """Which ratings belong to which row (CSR)."""

    indptr: NDArray[np.int64]
    """ndarray of shape (n_rows + 1,)"""
    indices: NDArray[np.int32]
    """ndarray of shape (n_ratings,): row of the other factor matrix"""
    order: NDArray[np.int64]
    """ndarray of shape (n_ratings,): position among the ratings, which are in order of users"""

    @classmethod
    def of(cls, row_idx: NDArray, col_idx: NDArray, shape: tuple[int, int]) -> "Rows":
        """Arrange ratings by row."""
        position = np.arange(len(row_idx))
        table = csr_array((position, (row_idx, col_idx)), shape=shape)
        return cls(table.indptr.astype(np.int64), table.indices.astype(np.int32), table.data)


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
    """A model and its training ratings; ratings in the order of the users, and in units."""

    config: PMFConfig
    """What is fitted: without what the ratings lack."""
    left_out: tuple[str, ...]
    """What they lack, in sentences."""
    sides: Mapping[str, Side]
    """``user`` and ``item``."""
    rating: NDArray[np.float64]
    """ndarray of shape (n_ratings,), in units of `unit` stars"""
    pairs: Pairs
    """Who rated what."""
    offset: float
    """Added to ``U_i . V_j``: in units, or in those of the link."""
    scale: tuple[float, float]
    """Lowest and highest rating, in units."""
    unit: float
    """How many stars a unit is: see `Ratings.unit`."""
    levels: NDArray[np.float64]
    """ndarray of shape (n_levels,): the ratings that can be given, in units; empty if continuous"""
    data: Mapping[str, Any]
    """What ingredients arranged for themselves, by the names that they chose."""

    def with_rating(self, rating: NDArray[np.float64]) -> "Problem":
        """Return the same pairs and prior with other ratings (in the order of the users)."""
        return replace(self, rating=rating)

    @property
    def user(self) -> Side:
        """The users."""
        return self.sides["user"]

    @property
    def item(self) -> Side:
        """The items."""
        return self.sides["item"]

    @property
    def user_idx(self) -> NDArray[np.int32]:
        """Ndarray of shape (n_ratings,): whose ratings they are."""
        return self.pairs.user_idx

    @property
    def item_idx(self) -> NDArray[np.int32]:
        """Ndarray of shape (n_ratings,): of what."""
        return self.pairs.item_idx

    @property
    def n_columns(self) -> int:
        """Columns of U and V: the factors and, with biases, one more."""
        return self.config.n_columns

    @cached_property
    def level(self) -> NDArray[np.intp]:
        """Position of each rating among `levels`, of shape (n_ratings,)."""
        return np.searchsorted(self.levels, self.rating)

    @cached_property
    def centred(self) -> NDArray[np.float64]:
        """Ndarray of shape (n_ratings,): ratings less the offset; not to be written to."""
        return self.rating - self.offset

    @cached_property
    def centred_by_item(self) -> NDArray[np.float64]:
        """The same in the order of the items."""
        return self.centred.take(self.item.rows.order)
