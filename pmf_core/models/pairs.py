"""Users and items that are rated or to be predicted, and what ingredients know of each pair."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pmf_core.kernels.scores import pair_scores
from pmf_core.models.state import State


@dataclass(frozen=True, eq=False)
class Pairs:
    """Users and items, as row positions."""

    user_idx: NDArray[np.int32]
    """ndarray of shape (n_pairs,)"""
    item_idx: NDArray[np.int32]
    """ndarray of shape (n_pairs,)"""
    given: Mapping[str, NDArray[np.int32]]
    """What ingredients know of each pair, such as which effects it has; pairs along the last
    axis."""

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.user_idx)

    def take(self, rows: NDArray[np.intp]) -> "Pairs":
        """Return the pairs at `rows`."""
        given = {name: values[..., rows] for name, values in self.given.items()}
        return Pairs(self.user_idx[rows], self.item_idx[rows], given)


def row_scores(state: State, pairs: Pairs, n_factors: int) -> NDArray:
    """Return ``U_i . V_j``, with biases, of every pair, in the precision of the state."""
    out = np.empty(len(pairs), state.U.dtype)
    pair_scores(state.U, state.V, pairs.user_idx, pairs.item_idx, n_factors, out)
    return out
