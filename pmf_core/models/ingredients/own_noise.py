"""Noise of one's own: each user's, or item's, ratings have a precision relative to alpha."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from pmf_core.data import Ratings
from pmf_core.data.nouns import OWNERS
from pmf_core.kernels.randomness import Draws, Modes
from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients.base import Ingredient, Part, Scalar, Statement, Takes
from pmf_core.models.ingredients.densities import log_gamma
from pmf_core.models.ingredients.mathematics import LETTER, Line, Mathematics, gamma
from pmf_core.models.ingredients.measures import spread
from pmf_core.models.ingredients.work import Work
from pmf_core.models.pairs import Pairs
from pmf_core.models.problem import Problem
from pmf_core.models.state import State


class OwnNoise(Ingredient):
    """Relative precisions of users' or of items' ratings, gamma around 1.

    They keep that prior: to renormalise them within a sweep would be no valid conditional.

    Parameters
    ----------
    owner : str
        ``user`` or ``item``.
    """

    def __init__(self, owner: str) -> None:
        self.owner, self.name = owner, f"noise_scale_{owner}"
        self.needs_rounds = owner == "user"

    def is_in(self, config: PMFConfig) -> bool:
        """Return whether these owners have noise of their own."""
        return config.noise in (self.owner, "both")

    def mathematics(self, problem: Problem) -> Mathematics:
        """Write by what the precision of a rating is scaled."""
        symbol, shape = rf"\kappa_{LETTER[self.owner]}", problem.config.noise_shape
        words = f"How much steadier than others the ratings of each {self.owner} are."
        latex = gamma(symbol, shape, shape)
        line = Line(symbol, latex, words, "prior", (self.name,), owner=self.owner)
        return Mathematics((line,), precision=(symbol,))

    def parts(self, config: PMFConfig) -> tuple[Part, ...]:
        """Declare the relative precisions."""
        return (Part(self.name, (self.owner,), self.owner),)

    def scalars(self, config: PMFConfig, n_levels: int) -> tuple[Scalar, ...]:
        """Declare where the relative precisions lie; their prior has nothing to learn."""
        of = f"the {OWNERS[self.owner]}' relative noise precisions"
        return (
            Scalar(f"mean_{self.name}", f"Mean of {of}", f"Mean of {of}, whose prior has mean 1."),
            Scalar(f"sd_{self.name}", f"Sd of {of}", f"How much {of} differ."),
        )

    def measure(self, problem: Problem, state: State) -> dict[str, float]:
        """Return mean and sd of the relative precisions."""
        mean, sd = spread(state[self.name])
        return {f"mean_{self.name}": mean, f"sd_{self.name}": sd}

    def takes(self, config: PMFConfig, train: Ratings) -> Takes:
        """Return what it takes to sum squared errors by owner."""
        sizes = {"user": train.n_users, "item": train.n_items}
        return Takes(20 * train.n_ratings, numbers=sizes[self.owner])

    def start(self, random: Draws, problem: Problem) -> dict[str, NDArray]:
        """Start with all alike."""
        return {self.name: np.ones(problem.sides[self.owner].n_rows)}

    def draw_prior(self, random: Draws, problem: Problem) -> dict[str, NDArray]:
        """Draw them all."""
        shape = problem.config.noise_shape
        n_rows = problem.sides[self.owner].n_rows
        return {self.name: random.gamma(np.full(n_rows, shape), shape)}

    def step(self, random: Draws | Modes, problem: Problem, state: State, work: Work) -> State:
        """Draw them given the errors and every other precision."""
        square = work.precision_beside(self, state) * work.square(state)
        idx, size = self._idx(problem.pairs), len(state[self.name])
        scale = draw_noise_scale(random, problem.config, square, idx, size)
        return state.replace(**{self.name: scale})

    def log_prior(self, problem: Problem, state: State) -> float:
        """Return the log density of all."""
        shape = problem.config.noise_shape
        return log_gamma(state[self.name], shape, shape)

    def precisions(self, state: State, pairs: Pairs) -> Iterable[NDArray]:
        """Return the relative precision of every pair."""
        return (state[self.name][self._idx(pairs)],)

    def newcomer_start(self, config: PMFConfig, draw: State) -> dict[str, NDArray]:
        """Start a newcomer like anybody."""
        return {self.name: np.ones(1)} if self.owner == "user" else {}

    def newcomer_step(
        self, random: Draws | Modes, problem: Problem, state: State, work: Work
    ) -> State:
        """Draw the newcomer's; of items, they are as drawn."""
        return self.step(random, problem, state, work) if self.owner == "user" else state

    def state_in_pymc(self, problem: Problem, statement: Statement) -> None:
        """State them, and scale the precision."""
        import pymc as pm

        shape = problem.config.noise_shape
        scale = pm.Gamma(self.name, shape, shape, dims=self.owner)
        statement.precision *= scale[statement.idx[self.owner]]

    def _idx(self, pairs: Pairs) -> NDArray[np.int32]:
        return pairs.user_idx if self.owner == "user" else pairs.item_idx


def draw_noise_scale(
    random: Draws | Modes,
    config: PMFConfig,
    square: NDArray[np.float64],
    idx: NDArray[np.int32],
    size: int,
) -> NDArray[np.float64]:
    """Draw the relative precision of each user's (item's) ratings: ``Gamma(a, a)`` a priori.

    Parameters
    ----------
    square : ndarray of shape (n_ratings,)
        Squared errors, times every other precision that applies to them.
    idx : ndarray of shape (n_ratings,)
        Whose ratings they are.
    size : int
        Number of users (items).

    Returns
    -------
    ndarray of shape (size,)
    """
    count = np.bincount(idx, minlength=size)
    total = np.bincount(idx, square, minlength=size)
    return random.gamma(config.noise_shape + 0.5 * count, config.noise_shape + 0.5 * total)
