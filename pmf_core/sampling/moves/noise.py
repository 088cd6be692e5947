"""Noise precisions of users and of items, and the one of all ratings: only products count."""

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from pmf_core.data import Ratings
from pmf_core.kernels.gig import draw_gig
from pmf_core.models.config import PMFConfig
from pmf_core.models.problem import Problem
from pmf_core.models.state import State
from pmf_core.sampling.moves.base import Move


class Noise(Move):
    """Draw how much of the precision of all ratings is alpha, and how much relative precisions.

    A rating has precision ``alpha lambda_i kappa_j``, which stays where one factor is multiplied
    by s and another divided by it, for all users or items at once. Row by row each relative
    precision is drawn given alpha, and alpha given all of them, so that their common scale moves
    by no more than the ratings leave to alpha alone, while the prior lets it move much further.

    Each factor has a gamma prior of shape a and rate b. Of n precisions x that are multiplied by
    s, the densities and the Jacobian ``s^n`` leave ``s^(n a) exp(-b s sum x)`` for the Haar
    measure ds / s, and of those that are divided, the same in 1 / s. Together: a generalised
    inverse Gaussian, ``GIG(n a - n' a', 2 b sum x, 2 b' sum x')``, exactly drawn.

    An alpha that is given stays; then only users' and items' precisions have anything to trade.

    References
    ----------
    Liu & Sabatti (2000), Generalised Gibbs sampler and multigrid Monte Carlo, theorem 1.
    """

    name = "noise"

    def applies(self, config: PMFConfig) -> bool:
        """Return whether precisions of ratings have two factors that are drawn."""
        return config.noise == "both" or (config.noise != "shared" and config.alpha is None)

    def nanoseconds(self, config: PMFConfig, train: Ratings) -> float:
        """Return about what it takes of one core."""
        return 5.0 * train.n_ratings

    def step(self, rng: np.random.Generator, problem: Problem, state: State) -> State:
        """Trade between every two factors in turn."""
        config = problem.config
        priors = {
            name: (config.noise_shape, config.noise_shape)
            for name in ("noise_scale_user", "noise_scale_item")
            if name in state
        }
        if config.alpha is None:
            priors["alpha"] = config.alpha_shape, config.alpha_rate
        for up, down in combinations(priors, 2):
            (p, a), (q, b) = (_orbit(state[name], *priors[name]) for name in (up, down))
            s = draw_gig(rng, p - q, 2 * a, 2 * b)
            state = state.replace(**{up: state[up] * s, down: state[down] / s})
        return state


def _orbit(precisions: NDArray[np.float64], shape: float, rate: float) -> tuple[float, float]:
    """Return the power of s and the rate in s of gamma densities, Jacobian included."""
    return shape * precisions.size, rate * float(precisions.sum())
