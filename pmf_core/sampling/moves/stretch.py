"""How strong each direction of the factors is, moved together with its prior."""

import numpy as np
from numpy.typing import NDArray

from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients import ingredients_of, link_of
from pmf_core.models.ingredients.work import Work
from pmf_core.models.problem import Problem
from pmf_core.models.state import OTHER, SIDES, State
from pmf_core.sampling.moves.base import Move, degrees_of_freedom
from pmf_core.stats.slices import draw_slice


class Stretch(Move):
    """Stretch the users' rows along each direction, and the items', priors along with them.

    Given the prior of a weak direction its rows are small, and given small rows its prior says
    so: a chain that has pruned a factor keeps it pruned for hundreds of sweeps, or the other way
    round. Here ``Y -> Y G`` for ``Y = U - X W - mu0``, ``mu - mu0 -> G' (mu - mu0)`` and
    ``Lambda -> G^-1 Lambda G^-T``: all of the prior cancels with the Jacobians but
    ``|G|^-nu exp(-tr(G^-1 Lambda G^-T) / (2 W0))``, and the likelihood follows the scores.

    G is ``E diag(s) E'`` in the eigenvectors E of the other side's precision, which the step
    leaves alone. In logarithms of s the measure is uniform, and scores are linear in s, so that
    sums of products over the ratings, taken once, give every density; one s after the other is
    drawn by slice sampling.

    References
    ----------
    Liu & Sabatti (2000), theorem 1; Yu & Meng (2011) for why to go both ways.
    """

    name = "stretch"

    def applies(self, config: PMFConfig) -> bool:
        """Return whether priors of factors are learned, and scores are those of ratings."""
        return config.prior == "hierarchical" and config.link == "identity"

    def step(self, rng: np.random.Generator, problem: Problem, state: State) -> State:
        """Stretch one side after the other."""
        for owner in SIDES:
            state = _stretch(rng, problem, owner, state)
        return state


def _stretch(rng: np.random.Generator, problem: Problem, owner: str, state: State) -> State:
    config, D = problem.config, problem.config.n_factors
    half, other = state.side(owner), state.side(OTHER[owner])
    _, E = np.linalg.eigh(other.Lambda[:D, :D])
    anchor = np.full(half.rows.shape, config.mu0)
    if len(half.W):
        anchor = anchor + problem.sides[owner].features.times(half.W)
    along = (half.rows - anchor)[:, :D] @ E
    pull, curvature = _likelihood(problem, owner, state, along, other.rows[:, :D] @ E)
    own = np.einsum("ak,ab,bk->k", E, half.Lambda[:D, :D], E) / (2 * config.W0)
    nu, s = degrees_of_freedom(config), np.ones(D)
    for k in range(D):
        slope = pull[k] - curvature[k] @ (s - 1) + curvature[k, k] * (s[k] - 1)

        def log_density(u: float, k: int = k, slope: float = slope) -> float:
            away = np.exp(u) - 1
            change = slope * away - 0.5 * curvature[k, k] * away**2
            return float(change - nu * u - own[k] * np.exp(-2 * u))

        width = 2 / np.sqrt(curvature[k, k] + 4 * own[k])
        s[k] = np.exp(draw_slice(rng, log_density, 0.0, width))
    G = np.eye(config.n_columns)
    G[:D, :D] = (E * s) @ E.T
    inverse = np.eye(config.n_columns)
    inverse[:D, :D] = (E / s) @ E.T
    Lambda = inverse @ half.Lambda @ inverse.T
    moved = half._replace(
        rows=anchor + (half.rows - anchor) @ G,
        mu=config.mu0 + G.T @ (half.mu - config.mu0),
        Lambda=0.5 * (Lambda + Lambda.T),
    )
    return state.with_side(owner, moved)


def _likelihood(
    problem: Problem, owner: str, state: State, rows: NDArray, others: NDArray
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return slope and curvature of the log likelihood in the scales of each direction."""
    idx = {"user": problem.user_idx, "item": problem.item_idx}
    products = rows[idx[owner]] * others[idx[OTHER[owner]]]
    work = Work(ingredients_of(problem.config), link_of(problem.config), problem, state)
    precision = float(state.alpha) * (1.0 if work.weight is None else work.weight)
    weighted = products * np.reshape(precision, (-1, 1))
    return weighted.T @ work.error(state), weighted.T @ products
