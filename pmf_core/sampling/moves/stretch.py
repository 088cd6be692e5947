"""Weights of features stretched together with their prior, given the rows that they move."""

import numpy as np

from pmf_core.data import Ratings
from pmf_core.kernels.orbit import stretch
from pmf_core.models.config import PMFConfig
from pmf_core.models.feature_matrix import Features
from pmf_core.models.ingredients.population import learned_columns
from pmf_core.models.problem import Problem
from pmf_core.models.state import SideState, State
from pmf_core.sampling.moves.base import Move, congruent, degrees_of_freedom, learns_weights

N_ROUNDS = 2
"""Rounds through all one-parameter subgroups. Each costs O(D^4), whatever the ratings."""


class Stretch(Move):
    """Draw how far the weights of a group of features spread, as one with the prior of them.

    Given small weights their prior is narrow, and given a narrow prior they are small: sizes of
    weights take hundreds of sweeps to get anywhere. Here all weights of a group become ``W G``
    and their precision ``G^-1 Lambda_W G^-T``, in the columns whose prior is learned. Rows stay,
    and with them scores; ``Y = U - X W`` takes what is left.

    The normal density of the weights and its Jacobian cancel, and the Wishart density with its
    own leaves ``|G|^-nu exp(-tr(G^-1 Lambda_W G^-T) / (2 W0))`` for the Haar measure of GL. With
    ``Z = X_g W_g`` and ``u = U - mu - X W`` before the move and ``H = G - I``, rows then have
    ``u - Z H``: of their density it is ``exp(tr(H' K) - tr(H' S H Lambda) / 2)``,
    ``S = Z'Z`` and ``K = Z'u Lambda``, that changes. No sum over rows is needed again.

    Along ``I + t e_a e_b'`` that is normal in t, with precision
    ``S_aa Lambda_bb + Lambda_W,bb / W0`` and linear term ``K_ab + Lambda_W,ab / W0``; a scale of
    column a is drawn by a slice, on its logarithm.

    References
    ----------
    Liu & Sabatti (2000), theorem 1; Yu & Meng (2011) for why to hold rows here, as a sweep holds
    what features leave of them.
    """

    name = "stretch"

    def applies(self, config: PMFConfig) -> bool:
        """Return whether features move rows, and all priors are learned."""
        return learns_weights(config)

    def nanoseconds(self, config: PMFConfig, train: Ratings) -> float:
        """Return about what it takes of one core."""
        return 3.5 * (train.n_users + train.n_items) * config.n_columns**2

    def step(self, rng: np.random.Generator, problem: Problem, state: State) -> State:
        """Stretch the weights of one group after the other, of users, then of items."""
        for owner, side in problem.sides.items():
            if side.features.n_features:
                half = _stretch(rng, problem.config, side.features, state.side(owner))
                state = state.with_side(owner, half)
        return state


def _stretch(
    rng: np.random.Generator, config: PMFConfig, X: Features, half: SideState
) -> SideState:
    """Stretch the weights of each group of one side."""
    learned, nu = learned_columns(config), degrees_of_freedom(config)
    W, Lambda_W, L = half.W.copy(), half.Lambda_W.copy(), half.Lambda[learned, learned].copy()
    parts = [matrix @ W[mine, learned] for mine, matrix in X.by_group]
    u = (half.rows - half.mu)[:, learned] - sum(parts)
    for g, ((mine, _), Z) in enumerate(zip(X.by_group, parts, strict=True)):
        G, Q = np.eye(len(L)), Lambda_W[g, learned, learned]
        stretch(rng, Z.T @ Z, Z.T @ u @ L, L, Q / config.W0, nu, N_ROUNDS, G)
        u -= Z @ (G - np.eye(len(L)))
        W[mine, learned] = W[mine, learned] @ G
        Lambda_W[g, learned, learned] = congruent(np.linalg.inv(G), Q)
    return half._replace(W=W, Lambda_W=Lambda_W)
