"""How much users differ in their cut points, moved together with their differences."""

import numpy as np

from pmf_core.data import Ratings
from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients.cut_points import INFORMATION, TAU_RATE, TAU_SHAPE
from pmf_core.models.problem import Problem
from pmf_core.models.state import State
from pmf_core.sampling.moves.base import Move, bias_pull, with_biases
from pmf_core.sampling.moves.cuts import Likelihood


class Spread(Move):
    """Stretch users' log distances around their mean, with latent scores integrated out.

    ``gap_ik -> mu_k + e^v (gap_ik - mu_k)`` and ``tau_k -> e^(-2 v) tau_k`` for all users at once,
    one k after the other: the normal density of the distances and its Jacobian cancel, and the
    likelihood and the gamma prior of tau remain, ``e^(-2 a v) exp(-b tau e^-2v)``. Given the
    distances tau is known almost exactly, and given tau each user's distances are, so that each
    alone follows the other slowly.

    A wider distance moves all cut points above it by ``e^gap' - e^gap``. So that most ratings stay
    between theirs, the user's bias follows by that times the share of ratings above, of volume 1;
    the density of biases given the factors is then part of the ratio. Steps can be five times as
    long as without.

    Widths of proposals follow from the number of ratings and the prior alone: what a rating says
    of its user's distance, times the square of the distance from the mean that the prior expects.
    """

    name = "spread"

    def applies(self, config: PMFConfig) -> bool:
        """Return whether users have cut points of their own."""
        return config.link == "ordinal" and config.cut_points == "user"

    def nanoseconds(self, config: PMFConfig, train: Ratings) -> float:
        """Return about what it takes of one core."""
        return 66.0 * train.n_ratings

    def step(self, rng: np.random.Generator, problem: Problem, state: State) -> State:
        """Take a Metropolis step in v of each distance."""
        n_users, n_gaps = state.log_gap.shape
        known = INFORMATION * len(problem.rating) / n_gaps * TAU_RATE / TAU_SHAPE
        width, half = 1 / np.sqrt(4 + known / 6), state.user
        likelihood, mu = Likelihood(problem, state), state.mu_gap
        gap, tau, shift = state.log_gap.copy(), state.tau_gap.copy(), np.zeros(n_users)
        follows = problem.config.biases
        pull, prior = (
            (bias_pull(problem.user, half), half.Lambda[-1, -1]) if follows else (0.0, 0.0)
        )
        above = np.array([(problem.level > k + 1).mean() for k in range(n_gaps)]) * follows
        here = likelihood.by_user(0.0, shift).sum()
        for k in range(n_gaps):
            v, there = width * rng.standard_normal(), gap.copy()
            there[:, k] = mu[k] + np.exp(v) * (gap[:, k] - mu[k])
            more = above[k] * (np.exp(there[:, k]) - np.exp(gap[:, k]))
            smaller = tau[k] * np.exp(-2 * v)
            density = likelihood.by_user(there - state.log_gap, shift + more).sum()
            ratio = density - here - 2 * TAU_SHAPE * v - TAU_RATE * (smaller - tau[k])
            ratio -= (more * (pull + prior * (shift + 0.5 * more))).sum()
            if ratio > np.log(rng.random()):
                gap, tau[k], shift, here = there, smaller, shift + more, density
        state = state.replace(log_gap=gap, tau_gap=tau)
        if not follows:
            return state
        return state.with_side("user", with_biases(half, half.rows[:, -1] + shift))
