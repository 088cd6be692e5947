"""How much days of one user differ, with those days and the user's bias integrated out."""

import numpy as np
from numpy.typing import NDArray

from pmf_core.kernels.groups import put_back, take_out
from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients.effects import TAU_RATE, TAU_SHAPE
from pmf_core.models.ingredients.work import total_precision
from pmf_core.models.problem import Problem, Side
from pmf_core.models.state import SideState, State
from pmf_core.sampling.moves.base import Move, bias_pull, completed
from pmf_core.stats.slices import draw_slice


class Sessions(Move):
    """Draw the precision of effects nested in users, then all biases of users, then the effects.

    Given the effects tau is known almost exactly, and given tau they are, so that each follows the
    other slowly. With both the effects and the biases integrated out, what is left of tau is what
    the ratings say of it.

    The ratings of level l, of user i, say ``N_l = alpha sum w`` of ``b_i + e_l``, which by them
    alone is x_l. Without e_l they say ``K_l = N_l tau / (N_l + tau)`` of b_i, whose prior given the
    factors is ``N(m_i, 1 / Lambda_bb)``; with ``P_i = Lambda_bb + sum K`` and ``h_i = Lambda_bb m_i
    + sum K x``, tau has the log density

    ``(sum log(tau / (N + tau)) - sum K x^2 - sum log P + sum h^2 / P) / 2 + a log tau - b tau``

    in its logarithm, sampled by a slice. Then ``b_i ~ N(h_i / P_i, 1 / P_i)``, and each e_l given
    b_i; a level without ratings is drawn from its prior. Latent scores, where ratings are levels,
    are drawn first, anew: given those of the sweep tau moved no faster than without this.

    References
    ----------
    Liu (1994), The collapsed Gibbs sampler in Bayesian computations; Neal (2003), sec 4.
    """

    name = "sessions"

    def applies(self, config: PMFConfig) -> bool:
        """Return whether a model has effects of a user's days, and biases of users."""
        return "user:day" in config.effects and config.biases

    def step(self, rng: np.random.Generator, problem: Problem, state: State) -> State:
        """Draw those of one grouping after the other."""
        work = completed(rng, problem, state)
        weight, error = total_precision(work.ingredients, state, problem.pairs), work.error(state)
        effect, tau = state.effect.copy(), state.tau_effect.copy()
        rows, alpha = state.U.copy(), float(state.alpha)
        groupings = zip(problem.data["effects"], problem.pairs.given["effect_idx"], strict=True)
        start = 0
        for k, (grouping, idx) in enumerate(groupings):
            block, start = slice(start, start + grouping.size), start + grouping.size
            if grouping.owner is None:
                continue
            total, count = np.zeros((2, grouping.size))
            take_out(idx, block.start, effect, error, weight, total, count)
            half = state.user._replace(rows=rows)
            said = _Said(problem.user, half, grouping.owner, alpha * total[:-1], alpha * count[:-1])
            width = 4 / np.sqrt(grouping.size)  # some sd of what levels without noise would say
            tau[k] = np.exp(draw_slice(rng, said.log_density, float(np.log(tau[k])), width))
            bias = said.draw_biases(rng, float(tau[k]))
            total -= count * np.append(bias - rows[:, -1], 0.0)[np.append(grouping.owner, -1)]
            precision = tau[k] + alpha * count
            mean = alpha * total / precision
            effect[block] = mean + rng.standard_normal(grouping.size) / np.sqrt(precision)
            put_back(idx, effect, error)
            error -= (bias - rows[:, -1])[problem.user_idx]
            rows[:, -1] = bias
        return state.replace(U=rows, effect=effect, tau_effect=tau)


class _Said:
    """What ratings say of the biases of users, and of the levels of one grouping of theirs.

    Parameters
    ----------
    owner : ndarray of shape (n_levels,)
        Whose each level is.
    total, known : ndarray of shape (n_levels,)
        Linear term and precision of each level's effect, beyond the bias as it is.
    """

    def __init__(
        self, side: Side, half: SideState, owner: NDArray, total: NDArray, known: NDArray
    ) -> None:
        bias = half.rows[:, -1]
        self.prior = float(half.Lambda[-1, -1])
        self.mean = bias - bias_pull(side, half) / self.prior
        self.owner, self.known, self.at = owner, known, total / known + bias[owner]

    def _of_biases(self, tau: float) -> tuple[NDArray, NDArray, NDArray]:
        """Return K of each level, and precision and linear term of each user's bias."""
        K, n_rows = self.known * tau / (self.known + tau), len(self.mean)
        precision = self.prior + np.bincount(self.owner, K, minlength=n_rows)
        linear = self.prior * self.mean + np.bincount(self.owner, K * self.at, minlength=n_rows)
        return K, precision, linear

    def log_density(self, log_tau: float) -> float:
        """Return the log density of the logarithm of tau, up to a constant."""
        tau = float(np.exp(log_tau))
        K, precision, linear = self._of_biases(tau)
        levels = np.log(K / self.known).sum() - (K * self.at**2).sum()
        users = (linear**2 / precision).sum() - np.log(precision).sum()
        return float(0.5 * (levels + users) + TAU_SHAPE * log_tau - TAU_RATE * tau)

    def draw_biases(self, rng: np.random.Generator, tau: float) -> NDArray[np.float64]:
        """Draw the biases of all users, their levels integrated out."""
        _, precision, linear = self._of_biases(tau)
        return linear / precision + rng.standard_normal(len(linear)) / np.sqrt(precision)
