"""Each user's cut points together with their bias, latent scores integrated out."""

import math

import numpy as np

from pmf_core.data import Ratings
from pmf_core.models.config import PMFConfig
from pmf_core.models.problem import Problem
from pmf_core.models.state import State
from pmf_core.sampling.moves.base import Move, bias_pull, with_biases
from pmf_core.sampling.moves.cuts import Likelihood, information, level_counts

TRIES = 2
"""Proposals of a step."""


class OwnCuts(Move):
    """Take a Metropolis step in the bias and all log distances of each user.

    The lowest inner cut point is 0 for everybody, so that a wider first distance moves all the
    others up, as a lower bias would: given one of the two, the other hardly moves. Here ``b_i + s``
    and ``gap_i + d`` are proposed for all users at once, and each pair is taken or not by the
    probability of that user's levels, the density of the bias given the factors,
    ``exp(-p_i s - Lambda_bb s^2 / 2)`` with the slope p_i where it is, and that of the distances,
    ``N(mu, 1 / tau)``.

    Proposals are normal: their precision is that of the prior, and for each of the user's ratings
    what one says of a shift and of distances at a point that depends on the data alone; see `Cuts`.
    Mean and precision of the users' distances follow in the next sweep.

    References
    ----------
    Cowles (1996) for integrating out latent scores; Roberts & Rosenthal (2001), Optimal scaling for
    various Metropolis-Hastings algorithms, for the width.
    """

    name = "own_cuts"

    def applies(self, config: PMFConfig) -> bool:
        """Return whether users have cut points of their own, and biases to move them against."""
        return config.link == "ordinal" and config.cut_points == "user" and config.biases

    def nanoseconds(self, config: PMFConfig, train: Ratings) -> float:
        """Return about what it takes of one core."""
        return 66.0 * train.n_ratings

    def step(self, rng: np.random.Generator, problem: Problem, state: State) -> State:
        """Take `TRIES` steps, each of all users at once."""
        half, (n_users, n_gaps) = state.user, state.log_gap.shape
        prior, pull = float(half.Lambda[-1, -1]), bias_pull(problem.user, half)
        counts = level_counts(problem)
        each = information(counts)[1:, 1:] / sum(counts)
        of_user = np.bincount(problem.user_idx, minlength=n_users)
        precision = of_user[:, None, None] * each + np.diag([prior, *state.tau_gap])
        root = np.linalg.cholesky(precision).swapaxes(1, 2)
        likelihood, scale = Likelihood(problem, state), 2.38 / math.sqrt(1 + n_gaps)
        moved = np.zeros((n_users, 1 + n_gaps))

        def log_density(at: np.ndarray) -> np.ndarray:
            s, gap = at[:, 0], state.log_gap + at[:, 1:]
            away = (state.tau_gap * (gap - state.mu_gap) ** 2).sum(axis=1)
            return likelihood.by_user(at[:, 1:], s) - pull * s - 0.5 * (prior * s**2 + away)

        here = log_density(moved)
        for _ in range(TRIES):
            noise = rng.standard_normal((n_users, 1 + n_gaps, 1))
            there = moved + scale * np.linalg.solve(root, noise)[:, :, 0]
            density = log_density(there)
            taken = density - here > np.log(rng.random(n_users))
            moved, here = np.where(taken[:, None], there, moved), np.where(taken, density, here)
        state = state.with_side("user", with_biases(half, half.rows[:, -1] + moved[:, 0]))
        return state.replace(log_gap=state.log_gap + moved[:, 1:])
