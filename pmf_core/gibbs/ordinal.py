"""Ordinal ratings: latent scores between cut points (Albert & Chib 1993), and the cut points.

A rating is level k where its latent score ``z ~ N(eta, 1 / w)`` falls between cut points k and
k + 1. The first inner cut point is 0, the others follow at log distances that are normal.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from pmf_core.gibbs.problem import Problem
from pmf_core.gibbs.randomness import Draws, Modes
from pmf_core.gibbs.state import State
from pmf_core.links import cut_points

GAP_SD = 1.0
"""Prior sd of a log distance between cut points, and of its mean over users, around 0."""

TAU_SHAPE, TAU_RATE = 2.0, 0.2
"""Gamma prior of the precision with which users differ in a log distance."""

INFORMATION = 0.35
"""About how much one rating says of a log distance; sets the width of proposals."""


def rating_cuts(problem: Problem, log_gap: NDArray) -> tuple[NDArray, NDArray]:
    """Return the cut points below and above each rating, of shape (n_ratings,) each."""
    cuts = cut_points(log_gap)
    level = problem.level
    row = problem.user_idx if len(cuts) > 1 else np.zeros(len(level), np.intp)
    return cuts[row, level], cuts[row, level + 1]


def draw_gaps(
    random: Draws | Modes, problem: Problem, state: State, eta: NDArray, sd: NDArray | float
) -> tuple[NDArray, NDArray, NDArray, float]:
    """Take a Metropolis step in the cut points, with the latent scores integrated out.

    Cowles (1996): given the latent scores, cut points hardly move. Where each user has their own,
    all users step at once, and the mean and precision of the users follow.

    Returns
    -------
    log_gap, mu_gap, tau_gap : ndarray
        As in `State`.
    accepted : float
        Share of the proposals that were taken.
    """
    own = problem.config.cut_points == "user"
    log_gap = state.log_gap
    n_rows, n_gaps = log_gap.shape
    mean = state.mu_gap if own else np.zeros(n_gaps)
    tau = state.tau_gap if own else np.full(n_gaps, GAP_SD**-2)
    owner = problem.user_idx if own else np.zeros(len(problem.rating), np.intp)
    count = np.bincount(owner, minlength=n_rows)[:, None]
    width = 2.4 / np.sqrt(n_gaps) / np.sqrt(tau + INFORMATION * count / n_gaps)

    def density(gap: NDArray) -> NDArray:
        low, high = rating_cuts(problem, gap)
        log_probability = log_interval((low - eta) / sd, (high - eta) / sd)
        prior = -0.5 * (tau * (gap - mean) ** 2).sum(axis=1)
        return prior + np.bincount(owner, log_probability, minlength=n_rows)

    proposal = log_gap + width * _directions(random, n_rows, n_gaps)
    ratio = density(proposal) - density(log_gap)
    taken = ratio > random.log_uniform(n_rows)
    log_gap = np.where(taken[:, None], proposal, log_gap)
    mu_gap, tau_gap = state.mu_gap, state.tau_gap
    if own:
        precision = tau_gap * n_rows + GAP_SD**-2
        mu_gap = tau_gap * log_gap.sum(axis=0) / precision
        mu_gap = mu_gap + random.normal(n_gaps) / np.sqrt(precision)
        spread = ((log_gap - mu_gap) ** 2).sum(axis=0)
        tau_gap = random.gamma(TAU_SHAPE + 0.5 * n_rows, TAU_RATE + 0.5 * spread)
    return log_gap, mu_gap, tau_gap, float(taken.mean())


def draw_latent(
    random: Draws | Modes, problem: Problem, log_gap: NDArray, eta: NDArray, sd: NDArray | float
) -> NDArray[np.float64]:
    """Draw the latent score of every rating: a normal between its cut points."""
    low, high = rating_cuts(problem, log_gap)
    return eta + sd * random.truncated_normal((low - eta) / sd, (high - eta) / sd)


def log_interval(low: NDArray, high: NDArray) -> NDArray[np.float64]:
    """Return the log probability of a standard normal between `low` and `high`."""
    flip = low > 0  # in the tail nearer to 0 probability, where differences keep their digits
    a, b = np.where(flip, -high, low), np.where(flip, -low, high)
    return np.log(np.maximum(ndtr(b) - ndtr(a), 1e-300))


def _directions(random: Draws | Modes, n_rows: int, n_gaps: int) -> NDArray[np.float64]:
    if isinstance(random, Draws):
        return random.normal(n_rows, n_gaps)
    # To climb, one coordinate after the other, up and down, in ever smaller steps.
    step = np.zeros(n_gaps)
    turn, k = divmod(random.turn, n_gaps)
    step[k] = (-1) ** turn * 0.8 ** (turn // 2)
    return np.tile(step, (n_rows, 1))
