"""The full conditionals of the noise: its precision, and that of single users and items."""

import numpy as np
from numpy.typing import NDArray

from pmf_core.kernels.randomness import Draws, Modes
from pmf_core.models.config import PMFConfig
from pmf_core.models.problem import Problem
from pmf_core.models.state import State


def rating_weights(problem: Problem, state: State) -> NDArray[np.float64]:
    """Return the relative precision of each rating; empty where all are 1."""
    weight = np.empty(0)
    for scale, idx in (
        (state.noise_scale_user, problem.user_idx),
        (state.noise_scale_item, problem.item_idx),
    ):
        if len(scale):
            weight = scale[idx] if not len(weight) else weight * scale[idx]
    return weight


def draw_alpha(
    random: Draws | Modes, config: PMFConfig, square: NDArray, weight: NDArray
) -> NDArray[np.float64]:
    """Draw the noise precision given squared errors: gamma prior, gamma conditional."""
    total = square.sum() if not len(weight) else (square * weight).sum()
    shape = config.alpha_shape + 0.5 * len(square)
    return np.asarray(random.gamma(shape, config.alpha_rate + 0.5 * total))


def draw_noise_scale(
    random: Draws | Modes,
    config: PMFConfig,
    square: NDArray[np.float64],
    idx: NDArray[np.int32],
    size: int,
) -> NDArray[np.float64]:
    """Draw the relative precision of each user's (item's) ratings: ``Gamma(a, a)`` a priori.

    Parameters
    ----------
    square : ndarray of shape (n_ratings,)
        Squared errors, times every other precision that applies to them.
    idx : ndarray of shape (n_ratings,)
        Whose ratings they are.
    size : int
        Number of users (items).
    """
    count = np.bincount(idx, minlength=size)
    total = np.bincount(idx, square, minlength=size)
    return random.gamma(config.noise_shape + 0.5 * count, config.noise_shape + 0.5 * total)
