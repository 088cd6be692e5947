"""Effects of a user's days against that user's bias, and all effects against all biases."""

import numpy as np
from numpy.typing import NDArray

from pmf_core.models.config import PMFConfig
from pmf_core.models.problem import Problem
from pmf_core.models.state import SideState, State
from pmf_core.sampling.moves.base import Move, bias_pull


class Nested(Move):
    """Draw how much of what a user's ratings share is their bias, and how much their days'.

    Where every level of an effect is of one user, ``b_i + t_i`` and ``e - t_i`` for all levels of
    user i leave scores as they are; t_i is normal, with precision ``Lambda_bb + n_i tau`` for n_i
    levels and linear term ``-(Lambda (Y_i - mu))_b + tau sum e``. All users are drawn at once.

    Then, for every effect: all biases of users, and their mean, plus t, and all levels that occur
    less t, where the precision is ``beta0 Lambda_bb + n tau`` for n levels.
    """

    name = "nested"

    def applies(self, config: PMFConfig) -> bool:
        """Return whether a model has effects, and biases to move them against."""
        return bool(config.effects) and config.biases

    def step(self, rng: np.random.Generator, problem: Problem, state: State) -> State:
        """Move the effects of one grouping after the other."""
        effect, tau = state.effect.copy(), state.tau_effect
        half = state.user
        start = 0
        for k, grouping in enumerate(problem.data["effects"]):
            levels = effect[start : start + grouping.size - 1]  # the last one stands for no rating
            start += grouping.size
            if grouping.owner is not None:
                half = _by_user(rng, problem, half, levels, float(tau[k]), grouping.owner)
            half = _together(rng, problem.config, half, levels, float(tau[k]))
        return state.replace(effect=effect).with_side("user", half)


def _by_user(
    rng: np.random.Generator,
    problem: Problem,
    half: SideState,
    levels: NDArray[np.float64],
    tau: float,
    owner: NDArray[np.intp],
) -> SideState:
    """Move each user's bias against their levels, which are changed in place."""
    n_rows = problem.user.n_rows
    count = np.bincount(owner, minlength=n_rows)
    precision = half.Lambda[-1, -1] + tau * count
    linear = tau * np.bincount(owner, levels, minlength=n_rows) - bias_pull(problem.user, half)
    t = linear / precision + rng.standard_normal(n_rows) / np.sqrt(precision)
    t[count == 0] = 0.0  # a bias without levels has nothing to move against
    levels -= t[owner]
    rows = half.rows.copy()
    rows[:, -1] += t
    return half._replace(rows=rows)


def _together(
    rng: np.random.Generator,
    config: PMFConfig,
    half: SideState,
    levels: NDArray[np.float64],
    tau: float,
) -> SideState:
    """Move all biases, and their mean, against all levels, which are changed in place."""
    precision = config.beta0 * half.Lambda[-1, -1] + tau * len(levels)
    linear = tau * levels.sum() - config.beta0 * float(half.Lambda[-1] @ (half.mu - config.mu0))
    t = linear / precision + rng.standard_normal() / np.sqrt(precision)
    levels -= t
    along = np.zeros(len(half.mu))
    along[-1] = t
    return half._replace(rows=half.rows + along, mu=half.mu + along)
