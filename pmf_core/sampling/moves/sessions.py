"""How much days differ, and days of one user, with those days and users' biases integrated out."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from pmf_core.data import Ratings
from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients.effects import TAU_RATE, TAU_SHAPE
from pmf_core.models.ingredients.work import total_precision
from pmf_core.models.problem import Problem
from pmf_core.models.state import State
from pmf_core.sampling.moves.base import Move, bias_pull, completed
from pmf_core.stats.slices import draw_slice

MOST_DAYS = 400
"""Days that are drawn together; of more, a decomposition would take longer than a sweep, and they
stay as they are."""


class Sessions(Move):
    """Draw the precision of effects of users' days, days with theirs, biases of users, the rest.

    A user has rated on few days, so what a day shares is hard to tell from what its user does, or
    that user on that day: given two of them the third hardly moves. And given the effects their
    precision is known almost exactly, and given that they are. So each is drawn with what comes
    after it integrated out.

    The ratings of user i on day d, a cell c, say ``N_c = alpha sum w`` of ``b_i + e_c + g_d``,
    which by them alone is x_c. Without e_c they say ``K_c = N_c tau / (N_c + tau)`` of the rest.
    The prior of b_i given the factors is ``N(m_i, 1 / L)`` with ``L = Lambda_bb``. For ``P_i = L +
    sum K`` and ``h_i = L m_i + sum K (x - g)``, tau has the log density

    ``(sum log(tau / (N + tau)) - sum K (x - g)^2 - sum log P + sum h^2 / P) / 2 + a log tau - b
    tau``

    in its logarithm, sampled by a slice. Without the biases, too, g is normal: with S the table of
    all K, users by days, its precision is ``diag(sum K) - S' diag(1 / P) S + tau_g`` and its linear
    term ``sum K x - S' (h / P)``, h at g = 0. In the eigenvectors of that matrix each tau_g costs a
    sum, so it is drawn by a slice, too, and g given it. Then ``b_i ~ N(h_i / P_i, 1 / P_i)``, and
    each e_c given both; a level without ratings is drawn from its prior. Latent scores, where
    ratings are levels, are drawn first, anew: given those of the sweep tau moved no faster than
    without this.

    References
    ----------
    Liu (1994), The collapsed Gibbs sampler in Bayesian computations; Neal (2003), sec 4.
    """

    name = "sessions"

    def applies(self, config: PMFConfig) -> bool:
        """Return whether a model has effects of days, and biases of users."""
        return bool(config.effects) and config.biases

    def nanoseconds(self, config: PMFConfig, train: Ratings) -> float:
        """Return about what it takes of one core."""
        return 130.0 * train.n_ratings

    def step(self, rng: np.random.Generator, problem: Problem, state: State) -> State:
        """Draw what users' days share, what days do, and the biases."""
        found = {each.name: each for each in _groupings(problem)}
        own, days = found.get("user:day"), found.get("day")
        if days is not None and days.n_levels > MOST_DAYS:
            days = None
        if own is None and days is None:
            return state
        effect, tau, rows = state.effect.copy(), state.tau_effect.copy(), state.U.copy()
        said, tau_own = _Said(rng, problem, state, own, days), np.inf
        if own is not None:
            tau_own = float(tau[own.at])
            width = 4 / np.sqrt(own.n_levels + 1)  # some sd of what exact levels would say
            tau_own = np.exp(draw_slice(rng, said.log_density, float(np.log(tau_own)), width))
            tau[own.at] = tau_own
        if days is not None:
            before = effect[days.block][:-1]
            tau[days.at], after = said.draw_days(rng, tau_own, float(tau[days.at]), before)
            effect[days.block] = _and_unseen(rng, after, tau[days.at])
        rows[:, -1] = said.draw_biases(rng, tau_own)
        if own is not None:
            effect[own.block] = _and_unseen(rng, said.draw_own(rng, tau_own, rows[:, -1]), tau_own)
        return state.replace(U=rows, effect=effect, tau_effect=tau)


class _Grouping(NamedTuple):
    """One of the groupings of a model."""

    name: str
    at: int
    """Its position among all."""
    block: slice
    """Its levels among the effects; the last of them is of no rating."""
    n_levels: int
    """Of those that ratings have."""
    owner: NDArray[np.intp] | None
    idx: NDArray[np.int32]
    """ndarray of shape (n_ratings,): the level of each rating"""


def _groupings(problem: Problem) -> list[_Grouping]:
    found, start = [], 0
    for k, effect in enumerate(problem.data["effects"]):
        block, idx = slice(start, start + effect.size), problem.pairs.given["effect_idx"][k]
        found.append(_Grouping(effect.name, k, block, effect.size - 1, effect.owner, idx - start))
        start += effect.size
    return found


def _and_unseen(rng: np.random.Generator, levels: NDArray, tau: float) -> NDArray[np.float64]:
    return np.append(levels, rng.standard_normal() / np.sqrt(tau))


class _Said:
    """What ratings say of each cell: of users' biases, of days, and of both together."""

    def __init__(
        self,
        rng: np.random.Generator,
        problem: Problem,
        state: State,
        own: _Grouping | None,
        days: _Grouping | None,
    ) -> None:
        work, half = completed(rng, problem, state), state.user
        weight, error = total_precision(work.ingredients, state, problem.pairs), work.error(state)
        if own is not None:
            self.owner, cell, effect = own.owner, own.idx, state.effect[own.block][:-1]
        else:
            keys = problem.user_idx.astype(np.int64) * days.n_levels + days.idx
            keys, cell = np.unique(keys, return_inverse=True)
            self.owner, effect = keys // days.n_levels, 0.0
        if days is not None:
            self.day = np.empty(len(self.owner), np.intp)
            self.day[cell] = days.idx
        said = float(state.alpha) * (np.ones(len(error)) if weight is None else weight)
        self.known = np.bincount(cell, said)
        bias = half.rows[:, -1]
        self.at = np.bincount(cell, said * error) / self.known + effect + bias[self.owner]
        """ndarray of shape (n_cells,): what is left for bias and cell once the day is known"""
        self.prior = float(half.Lambda[-1, -1])
        self.mean = bias - bias_pull(problem.user, half) / self.prior

    def _of_biases(self, tau: float) -> tuple[NDArray, NDArray, NDArray]:
        """Return K of each cell, and precision and linear term of each user's bias."""
        K, n_rows = self.known / (1 + self.known / tau), len(self.mean)
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

    def draw_days(
        self, rng: np.random.Generator, tau_own: float, tau: float, effect: NDArray
    ) -> tuple[float, NDArray[np.float64]]:
        """Draw the precision of days and their effects, in place of these."""
        self.at += effect[self.day]
        precision, linear = _of_days(self, tau_own, len(effect))
        values, vectors = np.linalg.eigh(precision)
        values, linear = np.maximum(values, 0.0), vectors.T @ linear

        def log_density(log_tau: float) -> float:
            tau = np.exp(log_tau)
            total = (log_tau - np.log(values + tau) + linear**2 / (values + tau)).sum()
            return float(0.5 * total + TAU_SHAPE * log_tau - TAU_RATE * tau)

        width = 4 / np.sqrt(len(effect) + 1)
        tau = float(np.exp(draw_slice(rng, log_density, float(np.log(tau)), width)))
        spread = rng.standard_normal(len(effect)) / np.sqrt(values + tau)
        effect = vectors @ (linear / (values + tau) + spread)
        self.at -= effect[self.day]
        return tau, effect

    def draw_biases(self, rng: np.random.Generator, tau: float) -> NDArray[np.float64]:
        """Draw the biases of all users, effects of their days integrated out."""
        _, precision, linear = self._of_biases(tau)
        return linear / precision + rng.standard_normal(len(linear)) / np.sqrt(precision)

    def draw_own(
        self, rng: np.random.Generator, tau: float, bias: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Draw the effects of users' days."""
        precision = tau + self.known
        mean = self.known * (self.at - bias[self.owner]) / precision
        return mean + rng.standard_normal(len(mean)) / np.sqrt(precision)


def _of_days(said: _Said, tau_own: float, n_days: int) -> tuple[NDArray, NDArray]:
    """Return precision and linear term of days' effects, without their prior."""
    K, precision, linear = said._of_biases(tau_own)
    table = csr_array((K, (said.owner, said.day)), shape=(len(said.mean), n_days))
    shared = (table.T @ csr_array(table / precision[:, None])).toarray()
    total = np.bincount(said.day, K * said.at, minlength=n_days)
    return (
        np.diag(np.bincount(said.day, K, minlength=n_days)) - shared,
        total - table.T @ (linear / precision),
    )
