"""How much users differ in their cut points, moved together with their differences."""

import numpy as np

from pmf_core.data import Ratings
from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients.cut_points import INFORMATION, TAU_RATE, TAU_SHAPE
from pmf_core.models.problem import Problem
from pmf_core.models.state import State
from pmf_core.sampling.moves.base import Move
from pmf_core.sampling.moves.cuts import Likelihood

TRIES = 2
"""Proposals of a step."""


class Spread(Move):
    """Stretch users' log distances around their mean, with latent scores integrated out.

    ``gap_ik -> mu_k + e^v_k (gap_ik - mu_k)`` and ``tau_k -> e^(-2 v_k) tau_k`` for all users at
    once: the normal density of the distances and its Jacobian cancel, and the likelihood and the
    gamma prior of tau remain, ``e^(-2 a v) exp(-b tau e^-2v)``. Given the distances tau is known
    almost exactly, and given tau each user's distances are, so that each alone follows the other
    slowly.

    Widths of proposals follow from the number of ratings and the prior alone: what a rating says
    of its user's distance, times the square of the distance from the mean that the prior expects.
    """

    name = "spread"

    def applies(self, config: PMFConfig) -> bool:
        """Return whether users have cut points of their own."""
        return config.link == "ordinal" and config.cut_points == "user"

    def nanoseconds(self, config: PMFConfig, train: Ratings) -> float:
        """Return about what it takes of one core."""
        return 83.0 * train.n_ratings

    def step(self, rng: np.random.Generator, problem: Problem, state: State) -> State:
        """Take Metropolis steps in v."""
        n_gaps = state.log_gap.shape[1]
        known = INFORMATION * len(problem.rating) / n_gaps * TAU_RATE / TAU_SHAPE
        width = (n_gaps * (1 + known)) ** -0.5
        likelihood, mean = Likelihood(problem, state), state.mu_gap
        gap, tau, here = state.log_gap, state.tau_gap, likelihood(0.0)
        for _ in range(TRIES):
            v = width * rng.standard_normal(n_gaps)
            further = mean + np.exp(v) * (gap - mean)
            smaller = tau * np.exp(-2 * v)
            there = likelihood(further - state.log_gap)
            ratio = there - here - 2 * TAU_SHAPE * v.sum() - TAU_RATE * (smaller - tau).sum()
            if ratio > np.log(rng.random()):
                gap, tau, here = further, smaller, there
        return state.replace(log_gap=gap, tau_gap=tau)
