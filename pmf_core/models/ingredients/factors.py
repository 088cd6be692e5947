"""The factors: rows of U and V, and what the rows of each have in common."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmf_core.data import Ratings
from pmf_core.data.nouns import OWNERS
from pmf_core.kernels.gaussian import BLOCK
from pmf_core.kernels.randomness import Draws, Modes
from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients.base import Ingredient, Part, RowPrior, Scalar, Statement, Takes
from pmf_core.models.ingredients.biases import against_ones
from pmf_core.models.ingredients.features import state_moved_rows, step_weight_precisions
from pmf_core.models.ingredients.link import RowData
from pmf_core.models.ingredients.mathematics import Mathematics
from pmf_core.models.ingredients.measures import gram, log_det, singular_values
from pmf_core.models.ingredients.population import (
    draw_population,
    draw_weight_precision,
    learned_columns,
    learns_columns,
    log_rows,
    log_wishart,
    state_population,
    state_rows,
)
from pmf_core.models.ingredients.rows_in_words import rows_in_words
from pmf_core.models.ingredients.work import Work
from pmf_core.models.problem import Problem, Side
from pmf_core.models.state import OTHER, SIDES, SideState, State

N_SINGULAR = 3
"""Singular values of ``U V'`` by which chains are compared: the largest."""


class Factors(Ingredient):
    """``U_i . V_j``, with normal rows around a mean that is 0 (fixed prior) or learned."""

    numbers = ("alpha_U", "alpha_V")

    def mathematics(self, problem: Problem) -> Mathematics:
        """Write the product, and the prior of the rows of each side."""
        lines = [
            line
            for owner, side in problem.sides.items()
            for line in rows_in_words(problem.config, owner, side.alpha, side.features.n_features)
        ]
        return Mathematics(tuple(lines), score=(r"U_i^\top V_j",))

    def parts(self, config: PMFConfig) -> tuple[Part, ...]:
        """Declare rows, and the mean and precision of their prior."""
        rows, mu, Lambda = [], [], []
        for owner, names in SIDES.items():
            rows.append(Part(names.rows, (owner, "factor"), owner))
            # Somebody new is a user, so what users are like is needed to predict.
            prior = {"learned": learns_columns(config), "needed": owner == "user"}
            mu.append(Part(names.mu, ("column",), **prior))
            Lambda.append(Part(names.Lambda, ("column", "column_2"), **prior))
        return (*rows, *mu, *Lambda)

    def scalars(self, config: PMFConfig, n_levels: int) -> tuple[Scalar, ...]:
        """Declare sizes of factors and of their products and, where it is learned, their prior.

        Of the factors alone, as the PyMC example plots them; a bias is no factor.
        """
        found = []
        for owner, names in SIDES.items():
            label = f"‖{names.rows}‖, {OWNERS[owner]}' factors"
            words = f"Frobenius norm of {names.rows}: root of the sum of squares of its factors."
            found.append(Scalar(f"norm_{names.rows}", label, words))
        for k in range(min(N_SINGULAR, config.n_factors)):
            label = f"Singular value {k + 1} of U·V"
            words = "How much one direction of taste moves all predictions, the largest first."
            found.append(Scalar(f"singular_{k + 1}", label, words))
        for owner, names in SIDES.items() if config.prior == "hierarchical" else ():
            owners, mu, Lambda = OWNERS[owner], f"μ_{names.rows}", f"Λ_{names.rows}"
            of = f"the {owners}' factors"
            found += [
                Scalar(
                    f"norm_{names.mu}",
                    f"‖{mu}‖, mean of {of}",
                    f"Size of the prior mean of {of}, {mu}.",
                ),
                Scalar(
                    f"log_det_{names.Lambda}",
                    f"log |{Lambda}|, prior of the {owners}' rows",
                    f"Log determinant of the prior precision of the {owners}' rows, {Lambda}.",
                ),
                Scalar(
                    f"trace_{names.Lambda}",
                    f"tr {Lambda}, prior of {of}",
                    f"Sum of the prior precisions of {of}: the trace of {Lambda}.",
                ),
            ]
        return tuple(found)

    def measure(self, problem: Problem, state: State) -> dict[str, float]:
        """Return Frobenius norms, singular values and, of a learned prior, what is no rotation."""
        d, found = problem.config.n_factors, {}
        grams = [gram(state.side(owner).rows, d) for owner in SIDES]
        for names, each in zip(SIDES.values(), grams, strict=True):
            found[f"norm_{names.rows}"] = float(np.sqrt(np.trace(each)))
        for k, value in enumerate(singular_values(*grams, N_SINGULAR)):
            found[f"singular_{k + 1}"] = float(value)
        for owner, names in SIDES.items() if problem.config.prior == "hierarchical" else ():
            half = state.side(owner)
            found[f"norm_{names.mu}"] = float(np.linalg.norm(half.mu[:d]))
            found[f"log_det_{names.Lambda}"] = log_det(half.Lambda)
            found[f"trace_{names.Lambda}"] = float(np.trace(half.Lambda[:d, :d]))
        return found

    def coords(self, problem: Problem) -> dict[str, NDArray]:
        """Return the numbers of the factors."""
        return {"factor": np.arange(problem.config.n_factors)}

    def takes(self, config: PMFConfig, train: Ratings) -> Takes:
        """Return what rows take: statistics of each rating, and a draw of each row."""
        k, rows = config.n_columns, train.n_users + train.n_items
        each = train.n_ratings * (15 + 0.18 * k**2)
        own = 8 * BLOCK * k**2  # precisions of the rows that are drawn side by side
        return Takes(each + rows * (125 + 0.024 * k**3), numbers=rows * k, chain_bytes=own)

    def attrs(self, problem: Problem) -> dict[str, Any]:
        """Return the precisions of a fixed prior."""
        return {"alpha_U": problem.user.alpha, "alpha_V": problem.item.alpha}

    def sizes(self, config: PMFConfig, attrs: Mapping[str, Any], n_users: int) -> dict[str, int]:
        """Return the number of factors and of columns."""
        k = config.n_columns
        return {"factor": config.n_factors, "column": k, "column_2": k}

    def start(self, random: Draws, problem: Problem) -> dict[str, NDArray]:
        """Start at rows drawn from the fixed prior.

        A learned prior is not drawn from: its tails are so heavy that a chain would spend its
        tuning on the way back from them.
        """
        found, size = {}, problem.n_columns
        for owner, side in problem.sides.items():
            names = SIDES[owner]
            found[names.rows] = random.normal(side.n_rows, size) * side.alpha**-0.5
            found[names.mu] = np.zeros(size)
            found[names.Lambda] = side.alpha * np.eye(size)
        return found

    def draw_prior(self, random: Draws, problem: Problem) -> dict[str, NDArray]:
        """Draw the population of each side, the weights of its features, and its rows."""
        found = {}
        for owner, side in problem.sides.items():
            drawn = _draw_prior_of_side(random, problem.config, side)
            found |= dict(zip(SIDES[owner], drawn, strict=True))
        return found

    def step(self, random: Draws | Modes, problem: Problem, state: State, work: Work) -> State:
        """Draw the users' rows given the items', then the items' given the users'."""
        for owner in SIDES:
            state = _draw_side(random, problem, owner, state, work)
        return state

    def log_prior(self, problem: Problem, state: State) -> float:
        """Return the log density of rows around their mean, and of its own prior."""
        config, total = problem.config, 0.0
        learned = learned_columns(config)
        for owner, side in problem.sides.items():
            half = state.side(owner)
            total += log_rows(half.rows - half.mu - side.features.times(half.W), half.Lambda)
            if learns_columns(config):
                away = half.mu[None, learned] - config.mu0
                total += log_rows(away, config.beta0 * half.Lambda[learned, learned])
                total += log_wishart(config, half.Lambda)
        return total

    def newcomer_row(
        self, problem: Problem, draw: State, constants: Mapping[str, NDArray], row: RowPrior
    ) -> RowPrior:
        """Return the users' prior, and the items' factors as design."""
        mean, precision = draw.mu_U.astype(np.float64), draw.Lambda_U.astype(np.float64)
        V = draw.V[problem.item_idx, : problem.config.n_factors].astype(np.float64)
        return row._replace(mean=mean, precision=precision, design=V)

    def state_in_pymc(self, problem: Problem, statement: Statement) -> None:
        """State rows around a mean, moved by their features, and their products."""
        config, factors = problem.config, np.arange(problem.config.n_factors)
        labels = np.append(factors.astype(str), "bias") if config.biases else factors
        # A matrix cannot have one dim twice.
        statement.model.add_coords({"factor": labels, "other_factor": labels})
        for owner, side in problem.sides.items():
            names, X = SIDES[owner], side.features
            prior = state_population(config, names.mu, names.Lambda, side.alpha)
            name = f"Y_{names.rows}" if X.n_features else names.rows
            rows = state_rows(name, *prior, (owner, "factor"))
            if X.n_features:
                rows = state_moved_rows(config, owner, X, side.alpha, rows)
            statement.rows[owner] = rows[statement.idx[owner]]
        U, V = statement.rows["user"], statement.rows["item"]
        d = config.n_factors
        statement.score += (U[:, :d] * V[:, :d]).sum(axis=-1)


def row_data(problem: Problem, owner: str, state: State, work: Work) -> RowData:
    """Return what the rows of one side meet."""
    rows, other, shift = problem.sides[owner].rows, state.side(OTHER[owner]).rows, 0.0
    if problem.config.biases:
        other, shift = against_ones(other, rows.indices)
    target, weight = work.explained_in_order_of(owner), work.weight
    if weight is not None and owner == "item":
        weight = weight.take(rows.order)
    return RowData(rows.indptr, rows.indices, target, weight, other, float(state.alpha), shift)


def _draw_side(
    random: Draws | Modes, problem: Problem, owner: str, state: State, work: Work
) -> State:
    """Draw the rows of one side and the weights of its features, then their priors."""
    config, side, half = problem.config, problem.sides[owner], state.side(owner)
    data, X = row_data(problem, owner, state, work), side.features
    noise = random.normal(*half.rows.shape)
    features = X if X.n_features else None
    drawn = work.link.draw_rows(random, problem, half, features, data, noise)
    unmoved = drawn.rows if features is None else drawn.rows - drawn.drift
    mu, Lambda = draw_population(random, config, unmoved, side.alpha)
    Lambda_W = step_weight_precisions(random, config, X, drawn.W, side.alpha)
    state = state.with_side(owner, SideState(drawn.rows, mu, Lambda, drawn.W, Lambda_W))
    if drawn.accepted is not None:
        share = np.asarray(drawn.accepted)
        state = state.replace(**{f"accepted_{SIDES[owner].rows}": share})
    work.unexplained, work.left_by_rows = None, drawn.square
    return state


def _draw_prior_of_side(random: Draws, config: PMFConfig, side: Side) -> SideState:
    X, none = side.features, np.zeros((0, config.n_columns))
    mu, Lambda = draw_population(random, config, none, side.alpha)
    W = np.zeros((X.n_features, config.n_columns))
    precisions = np.zeros((X.n_groups, *Lambda.shape))
    for g in range(X.n_groups):
        precisions[g] = draw_weight_precision(random, config, none, side.alpha)
        W[X.group == g] = _draw_rows(random, precisions[g], (X.group == g).sum())
    rows = mu + _draw_rows(random, Lambda, side.n_rows) + X.times(W)
    return SideState(rows, mu, Lambda, W, precisions)


def _draw_rows(random: Draws, precision: NDArray, n_rows: int) -> NDArray[np.float64]:
    """Draw rows of mean 0, of shape (n_rows, n_columns)."""
    root = np.linalg.cholesky(precision)
    return np.linalg.solve(root.T, random.normal(len(precision), n_rows)).T
