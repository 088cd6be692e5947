"""Every step of a small fit, row by row: what a page plays that shows how a model learns."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from pmf_core.data.ratings import Ratings, Split
from pmf_core.fits.predictor import Predictor
from pmf_core.kernels.randomness import Draws, Modes
from pmf_core.models.arrange import arrange
from pmf_core.models.play_config import PlayConfig
from pmf_core.models.problem import Problem
from pmf_core.models.state import State
from pmf_core.sampling.density import log_prior
from pmf_core.sampling.start import initial_state
from pmf_core.sampling.sweep import chain_rng, sweep
from pmf_core.support.errors import is_whole, require, staying_finite

SWEEPS = 200
"""Through all rows: some seconds to look at."""

WARM_UP = 20
"""First sweeps of Gibbs, which still remember where they began: their draws are not counted."""

MOST_SWEEPS, MOST_ROWS = 1000, 24
"""Longest trajectory, and people and films together: what a page asks for takes a moment."""

CLOSE_UP = 5
"""First sweeps of which the log density is known after every row; of the others, at their ends."""

TURNS = 6
"""Of all draws to their mean; it moves no further to the eye."""

STANDS_STILL = 1e-9
"""A climb is at its end when a sweep raises the log density by less than this."""


@dataclass(frozen=True, eq=False)
class Trajectory:
    """Where a fit stood after each sweep, and what each update of a row made of it.

    Rows of U do not depend on each other given V, nor rows of V given U. So a sweep, which updates
    all rows of U and then all rows of V, is the same as as many updates of one row, one after the
    other; a `frame` is the number of updates since the start.
    """

    split: Split
    """What the model is told, and what is hidden from it."""
    config: PlayConfig
    mean: float
    """Of the ratings that the model is told, in stars: what U V' is added to."""
    U: NDArray[np.float64]
    """ndarray of shape (n_sweeps + 1, n_users, n_factors): at the start and after each sweep"""
    V: NDArray[np.float64]
    """ndarray of shape (n_sweeps + 1, n_items, n_factors)"""
    density: NDArray[np.float64]
    """ndarray of shape (n_known,): log posterior density, up to a constant"""
    density_at: NDArray[np.intp]
    """ndarray of shape (n_known,): the frames of which it is, 0 among them, and all that end a
    sweep"""

    @property
    def n_sweeps(self) -> int:
        """How many sweeps there are."""
        return len(self.U) - 1

    @property
    def n_rows(self) -> int:
        """Updates of a sweep: of each user's row, then of each item's."""
        return self.U.shape[1] + self.V.shape[1]

    @property
    def warm_up(self) -> int:
        """Sweeps of which the draws are not counted; a MAP has no draws."""
        return min(WARM_UP, self.n_sweeps // 2) if self.config.method == "Gibbs" else self.n_sweeps

    @property
    def updates(self) -> NDArray[np.float64]:
        """Ndarray of shape (n_frames, n_factors): the row that each update has made."""
        rows = np.concatenate([self.U[1:], self.V[1:]], axis=1)
        return rows.reshape(-1, self.config.n_factors)

    @cached_property
    def scores(self) -> NDArray[np.float64]:
        """Ndarray of shape (n_sweeps + 1, n_users, n_items): predictions in stars."""
        return self.mean + self.U @ self.V.transpose(0, 2, 1)

    @property
    def scores_of_users(self) -> NDArray[np.float64]:
        """Ndarray of shape (n_sweeps, n_users, n_items): predictions of each updated user."""
        return self.mean + self.U[1:] @ self.V[:-1].transpose(0, 2, 1)

    @property
    def scores_of_items(self) -> NDArray[np.float64]:
        """Ndarray of shape (n_sweeps, n_items, n_users): predictions for each updated item."""
        return self.scores[1:].transpose(0, 2, 1)

    @cached_property
    def running(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Mean and sd of the predictions over the draws so far, after each sweep that counts.

        Both ndarrays of shape (n_sweeps - warm_up, n_users, n_items), in stars.
        """
        counted = self.scores[1 + self.warm_up :]
        n = np.arange(1, len(counted) + 1)[:, None, None]
        away = counted - self.mean  # near 0, so that squares lose no digits
        first = np.cumsum(away, axis=0) / n
        square = np.cumsum(away**2, axis=0) / n
        return self.mean + first, np.sqrt(np.maximum(square - first**2, 0.0))

    def errors(self, ratings: Ratings) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the RMSE on ratings after each sweep, of one draw and of the running mean.

        Returns
        -------
        per_step : ndarray of shape (n_sweeps + 1,)
        running : ndarray of shape (n_sweeps - warm_up,)
            Both in stars, and empty where there are no ratings.
        """
        if not ratings.n_ratings:
            return np.empty(0), np.empty(0)
        pairs = ratings.user_idx, ratings.item_idx
        found = []
        for predicted in (self.scores, self.running[0]):
            error = predicted[:, *pairs] - ratings.rating
            found.append(np.sqrt(np.mean(error**2, axis=1)))
        return found[0], found[1]

    @cached_property
    def turned(self) -> NDArray[np.float64]:
        """Rows of U, then of V, after each sweep, turned to lie near each other.

        No prediction changes if the rows of both are rotated or reflected together, and the prior
        does not either: draws turn about as they like, and are compared after they are turned back,
        in turns to their mean and it to them. A climb is turned to its end.

        Returns
        -------
        ndarray of shape (n_sweeps + 1, n_rows, n_factors)

        References
        ----------
        Gower (1975), Generalized Procrustes analysis.
        """
        rows = np.concatenate([self.U, self.V], axis=1)
        reference = rows[-1]
        for _ in range(TURNS):
            left, _, right = np.linalg.svd(rows.transpose(0, 2, 1) @ reference)
            turned = rows @ (left @ right)
            if self.config.method == "Gibbs":
                reference = turned[1 + self.warm_up :].mean(axis=0)
        return turned


@threadpool_limits.wrap(limits=1, user_api="blas")
@staying_finite()
def follow(
    split: Split, config: PlayConfig | None = None, *, sweeps: int = SWEEPS, random_seed: int = 0
) -> Trajectory:
    """Fit a small set of ratings and keep where every row went.

    By the sweeps of `pmf_core.sampling.sweep`: by Gibbs, they are those of `sample_gibbs` without
    moves, draw by draw; by MAP, those of `fit_map` without leaps, to where nothing moves any more.

    Parameters
    ----------
    split : Split
        What the model is told; what is hidden from it changes nothing.
    config : PlayConfig, optional
    sweeps : int
        The most; a MAP may be at its end sooner.
    random_seed : int
        Of the start and the draws.

    Raises
    ------
    ValueError
        If there are no ratings, or more users and items or sweeps than can be played.
    NotFinite
        If a draw leaves the range of numbers.

    References
    ----------
    Mnih & Salakhutdinov (2007), sec 2; Salakhutdinov & Mnih (2008), sec 3.
    """
    config, train = config or PlayConfig(), split.train
    require(
        is_whole(sweeps, 1, MOST_SWEEPS),
        "sweeps",
        sweeps,
        f"a whole number from 1 to {MOST_SWEEPS}",
    )
    n_rows = train.n_users + train.n_items
    rule = f"at most {MOST_ROWS} together; take a smaller set"
    require(n_rows <= MOST_ROWS, "the number of users and items", n_rows, rule)
    require(train.n_ratings > 0, "the number of ratings", 0, "1 or more; rate something")
    problem = arrange(config.model, train, (config.precision, config.precision))
    state = initial_state(problem, random_seed, chain=0)
    states, predictor = [state], Predictor.of(problem)
    density = {0: _log_density(problem, predictor, state)}
    for t in range(sweeps):
        random = Modes(t) if config.method == "MAP" else Draws(chain_rng(random_seed, 0, t))
        before, state = state, sweep(problem, state, random)
        states.append(state)
        passed = _between(before, state) if t < CLOSE_UP else {n_rows: state}
        for row, each in passed.items():
            density[t * n_rows + row] = _log_density(problem, predictor, each)
        if (
            config.method == "MAP"
            and density[(t + 1) * n_rows] - density[t * n_rows] < STANDS_STILL
        ):
            break
    U, V = (np.stack([each[name] for each in states]) * train.unit**0.5 for name in "UV")
    known = np.array(list(density.values())), np.array(list(density))
    return Trajectory(split, config, problem.offset * problem.unit, U, V, *known)


def _between(before: State, after: State) -> dict[int, State]:
    """Return the states from one sweep to the next, by how many rows are updated."""
    found = {}
    for name in ("U", "V"):
        rows = before[name].copy()
        for row in range(len(rows)):
            rows[row] = after[name][row]
            before = before.replace(**{name: rows.copy()})
            found[len(found) + 1] = before
    return found


def _log_density(problem: Problem, predictor: Predictor, state: State) -> float:
    """Return the log posterior density of a state, up to a constant."""
    score = predictor.score(state, problem.pairs)
    squared_error = float(np.sum((problem.rating - problem.offset - score) ** 2))
    likelihood = predictor.log_likelihood(
        state, problem.pairs, score, problem.rating, squared_error
    )
    return likelihood + log_prior(problem, state)
