"""What the steps of one sweep hand on to each other, beside the state."""

from collections.abc import Iterable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pmf_core.models.pairs import Pairs, row_scores
from pmf_core.models.problem import Problem
from pmf_core.models.state import State


class Contributor(Protocol):
    """Whatever adds to scores or scales the precision of noise; see `Ingredient`."""

    def shares(self, state: State, pairs: Pairs) -> Iterable[NDArray]:
        """Return arrays of shape (n_pairs,) to add to the score."""

    def precisions(self, state: State, pairs: Pairs) -> Iterable[NDArray]:
        """Return arrays of shape (n_pairs,) by which the precision is multiplied."""


class Work:
    """What one sweep has worked out so far; all arrays in the order of the ratings.

    Parameters
    ----------
    ingredients : tuple of Ingredient
        Of the model, the link among them.
    link : Link
    problem : Problem
    state : State
        Where the sweep starts.
    """

    def __init__(
        self, ingredients: tuple[Contributor, ...], link: Any, problem: Problem, state: State
    ) -> None:
        self.ingredients, self.link, self.problem = ingredients, link, problem
        self.target: NDArray[np.float64] = link.target(problem)
        """Ndarray of shape (n_ratings,): what rows and shares explain; of latent scores, a draw
        or a mean."""
        self.variance: NDArray[np.float64] | float = 0.0
        """Of what `target` is the mean of."""
        self.share = total_share(ingredients, state, problem.pairs)
        self.weight = total_precision(ingredients, state, problem.pairs)
        self.unexplained: NDArray[np.float64] | None = None
        self.left_by_rows: float | None = None
        """Sum of squared errors, weighted, that the rows left; None once anything else may have
        changed them."""

    def score(self, state: State) -> NDArray[np.float64]:
        """Return ``U_i . V_j``, with biases, of every rating."""
        return score(self.problem, state)

    @property
    def explained_by_rows(self) -> NDArray[np.float64]:
        """Ndarray of shape (n_ratings,): the target, less what else is added to the score."""
        return self.target if self.share is None else self.target - self.share

    def explained_in_order_of(self, owner: str) -> NDArray[np.float64]:
        """Return `explained_by_rows` as the rows of users or of items meet them."""
        if owner == "user":  # their order is that of the ratings
            return self.explained_by_rows
        if self.share is None and self.target is self.problem.centred:
            return self.problem.centred_by_item
        return self.explained_by_rows.take(self.problem.item.rows.order)

    def error(self, state: State) -> NDArray[np.float64]:
        """Return what rows and shares leave unexplained of the target, worked out once.

        Whoever draws a share updates it in place.
        """
        self.left_by_rows = None
        if self.unexplained is None:
            mean = self.link.mean_of_target(self.problem, self.score(state))
            self.unexplained = self.target - mean
            if self.share is not None:
                self.unexplained -= self.share
        return self.unexplained

    def square(self, state: State) -> NDArray[np.float64]:
        """Return squared errors; the variance around a target that is a mean is part of them."""
        return self.error(state) ** 2 + self.variance

    def sum_of_squares(self, state: State) -> float:
        """Return the sum of `square`, each times the relative precision of its rating."""
        if self.left_by_rows is not None and not np.any(self.variance):
            return self.left_by_rows
        square = self.square(state)
        weight = total_precision(self.ingredients, state, self.problem.pairs)
        return float(square.sum() if weight is None else (square * weight).sum())

    def precision_beside(self, one: Contributor, state: State) -> NDArray[np.float64]:
        """Return the noise precision that all but one ingredient give every rating."""
        others = tuple(each for each in self.ingredients if each is not one)
        weight = total_precision(others, state, self.problem.pairs)
        return state.alpha if weight is None else state.alpha * weight


def score(problem: Problem, state: State) -> NDArray[np.float64]:
    """Return ``U_i . V_j``, with biases, of every training rating: (n_ratings,)."""
    return row_scores(state, problem.pairs, problem.config.n_factors)


def total_share(
    ingredients: Iterable[Contributor], state: State, pairs: Pairs
) -> NDArray[np.float64] | None:
    """Return what is added to ``U_i . V_j`` of every pair; None where nothing is."""
    total = None
    for each in ingredients:
        for share in each.shares(state, pairs):
            total = share if total is None else total + share
    return total


def total_precision(
    ingredients: Iterable[Contributor], state: State, pairs: Pairs
) -> NDArray[np.float64] | None:
    """Return the noise precision of every pair relative to alpha; None where all are 1."""
    total = None
    for each in ingredients:
        for precision in each.precisions(state, pairs):
            total = precision if total is None else total * precision
    return total
