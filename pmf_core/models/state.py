"""Where a chain stands: everything that a model draws, by the names under which it is stored."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class SideState(NamedTuple):
    """What is drawn of one side, the users or the items.

    A column stands for a factor or, last, for the bias.
    """

    rows: NDArray[np.float64]
    """ndarray of shape (n_rows, n_columns): ``Y + X W``"""
    mu: NDArray[np.float64]
    """ndarray of shape (n_columns,): prior mean of a row of Y"""
    Lambda: NDArray[np.float64]
    """ndarray of shape (n_columns, n_columns): prior precision of a row of Y"""
    W: NDArray[np.float64]
    """ndarray of shape (n_features, n_columns): what a feature adds to a row"""
    Lambda_W: NDArray[np.float64]
    """ndarray of shape (n_groups, n_columns, n_columns): prior precision of a row of W"""


SIDES = {
    "user": SideState("U", "mu_U", "Lambda_U", "W_U", "Lambda_W_U"),
    "item": SideState("V", "mu_V", "Lambda_V", "W_V", "Lambda_W_V"),
}
"""What the parts of each side are called."""

OTHER = {"user": "item", "item": "user"}


class State(Mapping[str, NDArray]):
    """Arrays by name: what the ingredients of a model declare as their parts, and no more.

    ``state.alpha`` is ``state["alpha"]``; ``state.user`` and ``state.item`` are the parts of one
    side, under names that do not depend on which. A state is never changed, only replaced.
    Draws of a segment are a state with one more axis in front of every part.
    """

    def __init__(self, parts: Mapping[str, NDArray]) -> None:
        self._parts = dict(parts)

    def __getitem__(self, name: str) -> NDArray:
        """Return a part."""
        return self._parts[name]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of the parts."""
        return iter(self._parts)

    def __len__(self) -> int:
        """Return the number of parts."""
        return len(self._parts)

    def __getattr__(self, name: str) -> NDArray:
        """Return a part."""
        parts = self.__dict__.get("_parts", {})  # not there yet while one is unpickled
        if name in parts:
            return parts[name]
        raise AttributeError(f"this state has no {name!r}, only {', '.join(parts)}")

    @property
    def user(self) -> SideState:
        """The users' parts."""
        return self.side("user")

    @property
    def item(self) -> SideState:
        """The items' parts."""
        return self.side("item")

    def side(self, owner: str) -> SideState:
        """Return the parts of the ``user`` or ``item`` side."""
        return SideState(*(self._parts[name] for name in SIDES[owner]))

    def with_side(self, owner: str, side: SideState) -> "State":
        """Return the state with other parts of one side."""
        return State(self._parts | dict(zip(SIDES[owner], side, strict=True)))

    def replace(self, **parts: NDArray) -> "State":
        """Return the state with other parts, or more."""
        return State(self._parts | parts)

    def map(self, function: Callable[[NDArray], Any]) -> "State":
        """Return the state with a function applied to every part."""
        return State({name: function(part) for name, part in self._parts.items()})

    @classmethod
    def stack(cls, states: Sequence["State"]) -> "State":
        """Return states of the same parts as one, with an axis of states in front of each."""
        return cls({name: np.stack([state[name] for state in states]) for name in states[0]})
