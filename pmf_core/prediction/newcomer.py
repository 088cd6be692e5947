"""Somebody whom the model has not seen: their factors from their ratings, draw by draw.

For each stored draw of the items and of the population, the newcomer's row is drawn from its full
conditional given their ratings. The items do not learn from them in turn.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pmf_core.fits.draws import predictor_of, stored_draws
from pmf_core.fits.fit import Fit
from pmf_core.fits.predictor import Pairs
from pmf_core.kernels.logistic import step_rows
from pmf_core.kernels.randomness import Draws, Modes
from pmf_core.kernels.rows import draw_rows
from pmf_core.models.ingredients.noise import draw_noise_scale
from pmf_core.models.ingredients.ordinal import draw_gaps, draw_latent
from pmf_core.models.problem import Problem
from pmf_core.models.state import State

FIRST_ROUNDS, ROUNDS, CLIMB = 60, 6, 100
"""Where a row has no conditional in closed form: rounds at the first draw, at every other, and at
the only one of a MAP."""


def fold_in(
    fit: Fit, item_idx: NDArray[np.intp], rating: NDArray[np.float64], random_seed: int = 0
) -> Iterator[State]:
    """Yield each stored draw with a newcomer as its only user.

    Their features are unknown, so they are those of any user: the prior of their row has the mean
    and the covariance over users of what features add. Which items they rated moves them, where
    the model says so. With effects of days, all their ratings, the predicted ones too, are of one
    new day, whose effect is the only entry of `State.effect`.

    Parameters
    ----------
    fit : Fit
    item_idx : ndarray of shape (n_ratings,)
        What they rated, as row positions.
    rating : ndarray of shape (n_ratings,)
        In stars; one of the levels if the link is ordinal.
    """
    problem = _one_user(fit, item_idx, rating)
    config, rng = fit.config, np.random.default_rng(random_seed)
    side = side_moments(fit)
    closed = config.link == "identity" and config.noise in ("shared", "item")
    state = None
    for draw in stored_draws(fit, user_idx=np.zeros(0, np.intp)):
        conditional = _Conditional(problem, draw, side)
        if fit.is_point_estimate:
            rounds = 1 if closed else CLIMB
        else:
            rounds = 1 if closed else FIRST_ROUNDS if state is None else ROUNDS
        state = conditional.start(state)
        for turn in range(rounds):
            random = Modes(turn) if fit.is_point_estimate else Draws(rng)
            state = conditional.step(random, state)
        yield conditional.labelled(state)


def newcomer_pairs(fit: Fit, item_idx: NDArray[np.intp]) -> Pairs:
    """Return the pairs of a newcomer with items, as the draws of `fold_in` have them."""
    n, zero = len(item_idx), np.int32(0)
    effect_idx = np.full((int(bool(fit.config.effects)), n), zero)
    return Pairs(np.full(n, zero), item_idx.astype(np.int32), effect_idx)


def side_moments(fit: Fit) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and covariance, over users, of their side information; empty without any."""
    constant = fit.idata["constant_data"].dataset
    if "side_mean" not in constant:
        return np.zeros(0), np.zeros((0, 0))
    return constant["side_mean"].values, constant["side_covariance"].values


def _one_user(fit: Fit, item_idx: NDArray[np.intp], rating: NDArray[np.float64]) -> Problem:
    predictor = predictor_of(fit)
    return Problem(
        config=fit.config,
        left_out=(),
        user=None,  # of both sides, what takes part is in the draws
        item=None,
        rating=np.asarray(rating, np.float64),
        user_idx=np.zeros(len(item_idx), np.int32),
        item_idx=np.asarray(item_idx, np.int32),
        offset=predictor.offset,
        scale=predictor.scale,
        levels=predictor.levels,
        effects=(),
        effect_idx=np.zeros((0, len(item_idx)), np.int32),
    )


class _Conditional:
    """The full conditionals of one newcomer, given a draw of all else.

    Their row has a column more than the draw's where there are effects: that of their day, whose
    prior is the sum of the effects' and whose design is a column of ones, as of a bias.
    """

    def __init__(
        self, problem: Problem, draw: State, side: tuple[NDArray[np.float64], NDArray[np.float64]]
    ) -> None:
        self.problem, self.draw, config = problem, draw, problem.config
        self.n = n = len(problem.rating)
        V = draw.V[problem.item_idx].astype(np.float64)
        D = config.n_factors
        self.shift = V[:, D] if config.biases else np.zeros(n)
        self.has_day = bool(config.effects)
        ones = np.ones((n, config.biases + self.has_day))
        self.design = np.ascontiguousarray(np.column_stack([V[:, :D], ones]))
        mean, precision = draw.mu_U.astype(np.float64), draw.Lambda_U.astype(np.float64)
        if config.implicit in ("user", "both") and n:  # "rated: ..." are the first features
            power = 0.5 if config.implicit_norm == "sqrt" else 1.0
            mean = mean + draw.W_U[problem.item_idx].sum(axis=0, dtype=np.float64) * n**-power
        side_mean, side_covariance = side
        if len(side_mean):  # side information comes last
            W = draw.W_U[-len(side_mean) :].astype(np.float64)
            mean = mean + side_mean @ W
            precision = np.linalg.inv(np.linalg.inv(precision) + W.T @ side_covariance @ W)
        if self.has_day:
            size = len(mean)
            mean = np.append(mean, 0.0)
            precision = np.pad(precision, (0, 1))
            precision[size, size] = 1 / (1 / draw.tau_effect.astype(np.float64)).sum()
        self.mean, self.precision = mean, precision
        scale = draw.noise_scale_item
        self.item_scale = scale[problem.item_idx].astype(float) if len(scale) else np.ones(n)

    def start(self, before: State | None) -> State:
        """Return where the newcomer starts: as at the draw before, or as the population is."""
        config, draw = self.problem.config, self.draw
        own_gaps, own_noise = len(draw.mu_gap), config.noise in ("user", "both")
        log_gap = draw.mu_gap[None] if own_gaps else draw.log_gap
        state = State(
            U=self.mean[None].copy(), V=draw.V, alpha=np.asarray(float(draw.alpha)),
            noise_scale_user=np.ones(int(own_noise)), log_gap=log_gap.astype(np.float64),
            mu_gap=draw.mu_gap.astype(np.float64), tau_gap=draw.tau_gap.astype(np.float64),
        )  # fmt: skip
        if before is None:
            return state
        log_gap = before.log_gap if own_gaps else state.log_gap
        own = {"U": before.U, "noise_scale_user": before.noise_scale_user, "log_gap": log_gap}
        return state._replace(**own)

    def step(self, random: Draws | Modes, state: State) -> State:
        """Draw every part of the newcomer once."""
        problem, config = self.problem, self.problem.config
        own = state.noise_scale_user
        weight = self.item_scale * (own[0] if len(own) else 1.0)
        shift = problem.offset + self.shift
        target, variance = problem.rating, 0.0
        if config.link == "ordinal":
            eta, sd = shift + self.design @ state.U[0], weight**-0.5
            if len(state.mu_gap):
                log_gap = draw_gaps(random, problem, state, eta, sd)[0]
                state = state._replace(log_gap=log_gap)
            target, variance = draw_latent(random, problem, state.log_gap, eta, sd)
        row = self._draw_row(random, state, target, weight, shift)
        state = state._replace(U=row)
        if len(own):
            eta = shift + self.design @ row[0]
            if config.link == "logistic":
                low, high = problem.scale
                eta = low + (high - low) / (1 + np.exp(-eta))
            square = ((target - eta) ** 2 + variance) * self.item_scale * float(state.alpha)
            scale = draw_noise_scale(random, config, square, problem.user_idx, 1)
            state = state._replace(noise_scale_user=scale)
        return state

    def _draw_row(
        self, random: Draws | Modes, state: State, target: NDArray, weight: NDArray, shift: NDArray
    ) -> NDArray[np.float64]:
        indptr, indices = np.array([0, self.n]), np.arange(self.n, dtype=np.int32)
        noise, alpha = random.normal(1, len(self.mean)), float(state.alpha)
        row = state.U.copy()
        if self.problem.config.link == "logistic":
            low, high = self.problem.scale
            step_rows(
                indptr, indices, target, weight, shift, self.design, alpha, low, high - low,
                self.precision, self.mean[None], noise, random.log_uniform(1),
                isinstance(random, Modes), row,
            )  # fmt: skip
        else:
            draw_rows(
                indptr, indices, target - shift, weight, self.design, alpha, self.precision,
                self.precision @ self.mean, noise, row,
            )  # fmt: skip
        return row

    def labelled(self, state: State) -> State:
        """Return a draw that predicts: the newcomer's day is an effect, not a column."""
        row = state.U.astype(np.float32)
        if self.has_day:
            state = state._replace(effect=row[0, -1:])
            row = row[:, :-1]
        return state._replace(
            U=np.ascontiguousarray(row), noise_scale_item=self.draw.noise_scale_item
        )
