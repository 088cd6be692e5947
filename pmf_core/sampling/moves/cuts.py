"""All scores and all cut points of an ordinal link, moved together."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from pmf_core.data import Ratings
from pmf_core.kernels.normal import add_log_levels
from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients import ingredients_of
from pmf_core.models.ingredients.cut_points import GAP_SD, cut_points
from pmf_core.models.ingredients.effects import TAU_RATE, TAU_SHAPE
from pmf_core.models.ingredients.population import learned_columns
from pmf_core.models.ingredients.work import score, total_precision, total_share
from pmf_core.models.problem import Problem
from pmf_core.models.state import SIDES, State
from pmf_core.sampling.moves import base
from pmf_core.sampling.moves.base import learns_weights

TRIES = 3
"""Proposals of a step."""

QUANTILES = 200
"""Scores at which the reference point's information is summed."""


class Cuts(base.Move):
    """Stretch and shift all scores, and move all cut points, with latent scores integrated out.

    Given the latent scores cut points hardly move, and given the cut points scores hardly do:
    their common scale wanders for thousands of sweeps. Here ``eta -> m eta + n``, by
    ``m = e^h, n = t (e^h - 1) / h``, for h, t and changes of all log distances between cut points
    from one normal distribution, whose inverse element of the group is as likely. Factors are
    multiplied by ``e^(h / 2)`` on both sides, biases and effects by ``e^h``, ``tau`` of effects
    by ``e^-2h``; the users' biases take n. Without biases there is no n, and the offset stays.

    Of the prior remains, with the Jacobians, on each side and for the map ``f`` of its columns:
    ``|f|^-nu`` and ``exp(-tr(f^-1 Lambda f^-1) / (2 W0))`` for each learned precision, the normal
    density of the mean, ``e^(-2 a h - b tau e^-2h)`` for each effect, and the normal density of
    the mean log distances. In columns whose prior is fixed, densities of rows and weights change.

    Covariance of proposals: the inverse Fisher information of h, t and log distances at a point
    that depends on the ratings alone (scores of sd 1 around the offset).

    References
    ----------
    Liu & Sabatti (2000), theorem 1; Cowles (1996) for integrating out latent scores.
    """

    name = "cuts"

    def applies(self, config: PMFConfig) -> bool:
        """Return whether a model has cut points."""
        return config.link == "ordinal"

    def nanoseconds(self, config: PMFConfig, train: Ratings) -> float:
        """Return about what it takes of one core."""
        return 66.0 * train.n_ratings

    def step(self, rng: np.random.Generator, problem: Problem, state: State) -> State:
        """Take Metropolis steps along the orbit, then apply what they come to."""
        config = problem.config
        root = proposal_root(level_counts(problem), config.biases)
        scale = 2.38 / math.sqrt(root.shape[1])
        likelihood = Likelihood(problem, state)
        orbit = _Orbit(problem, state)
        at = _Place(1.0, 0.0, np.zeros(state.log_gap.shape[1]))
        here = likelihood(at.change, at.m, at.n) + orbit.log_density(at)
        for _ in range(TRIES):
            step = scale * (root @ rng.standard_normal(root.shape[1]))
            there = at.after(step[0], step[1], step[2:])
            density = likelihood(there.change, there.m, there.n) + orbit.log_density(there)
            if density - here > np.log(rng.random()):
                at, here = there, density
        return orbit.moved(at)


class CutsFirst(Cuts):
    """The same before `Rows`, which then take up the new scale: two such rounds for one sweep."""

    name = "cuts_first"

    def applies(self, config: PMFConfig) -> bool:
        """Return whether there are cut points, and rows are drawn again after a sweep."""
        return super().applies(config) and learns_weights(config)


class Likelihood:
    """The log probability of all ratings' levels, latent scores integrated out."""

    def __init__(self, problem: Problem, state: State) -> None:
        ingredients, pairs = ingredients_of(problem.config), problem.pairs
        share = total_share(ingredients, state, pairs)
        weight = total_precision(ingredients, state, pairs)
        self.eta = score(problem, state) + problem.offset
        if share is not None:
            self.eta += share
        self.sd = np.ones(len(self.eta)) if weight is None else 1 / np.sqrt(weight)
        self.log_gap, self.level = state.log_gap, problem.level
        shared = np.zeros(len(self.eta), np.int32)
        self.owner = problem.user_idx if len(state.log_gap) > 1 else shared
        self.offset = 0.0 if problem.config.biases else problem.offset
        """What a scale leaves as it is: with biases, these take it."""

    def __call__(self, change: NDArray | float, m: float = 1.0, n: float = 0.0) -> float:
        """Return it for log distances plus `change`, and scores times m, plus n."""
        eta = m * self.eta + n + (1 - m) * self.offset
        return float(self._of_owners(change, eta).sum())

    def by_user(self, change: NDArray | float, n: NDArray | float) -> NDArray[np.float64]:
        """Return that of each user's ratings, for their log distances plus `change`, scores plus n.

        Parameters
        ----------
        change : ndarray of shape (n_users, n_gaps), or 0
        n : ndarray of shape (n_users,), or 0
        """
        return self._of_owners(change, self.eta + np.broadcast_to(n, len(self.log_gap))[self.owner])

    def _of_owners(self, change: NDArray | float, eta: NDArray) -> NDArray[np.float64]:
        cuts = cut_points(self.log_gap + change)
        total = np.zeros(len(cuts))
        add_log_levels(cuts, self.owner, self.level, eta, self.sd, total)
        return total


class _Place:
    """Where on the orbit a chain stands, seen from where the step began."""

    def __init__(self, m: float, n: float, change: NDArray[np.float64]) -> None:
        self.m, self.n, self.change = m, n, change

    def after(self, h: float, t: float, change: NDArray[np.float64]) -> "_Place":
        """Return the place one element of the group further."""
        m, n = math.exp(h), t * (math.expm1(h) / h if h else 1.0)
        return _Place(m * self.m, m * self.n + n, self.change + change)


class _Orbit:
    """The prior along the orbit, and states on it."""

    def __init__(self, problem: Problem, state: State) -> None:
        self.problem, self.state, self.config = problem, state, problem.config
        self.learned = learned_columns(self.config)
        self.squares = {owner: self._squares(owner) for owner in SIDES}

    def _squares(self, owner: str) -> tuple[NDArray[np.float64], int]:
        """Return sums of squares of rows and weights in the fixed columns, and how many."""
        if self.learned.start == 0:
            return np.zeros(0), 0
        half, fixed = self.state.side(owner), slice(0, self.learned.start)
        Y = base.unmoved_rows(self.problem.sides[owner], half)[:, fixed]
        return (Y**2).sum(axis=0) + (half.W[:, fixed] ** 2).sum(axis=0), len(Y) + len(half.W)

    def _factors(self, at: _Place) -> NDArray[np.float64]:
        f = np.full(self.config.n_columns, math.sqrt(at.m))
        f[self.config.n_factors :] = at.m
        return f

    def _along(self, at: _Place, owner: str) -> NDArray[np.float64]:
        """Return what rows of a side are moved by, after they are scaled."""
        along = np.zeros(self.config.n_columns)
        if self.config.biases and owner == "user":
            along[-1] = (at.m - 1) * self.problem.offset + at.n
        return along

    def log_density(self, at: _Place) -> float:
        """Return the log prior density times the Jacobian, up to a constant."""
        config, learned, f = self.config, self.learned, self._factors(at)
        own, fixed = f[learned], f[: learned.start]
        total = 0.0
        for owner, side in self.problem.sides.items():
            half = self.state.side(owner)
            squares, count = self.squares[owner]
            total += count * np.log(fixed).sum() - 0.5 * side.alpha * (squares @ fixed**2)
            if len(own):
                spread = np.diag(base.total_precision(half))[learned]
                n_precisions = 1 + len(half.Lambda_W)
                nu = base.degrees_of_freedom(config)
                total -= nu * n_precisions * np.log(own).sum()
                total -= 0.5 / config.W0 * (spread / own**2).sum()
                mu = (f * half.mu + self._along(at, owner))[learned]
                away = (mu - config.mu0) / own
                total -= 0.5 * config.beta0 * (away @ half.Lambda[learned, learned] @ away)
        if config.effects:
            tau = self.state.tau_effect
            total -= 2 * TAU_SHAPE * len(tau) * math.log(at.m)
            total -= TAU_RATE * tau.sum() / at.m**2
        gap = self.state.mu_gap if "mu_gap" in self.state else self.state.log_gap[0]
        return float(total - 0.5 * ((gap + at.change) ** 2).sum() / GAP_SD**2)

    def moved(self, at: _Place) -> State:
        """Return the state at a place."""
        state, G = self.state, np.diag(self._factors(at))
        if at.m == 1.0 and at.n == 0.0 and not at.change.any():
            return state
        for owner in SIDES:
            half = base.transformed(state.side(owner), G, learned=self.learned)
            along = self._along(at, owner)
            half = half._replace(rows=half.rows + along, mu=half.mu + along)
            state = state.with_side(owner, half)
        parts = {"log_gap": state.log_gap + at.change}
        if "mu_gap" in state:
            parts["mu_gap"] = state.mu_gap + at.change
        if self.config.effects:
            parts |= {"effect": state.effect * at.m, "tau_effect": state.tau_effect / at.m**2}
        return state.replace(**parts)


@lru_cache(maxsize=16)
def proposal_root(counts: tuple[int, ...], shifts: bool) -> NDArray[np.float64]:
    """Return a root of the covariance of proposals of h, t and changes of log distances.

    Parameters
    ----------
    counts : tuple of int
        Ratings of each level.
    shifts : bool
        Whether scores are shifted; t is 0 otherwise.

    Returns
    -------
    ndarray of shape (n_levels, n_levels or n_levels - 1)
    """
    expected = information(counts)
    used = [0, *range(1 if shifts else 2, len(expected))]
    root = np.zeros((len(expected), len(used)))
    inverse = np.linalg.inv(expected[np.ix_(used, used)] + np.eye(len(used)))
    root[used] = np.linalg.cholesky(inverse)
    return root


@lru_cache(maxsize=16)
def information(counts: tuple[int, ...]) -> NDArray[np.float64]:
    """Return what ratings say of h, t and log distances: (n_levels, n_levels).

    Fisher's information at the point that `Cuts` names.

    Parameters
    ----------
    counts : tuple of int
        Ratings of each level.
    """
    share = np.cumsum(counts)[:-1] / sum(counts)
    # Scores of sd 1 and noise of sd 1: cut points are sqrt(2) as far out as scores without spread.
    inner = (ndtri(share) - ndtri(share[0])) * math.sqrt(2)
    log_gap = np.log(np.maximum(np.diff(inner), 0.05))
    eta = ndtri((np.arange(QUANTILES) + 0.5) / QUANTILES) - math.sqrt(2) * ndtri(share[0])

    def probability(v: NDArray) -> NDArray:
        cuts = cut_points(log_gap + v[2:])
        return np.diff(ndtr(cuts - (math.exp(v[0]) * eta + v[1])[:, None]), axis=1)

    size, small = 2 + len(log_gap), 1e-4
    slopes = np.array(
        [(probability(v) - probability(-v)) / (2 * small) for v in small * np.eye(size)]
    )
    expected = np.maximum(probability(np.zeros(size)), 1e-12)
    return np.einsum("aik,bik,ik->ab", slopes, slopes, sum(counts) / QUANTILES / expected)


def level_counts(problem: Problem) -> tuple[int, ...]:
    """Return how many ratings each level has, and one more, so that each has a place."""
    return tuple(1 + np.bincount(problem.level, minlength=len(problem.levels)))
