"""Weights of features stretched together with their prior, given the rows that they move."""

import numpy as np

from pmf_core.kernels.orbit import stretch
from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients.population import learned_columns, learns_columns
from pmf_core.models.ingredients.work import Work
from pmf_core.models.problem import Problem
from pmf_core.models.state import State
from pmf_core.sampling.moves.base import Move, degrees_of_freedom

N_ROUNDS = 2


class Stretch(Move):
    name = "stretch"

    def applies(self, config: PMFConfig) -> bool:
        moved = config.implicit != "none" or config.side_info != "none"
        return moved and learns_columns(config)

    def step(
        self, rng: np.random.Generator, problem: Problem, state: State, work: Work | None = None
    ) -> State:
        config, learned = problem.config, learned_columns(problem.config)
        nu, size = degrees_of_freedom(config), learned.stop - learned.start
        for owner, side in problem.sides.items():
            X, half = side.features, state.side(owner)
            W, Lambda_W = half.W.copy(), half.Lambda_W.copy()
            parts = [
                X.times(np.where((X.group == g)[:, None], W, 0.0)[:, learned])
                for g in range(X.n_groups)
            ]
            residual = (half.rows - half.mu)[:, learned] - sum(parts)
            L = half.Lambda[learned, learned]
            for g, part in enumerate(parts):
                S, K, G = part.T @ part, part.T @ residual @ L, np.eye(size)
                Q = Lambda_W[g, learned, learned].copy()
                stretch(rng, S, K, L, Q / config.W0, nu, N_ROUNDS, G)
                W[X.group == g, learned] = W[X.group == g, learned] @ G
                residual -= part @ (G - np.eye(size))
                inv = np.linalg.inv(G)
                Q = inv @ Q @ inv.T
                Lambda_W[g, learned, learned] = 0.5 * (Q + Q.T)
            state = state.with_side(owner, half._replace(W=W, Lambda_W=Lambda_W))
        return state
