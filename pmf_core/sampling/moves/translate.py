"""Constants that move between weights of features and the mean of rows."""

import numpy as np
from numpy.typing import NDArray

from pmf_core.models.config import PMFConfig
from pmf_core.models.feature_matrix import Block, Features
from pmf_core.models.ingredients.population import learned_columns
from pmf_core.models.ingredients.work import Work
from pmf_core.models.problem import Problem
from pmf_core.models.state import SideState, State
from pmf_core.sampling.moves.base import Move, draw_normal


class Translate(Move):
    name = "translate"

    def applies(self, config: PMFConfig) -> bool:
        """Return whether features move any rows."""
        return config.implicit != "none" or config.side_info != "none"

    def step(
        self, rng: np.random.Generator, problem: Problem, state: State, work: Work | None = None
    ) -> State:
        """Move one block of features after the other, of users, then of items."""
        for owner, side in problem.sides.items():
            half = state.side(owner)
            for block in side.features.blocks:
                half = _translate(rng, problem.config, side.features, block, half)
            state = state.with_side(owner, half)
        return state


def _translate(rng, config, X: Features, block: Block, half: SideState) -> SideState:
    learned = learned_columns(config)
    W, mu, beta0 = half.W.copy(), half.mu.copy(), config.beta0
    n = block.columns.stop - block.columns.start
    for at, m in ((slice(learned.start), 0.0), (learned, block.row_sum.mean())):
        if at.start == at.stop:
            continue
        L, L_W = half.Lambda[at, at], half.Lambda_W[block.group, at, at]
        away = block.row_sum - m
        pull = away @ half.rows[:, at] - away.sum() * mu[at] - X.matrix.T @ away @ W[:, at]
        precision = (away @ away + beta0 * m**2) * L + n * L_W
        linear = L @ (pull + beta0 * m * (mu[at] - config.mu0)) - L_W @ W[block.columns, at].sum(
            axis=0
        )
        c = draw_normal(rng, precision, linear)
        W[block.columns, at] += c
        mu[at] -= m * c
    return half._replace(W=W, mu=mu)
