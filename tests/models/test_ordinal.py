"""The steps of an ordinal link against PyMC, which states them without latent scores."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

import pmf_core as pmf
from pmf_core.kernels.randomness import Draws, Modes
from pmf_core.models.ingredients import ordinal
from pmf_core.models.ingredients.cut_points import draw_gaps, draw_latent, log_interval
from pmf_core.sampling.density import log_prior
from pmf_core.sampling.start import draw_prior
from pmf_core.sampling.sweep import sweep
from tests.support.stated import (
    Stated,
    Written,
    arranged,
    check_normal,
    given_latent,
    rating_sd,
    scores,
)
from tests.support.tiny import LIGHT, PRESETS

ORDINAL = pmf.PMFConfig(prior="hierarchical", link="ordinal", alpha=1.0, center=True, **LIGHT)
ORDINALS = [
    pytest.param(replace(ORDINAL, biases=True), id="shared"),
    pytest.param(PRESETS["best"], id="own", marks=pytest.mark.slow),
    pytest.param(replace(ORDINAL, noise="both"), id="noise", marks=pytest.mark.slow),
]


def near_the_middle(problem, seed):
    """Return a state whose scores are on the scale: in the far tails PyMC loses its digits."""
    state = draw_prior(problem, np.random.default_rng(seed))
    names = "U", "V", "effect", "log_gap"
    return state.replace(**{name: np.tanh(state[name]) for name in names if name in state})


@pytest.mark.slow
@pytest.mark.parametrize("config", ORDINALS)
def test_latent_scores_have_the_mean_that_pymc_s_gradient_implies(config):
    # Fisher's identity: the gradient with the scores integrated out is the mean, over them, of
    # the gradient given them; that is linear in them, so it is the gradient at their mean.
    ratings, problem = arranged(config)
    state = near_the_middle(problem, 4)
    eta, sd = scores(problem, state), rating_sd(problem, state)
    z, _ = draw_latent(Modes(), problem, state.log_gap, eta, sd)
    known = given_latent(config, ratings, z - problem.offset)
    integrated = Stated(config, ratings, problem).gradient(state)
    given = Stated(*known, problem).gradient(state)
    for name in ("U", "V", "W_U", "W_V", "effect"):
        if name in integrated:
            np.testing.assert_allclose(integrated[name], given[name], atol=1e-6)


def test_latent_scores_of_any_precision_lie_between_the_cut_points_of_their_ratings():
    _, problem = arranged(replace(ORDINAL, noise="both"))
    state = near_the_middle(problem, 3)
    eta, sd = scores(problem, state), 3 * rating_sd(problem, state)
    z, none = draw_latent(Draws(np.random.default_rng(2)), problem, state.log_gap, eta, sd)
    gaps = np.exp(state.log_gap[0])
    cuts = np.array([-np.inf, 0, *np.cumsum(gaps), np.inf])
    level = problem.rating.astype(int) - 1  # of 1 to 4 stars
    assert ((cuts[level] < z) & (z < cuts[level + 1])).all() and none.max() == 0
    mean, variance = draw_latent(Modes(), problem, state.log_gap, eta, sd)
    ends = (cuts[level] - eta) / sd, (cuts[level + 1] - eta) / sd
    expected = stats.truncnorm(*ends, loc=eta, scale=sd)
    np.testing.assert_allclose(mean, expected.mean(), rtol=1e-6)
    np.testing.assert_allclose(variance, expected.var(), rtol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("config", ORDINALS)
def test_cut_points_move_when_pymc_s_density_says_so(config):
    ratings, problem = arranged(config)
    state, stated = near_the_middle(problem, 5), Stated(config, ratings, problem)
    eta, sd = scores(problem, state), rating_sd(problem, state)

    class Asked(Draws):
        def __init__(self, answer):
            super().__init__(np.random.default_rng(6))
            self.answer = answer

        def log_uniform(self, *shape):
            return np.broadcast_to(self.answer, shape)

    def step(answer):
        return draw_gaps(Asked(answer), problem, state, eta, sd)[0]

    proposal, here, ratio = step(-np.inf), stated.density(state), []
    for row in range(len(proposal)):
        gaps = state.log_gap.copy()
        gaps[row] = proposal[row]
        ratio.append(stated.density(state.replace(log_gap=gaps)) - here)
    ratio = np.array(ratio)
    np.testing.assert_array_equal(step(ratio - 1e-4), proposal)
    np.testing.assert_array_equal(step(ratio + 1e-4), state.log_gap)


def test_a_sweep_keeps_the_cut_points_that_it_draws(monkeypatch):
    _, problem = arranged(PRESETS["best"])
    state, drawn = draw_prior(problem, np.random.default_rng(1)), []

    def watched(*args):
        drawn.append(draw_gaps(*args))
        return drawn[-1]

    monkeypatch.setattr(ordinal, "draw_gaps", watched)
    new = sweep(problem, state, Draws(np.random.default_rng(2)))
    [(*expected, taken)] = drawn
    for name, values in zip(("log_gap", "mu_gap", "tau_gap"), expected, strict=True):
        np.testing.assert_array_equal(getattr(new, name), values)
        assert not np.array_equal(getattr(state, name), values)
    assert new.accepted_cut_points == taken


@pytest.mark.parametrize("cut_points", ["shared", "user"])
def test_a_climb_ends_where_the_density_of_cut_points_is_highest(cut_points):
    config = replace(ORDINAL, cut_points=cut_points)
    ratings, problem = arranged(config)
    state = near_the_middle(problem, 5)
    eta, sd = scores(problem, state), rating_sd(problem, state)
    mu, tau = (state.mu_gap, state.tau_gap) if cut_points == "user" else (0, 1)

    def density(log_gap):  # of all users at once: they do not depend on each other
        cuts = np.cumsum(np.exp(np.atleast_2d(log_gap)), axis=1)
        cuts = np.pad(cuts, ((0, 0), (1, 0)))
        cuts = np.pad(cuts, ((0, 0), (1, 1)), constant_values=((0, 0), (-np.inf, np.inf)))
        row, level = (ratings.user_idx if len(cuts) > 1 else 0), ratings.rating.astype(int) - 1
        inside = stats.norm.cdf((cuts[row, level + 1] - eta) / sd)
        inside = inside - stats.norm.cdf((cuts[row, level] - eta) / sd)
        return np.log(inside).sum() - 0.5 * (tau * (log_gap - mu) ** 2).sum()

    at = state
    for turn in range(40):  # the users' mean and precision stay as they are
        log_gap = draw_gaps(Modes(turn), problem, at, eta, sd)[0]
        at = state.replace(log_gap=log_gap)
    best = density(log_gap)
    assert best > density(state.log_gap) + 0.1
    for k in np.ndindex(log_gap.shape):
        for step in (-0.02, 0.02):
            other = log_gap.copy()
            other[k] += step
            assert density(other) < best


def test_an_interval_beyond_all_probability_has_a_finite_logarithm():
    found = log_interval(np.array([40.0, -41.0, 1.0]), np.array([41.0, -40.0, 2.0]))
    np.testing.assert_allclose(found, [-690.775528, -690.775528, np.log(0.135905122)], rtol=1e-8)


def test_means_and_precisions_of_log_distances_are_those_of_the_log_prior():
    _, problem = arranged(PRESETS["best"])
    state = near_the_middle(problem, 7)
    random = Written(np.random.default_rng(8))
    found = draw_gaps(random, problem, state, scores(problem, state), rating_sd(problem, state))
    log_gap, mu_gap, tau_gap, _ = found
    moved = state.replace(log_gap=log_gap, mu_gap=mu_gap)

    def density(step):
        return log_prior(problem, moved.replace(mu_gap=mu_gap + step))

    def gradient(step):  # of a quadratic, so differences are exact
        axes = np.eye(len(mu_gap))
        return np.array([[density(step[:, 0] + e) - density(step[:, 0] - e)] for e in axes]) / 2

    check_normal(gradient, np.zeros((len(mu_gap), 1)), random.normals[1][:, None])
    density_of = stats.gamma(random.gammas[0][0], scale=1 / random.gammas[0][1])
    drawn = (density_of.logpdf(tau_gap) - density_of.logpdf(state.tau_gap)).sum()
    difference = log_prior(problem, moved.replace(tau_gap=tau_gap)) - log_prior(problem, moved)
    np.testing.assert_allclose(drawn, difference, atol=1e-6)
