"""The full conditionals of latent scores and of the cut points between levels.

A rating is level k where its latent score ``z ~ N(eta, 1 / w)`` falls between cut points k and
k + 1. The first inner cut point is 0, the others follow at log distances that are normal.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pmf_core.kernels.normal import add_log_levels, log_intervals, mean_levels, scaled_ends
from pmf_core.kernels.randomness import Draws, Modes
from pmf_core.models.problem import Problem
from pmf_core.models.state import State

GAP_SD = 1.0
"""Prior sd of a log distance between cut points, and of its mean over users, around 0."""

TAU_SHAPE, TAU_RATE = 2.0, 0.2
"""Gamma prior of the precision with which users differ in a log distance."""

INFORMATION = 0.35
"""About how much one rating says of a log distance; sets the width of proposals."""

PROBE, FURTHEST = 0.05, 20
"""To climb: how far apart densities are compared, in widths of a proposal, and how many times that
is stepped at most."""


def cut_points(log_gap: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return cut points between levels, -inf and inf included: (..., n_levels + 1).

    Parameters
    ----------
    log_gap : ndarray of shape (..., n_levels - 2)
        The first cut point is 0, the others follow at these log distances.
    """
    inner = np.cumsum(np.exp(log_gap), axis=-1)
    ends = np.full((*log_gap.shape[:-1], 1), np.inf)
    return np.concatenate([-ends, np.zeros_like(ends), inner, ends], axis=-1)


def pair_cuts(log_gap: NDArray, user_idx: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return the cut points of every pair, of shape (n_pairs or 1, n_levels + 1)."""
    cuts = cut_points(log_gap.astype(np.float64))
    return cuts[user_idx] if len(cuts) > 1 else cuts


def level_cuts(
    log_gap: NDArray[np.float64], user_idx: NDArray[np.int32], level: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the cut points below and above each rating, of shape (n_ratings,) each."""
    cuts = cut_points(log_gap)
    row = user_idx if len(cuts) > 1 else np.zeros(len(level), np.intp)
    return cuts[row, level], cuts[row, level + 1]


def draw_gaps(
    random: Draws | Modes, problem: Problem, state: State, eta: NDArray, sd: NDArray | float
) -> tuple[NDArray, NDArray | None, NDArray | None, float]:
    """Take a Metropolis step in the cut points, with the latent scores integrated out.

    Cowles (1996): given the latent scores, cut points hardly move. Where each user has their own,
    all users step at once, and the mean and precision of the users follow.

    Returns
    -------
    log_gap : ndarray of shape (n_users or 1, n_levels - 2)
    mu_gap, tau_gap : ndarray of shape (n_levels - 2,), or None
        None where all share the cut points.
    accepted : float
        Share of the proposals that were taken.
    """
    own = problem.config.cut_points == "user"
    log_gap = state.log_gap
    n_rows, n_gaps = log_gap.shape
    mean = state.mu_gap if own else np.zeros(n_gaps)
    tau = state.tau_gap if own else np.full(n_gaps, GAP_SD**-2)
    given = _owner(problem, log_gap), problem.level, eta, _of_each(sd, eta)
    count = np.bincount(given[0], minlength=n_rows)[:, None]
    width = 2.4 / np.sqrt(n_gaps) / np.sqrt(tau + INFORMATION * count / n_gaps)

    def density(gap: NDArray) -> NDArray:
        total = -0.5 * (tau * (gap - mean) ** 2).sum(axis=1)
        add_log_levels(cut_points(gap), *given, total)
        return total

    if isinstance(random, Draws):
        proposal = log_gap + width * random.normal(n_rows, n_gaps)
    else:
        proposal = _newton(density, log_gap, width, random.turn % n_gaps)
    ratio = density(proposal) - density(log_gap)
    taken = ratio > random.log_uniform(n_rows)
    log_gap = np.where(taken[:, None], proposal, log_gap)
    if not own:
        return log_gap, None, None, float(taken.mean())
    precision = tau * n_rows + GAP_SD**-2
    mu_gap = tau * log_gap.sum(axis=0) / precision
    mu_gap = mu_gap + random.normal(n_gaps) / np.sqrt(precision)
    spread = ((log_gap - mu_gap) ** 2).sum(axis=0)
    tau_gap = random.gamma(TAU_SHAPE + 0.5 * n_rows, TAU_RATE + 0.5 * spread)
    return log_gap, mu_gap, tau_gap, float(taken.mean())


def draw_latent(
    random: Draws | Modes, problem: Problem, log_gap: NDArray, eta: NDArray, sd: NDArray | float
) -> tuple[NDArray[np.float64], NDArray[np.float64] | float]:
    """Draw the latent score of every rating: a normal between its cut points.

    Returns
    -------
    z : ndarray of shape (n_ratings,)
        The scores; with `Modes`, their means.
    variance : ndarray of shape (n_ratings,), or float
        What is left of each score around `z`: 0 of a draw.
    """
    low, high = np.empty_like(eta), np.empty_like(eta)
    where = cut_points(log_gap), _owner(problem, log_gap), problem.level
    scaled_ends(*where, eta, _of_each(sd, eta), low, high)
    z = eta + sd * random.truncated_normal(low, high)
    return z, sd**2 * random.truncated_variance(low, high)


def log_interval(low: NDArray, high: NDArray) -> NDArray[np.float64]:
    """Return the log probability of a standard normal between `low` and `high`."""
    out = np.empty(low.shape)
    log_intervals(low.ravel(), high.ravel(), out.reshape(-1))
    return out


def mean_level(
    log_gap: NDArray, user_idx: NDArray, levels: NDArray, eta: NDArray, sd: NDArray | float
) -> NDArray[np.float64]:
    """Return the mean level of every pair: (n_pairs,).

    Parameters
    ----------
    log_gap : ndarray of shape (n_users or 1, n_levels - 2)
    user_idx, eta : ndarray of shape (n_pairs,)
    levels : ndarray of shape (n_levels,)
    sd : ndarray of shape (n_pairs,), or float
    """
    cuts = cut_points(log_gap.astype(np.float64))
    owner = user_idx if len(cuts) > 1 else np.zeros(len(eta), np.int32)
    out, eta = np.empty(len(eta)), np.asarray(eta, np.float64)
    mean_levels(cuts, owner, levels, eta, _of_each(sd, eta), out)
    return out


def _owner(problem: Problem, log_gap: NDArray) -> NDArray[np.int32]:
    """Return whose cut points are those of each rating; all share the first where there is one."""
    return problem.user_idx if len(log_gap) > 1 else np.zeros(len(problem.rating), np.int32)


def _of_each(sd: NDArray | float, eta: NDArray) -> NDArray[np.float64]:
    return sd if isinstance(sd, np.ndarray) else np.full(eta.shape, sd)


def _newton(
    density: Callable[[NDArray], NDArray], log_gap: NDArray, width: NDArray, k: int
) -> NDArray[np.float64]:
    """Return the top of a parabola through three densities along gap `k`, row by row."""
    step = np.zeros_like(log_gap)
    step[:, k] = PROBE * width[:, 0]
    here, up, down = density(log_gap), density(log_gap + step), density(log_gap - step)
    slope, bend = up - down, up - 2 * here + down
    # Where the density bends upwards a parabola has no top: up the slope, as far as is allowed.
    top = np.where(bend < 0, -0.5 * slope / np.minimum(bend, -1e-12), FURTHEST * np.sign(slope))
    return log_gap + step * np.clip(top, -FURTHEST, FURTHEST)[:, None]
