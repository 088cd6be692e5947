from dataclasses import replace

import pytest

import pmf_core as pmf
from pmf_core.judge import judge


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
    assert verdict.change == {"alpha": 8.0}


def test_learning_by_heart_is_named():
    ratings, _ = pmf.simulate_ratings(60, 40, 900, 3, alpha=0.5, random_seed=7)
    split = pmf.split_ratings(ratings)
    fit = pmf.fit_map(split, pmf.PMFConfig(20, 20.0, True))
    verdict = judge(fit, pmf.evaluate_baselines(split))
    assert "by heart" in verdict.cause and "sample the posterior" in verdict.remedy
    assert verdict.change == {"n_factors": 10}


def test_the_verdict_is_against_the_best_baseline(sparse):
    split, baselines = sparse
    verdict = judge(pmf.fit_map(split), baselines)
    assert verdict.baseline_rmse == baselines["test_rmse"].min()
    assert verdict.test_rmse == pmf.fit_map(split).summary()["test_rmse"]
