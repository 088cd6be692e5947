"""Draws from the prior: whole, reproducible, and with the moments that the prior has."""

from dataclasses import replace

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.models.arrange import arrange
from pmf_core.sampling.start import draw_prior

SEEDS = range(400)
TOLERANCE = 4.5  # standard errors
RICH = pmf.PMFConfig(
    n_factors=2, prior="hierarchical", alpha=None, alpha_shape=3.0, alpha_rate=2.0, biases=True,
    implicit="user", side_info="item", noise="both", effects=("day",), nu0=12, W0=0.2, mu0=0.3,
    beta0=5.0,
)  # fmt: skip


def z_score(draws, mean):
    draws = np.asarray(draws, float)
    return (draws.mean(axis=0) - mean) / (draws.std(axis=0) / np.sqrt(len(draws)))


@pytest.fixture(scope="module")
def rich():
    return [pmf.simulate_from_prior(RICH, random_seed=seed) for seed in SEEDS]


@pytest.mark.parametrize("name", pmf.PRESETS)
def test_every_preset_is_drawn_whole(name):
    config = pmf.PRESETS[name]
    ratings, state = pmf.simulate_from_prior(config)
    assert state.U.shape == (60, config.n_columns) and state.V.shape == (40, config.n_columns)
    assert all(np.isfinite(part).all() for part in state.values())
    assert ratings.n_ratings == 900 and ratings.notes == ()
    if name == "best":
        assert set(np.unique(ratings.rating)) <= {1, 2, 3, 4, 5}
        assert state.log_gap.shape == (60, 3) and state.mu_gap.shape == (3,)
        assert len(state.W_U) > 40 and len(state.effect) > 30


def test_a_fit_takes_what_is_drawn():
    config = replace(pmf.PRESETS["best"], n_factors=2, nu0=20)
    ratings, state = pmf.simulate_from_prior(config, random_seed=3)
    split = pmf.Split(ratings, ratings.take(np.arange(5)))
    fit = pmf.sample_gibbs(split, config, draws=4, tune=0, chains=1)
    assert fit.config == config
    posterior = fit.idata["posterior"].dataset
    for name in ("W_U", "Lambda_V", "effect", "log_gap", "tau_effect"):
        assert posterior[name].shape[2:] == getattr(state, name).shape


def test_the_seed_decides():
    first, again, other = (pmf.simulate_from_prior(RICH, random_seed=s) for s in (0, 0, 1))
    assert first[0].id == again[0].id != other[0].id
    for name in first[1]:
        np.testing.assert_array_equal(getattr(first[1], name), getattr(again[1], name))


def test_pairs_keep_their_order_and_their_owners(ratings):
    config = pmf.PMFConfig(alpha=1e5, prior="hierarchical", center=True)
    drawn, state = pmf.simulate_from_prior(config, ratings)
    np.testing.assert_array_equal(drawn.user_idx, ratings.user_idx)
    np.testing.assert_array_equal(drawn.item_idx, ratings.item_idx)
    mean = np.einsum("nd,nd->n", state.U[ratings.user_idx], state.V[ratings.item_idx])
    error = drawn.rating - ratings.rating.mean() - mean
    assert np.abs(error).max() < TOLERANCE * 1e5**-0.5
    assert drawn.scale[0] == drawn.rating.min() < 1  # neither clipped nor rounded


@pytest.mark.parametrize("link", ["logistic", "ordinal"])
def test_links_that_belong_to_a_scale_keep_it(ratings, link):
    drawn, _ = pmf.simulate_from_prior(pmf.PMFConfig(link=link, alpha=1.0), ratings)
    assert drawn.scale == ratings.scale
    levels = np.unique(drawn.rating)
    assert (link == "ordinal") == (set(levels) <= {1, 2, 3, 4, 5})


def test_what_the_design_lacks_is_left_out_and_noted(ratings):
    drawn, state = pmf.simulate_from_prior(pmf.PRESETS["best"], ratings)
    assert "effect" not in state and any("no timestamps" in note for note in drawn.notes)


@pytest.mark.slow
def test_learned_parts_have_the_moments_of_their_priors(rich):
    states = [state for _, state in rich]
    for side in "UV":
        Lambda = np.array([getattr(s, f"Lambda_{side}") for s in states])
        mean = 12 * 0.2 * np.eye(3)  # of a Wishart: nu0 W0
        assert np.abs(z_score(Lambda, mean)).max() < TOLERANCE
        variance = 12 * 0.2**2 * (1 + np.eye(3))
        assert np.abs(z_score((Lambda - mean) ** 2, variance)).max() < TOLERANCE
        mu = np.array([getattr(s, f"mu_{side}") for s in states]) - 0.3
        assert np.abs(z_score(mu, 0)).max() < TOLERANCE
        squares = 5 * np.einsum("na,nab,nb->n", mu, Lambda, mu)  # chi-square, 3 degrees
        assert abs(z_score(squares, 3)) < TOLERANCE < abs(z_score(squares, 2))
    alpha = np.array([s.alpha for s in states])
    assert abs(z_score(alpha, 1.5)) < TOLERANCE < abs(z_score(alpha, 1.5 * 1.3))
    for name in ("noise_scale_user", "noise_scale_item"):
        scale = np.array([getattr(s, name) for s in states])
        assert np.abs(z_score(scale, 1)).max() < TOLERANCE
        assert abs(z_score(((scale - 1) ** 2).mean(axis=1), 1 / 4)) < TOLERANCE
    assert abs(z_score([s.tau_effect[0] for s in states], 20)) < TOLERANCE
    assert abs(z_score([s.tau_effect[0] * (s.effect**2).mean() for s in states], 1)) < TOLERANCE


@pytest.mark.slow
def test_rows_gather_around_mean_and_features(rich):
    problem = arrange(RICH, rich[0][0])
    scores = {"U": [], "V": []}
    for _, state in rich:
        for name, X in (("U", problem.user.features), ("V", problem.item.features)):
            away = getattr(state, name) - getattr(state, f"mu_{name}")
            away = away - X.times(getattr(state, f"W_{name}"))
            root = np.linalg.cholesky(getattr(state, f"Lambda_{name}"))
            scores[name].append(away @ root)  # standard normal
    for away in map(np.array, scores.values()):
        away = away.reshape(-1, 3)
        assert np.abs(z_score(away, 0)).max() < TOLERANCE
        squares = np.einsum("na,nb->nab", away, away)
        assert np.abs(z_score(squares, np.eye(3))).max() < TOLERANCE


@pytest.mark.slow
def test_ratings_have_the_noise_of_their_owners(rich):
    ratings = rich[0][0]
    user, item = ratings.user_idx, ratings.item_idx
    problem = arrange(RICH, ratings)
    order = np.lexsort((item, user))
    standard = []
    for drawn, s in rich[:50]:
        score = np.einsum("nd,nd->n", s.U[user, :2], s.V[item, :2]) + s.U[user, 2] + s.V[item, 2]
        score[order] += s.effect[problem.pairs.given["effect_idx"][0]]
        precision = s.alpha * s.noise_scale_user[user] * s.noise_scale_item[item]
        standard.append((drawn.rating - score) * np.sqrt(precision))
    squares = np.concatenate(standard) ** 2
    assert abs(z_score(squares, 1)) < TOLERANCE < abs(z_score(squares, 1.05))


def test_cut_points_spread_around_their_mean(ratings):
    config = pmf.PMFConfig(n_factors=1, link="ordinal", alpha=1.0, cut_points="user")
    problem = arrange(config, ratings)
    states = [draw_prior(problem, np.random.default_rng(seed)) for seed in SEEDS]
    assert np.abs(z_score([s.mu_gap for s in states], 0)).max() < TOLERANCE
    assert np.abs(z_score([s.mu_gap**2 for s in states], 1)).max() < TOLERANCE
    assert np.abs(z_score([s.tau_gap for s in states], 10)).max() < TOLERANCE
    spread = [s.tau_gap * ((s.log_gap - s.mu_gap) ** 2).mean(axis=0) for s in states]
    assert np.abs(z_score(spread, 1)).max() < TOLERANCE


def test_shared_cut_points_are_standard_normal_apart_in_logs(ratings):
    problem = arrange(pmf.PMFConfig(n_factors=1, link="ordinal", alpha=1.0), ratings)
    draws = [draw_prior(problem, np.random.default_rng(seed)).log_gap for seed in SEEDS]
    assert np.abs(z_score(draws, 0)).max() < TOLERANCE
    assert np.abs(z_score(np.square(draws), 1)).max() < TOLERANCE


def test_a_fixed_prior_is_that_of_the_design(ratings):
    problem = arrange(pmf.PMFConfig(), ratings)
    states = [draw_prior(problem, np.random.default_rng(seed)) for seed in SEEDS]
    for name, side in (("U", problem.user), ("V", problem.item)):
        square = [side.alpha * (getattr(s, name) ** 2).mean() for s in states]
        assert abs(z_score(square, 1)) < TOLERANCE
    assert float(states[0].alpha) == 2.0


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"config": "bpmf"}, "config is 'bpmf'; it must be a PMFConfig"),
        ({"ratings": [1, 2]}, r"ratings is \[1, 2\]; it must be Ratings with at least one"),
        ({"random_seed": -1}, "random_seed is -1; it must be a whole number from 0"),
        ({"random_seed": 1.5}, "random_seed is 1.5"),
    ],
)
def test_refuses_with_the_value_and_the_rule(given, message):
    with pytest.raises(ValueError, match=message):
        pmf.simulate_from_prior(**({"config": pmf.PMFConfig()} | given))


def test_a_design_without_levels_is_given_ratings_of_any_value(ratings):
    continuous, _ = pmf.simulate_from_prior(pmf.PMFConfig(), ratings)
    ordinal = pmf.PMFConfig(link="ordinal", alpha=1.0)
    simulated, state = pmf.simulate_from_prior(ordinal, continuous)
    assert "No ordinal link" in simulated.notes[0] and "log_gap" not in state


def test_refuses_a_design_without_ratings(ratings):
    with pytest.raises(ValueError, match="at least one rating"):
        pmf.simulate_from_prior(pmf.PMFConfig(), ratings.take(np.zeros(0, int)))
