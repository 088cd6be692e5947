"""Where chains start, and draws from the prior."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from pmf_core.kernels.randomness import Draws
from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients import additive, ordinal
from pmf_core.models.ingredients.additive import rating_effects
from pmf_core.models.ingredients.noise import rating_weights
from pmf_core.models.ingredients.population import draw_population, draw_weight_precision
from pmf_core.models.links import cut_points, mean_rating
from pmf_core.models.problem import Problem, Side
from pmf_core.models.state import State
from pmf_core.sampling.sweep import chain_rng, score

N_STEPS = {"identity": 0, "logistic": 2, "ordinal": 1}
"""Metropolis steps of a sweep, as in `State.accepted`."""


def initial_state(problem: Problem, random_seed: int, chain: int) -> State:
    """Start a chain: rows drawn from the fixed prior, everything else at a plain guess.

    A learned prior is not drawn from: its tails are so heavy that a chain would spend its tuning
    on the way back from them.
    """
    config = problem.config
    random = Draws(chain_rng(random_seed, chain, -1))
    sides = {}
    for name, side in (("U", problem.user), ("V", problem.item)):
        X, size = side.features, config.n_columns
        sides[name] = random.normal(side.n_rows, size) * side.alpha**-0.5
        sides[f"mu_{name}"] = np.zeros(size)
        sides[f"Lambda_{name}"] = side.alpha * np.eye(size)
        sides[f"W_{name}"] = np.zeros((X.n_features, size))
        sides[f"Lambda_W_{name}"] = np.tile(side.alpha * np.eye(size), (X.n_groups, 1, 1))
    alpha = 1 / problem.rating.var() if config.alpha is None else config.alpha
    levels = sum(effect.size for effect in problem.effects)
    mean_precision = additive.TAU_SHAPE / additive.TAU_RATE
    state = State(
        alpha=np.asarray(float(alpha)),
        noise_scale_user=np.ones(_count(config.noise, "user") * problem.user.n_rows),
        noise_scale_item=np.ones(_count(config.noise, "item") * problem.item.n_rows),
        effect=np.zeros(levels),
        tau_effect=np.full(len(problem.effects), mean_precision),
        accepted=np.zeros(N_STEPS[config.link]),
        **sides,
    )
    if config.link != "ordinal":
        return state
    share = np.cumsum(np.bincount(problem.level))[:-1] / len(problem.rating)
    log_gap = np.log(np.maximum(np.diff(ndtri(share)), 0.05))
    own = config.cut_points == "user"
    return state._replace(
        log_gap=np.tile(log_gap, (problem.user.n_rows if own else 1, 1)),
        mu_gap=log_gap if own else np.zeros(0),
        tau_gap=np.full(len(log_gap) * own, ordinal.TAU_SHAPE / ordinal.TAU_RATE),
    )


def draw_prior(problem: Problem, rng: np.random.Generator) -> State:
    """Draw every part of the model from its prior; the ratings of the problem are not looked at.

    Parameters
    ----------
    problem : Problem
    rng : numpy.random.Generator
    """
    config, random = problem.config, Draws(rng)
    found = {"accepted": np.zeros(N_STEPS[config.link])}
    for name, side in (("U", problem.user), ("V", problem.item)):
        found |= _draw_side(random, config, name, side)
    learnt = config.alpha is None
    alpha = random.gamma(config.alpha_shape, config.alpha_rate) if learnt else config.alpha
    for owner, side in (("user", problem.user), ("item", problem.item)):
        shape = np.full(_count(config.noise, owner) * side.n_rows, config.noise_shape)
        found[f"noise_scale_{owner}"] = random.gamma(shape, config.noise_shape)
    tau = random.gamma(np.full(len(problem.effects), additive.TAU_SHAPE), additive.TAU_RATE)
    sd = np.repeat(tau, [effect.size for effect in problem.effects]) ** -0.5
    found |= {"tau_effect": tau, "effect": random.normal(len(sd)) * sd}
    if config.link == "ordinal":
        found |= _draw_cut_points(random, problem)
    return State(alpha=np.asarray(float(alpha)), **found)


def draw_ratings(problem: Problem, state: State, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw the ratings of the problem's pairs given every part of the model.

    Returns
    -------
    ndarray of shape (n_ratings,)
        In stars, in the order of the users; levels if the link is ordinal, else neither rounded
        nor clipped to the scale.
    """
    eta = problem.offset + score(problem, state) + rating_effects(problem, state.effect)
    weight = rating_weights(problem, state)
    sd = 1 / np.sqrt(state.alpha * (weight if len(weight) else 1.0))
    noise = rng.standard_normal(len(eta)) * sd
    if problem.config.link != "ordinal":
        return mean_rating(problem.config.link, eta, problem.scale) + noise
    cuts = cut_points(state.log_gap)
    own = cuts[problem.user_idx] if len(cuts) > 1 else cuts
    level = ((eta + noise)[:, None] > own[:, 1:-1]).sum(axis=1)
    return problem.levels[level]


def _draw_side(random: Draws, config: PMFConfig, name: str, side: Side) -> dict[str, NDArray]:
    X, none = side.features, np.zeros((0, config.n_columns))
    mu, Lambda = draw_population(random, config, none, side.alpha)
    W = np.zeros((X.n_features, config.n_columns))
    precisions = np.zeros((X.n_groups, *Lambda.shape))
    for g in range(X.n_groups):
        precisions[g] = draw_weight_precision(random, config, none, side.alpha)
        W[X.group == g] = _draw_rows(random, precisions[g], (X.group == g).sum())
    rows = mu + _draw_rows(random, Lambda, side.n_rows) + X.times(W)
    return {
        name: rows, f"mu_{name}": mu, f"Lambda_{name}": Lambda, f"W_{name}": W,
        f"Lambda_W_{name}": precisions,
    }  # fmt: skip


def _draw_rows(random: Draws, precision: NDArray, n_rows: int) -> NDArray[np.float64]:
    """Draw rows of mean 0, of shape (n_rows, n_columns)."""
    root = np.linalg.cholesky(precision)
    return np.linalg.solve(root.T, random.normal(len(precision), n_rows)).T


def _draw_cut_points(random: Draws, problem: Problem) -> dict[str, NDArray]:
    n_gaps = len(problem.levels) - 2
    if problem.config.cut_points == "shared":
        return {"log_gap": random.normal(1, n_gaps) * ordinal.GAP_SD}
    mean = random.normal(n_gaps) * ordinal.GAP_SD
    tau = random.gamma(np.full(n_gaps, ordinal.TAU_SHAPE), ordinal.TAU_RATE)
    log_gap = mean + random.normal(problem.user.n_rows, n_gaps) * tau**-0.5
    return {"log_gap": log_gap, "mu_gap": mean, "tau_gap": tau}


def _count(noise: str, owner: str) -> int:
    return int(noise in (owner, "both"))
