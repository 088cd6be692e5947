"""How much days differ, and days of one user, with those days and users' biases integrated out."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from pmf_core.data import Ratings
from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients.effects import TAU_RATE, TAU_SHAPE
from pmf_core.models.ingredients.work import Work, total_precision
from pmf_core.models.problem import Problem
from pmf_core.models.state import SIDES, State
from pmf_core.sampling.moves.base import Move, completed, unexplained, with_biases
from pmf_core.sampling.moves.biases import draw_biases
from pmf_core.sampling.moves.cells import Cells
from pmf_core.stats.slices import draw_slice

MOST_DAYS = 400
"""Days that are drawn together; of more, a decomposition would take longer than a sweep, and they
stay as they are."""


class Sessions(Move):
    """Draw precisions of users' days and of biases, then days, biases, and users' days.

    A user has rated on few days, so what a day shares is hard to tell from what its user does, or
    that user on that day: given two of them the third hardly moves. And given the effects their
    precision is known almost exactly, and given that they are. So each is drawn with what comes
    after it integrated out: the precision tau of users' days, by a slice on its logarithm, and that
    of biases given factors, both as `Cells` says, a cell being a user on a day.

    Without the biases, too, days g are normal: with S the table of all K, users by days, their
    precision is ``diag(sum K) - S' diag(1 / P) S + tau_g`` and their linear term ``sum K x - S' (h
    / P)``, h at g = 0. In the eigenvectors of that matrix each tau_g costs a sum, so it is drawn by
    a slice, too, and g given it. Then biases, and each e_c given both; a level without ratings is
    drawn from its prior. At last come the items' biases (`Biases`). Latent scores, where ratings
    are levels, are drawn first, anew: given those of the sweep tau moved no faster than without
    this.

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
        return 170.0 * train.n_ratings

    def step(self, rng: np.random.Generator, problem: Problem, state: State) -> State:
        """Draw what users' days share, what days do, and the biases."""
        found = {each.name: each for each in _groupings(problem)}
        own, days = found.get("user:day"), found.get("day")
        if days is not None and days.n_levels > MOST_DAYS:
            days = None
        work = completed(rng, problem, state)
        if own is None and days is None:
            for owner in SIDES:
                state = draw_biases(rng, problem, state, work, owner)
            return state
        effect, tau = state.effect.copy(), state.tau_effect.copy()
        cells, tau_own = _cells(problem, state, work, own, days), np.inf
        if own is not None:
            tau_own = float(tau[own.at])
            width = 4 / np.sqrt(own.n_levels + 1)  # some sd of what exact levels would say
            tau_own = np.exp(draw_slice(rng, cells.log_density, float(np.log(tau_own)), width))
            tau[own.at] = tau_own
        half = cells.draw_prior(rng, problem.config, tau_own)
        if days is not None:
            before = effect[days.block][:-1]
            tau[days.at], after = _draw_days(rng, cells, tau_own, float(tau[days.at]), before)
            effect[days.block] = _and_unseen(rng, after, tau[days.at])
        biases = cells.draw_biases(rng, tau_own)
        if own is not None:
            precision = tau_own + cells.known
            mean = cells.known * (cells.at - biases[cells.owner]) / precision
            levels = mean + rng.standard_normal(len(mean)) / np.sqrt(precision)
            effect[own.block] = _and_unseen(rng, levels, tau_own)
        state = state.with_side("user", with_biases(half, biases))
        state = state.replace(effect=effect, tau_effect=tau)
        return draw_biases(rng, problem, state, work, "item")


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


class _Cells(Cells):
    """A user on a day, and which."""

    day: NDArray[np.intp]
    """ndarray of shape (n_cells,)"""


def _cells(
    problem: Problem,
    state: State,
    work: Work,
    own: _Grouping | None,
    days: _Grouping | None,
) -> _Cells:
    """Return what ratings say of each user on each day, of what is theirs and of that."""
    half = state.user
    weight = total_precision(work.ingredients, state, problem.pairs)
    error = unexplained(problem, state, work)
    if own is not None:
        owner, cell, effect = own.owner, own.idx, state.effect[own.block][:-1]
    else:
        keys = problem.user_idx.astype(np.int64) * days.n_levels + days.idx
        keys, cell = np.unique(keys, return_inverse=True)
        owner, effect = keys // days.n_levels, 0.0
    said = float(state.alpha) * (np.ones(len(error)) if weight is None else weight)
    known = np.bincount(cell, said)
    at = np.bincount(cell, said * error) / known + effect + half.rows[owner, -1]
    cells = _Cells(problem.user, half, owner, known, at)
    if days is not None:
        cells.day = np.empty(len(owner), np.intp)
        cells.day[cell] = days.idx
    return cells


def _draw_days(
    rng: np.random.Generator, cells: _Cells, tau_own: float, tau: float, effect: NDArray
) -> tuple[float, NDArray[np.float64]]:
    """Draw the precision of days and their effects, in place of these."""
    cells.at += effect[cells.day]
    precision, linear = _of_days(cells, tau_own, len(effect))
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
    cells.at -= effect[cells.day]
    return tau, effect


def _of_days(cells: _Cells, tau_own: float, n_days: int) -> tuple[NDArray, NDArray]:
    """Return precision and linear term of days' effects, without their prior."""
    K, precision, linear = cells.of_biases(tau_own)
    table = csr_array((K, (cells.owner, cells.day)), shape=(len(cells.mean), n_days))
    shared = (table.T @ csr_array(table / precision[:, None])).toarray()
    total = np.bincount(cells.day, K * cells.at, minlength=n_days)
    return (
        np.diag(np.bincount(cells.day, K, minlength=n_days)) - shared,
        total - table.T @ (linear / precision),
    )
