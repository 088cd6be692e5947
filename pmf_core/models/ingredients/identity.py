"""The identity link: a rating is its score and noise. Rows have Gaussian conditionals."""

import numpy as np
from numpy.typing import NDArray

from pmf_core.data import Ratings
from pmf_core.kernels.randomness import Draws, Modes
from pmf_core.kernels.rows import draw_from_statistics, draw_rows, row_statistics
from pmf_core.models.feature_matrix import Features
from pmf_core.models.ingredients.base import Statement
from pmf_core.models.ingredients.features import step_weights
from pmf_core.models.ingredients.link import DrawnRows, Link, Rated, RowData
from pmf_core.models.ingredients.mathematics import Mathematics
from pmf_core.models.pairs import Pairs
from pmf_core.models.problem import Problem
from pmf_core.models.state import SideState, State


class Identity(Link):
    """A rating is normal around its score."""

    name = "identity"

    def mathematics(self, problem: Problem) -> Mathematics:
        """Write the distribution of a rating."""
        words = "A rating is its score and normal noise."
        return self.around(problem, r"\eta_{ij}", words)

    def offset(self, ratings: Ratings) -> float:
        """Return the mean rating."""
        return float(ratings.rating.mean())

    def target(self, problem: Problem) -> NDArray[np.float64]:
        """Return the ratings less the offset."""
        return problem.centred

    def draw_rows(
        self,
        random: Draws | Modes,
        problem: Problem,
        side: SideState,
        features: Features | None,
        data: RowData,
        noise: NDArray[np.float64],
    ) -> DrawnRows:
        """Draw rows from their Gaussian conditionals; see `draw_gaussian_rows`."""
        return draw_gaussian_rows(random, side, features, data, noise)

    def mean(
        self, rated: Rated, draw: State, pairs: Pairs, eta: NDArray, sd: NDArray | float
    ) -> NDArray:
        """Return the scores: they are in units of ratings."""
        return eta

    def state_in_pymc(self, problem: Problem, statement: Statement) -> None:
        """State ratings that are normal around their scores."""
        import pymc as pm

        # The offset leaves the data, so that what is drawn has the unit of U V.
        observed = statement.rating - problem.offset
        sigma = statement.precision**-0.5
        pm.Normal("rating", statement.score, sigma, observed=observed, dims="obs")


def draw_gaussian_rows(
    random: Draws | Modes,
    side: SideState,
    features: Features | None,
    data: RowData,
    noise: NDArray[np.float64],
) -> DrawnRows:
    """Draw rows of which the target is a linear function with normal noise.

    With features, their weights are drawn first, with the part of the rows that they do not
    explain held fixed.

    References
    ----------
    Salakhutdinov & Mnih (2008), eqs 11 to 13.
    """
    *where, target, weight, design, alpha, shift = data
    if isinstance(shift, np.ndarray) or shift != 0.0:
        target = target - shift
    given = *where, target, weight, design, alpha
    towards = noise, random.of_rows
    if features is None:
        rows = side.rows.copy()
        square = draw_rows(*given, side.Lambda, side.Lambda @ side.mu, *towards, rows)
        return DrawnRows(rows, side.W, 0.0, square=square)
    n_columns = side.rows.shape[1]
    precision = np.empty((*side.rows.shape, n_columns))
    linear = np.empty_like(side.rows)
    row_statistics(*given, precision, linear)
    pull = linear - np.einsum("iab,ib->ia", precision, side.rows)
    W = step_weights(random, features, side, precision, pull)
    drift = features.times(W)
    rows = side.rows.copy()
    if random.of_rows != 0:  # what a draw then goes with are rows as their weights moved
        rows += features.times(W - side.W)
    prior_linear = (side.mu + drift) @ side.Lambda
    draw_from_statistics(precision, linear, side.Lambda, prior_linear, *towards, rows)
    return DrawnRows(rows, W, drift)
