"""The log density of everything that a model draws, which a MAP climbs."""

import numpy as np
from numpy.typing import NDArray

from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients import additive, ordinal
from pmf_core.models.ingredients.population import learned_columns
from pmf_core.models.problem import Problem, Side
from pmf_core.models.state import State


def log_prior(problem: Problem, state: State) -> float:
    """Return the log prior density of a state, up to a constant.

    With the log likelihood of the ratings it is the log posterior density, of which no step of a
    sweep with `Modes` goes down.
    """
    config = problem.config
    total = _log_side(
        config, problem.user, state.U, state.mu_U, state.Lambda_U, state.W_U, state.Lambda_W_U
    )
    total += _log_side(
        config, problem.item, state.V, state.mu_V, state.Lambda_V, state.W_V, state.Lambda_W_V
    )
    if config.alpha is None:
        total += _log_gamma(state.alpha, config.alpha_shape, config.alpha_rate)
    for scale in (state.noise_scale_user, state.noise_scale_item):
        total += _log_gamma(scale, config.noise_shape, config.noise_shape)
    sizes = [effect.size for effect in problem.effects]
    total += _log_normal(state.effect, np.repeat(state.tau_effect, sizes))
    total += _log_gamma(state.tau_effect, additive.TAU_SHAPE, additive.TAU_RATE)
    if len(state.mu_gap):
        total += _log_normal(state.log_gap - state.mu_gap, state.tau_gap)
        total += _log_normal(state.mu_gap, ordinal.GAP_SD**-2)
        total += _log_gamma(state.tau_gap, ordinal.TAU_SHAPE, ordinal.TAU_RATE)
    else:
        total += _log_normal(state.log_gap, ordinal.GAP_SD**-2)
    return float(total)


def _log_side(
    config: PMFConfig,
    side: Side,
    rows: NDArray,
    mu: NDArray,
    Lambda: NDArray,
    W: NDArray,
    Lambda_W: NDArray,
) -> float:
    X, learned = side.features, learned_columns(config)
    drift = X.times(W) if X.n_features else 0.0
    total = _log_rows(rows - mu - drift, Lambda)
    if learned.start < learned.stop:
        own = Lambda[learned, learned]
        total += _log_rows(mu[None, learned] - config.mu0, config.beta0 * own)
        total += _log_wishart(config, own)
    for g in range(X.n_groups):
        total += _log_rows(W[X.group == g], Lambda_W[g])
        total += _log_wishart(config, Lambda_W[g][learned, learned])
    return total


def _log_rows(rows: NDArray, Lambda: NDArray) -> float:
    _, log_det = np.linalg.slogdet(Lambda)
    return 0.5 * (len(rows) * log_det - np.einsum("ia,ab,ib->", rows, Lambda, rows))


def _log_wishart(config: PMFConfig, Lambda: NDArray) -> float:
    size = len(Lambda)
    if size == 0:
        return 0.0
    _, log_det = np.linalg.slogdet(Lambda)
    return 0.5 * ((config.nu0 or size) - size - 1) * log_det - 0.5 * np.trace(Lambda) / config.W0


def _log_gamma(x: NDArray, shape: float, rate: float) -> float:
    return np.sum((shape - 1) * np.log(x) - rate * x)


def _log_normal(x: NDArray, precision: NDArray | float) -> float:
    return 0.5 * np.sum(np.log(precision) - precision * x**2)
