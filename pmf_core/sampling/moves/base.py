"""What a move is, and what moving all rows of one side means."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from pmf_core.data import Ratings
from pmf_core.kernels.randomness import Draws
from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients import ingredients_of, link_of
from pmf_core.models.ingredients.population import learned_columns
from pmf_core.models.ingredients.work import Work, score, total_share
from pmf_core.models.problem import Problem, Side
from pmf_core.models.state import SideState, State


class Move:
    """A step that a chain takes after a sweep, along directions in which sweeps hardly get on.

    It leaves the posterior as it is, so it can be left out: a chain then needs longer to show the
    same. None is part of a climb. To add one: a file with a subclass, its name in
    `pmf_core.models.sampler_config.MOVES`, and a line each in `pmf_core.sampling.moves.MOVES` and
    in `pmf_core.sampling.moves.schedule.EVERY`.
    """

    name: ClassVar[str]

    def applies(self, config: PMFConfig) -> bool:
        """Return whether a model has what is moved."""
        raise NotImplementedError

    def step(self, rng: np.random.Generator, problem: Problem, state: State) -> State:
        """Return where a chain stands after it."""
        raise NotImplementedError

    def nanoseconds(self, config: PMFConfig, train: Ratings) -> float:
        """Return about what it takes of one core; see `pmf_core.fits.cost`.

        By default that of some passes over all rows.
        """
        return 12.0 * (train.n_users + train.n_items) * config.n_columns


def has_features(config: PMFConfig) -> bool:
    """Return whether features move the rows of any side."""
    return (config.implicit, config.side_info) != ("none",) * 2


def learns_weights(config: PMFConfig) -> bool:
    """Return whether they do, and the prior of their weights, and of all rows, is learned."""
    return config.prior == "hierarchical" and has_features(config)


def degrees_of_freedom(config: PMFConfig) -> float:
    """Return the degrees of freedom of the Wishart prior of every learned precision."""
    learned = learned_columns(config)
    return float(config.nu0 or learned.stop - learned.start)


def total_precision(half: SideState) -> NDArray[np.float64]:
    """Return the sum of all precisions of a side, of rows and of weights: (n_columns, n_columns).

    All have one prior, so it is what the density along an orbit needs of them.
    """
    return half.Lambda + half.Lambda_W.sum(axis=0)


def completed(rng: np.random.Generator, problem: Problem, state: State) -> Work:
    """Return what a sweep works out, latent scores drawn anew."""
    link = link_of(problem.config)
    work = Work(ingredients_of(problem.config), link, problem, state)
    link.complete(Draws(rng), problem, state, work)
    return work


def unexplained(problem: Problem, state: State, work: Work) -> NDArray[np.float64]:
    """Return what a state leaves unexplained of the target: (n_ratings,).

    `Work.error` is that of where the work began.
    """
    error = work.target - work.link.mean_of_target(problem, score(problem, state))
    share = total_share(work.ingredients, state, problem.pairs)
    return error if share is None else error - share


def bias_pull(side: Side, half: SideState) -> NDArray[np.float64]:
    """Return the slope of the log prior density of each row in its bias, sign reversed."""
    pull = (half.rows - half.mu) @ half.Lambda[:, -1]
    if len(half.W):  # X (W L) rather than (X W) L: one column of products instead of all
        pull -= side.features.times(half.W @ half.Lambda[:, -1:])[:, 0]
    return pull


def with_biases(half: SideState, biases: NDArray[np.float64]) -> SideState:
    """Return a side with these biases, the last column of its rows."""
    return half._replace(rows=np.column_stack([half.rows[:, :-1], biases]))


def unmoved_rows(side: Side, half: SideState) -> NDArray[np.float64]:
    """Return ``Y = U - X W``, of shape (n_rows, n_columns)."""
    return half.rows - side.features.times(half.W) if len(half.W) else half.rows


def transformed(
    half: SideState,
    G: NDArray[np.float64],
    *,
    learned: slice,
    inverse: NDArray[np.float64] | None = None,
) -> SideState:
    """Return a side whose rows r are ``G' r``, and all that its prior says of them along with it.

    Precisions of the columns that are `learned` become ``G^-1 Lambda G^-T``; G mixes these with
    no others, whose precisions are fixed and stay.

    Parameters
    ----------
    G : ndarray of shape (n_columns, n_columns)
    inverse : ndarray of shape (n_columns, n_columns), optional
        Of G, where it is known.
    """
    mu, Lambda, Lambda_W = half.mu, half.Lambda.copy(), half.Lambda_W.copy()
    if learned.start < learned.stop:
        mu = G.T @ mu
        inverse = np.linalg.inv(G) if inverse is None else inverse
        inverse = inverse[learned, learned]
        Lambda[learned, learned] = congruent(inverse, Lambda[learned, learned])
        if len(Lambda_W):
            Lambda_W[:, learned, learned] = congruent(inverse, Lambda_W[:, learned, learned])
    return SideState(half.rows @ G, mu, Lambda, half.W @ G, Lambda_W)


def congruent(B: NDArray, matrices: NDArray) -> NDArray[np.float64]:
    """Return ``B M B'`` of every matrix M, exactly symmetric."""
    found = B @ matrices @ B.T
    return 0.5 * (found + found.swapaxes(-1, -2))


def draw_normal(
    rng: np.random.Generator, precision: NDArray, linear: NDArray
) -> NDArray[np.float64]:
    """Draw from the normal distribution of this precision and linear term."""
    root = np.linalg.cholesky(precision)
    half_way = np.linalg.solve(root, linear)
    return np.linalg.solve(root.T, half_way + rng.standard_normal(len(linear)))
