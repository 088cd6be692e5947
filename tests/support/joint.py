"""Geweke's joint test: steps of a chain leave the joint distribution of model and ratings as it is.

Parts and ratings are drawn from the prior. Then, some times over, a step draws the parts given
the ratings and new ratings are drawn given the parts: if the step is right, that changes the
distribution of nothing. Replicates are independent, so the difference of a statistic between the
first state and the last one of each has mean 0, and an exact standard error (Geweke 2004).
"""

from dataclasses import replace
from itertools import combinations_with_replacement

import numpy as np

import pmf_core as pmf
from pmf_core.models.ingredients.cut_points import cut_points
from pmf_core.models.state import State
from pmf_core.sampling.start import draw_prior, draw_ratings
from tests.support.tiny import LIGHT, PRESETS

LIMIT = 5.0  # standard errors: a right sampler is refused once in 5000 runs of all models together
N_STEPS = 8
TINY = 1e-9  # some means are 0, and 0 they stay

HIERARCHICAL = pmf.PMFConfig(prior="hierarchical", alpha=None, **LIGHT)
ORDINAL = replace(HIERARCHICAL, link="ordinal", alpha=1.0, center=True)
MODELS = PRESETS | {
    "hierarchical, biases, noise both": replace(HIERARCHICAL, biases=True, noise="both", mu0=0.5),
    "hierarchical, biases, all features": replace(
        HIERARCHICAL, biases=True, implicit="both", side_info="both", noise="item"
    ),
    "fixed, biases, all features": pmf.PMFConfig(
        **LIGHT, biases=True, implicit="both", side_info="both"
    ),
    "effects, noise user": replace(HIERARCHICAL, effects=pmf.PRESETS["best"].effects, noise="user"),
    "ordinal, noise both": replace(ORDINAL, noise="both", biases=True),
    "ordinal, own cut points, day": replace(ORDINAL, cut_points="user", effects=("day",)),
    "logistic, biases, side": replace(
        HIERARCHICAL, link="logistic", biases=True, side_info="both", implicit="user", noise="user"
    ),
    "default hyper-prior": replace(pmf.PRESETS["bpmf"], n_factors=2),
}  # fmt: skip


def replicates(problem, n, step, n_steps=N_STEPS):
    """Return the statistics of n replicates before and after ``step(rng, problem, state)``s."""
    before, after = [], []
    for seed in range(n):
        rng = np.random.default_rng(seed)
        state = draw_prior(problem, rng)
        rating = draw_ratings(problem, state, rng)
        before.append((state, rating))
        for _ in range(n_steps):
            state = step(rng, problem.with_rating(rating), state)
            rating = draw_ratings(problem, state, rng)
        after.append((state, rating))
    return tuple(statistics(problem, *stacked(found)) for found in (before, after))


def stacked(found):
    states, ratings = zip(*found, strict=True)
    return State.stack(states), np.array(ratings)


def statistics(problem, s, rating):
    """Return what is compared: of light tails each, by logs and inverse hyperbolic sines."""
    found, config = {}, problem.config
    for name, side in (("U", problem.user), ("V", problem.item)):
        rows, mu, Lambda, W = (getattr(s, f"{f}{name}") for f in ("", "mu_", "Lambda_", "W_"))
        X = side.features.times(np.eye(side.features.n_features))
        away, center = rows - mu[:, None] - X @ W, mu - config.mu0
        found |= {
            f"{name}: size": np.log((rows**2).mean(axis=(1, 2))),
            f"{name}: first row": np.arcsinh(rows[:, 0, -1]),
            f"{name}: mean": np.arcsinh(rows.mean(axis=1)[:, 0]),
            f"{name}: row times mu": np.arcsinh((rows[:, 0] * mu).sum(axis=1)),
            f"{name}: mu": np.arcsinh(mu[:, 0]),
            f"{name}: mu squared times precision": np.log(
                quadratic(center[:, None], Lambda) + TINY
            ),
            f"{name}: scatter times precision": np.log(quadratic(away, Lambda)),
            f"{name}: log det": np.linalg.slogdet(Lambda)[1],
            f"{name}: correlation": Lambda[:, 0, 1] / np.sqrt(Lambda[:, 0, 0] * Lambda[:, 1, 1]),
        }
        for g, Lambda_W in enumerate(getattr(s, f"Lambda_W_{name}").swapaxes(0, 1)):
            weights = W[:, side.features.group == g]
            found |= {
                f"{name}: weight {g}": np.arcsinh(weights[:, 0, -1]),
                f"{name}: weights {g} times precision": np.log(quadratic(weights, Lambda_W)),
                f"{name}: log det {g}": np.linalg.slogdet(Lambda_W)[1],
            }
    eta = scores(problem, s)
    found |= {
        "U.V, rated": np.arcsinh(eta[:, 0]),
        "U.V, unrated": np.arcsinh((s.U[:, -1] * s.V[:, 0]).sum(axis=1)),
        "score": np.log(((eta - problem.offset) ** 2).mean(axis=1)),
        "rating": np.arcsinh(rating.mean(axis=1) - problem.rating.mean()),
        "spread of ratings": np.log(rating.var(axis=1) + 0.1),
        "score times rating": np.arcsinh(((eta - problem.offset) * rating).mean(axis=1)),
        "alpha": np.log(s.alpha),
    }
    if config.link == "identity":
        found["alpha times squared error"] = np.log(s.alpha * ((rating - eta) ** 2).mean(axis=1))
    for owner, idx in (("user", problem.user_idx), ("item", problem.item_idx)):
        if (scale := s.get(f"noise_scale_{owner}")) is not None:
            error = scale[:, idx[0]] * (rating[:, 0] - eta[:, 0]) ** 2
            found |= {
                f"noise of {owner}s": np.log(scale).mean(axis=1),
                f"noise of a {owner}": np.log(scale[:, 0]),
                f"noise of a {owner} times squared error": np.log(error + 1e-3),
            }
    start = 0
    for k, effect in enumerate(problem.data.get("effects", ())):
        some, tau = s.effect[:, start : start + effect.size], s.tau_effect[:, k]
        start += effect.size
        found |= {
            f"{effect.name}: level": np.arcsinh(some[:, 0]),
            f"{effect.name}: tau": np.log(tau),
            f"{effect.name}: levels squared times tau": np.log(tau * (some**2).mean(axis=1)),
        }
    if "log_gap" in s:
        found |= {
            "gap": s.log_gap[:, 0, 0],
            "last cut point": np.log(cut_points(s.log_gap)[:, :, -2]).mean(axis=1),
        }
    if "mu_gap" in s:
        away = ((s.log_gap - s.mu_gap[:, None]) ** 2).mean(axis=1)
        found |= {
            "gap: mean": s.mu_gap[:, 1],
            "gap: tau": np.log(s.tau_gap[:, 0]),
            "gaps squared times tau": np.log((s.tau_gap * away).mean(axis=1)),
            "gap times mean": s.log_gap[:, 0, 0] * s.mu_gap[:, 0],
        }
    return {name: values for name, values in found.items() if np.ptp(values) > 1e-9}


def scores(problem, s):
    size, user, item = problem.config.n_factors, problem.user_idx, problem.item_idx
    U, V = s.U[:, user], s.V[:, item]
    eta = problem.offset + (U[..., :size] * V[..., :size]).sum(axis=-1)
    if problem.config.biases:
        eta += U[..., -1] + V[..., -1]
    return eta + sum(s.effect[:, idx] for idx in problem.pairs.given.get("effect_idx", ()))


def quadratic(rows, precision):
    return np.einsum("nia,nab,nib->n", rows, precision, rows)


def z_scores(before, after):
    """Compare means of all statistics, and of all products of two of them."""
    names = sorted(before.keys() & after.keys())
    centre = np.array([[before[name].mean(), before[name].std()] for name in names])
    first, last = (
        (np.array([found[name] for name in names]) - centre[:, :1]) / centre[:, 1:]
        for found in (before, after)
    )
    found = {name: last[a] - first[a] for a, name in enumerate(names)}
    for a, b in combinations_with_replacement(range(len(names)), 2):
        found[f"{names[a]} x {names[b]}"] = last[a] * last[b] - first[a] * first[b]
    return {
        name: difference.mean() / (difference.std() / np.sqrt(len(difference)))
        for name, difference in found.items()
        if np.ptp(difference) > 1e-9  # in sd: what a move leaves alone is the same but for rounding
    }


def worst(z):
    return sorted(z.items(), key=lambda item: -abs(item[1]))[:5]
