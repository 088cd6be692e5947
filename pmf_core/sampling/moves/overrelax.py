"""Rows drawn on the other side of their mean: no step of its own, but how a sweep draws rows."""

import numpy as np

from pmf_core.data import Ratings
from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients import link_of
from pmf_core.models.problem import Problem
from pmf_core.models.state import State
from pmf_core.sampling.moves.base import Move


class Overrelax(Move):
    """Draw each row of a sweep against where it was.

    Given all else a row is normal, with mean m and precision P. In its stead

        ``u' = m + r (u - m) + sqrt(1 - r^2) e,  e ~ N(0, P^-1)``

    leaves that conditional as it is for every r between -1 and 1: u' has its mean and its
    covariance, ``r^2 P^-1 + (1 - r^2) P^-1``, if u has. With r below 0 a row that lies on one side
    of its mean is drawn on the other, and what the rows of users and items hold each other back
    by, draw after draw, is taken off: means over a chain, which is what predictions are, then have
    less error than those of as many independent draws.

    References
    ----------
    Adler (1981), Over-relaxation method for the Monte Carlo evaluation of the partition function
    for multiquadratic actions, Physical Review D 23, eq 4.
    Barone & Frigessi (1990), Improving stochastic relaxation for Gaussian random fields,
    Probability in the Engineering and Informational Sciences 4.
    """

    name = "overrelax"
    row_correlation = -0.45

    def applies(self, config: PMFConfig) -> bool:
        """Return whether rows are normal given the ratings.

        Latent scores, drawn anew in every sweep, hide from a row where it was: ``best`` has a
        tenth more effective draws of predictions from this, and fewer of the spread of scores.
        Proposals under a logistic link, drawn against where a row was, are taken less often, and
        ``logistic`` arrives after 180 sweeps instead of 40.
        """
        link = link_of(config)
        return link.has_normal_rows and not link.is_latent

    def nanoseconds(self, config: PMFConfig, train: Ratings) -> float:
        """Return about what it takes of one core."""
        return 0.5 * (train.n_users + train.n_items) * config.n_columns**2

    def step(self, rng: np.random.Generator, problem: Problem, state: State) -> State:
        """Leave the state as it is."""
        return state
