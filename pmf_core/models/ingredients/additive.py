"""The full conditionals of additive effects and of their precisions."""

import numpy as np
from numpy.typing import NDArray

from pmf_core.kernels.randomness import Draws, Modes
from pmf_core.models.problem import Problem
from pmf_core.models.state import State

TAU_SHAPE, TAU_RATE = 2.0, 0.1
"""Gamma prior of the precision of the levels of an effect: around 20, an sd of 0.2 stars."""


def rating_effects(problem: Problem, effect: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sum of the effects of each rating, of shape (n_ratings,)."""
    total = np.zeros(len(problem.rating))
    for idx in problem.effect_idx:
        total += effect[idx]
    return total


def draw_effects(
    random: Draws | Modes,
    problem: Problem,
    state: State,
    error: NDArray[np.float64],
    weight: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Draw each grouping's effects given the others', then their precision.

    A level has the prior ``N(0, 1 / tau)``; tau is gamma. A level without ratings, such as the one
    that stands for all that training has not seen, is drawn from that prior.

    Parameters
    ----------
    error : ndarray of shape (n_ratings,)
        What all else leaves unexplained, effects included; updated to what remains.
    weight : ndarray of shape (n_ratings,)
        Relative precision of each rating; of length 0 where all are 1.

    Returns
    -------
    effect : ndarray of shape (n_levels,)
    tau_effect : ndarray of shape (n_effects,)
    """
    effect, tau = state.effect.copy(), state.tau_effect.copy()
    start = 0
    for k, (grouping, idx) in enumerate(zip(problem.effects, problem.effect_idx, strict=True)):
        block = slice(start, start + grouping.size)
        start += grouping.size
        position = idx - block.start
        error += effect[idx]
        total = np.bincount(
            position, error * weight if len(weight) else error, minlength=grouping.size
        )
        count = np.bincount(position, weight if len(weight) else None, minlength=grouping.size)
        precision = tau[k] + state.alpha * count
        mean = state.alpha * total / precision
        effect[block] = mean + random.normal(grouping.size) / np.sqrt(precision)
        error -= effect[idx]
        square = (effect[block] ** 2).sum()
        tau[k] = random.gamma(TAU_SHAPE + 0.5 * grouping.size, TAU_RATE + 0.5 * square)
    return effect, tau
