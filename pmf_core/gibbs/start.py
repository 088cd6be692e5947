"""Where chains start, and draws from the prior."""

import numpy as np
from scipy.special import ndtri

from pmf_core.gibbs import additive, ordinal
from pmf_core.gibbs.additive import rating_effects
from pmf_core.gibbs.population import draw_population, draw_weight_precision
from pmf_core.gibbs.problem import Problem, Side
from pmf_core.gibbs.randomness import Draws
from pmf_core.gibbs.state import State
from pmf_core.gibbs.sweep import chain_rng, score
from pmf_core.links import cut_points


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
        accepted=np.zeros({"identity": 0, "logistic": 2, "ordinal": 1}[config.link]),
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
    """Draw every part of the model from its prior."""
    config, random = problem.config, Draws(rng)
    state = initial_state(problem, 0, 0)
    found = {}
    for name, side in (("U", problem.user), ("V", problem.item)):
        found |= _draw_side(random, problem, name, side)
    if config.alpha is None:
        found["alpha"] = np.asarray(random.gamma(config.alpha_shape, config.alpha_rate))
    for key in ("noise_scale_user", "noise_scale_item"):
        size = len(getattr(state, key))
        found[key] = random.gamma(np.full(size, config.noise_shape), config.noise_shape)
    shape = np.full(len(problem.effects), additive.TAU_SHAPE)
    found["tau_effect"] = random.gamma(shape, additive.TAU_RATE)
    sizes = [effect.size for effect in problem.effects]
    found["effect"] = random.normal(sum(sizes)) / np.sqrt(np.repeat(found["tau_effect"], sizes))
    if config.link == "ordinal":
        n_rows, n_gaps = state.log_gap.shape
        mean, sd = np.zeros(n_gaps), ordinal.GAP_SD
        if config.cut_points == "user":
            mean = mean + random.normal(n_gaps) * ordinal.GAP_SD
            tau = random.gamma(np.full(n_gaps, ordinal.TAU_SHAPE), ordinal.TAU_RATE)
            found |= {"mu_gap": mean, "tau_gap": tau}
            sd = tau**-0.5
        found["log_gap"] = mean + random.normal(n_rows, n_gaps) * sd
    return state._replace(**found)


def draw_ratings(problem: Problem, state: State, rng: np.random.Generator) -> np.ndarray:
    """Draw the ratings of the problem's pairs given every part of the model, in its order."""
    from pmf_core.gibbs.noise import rating_weights

    eta = problem.offset + score(problem, state) + rating_effects(problem, state.effect)
    weight = rating_weights(problem, state)
    sd = 1 / np.sqrt(state.alpha * (weight if len(weight) else 1.0))
    noise = rng.standard_normal(len(eta)) * sd
    match problem.config.link:
        case "identity":
            return eta + noise
        case "logistic":
            low, high = problem.scale
            return low + (high - low) / (1 + np.exp(-eta)) + noise
    cuts = cut_points(state.log_gap)
    own = cuts[problem.user_idx] if len(cuts) > 1 else cuts
    level = ((eta + noise)[:, None] > own[:, 1:-1]).sum(axis=1)
    return problem.levels[level]


def _draw_side(random: Draws, problem: Problem, name: str, side: Side) -> dict:
    config, X = problem.config, side.features
    none = np.zeros((0, config.n_columns))
    mu, Lambda = draw_population(random, config, none, side.alpha)
    W = np.zeros((X.n_features, config.n_columns))
    precisions = []
    for g in range(X.n_groups):
        precision = draw_weight_precision(random, config, none, side.alpha)
        members = X.group == g
        root = np.linalg.cholesky(precision)
        W[members] = np.linalg.solve(root.T, random.normal(config.n_columns, members.sum())).T
        precisions.append(precision)
    root = np.linalg.cholesky(Lambda)
    Y = mu + np.linalg.solve(root.T, random.normal(config.n_columns, side.n_rows)).T
    return {
        name: Y + X.times(W), f"mu_{name}": mu, f"Lambda_{name}": Lambda, f"W_{name}": W,
        f"Lambda_W_{name}": np.array(precisions).reshape(X.n_groups, *Lambda.shape),
    }  # fmt: skip


def _count(noise: str, owner: str) -> int:
    return int(noise in (owner, "both"))
