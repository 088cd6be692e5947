"""Weights of features given the rows that they move."""

import numpy as np
from scipy.linalg import eigh

from pmf_core.kernels.randomness import Draws
from pmf_core.kernels.weights import regress
from pmf_core.models.config import PMFConfig
from pmf_core.models.feature_matrix import Features
from pmf_core.models.ingredients.features import step_weight_precisions
from pmf_core.models.ingredients.population import draw_population
from pmf_core.models.ingredients.work import Work
from pmf_core.models.problem import Problem
from pmf_core.models.state import SideState, State
from pmf_core.sampling.moves.base import Move, unmoved_rows


class Regress(Move):
    name = "regress"

    def applies(self, config: PMFConfig) -> bool:
        """Return whether features move any rows."""
        return config.implicit != "none" or config.side_info != "none"

    def step(
        self, rng: np.random.Generator, problem: Problem, state: State, work: Work | None = None
    ) -> State:
        """Draw the weights of users' features, then of items'."""
        for owner, side in problem.sides.items():
            X, half = side.features, state.side(owner)
            if not X.n_features:
                continue
            W, residual = half.W.copy(), unmoved_rows(side, half) - half.mu
            for g in range(X.n_groups):
                at = np.flatnonzero(X.group == g)
                d, E = eigh(half.Lambda_W[g], half.Lambda)
                R, own = residual @ (half.Lambda @ E), W[at] @ (half.Lambda @ E)
                regress(*X.by_column, at, d, rng.standard_normal(own.shape), R, own)
                residual, W[at] = R @ E.T, own @ E.T
            mu, Lambda = draw_population(Draws(rng), problem.config, residual + half.mu, side.alpha)
            Lambda_W = step_weight_precisions(Draws(rng), problem.config, X, W, side.alpha)
            state = state.with_side(owner, SideState(half.rows, mu, Lambda, W, Lambda_W))
        return state
