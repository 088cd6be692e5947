from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import pmf_core as pmf
from pmf_core.evaluation.verdict import judge


@pytest.fixture(scope="module")
def sparse():
    """Four ratings a user: the example's prior outweighs them."""
    ratings, _ = pmf.simulate_ratings(400, 300, 2400, 3, random_seed=3)
    split = pmf.split_ratings(ratings)
    return split, pmf.evaluate_baselines(split)


def test_a_fit_that_wins_needs_no_remedy():
    ratings, _ = pmf.simulate_ratings(120, 100, 6000, 2, alpha=8.0, random_seed=0)
    split = pmf.split_ratings(ratings)
    verdict = judge(pmf.fit_map(split, pmf.PMFConfig(4, 4.0, True)), pmf.evaluate_baselines(split))
    assert verdict.wins and verdict.cause is None and verdict.change == {}


def test_an_uncentred_prior_is_named_and_centring_mends_it(sparse):
    split, baselines = sparse
    config = pmf.PMFConfig()
    verdict = judge(pmf.fit_map(split, config), baselines)
    assert not verdict.wins
    assert "pulls every U·V towards 0" in verdict.cause
    assert verdict.change == {"center": True}
    mended = judge(pmf.fit_map(split, replace(config, **verdict.change)), baselines)
    assert mended.test_rmse < verdict.test_rmse
    assert mended.change != {"center": True}


def test_predictions_that_do_not_vary_are_named(sparse):
    split, baselines = sparse
    verdict = judge(pmf.fit_map(split, pmf.PMFConfig(center=True)), baselines)
    assert "predictions hardly differ" in verdict.cause
    assert verdict.change == {"prior": "hierarchical", "biases": True}
    learnt = replace(pmf.PMFConfig(center=True), **verdict.change)
    sampled = pmf.sample_gibbs(split, learnt, draws=150, tune=150, chains=2)
    assert judge(sampled, baselines).test_rmse < 0.9 * verdict.test_rmse


def test_a_centred_fit_is_not_told_to_centre_where_its_predictions_lie_low(ratings):
    users = np.bincount(ratings.user_idx, ratings.rating) / np.bincount(ratings.user_idx)
    strict = users[ratings.user_idx] < 3.2
    held = strict & (np.arange(ratings.n_ratings) % 3 == 0)
    split = pmf.Split(ratings.take(~held), ratings.take(held))
    better = pd.DataFrame({"method": ["any"], "test_rmse": [0.1]})
    plain, centred = (pmf.fit_map(split, pmf.PMFConfig(3, center=c)) for c in (False, True))
    low = split.train.rating.mean() - centred.heldout()["pred_mean"].mean()
    assert low > 0.05 * 4  # a twentieth of the scale
    assert judge(plain, better).change == {"center": True}
    assert "center" not in judge(centred, better).change


@pytest.mark.parametrize("center", [False, True])
def test_learning_by_heart_is_named(center):
    ratings, _ = pmf.simulate_ratings(60, 40, 900, 3, alpha=0.5, random_seed=7)
    split = pmf.split_ratings(ratings)
    fit = pmf.fit_map(split, pmf.PMFConfig(6, 20.0, center))
    verdict = judge(fit, pmf.evaluate_baselines(split))
    assert "by heart" in verdict.cause and "sample the posterior" in verdict.remedy
    assert verdict.change == {"n_factors": 3}


@pytest.mark.parametrize("sampled", [False, True])
def test_one_factor_that_learns_by_heart_is_told_to_trust_less(ratings, sampled):
    split, config = pmf.split_ratings(ratings), pmf.PMFConfig(1, 20.0, True)
    if sampled:
        fit = pmf.sample_gibbs(split, config, draws=20, tune=20, chains=2)
    else:
        fit = pmf.fit_map(split, config)
    verdict = judge(fit, pmf.evaluate_baselines(split))
    assert verdict.change == {"alpha": 10.0}
    assert ("sample the posterior" in verdict.remedy) is not sampled


def test_where_no_switch_helps_none_is_offered():
    ratings, _ = pmf.simulate_ratings(80, 60, 3000, 20, alpha=1.0, random_seed=0)
    split = pmf.split_ratings(ratings)
    config, better = pmf.PMFConfig(1, 1.0, True), pd.DataFrame({"method": ["a"], "test_rmse": [0]})
    verdict = judge(pmf.fit_map(split, config), better)
    assert "neither collapses nor learns by heart" in verdict.cause
    assert verdict.change == {"prior": "hierarchical", "biases": True}
    learnt = replace(config, alpha=None, **verdict.change)
    verdict = judge(pmf.fit_map(split, learnt), better)
    assert not verdict.wins and verdict.change == {}


def test_the_verdict_is_against_the_best_baseline(sparse):
    split, baselines = sparse
    verdict = judge(pmf.fit_map(split), baselines)
    assert verdict.baseline_rmse == baselines["test_rmse"].min()
    assert verdict.test_rmse == pmf.fit_map(split).summary()["test_rmse"]
    by_hand = {"method": ["a", "b"], "train_rmse": [0.1, 0.2], "test_rmse": [0.4, 0.3]}
    verdict = judge(pmf.fit_map(split), pd.DataFrame(by_hand))
    assert (verdict.baseline, verdict.baseline_rmse) == ("b", 0.3)
