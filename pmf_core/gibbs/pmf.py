"""One sweep of probabilistic matrix factorization, and a segment of a chain of them."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pmf_core.config import PMFConfig
from pmf_core.data import Ratings
from pmf_core.gibbs.rows import draw_rows
from pmf_core.priors import imputed_precisions


class Rows(NamedTuple):
    """Ratings by row (CSR), in the order of the arguments of `draw_rows`."""

    indptr: NDArray[np.int64]
    """ndarray of shape (n_rows + 1,)"""
    indices: NDArray[np.int32]
    """ndarray of shape (n_ratings,): position in the other factor matrix"""
    rating: NDArray[np.float64]
    """ndarray of shape (n_ratings,): what the factors explain, rating less offset"""


class State(NamedTuple):
    """Where a chain stands."""

    U: NDArray[np.float64]
    """ndarray of shape (n_users, n_factors)"""
    V: NDArray[np.float64]
    """ndarray of shape (n_items, n_factors)"""


@dataclass(frozen=True, eq=False)
class Problem:
    """A model and its training ratings in the arrays that the kernels take."""

    by_user: Rows
    by_item: Rows
    alpha: float
    alpha_U: float
    alpha_V: float
    offset: float
    """What is added to ``U_i . V_j`` to predict, in stars."""
    shape: tuple[int, int, int]
    """n_users, n_items, n_factors"""

    @classmethod
    def from_ratings(cls, config: PMFConfig, ratings: Ratings) -> "Problem":
        """Arrange training ratings by user and by item."""
        offset = float(ratings.rating.mean()) if config.center else 0.0
        alpha_U, alpha_V = imputed_precisions(ratings)
        residual = ratings.rating - offset
        return cls(
            by_user=_rows(ratings.user_idx, ratings.item_idx, residual, ratings.n_users),
            by_item=_rows(ratings.item_idx, ratings.user_idx, residual, ratings.n_items),
            alpha=config.alpha,
            alpha_U=alpha_U,
            alpha_V=alpha_V,
            offset=offset,
            shape=(ratings.n_users, ratings.n_items, config.n_factors),
        )


def chain_rng(random_seed: int, chain: int, sweep: int) -> np.random.Generator:
    """Return the generator of one sweep of one chain.

    Every sweep has a stream of its own (the first, number -1, is that of the starting point):
    draws depend neither on how a chain is cut into segments nor on which thread or machine runs
    them, and a chain can be taken up again from its state alone.
    """
    return np.random.default_rng((random_seed, chain, sweep + 1))


def initial_state(problem: Problem, random_seed: int, chain: int) -> State:
    """Start a chain at rows drawn from their prior."""
    n_users, n_items, n_factors = problem.shape
    rng = chain_rng(random_seed, chain, -1)
    return State(
        U=rng.standard_normal((n_users, n_factors)) * problem.alpha_U**-0.5,
        V=rng.standard_normal((n_items, n_factors)) * problem.alpha_V**-0.5,
    )


def sweep(problem: Problem, state: State, noise_U: NDArray, noise_V: NDArray) -> State:
    """Draw U given V, then V given U; with zero noise, take one alternating least squares step."""
    U = draw_factors(problem.by_user, state.V, problem.alpha, problem.alpha_U, noise_U)
    V = draw_factors(problem.by_item, U, problem.alpha, problem.alpha_V, noise_V)
    return State(U, V)


def draw_factors(
    rows: Rows, other: NDArray, alpha: float, prior_alpha: float, noise: NDArray
) -> NDArray[np.float64]:
    """Draw one factor matrix under the spherical prior ``N(0, I / prior_alpha)``."""
    out = np.empty_like(noise)
    n_factors = noise.shape[1]
    draw_rows(*rows, other, alpha, prior_alpha * np.eye(n_factors), np.zeros(n_factors), noise, out)
    return out


def run_segment(
    problem: Problem, state: State, random_seed: int, chain: int, start: int, stop: int
) -> tuple[State, NDArray[np.float32], NDArray[np.float32]]:
    """Run sweeps `start` to `stop` of a chain.

    Returns
    -------
    state : State
        Where the chain stands after sweep ``stop - 1``.
    U, V : ndarray of shape (stop - start, n_users, n_factors), (..., n_items, n_factors)
        What each sweep drew.
    """
    n_users, n_items, n_factors = problem.shape
    U = np.empty((stop - start, n_users, n_factors), np.float32)
    V = np.empty((stop - start, n_items, n_factors), np.float32)
    for t in range(start, stop):
        rng = chain_rng(random_seed, chain, t)
        noise_U = rng.standard_normal((n_users, n_factors))
        noise_V = rng.standard_normal((n_items, n_factors))
        state = sweep(problem, state, noise_U, noise_V)
        U[t - start], V[t - start] = state
    return state, U, V


def log_prior(problem: Problem, state: State) -> float:
    """Return the log density of U and V under their priors."""
    density = 0.0
    for factors, alpha in ((state.U, problem.alpha_U), (state.V, problem.alpha_V)):
        constant = factors.size * np.log(alpha / (2 * np.pi))
        density += 0.5 * (constant - alpha * np.sum(factors**2))
    return float(density)


def _rows(row_idx: NDArray, col_idx: NDArray, value: NDArray, n_rows: int) -> Rows:
    order = np.lexsort((col_idx, row_idx))
    indptr = np.concatenate(([0], np.cumsum(np.bincount(row_idx, minlength=n_rows))))
    return Rows(indptr.astype(np.int64), col_idx[order].astype(np.int32), value[order])
