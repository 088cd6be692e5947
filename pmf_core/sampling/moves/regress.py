"""Weights of features given the rows that they move, where a sweep holds what they leave."""

import numpy as np
from scipy.linalg import eigh

from pmf_core.data import Ratings
from pmf_core.kernels.randomness import Draws
from pmf_core.kernels.weights import regress
from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients.features import step_weight_precisions
from pmf_core.models.ingredients.population import draw_population
from pmf_core.models.problem import Problem, Side
from pmf_core.models.state import SideState, State
from pmf_core.sampling.moves.base import Move, learns_weights, unmoved_rows


class Regress(Move):
    """Draw weights, and their prior and that of rows, given the rows, whatever the ratings.

    A sweep draws weights with ``Y = U - X W`` held, so that rows and scores move with them; where
    ratings leave little doubt of the rows, that is in small steps. Here U is held instead, and Y
    takes what the weights leave. Whichever of the two walks slower hardly matters then: together
    they get on faster than the faster one (interweaving).

    Given U, weights are those of a linear regression: W_f is normal with precision
    ``Lambda_W + s Lambda``, ``s = sum x_if^2``, and linear term ``Lambda (sum x_if u_i + s W_f)``
    for ``u_i = U_i - mu - X_i W``. In columns E that make both precisions diagonal at once,
    ``E' Lambda E = I`` and ``E' Lambda_W E = diag(d)``, each number is drawn by itself, with
    precision ``d + s``: a feature costs what its column of X has times the columns, not their
    square. Then mu and Lambda, and Lambda_W, are drawn from their conditionals.

    References
    ----------
    Yu & Meng (2011), To center or not to center: that is not the question, sec 2.
    """

    name = "regress"

    def applies(self, config: PMFConfig) -> bool:
        """Return whether features move rows, and all priors are learned."""
        return learns_weights(config)

    def nanoseconds(self, config: PMFConfig, train: Ratings) -> float:
        """Return about what it takes of one core."""
        return 8.0 * (train.n_users + train.n_items) * config.n_columns**2

    def step(self, rng: np.random.Generator, problem: Problem, state: State) -> State:
        """Draw the weights of users' features, then of items'."""
        for owner, side in problem.sides.items():
            if side.features.n_features:
                half = _regress(rng, problem.config, side, state.side(owner))
                state = state.with_side(owner, half)
        return state


def _regress(rng: np.random.Generator, config: PMFConfig, side: Side, half: SideState) -> SideState:
    X, W, Y = side.features, half.W.copy(), unmoved_rows(side, half)
    for g, (mine, _) in enumerate(X.by_group):
        d, E = eigh(half.Lambda_W[g], half.Lambda)
        into = half.Lambda @ E  # E'^-1
        u, own = (Y - half.mu) @ into, W[mine] @ into
        regress(*X.by_column, mine.start, d, rng.standard_normal(own.shape), u, own)
        Y, W[mine] = half.mu + u @ E.T, own @ E.T
    mu, Lambda = draw_population(Draws(rng), config, Y, side.alpha)
    Lambda_W = step_weight_precisions(Draws(rng), config, X, W, side.alpha)
    return SideState(half.rows, mu, Lambda, W, Lambda_W)
