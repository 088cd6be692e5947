"""The logistic link: mean ratings stay on the scale. Rows take Metropolis steps."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from pmf_core.data import Ratings
from pmf_core.kernels.logistic import step_rows
from pmf_core.kernels.randomness import Draws, Modes
from pmf_core.models.config import PMFConfig
from pmf_core.models.feature_matrix import Features
from pmf_core.models.ingredients.base import Statement, Step, Takes
from pmf_core.models.ingredients.features import step_weights
from pmf_core.models.ingredients.link import DrawnRows, Link, Rated, RowData
from pmf_core.models.ingredients.mathematics import Line, Mathematics, number
from pmf_core.models.pairs import Pairs
from pmf_core.models.problem import Problem
from pmf_core.models.state import SideState, State


class Logistic(Link):
    """A rating is normal around a logistic function of its score, which spans the scale."""

    name = "logistic"
    needs_rounds = True

    def mathematics(self, problem: Problem) -> Mathematics:
        """Write the distribution of a rating, and the curve."""
        low, high = problem.scale
        words = "A rating is normal around a point of a curve that stays on the scale."
        around, *more = self.around(problem, r"g(\eta_{ij})", words)
        curve = rf"g(\eta) = {number(low)} + \frac{{{number(high - low)}}}{{1 + e^{{-\eta}}}}"
        line = Line("g", curve, "From the lowest rating to the highest.", "rating")
        return Mathematics((*around, line), *more)

    def steps(self, config: PMFConfig) -> tuple[Step, ...]:
        """Declare the steps of rows, proposed from a Gaussian close to their conditional."""
        return Step("U", "Rows of users", (0.5, 1.0)), Step("V", "Rows of {items}", (0.5, 1.0))

    def takes(self, config: PMFConfig, train: Ratings) -> Takes:
        """Return what a proposal and the way back take, beyond a draw of the rows."""
        return Takes(train.n_ratings * (82 + 2.0 * config.n_columns**1.5))

    def unit(self, ratings: Ratings) -> float:
        """Return the slope in the middle of the scale."""
        low, high = ratings.scale
        return (high - low) / 4

    def offset(self, ratings: Ratings) -> float:
        """Return the score of the mean rating."""
        low, high = ratings.scale
        return float(logit((ratings.rating.mean() - low) / (high - low)))

    def mean_of_target(self, problem: Problem, score: NDArray) -> NDArray[np.float64]:
        """Return the mean ratings."""
        low, high = problem.scale
        return low + (high - low) / (1 + np.exp(-(problem.offset + score)))

    def draw_rows(
        self,
        random: Draws | Modes,
        problem: Problem,
        side: SideState,
        features: Features | None,
        data: RowData,
        noise: NDArray[np.float64],
    ) -> DrawnRows:
        """Take a step in every row, and draw the weights of features given the rows alone."""
        n_rows = len(side.rows)
        W, drift, centre = side.W, 0.0, np.broadcast_to(side.mu, side.rows.shape)
        if features is not None:  # no ratings enter: rows and their prior say it all
            precision = np.tile(side.Lambda, (n_rows, 1, 1))
            away = side.rows - centre - features.times(W)
            W = step_weights(random, features, side, precision, away @ side.Lambda)
            drift = features.times(W)
        low, high = problem.scale
        shift = np.array(np.broadcast_to(problem.offset + data.shift, len(data.target)))
        out = side.rows.copy()
        moved = step_rows(
            data.indptr, data.indices, data.target, data.weight, shift,
            data.design, data.alpha, low, high - low, side.Lambda, centre + drift, noise,
            random.log_uniform(n_rows), isinstance(random, Modes), out,
        )  # fmt: skip
        return DrawnRows(out, W, drift, moved / n_rows)

    def mean(
        self, rated: Rated, draw: State, pairs: Pairs, eta: NDArray, sd: NDArray | float
    ) -> NDArray:
        """Return the logistic function of the scores."""
        low, high = rated.scale
        return low + (high - low) * expit(eta)

    def state_in_pymc(self, problem: Problem, statement: Statement) -> None:
        """State ratings that are normal around the logistic function of their scores."""
        import pymc as pm

        low, high = problem.scale
        mean = low + (high - low) * pm.math.sigmoid(problem.offset + statement.score)
        sigma = statement.precision**-0.5
        pm.Normal("rating", mean, sigma, observed=statement.rating, dims="obs")
