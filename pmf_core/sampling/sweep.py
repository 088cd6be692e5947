"""One sweep through all full conditionals, and a segment of a chain of sweeps."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pmf_core.kernels.logistic import step_rows
from pmf_core.kernels.randomness import Draws, Modes
from pmf_core.kernels.rows import draw_from_statistics, draw_rows, draw_weights, row_statistics
from pmf_core.kernels.scores import pair_scores
from pmf_core.models.ingredients.additive import draw_effects, rating_effects
from pmf_core.models.ingredients.noise import draw_alpha, draw_noise_scale, rating_weights
from pmf_core.models.ingredients.ordinal import draw_gaps, draw_latent
from pmf_core.models.ingredients.population import draw_population, draw_weight_precision
from pmf_core.models.problem import Problem, Side
from pmf_core.models.state import State


class Half(NamedTuple):
    """What a sweep draws of one side: the users or the items."""

    rows: NDArray[np.float64]
    mu: NDArray[np.float64]
    Lambda: NDArray[np.float64]
    W: NDArray[np.float64]
    Lambda_W: NDArray[np.float64]
    accepted: float
    """Share of the rows that moved."""


def sweep(problem: Problem, state: State, random: Draws | Modes) -> State:
    """Draw every part of the model once, given the others; or, with `Modes`, climb."""
    config = problem.config
    target = problem.rating if config.link == "logistic" else problem.rating - problem.offset
    weight = rating_weights(problem, state)
    effects = rating_effects(problem, state.effect) if problem.effects else 0.0
    gaps, accepted, variance = {}, [], 0.0
    if config.link == "ordinal":
        eta = problem.offset + effects + score(problem, state)
        sd = 1 / np.sqrt(weight) if len(weight) else 1.0
        log_gap, mu_gap, tau_gap, taken = draw_gaps(random, problem, state, eta, sd)
        gaps = {"log_gap": log_gap, "mu_gap": mu_gap, "tau_gap": tau_gap}
        accepted.append(taken)
        target, variance = draw_latent(random, problem, log_gap, eta, sd)
        target = target - problem.offset
    state = state._replace(**gaps)

    explained = target - effects
    user = Half(
        state.U, state.mu_U, state.Lambda_U, state.W_U, state.Lambda_W_U, 1.0
    )  # fmt: skip
    user = draw_side(random, problem, problem.user, explained, weight, state.alpha, user, state.V)
    item = Half(
        state.V, state.mu_V, state.Lambda_V, state.W_V, state.Lambda_W_V, 1.0
    )  # fmt: skip
    item = draw_side(random, problem, problem.item, explained, weight, state.alpha, item, user.rows)
    if config.link == "logistic":
        accepted += [user.accepted, item.accepted]
    state = state._replace(
        U=user.rows, mu_U=user.mu, Lambda_U=user.Lambda, W_U=user.W, Lambda_W_U=user.Lambda_W,
        V=item.rows, mu_V=item.mu, Lambda_V=item.Lambda, W_V=item.W, Lambda_W_V=item.Lambda_W,
        accepted=np.array(accepted),
    )  # fmt: skip
    return _draw_errors(random, problem, state, target, weight, variance)


def _draw_errors(
    random: Draws | Modes,
    problem: Problem,
    state: State,
    target: NDArray,
    weight: NDArray,
    variance: NDArray | float,
) -> State:
    """Draw what is read off the errors: effects, relative precisions, alpha.

    Where `target` is a mean, the `variance` around it is a part of each squared error.
    """
    config = problem.config
    learns_alpha = config.alpha is None
    if not (problem.effects or learns_alpha or config.noise != "shared"):
        return state
    eta = score(problem, state)
    if config.link == "logistic":
        low, high = problem.scale
        eta = low + (high - low) / (1 + np.exp(-(problem.offset + eta)))
    error = target - eta
    if problem.effects:
        error -= rating_effects(problem, state.effect)
        effect, tau = draw_effects(random, problem, state, error, weight)
        state = state._replace(effect=effect, tau_effect=tau)
    square = error**2 + variance
    if config.noise in ("user", "both"):
        others = state.alpha * square
        if len(state.noise_scale_item):
            others = others * state.noise_scale_item[problem.item_idx]
        scale = draw_noise_scale(random, config, others, problem.user_idx, problem.user.n_rows)
        state = state._replace(noise_scale_user=scale)
    if config.noise in ("item", "both"):
        others = state.alpha * square
        if len(state.noise_scale_user):
            others = others * state.noise_scale_user[problem.user_idx]
        scale = draw_noise_scale(random, config, others, problem.item_idx, problem.item.n_rows)
        state = state._replace(noise_scale_item=scale)
    if learns_alpha:
        weight = rating_weights(problem, state)
        state = state._replace(alpha=draw_alpha(random, config, square, weight))
    return state


def draw_side(
    random: Draws | Modes,
    problem: Problem,
    side: Side,
    target: NDArray[np.float64],
    weight: NDArray[np.float64],
    alpha: NDArray[np.float64],
    half: Half,
    other: NDArray[np.float64],
) -> Half:
    """Draw the rows of one side given the other, the weights of its features, and their priors.

    Parameters
    ----------
    target, weight : ndarray of shape (n_ratings,)
        What rows explain and its relative precision (or none), in the order of the ratings.
    half : Half
        The side as it is.
    other : ndarray of shape (n_other, n_columns)
        Rows of the other side.
    """
    config, rows, X = problem.config, side.rows, side.features
    target = target[rows.order]
    weight = weight[rows.order] if len(weight) else weight
    shift = 0.0
    if config.biases:  # my bias meets a column of ones; theirs is an offset
        shift = other[rows.indices, -1]
        other = np.column_stack([other[:, :-1], np.ones(len(other))])
    noise = random.normal(*half.rows.shape)
    W, moved = half.W, 1.0
    if config.link == "logistic":
        given = np.broadcast_to(half.Lambda, (side.n_rows, *half.Lambda.shape))
        centre = np.broadcast_to(half.mu, half.rows.shape)
        drift = np.zeros_like(half.rows)
        if X.n_features:  # weights given rows and their prior alone: no ratings enter
            drift = X.times(W)
            W = _draw_weights(random, X, half, given, (half.rows - centre - drift) @ half.Lambda)
            drift = X.times(W)
        low, high = problem.scale
        shift = np.broadcast_to(problem.offset + shift, len(target))
        out = half.rows.copy()
        n_moved = step_rows(
            rows.indptr, rows.indices, target, weight, np.array(shift),
            other, float(alpha), low, high - low, half.Lambda, centre + drift, noise,
            random.log_uniform(side.n_rows), isinstance(random, Modes), out,
        )  # fmt: skip
        moved = n_moved / side.n_rows
    elif X.n_features:
        shape = half.rows.shape
        precision, linear = np.empty((*shape, shape[1])), np.empty(shape)
        data = rows.indptr, rows.indices, target - shift, weight, other, float(alpha)
        row_statistics(*data, precision, linear)
        pull = linear - np.einsum("iab,ib->ia", precision, half.rows)
        W = _draw_weights(random, X, half, precision, pull)
        drift = X.times(W)
        out = np.empty(shape)
        prior_linear = (half.mu + drift) @ half.Lambda
        draw_from_statistics(precision, linear, half.Lambda, prior_linear, noise, out)
    else:
        drift = 0.0
        out = np.empty_like(half.rows)
        draw_rows(
            rows.indptr, rows.indices, target - shift, weight, other, float(alpha),
            half.Lambda, half.Lambda @ half.mu, noise, out,
        )  # fmt: skip
    mu, Lambda = draw_population(random, config, out - drift, side.alpha)
    Lambda_W = [
        draw_weight_precision(random, config, W[X.group == g], side.alpha)
        for g in range(X.n_groups)
    ]
    return Half(out, mu, Lambda, W, np.array(Lambda_W).reshape(half.Lambda_W.shape), moved)


def _draw_weights(
    random: Draws | Modes, X: object, half: Half, precision: NDArray, pull: NDArray
) -> NDArray[np.float64]:
    W = half.W.copy()
    noise = random.normal(*W.shape)
    draw_weights(*X.by_column, X.group, precision, pull, half.Lambda_W, noise, W)
    return W


def score(problem: Problem, state: State) -> NDArray[np.float64]:
    """Return ``U_i . V_j``, with biases, of every rating."""
    out = np.empty(len(problem.rating))
    pair_scores(state.U, state.V, problem.user_idx, problem.item_idx, problem.config.n_factors, out)
    return out


def chain_rng(random_seed: int, chain: int, sweep: int) -> np.random.Generator:
    """Return the generator of one sweep of one chain.

    Every sweep has a stream of its own (the first, number -1, is that of the starting point):
    draws depend neither on how a chain is cut into segments nor on which thread or machine runs
    them, and a chain can be taken up again from its state alone.
    """
    return np.random.default_rng((random_seed, chain, sweep + 1))


def run_segment(
    problem: Problem, state: State, random_seed: int, chain: int, start: int, stop: int
) -> tuple[State, State]:
    """Run sweeps `start` to `stop` of a chain.

    Returns
    -------
    state : State
        Where the chain stands after sweep ``stop - 1``.
    draws : State
        What each sweep drew, in float32, with one more axis in front of every field.
    """
    length = stop - start
    draws = State(*(np.empty((length, *field.shape), np.float32) for field in state))
    for t in range(start, stop):
        state = sweep(problem, state, Draws(chain_rng(random_seed, chain, t)))
        for kept, field in zip(draws, state, strict=True):
            kept[t - start] = field
    return state, draws
