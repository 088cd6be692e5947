"""What a verdict says is true of its fit, and following it leads to a fit that wins."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

import pmf_core as pmf
from pmf_core.evaluation.verdict import judge
from tests.support.scales import SCALES, on_scale

BETTER = pd.DataFrame({"method": ["any"], "test_rmse": [0.01]})
LEARNT = {"center": True, "prior": "hierarchical", "biases": True, "alpha": None}


@pytest.fixture(scope="module")
def sparse():
    """Six ratings a user: the example's prior outweighs them."""
    ratings, _ = pmf.simulate_ratings(400, 300, 2400, 3, random_seed=3)
    split = pmf.split_ratings(ratings)
    return split, pmf.evaluate_baselines(split)


def as_if(fit, r_hat=1.001, ess=800.0):
    """Make a fit's summary say how well its chains have converged."""
    says = {**fit.summary(), "r_hat": r_hat, "ess": ess}
    object.__setattr__(fit, "summary", lambda: says)
    return fit


@pytest.fixture
def sampled(sparse):
    """Draws of a whole model, too few of them to be believed but for their word."""

    def sample(**settings):
        config = pmf.PMFConfig(**{"n_factors": 2, **LEARNT, **settings})
        return as_if(pmf.sample_gibbs(sparse[0], config, draws=20, tune=20, chains=2))

    return sample


def test_a_fit_that_wins_needs_no_remedy():
    ratings, _ = pmf.simulate_ratings(120, 100, 6000, 2, alpha=8.0, random_seed=0)
    split = pmf.split_ratings(ratings)
    verdict = judge(pmf.fit_map(split, pmf.PMFConfig(4, 4.0, True)), pmf.evaluate_baselines(split))
    assert verdict.wins and verdict.remedy is None and verdict.doubt is None


@pytest.mark.parametrize(
    ("r_hat", "ess", "words"),
    [
        (1.06, 800.0, "r_hat is 1.06, above 1.05"),
        (1.001, 99.0, "ess is 99, below 100"),
        (np.inf, 800.0, "a chain stands still"),
        (np.nan, np.nan, "too few to tell"),
    ],
)
def test_there_is_no_trophy_for_draws_that_are_not_to_be_believed(sampled, r_hat, ess, words):
    worse = pd.DataFrame({"method": ["any"], "test_rmse": [9.0]})
    fit = sampled()
    assert judge(fit, worse).wins
    verdict = judge(as_if(fit, r_hat, ess), worse)
    assert not verdict.wins and verdict.is_lower
    assert words in verdict.doubt and words in verdict.remedy.cause
    assert verdict.remedy.change == {} and verdict.remedy.is_offered
    length = pmf.SamplerConfig(draws=50, tune=0, chains=3)
    longer = verdict.remedy.sampler(length)
    # Chains that agree have been tuned for long enough.
    assert (longer.draws, longer.tune, longer.chains) == (200, 0 if ess == 99 else 4, 3)
    assert verdict.remedy.config(fit.config) == fit.config


def test_an_uncentred_prior_is_named_and_centring_mends_it(sparse):
    split, baselines = sparse
    config = pmf.PMFConfig()
    verdict = judge(pmf.fit_map(split, config), baselines)
    assert not verdict.wins
    assert "pulls every U·V towards 0, which stands for 0 stars" in verdict.remedy.cause
    assert verdict.remedy.change == {"center": True} and not verdict.remedy.samples
    mended = judge(pmf.fit_map(split, replace(config, center=True)), baselines)
    assert mended.test_rmse < verdict.test_rmse
    assert mended.remedy.change != {"center": True}


def test_predictions_that_do_not_vary_are_named(sparse):
    split, baselines = sparse
    remedy = judge(pmf.fit_map(split, pmf.PMFConfig(center=True)), baselines).remedy
    assert "predictions hardly differ" in remedy.cause and "α_U = " in remedy.cause
    assert remedy.change == {k: v for k, v in LEARNT.items() if k != "center"} and remedy.samples


def test_a_model_is_not_blamed_for_a_prior_that_it_lacks_nor_told_to_learn_one(sampled):
    remedy = judge(sampled(biases=False), BETTER).remedy
    assert "hold little more than the means of users and items" in remedy.cause
    assert "alpha_U" not in remedy.cause and "prior" not in remedy.cause
    assert remedy.change == {"biases": True} and "learn the prior" not in remedy.advice
    none_left = judge(sampled(n_factors=1), BETTER).remedy
    assert not none_left.is_offered and "more ratings" in none_left.advice


def test_a_mode_is_told_to_sample(sparse):
    split, _ = sparse
    remedy = judge(pmf.fit_map(split, pmf.PMFConfig(2, **LEARNT)), BETTER).remedy
    assert remedy.change == {} and remedy.samples and "sample the posterior" in remedy.advice


def test_a_centred_fit_is_not_told_to_centre_where_its_predictions_lie_low(ratings):
    users = np.bincount(ratings.user_idx, ratings.rating) / np.bincount(ratings.user_idx)
    strict = users[ratings.user_idx] < 3.2
    held = strict & (np.arange(ratings.n_ratings) % 3 == 0)
    split = pmf.Split(ratings.take(~held), ratings.take(held))
    plain, centred = (pmf.fit_map(split, pmf.PMFConfig(3, center=c)) for c in (False, True))
    low = split.train.rating.mean() - centred.heldout()["pred_mean"].mean()
    assert low > 0.05 * 4  # a twentieth of the scale
    assert judge(plain, BETTER).remedy.change == {"center": True}
    assert "center" not in judge(centred, BETTER).remedy.change


def test_ratings_around_0_are_not_pulled_away_from_their_mean(ratings):
    split = pmf.split_ratings(replace(ratings, rating=ratings.rating - 3, scale=(-2, 2)))
    fit = pmf.fit_map(split, pmf.PMFConfig(3))
    assert "towards 0" not in judge(fit, BETTER).remedy.cause


@pytest.mark.parametrize("center", [False, True])
def test_learning_by_heart_is_named(center):
    ratings, _ = pmf.simulate_ratings(60, 40, 900, 3, alpha=0.5, random_seed=1)
    split = pmf.split_ratings(ratings)
    fit = pmf.fit_map(split, pmf.PMFConfig(6, 20.0, center))
    remedy = judge(fit, pmf.evaluate_baselines(split)).remedy
    assert "by heart" in remedy.cause and "sample the posterior" in remedy.advice
    assert remedy.change == {k: v for k, v in LEARNT.items() if k != "center" or not center}


def test_draws_that_learn_by_heart_are_told_to_have_fewer_factors(sampled):
    fit = sampled(n_factors=6)
    says = {**fit.summary(), "train_rmse": 0.5}
    object.__setattr__(fit, "summary", lambda: says)
    remedy = judge(fit, BETTER).remedy
    assert "by heart: RMSE 0.500" in remedy.cause
    assert remedy.change == {"n_factors": 3} and remedy.samples


def test_a_cause_is_in_the_unit_of_the_ratings(sparse):
    split, _ = sparse
    jokes = on_scale(split, -10.0, 10.0)
    nouns = pmf.Ratings.nouns.__class__("joke", "jokes", "points")
    jokes = pmf.Split(*(replace(part, nouns=nouns) for part in (jokes.train, jokes.test)))
    remedy = judge(pmf.fit_map(jokes, pmf.PMFConfig(2, center=True)), BETTER).remedy
    assert "points" in remedy.cause and "stars" not in remedy.cause


def test_the_verdict_is_against_the_best_baseline(sparse):
    split, baselines = sparse
    verdict = judge(pmf.fit_map(split), baselines)
    assert verdict.baseline_rmse == baselines["test_rmse"].min()
    assert verdict.test_rmse == pmf.fit_map(split).summary()["test_rmse"]
    by_hand = {"method": ["a", "b"], "train_rmse": [0.1, 0.2], "test_rmse": [0.4, 0.3]}
    verdict = judge(pmf.fit_map(split), pd.DataFrame(by_hand))
    assert (verdict.baseline, verdict.baseline_rmse) == ("b", 0.3)


def followed(split, config, length):
    """Do what the verdict's button does, until it is gone; return the fit and how often."""
    baselines, fit, presses = pmf.evaluate_baselines(split), pmf.fit_map(split, config), 0
    while presses < 4:
        verdict = judge(fit, baselines)
        if verdict.remedy is None or not verdict.remedy.is_offered:
            break
        presses += 1
        config, length = verdict.remedy.config(fit.config), verdict.remedy.sampler(length)
        if verdict.remedy.samples:
            settings = {name: getattr(length, name) for name in ("draws", "tune", "chains")}
            fit = pmf.sample_gibbs(split, config, **settings)
        else:
            fit = pmf.fit_map(split, config)
    return fit, presses, float(baselines["test_rmse"].min())


@cache
def ended(preset, scale):
    """Return the fit to which the button leads from a preset, on a scale, in units of it."""
    ratings, _ = pmf.simulate_ratings(80, 60, 2400, 2, alpha=4.0, random_seed=1)
    split = on_scale(pmf.split_ratings(ratings), *scale)
    fit, presses, best = followed(split, pmf.PRESETS[preset], pmf.SamplerConfig(300, 200, 2))
    return fit.config, fit.summary()["test_rmse"] / fit.unit, best / fit.unit, presses


@pytest.mark.parametrize(
    "scale",
    [
        pytest.param(scale, marks=pytest.mark.slow if name == "-10..10" else pytest.mark.prove)
        for name, scale in SCALES.items()
    ],
    ids=SCALES,
)
@pytest.mark.parametrize(
    "preset",
    ["pmf", "logistic", "bpmf"]
    + [pytest.param(name, marks=pytest.mark.prove) for name in ("constrained", "best")],
)
def test_following_the_button_ends_at_or_below_the_best_baseline_on_every_scale(preset, scale):
    config, error, best, presses = ended(preset, scale)
    assert presses <= 3 and error <= best
    same, on_stars, _, _ = ended(preset, (1.0, 5.0))
    assert config == same and error == pytest.approx(on_stars, rel=0.01)


@pytest.mark.prove
@pytest.mark.parametrize("preset", pmf.PRESETS)
def test_following_the_button_ends_at_or_below_the_best_baseline_on_movielens(movielens, preset):
    split = pmf.split_ratings(movielens)
    fit, presses, best = followed(split, pmf.PRESETS[preset], pmf.SamplerConfig(500, 300, 2))
    assert presses <= 3
    assert fit.summary()["test_rmse"] <= best
