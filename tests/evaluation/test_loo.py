"""The log likelihood of single ratings, by hand, and what ArviZ makes of it."""

from dataclasses import replace

import arviz as az
import numpy as np
import pytest
from scipy.stats import norm

import pmf_core as pmf
from tests.support import by_hand, tiny
from tests.support.marks import slow_but

CONFIGS = {
    "noise": replace(tiny.PRESETS["bpmf"], biases=True, noise="both"),
    "effects": replace(tiny.PRESETS["bpmf"], effects=("day", "user:day")),
    "logistic": tiny.PRESETS["logistic"],
    "ordinal": replace(tiny.PRESETS["best"], cut_points="shared"),
    "best": tiny.PRESETS["best"],
}


@pytest.fixture(scope="module")
def split():
    ratings, _ = pmf.simulate_from_prior(tiny.PRESETS["best"], random_seed=2)
    return pmf.split_ratings(ratings, 0.2, 0)


@pytest.mark.parametrize("name", slow_but(CONFIGS, "best"))
def test_every_value_is_that_of_the_draw_and_the_sum_that_of_the_trace(split, name):
    fit = pmf.sample_gibbs(split, CONFIGS[name], draws=6, tune=10, chains=2, keep=12)
    tree = pmf.log_likelihood(fit)
    found = tree["log_likelihood"]["rating"]
    assert found.dims == ("chain", "draw", "obs") and found.shape == (2, 6, split.train.n_ratings)
    user, item, rating = (getattr(split.train, n) for n in ("user_idx", "item_idx", "rating"))
    effect_idx = fit.idata["constant_data"].dataset.get("effect_idx")
    for draw, values in zip(by_hand.draws_of(fit), found.values.reshape(12, -1), strict=True):
        eta, sd = by_hand.latent(
            fit, draw, user, item, None if effect_idx is None else effect_idx.values
        )
        if fit.config.link == "ordinal":
            probability = by_hand.level_probability(draw, user, eta, sd)
            expected = np.log(probability[np.arange(len(rating)), rating.astype(int) - 1])
        else:
            mean = 1 + 4 / (1 + np.exp(-eta)) if fit.config.link == "logistic" else eta
            expected = norm.logpdf(rating, mean, sd)
        np.testing.assert_allclose(values, expected, rtol=1e-4, atol=1e-4)
    trace = fit.idata["sample_stats"].dataset["total_log_likelihood"]
    np.testing.assert_allclose(found.sum("obs"), trace, rtol=1e-5)


@pytest.mark.filterwarnings("ignore:Estimated shape parameter of Pareto")
@pytest.mark.slow
def test_loo_and_compare_rank_the_right_model_above_wrong_ones():
    ratings, _ = pmf.simulate_ratings(80, 30, 1500, 1, 2.0, random_seed=1)
    split = pmf.split_ratings(ratings, 0.2, 0)
    right = pmf.PMFConfig(1, alpha=None, center=True, prior="hierarchical", biases=True)
    configs = {
        "overconfident": replace(right, alpha=8.0),
        "right": right,
        "no centre": pmf.PMFConfig(1, alpha=None),
    }
    fits = {
        name: pmf.sample_gibbs(split, config, draws=100, tune=100, chains=2)
        for name, config in configs.items()
    }
    trees = {name: pmf.log_likelihood(fit) for name, fit in fits.items()}
    table = az.compare(trees)
    assert list(table.index)[0] == "right"
    assert (table["elpd_diff"][1:] < -4 * table["dse"][1:]).all()
    # Of one rating, it is about the log density of ratings that were not learnt from.
    loo = az.loo(trees["right"])
    mean, sd = (fits["right"].idata["heldout"].dataset[n] for n in ("pred_mean", "noise_sd"))
    sd = np.hypot(sd, fits["right"].idata["heldout"].dataset["pred_sd"])
    heldout = norm.logpdf(split.test.rating, mean, sd)
    error = heldout.std() / np.sqrt(len(heldout)) + loo.se / loo.n_data_points
    assert loo.elpd / loo.n_data_points == pytest.approx(heldout.mean(), abs=3 * error)


def test_where_memory_is_short_every_kth_draw_is_kept(split, monkeypatch):
    fit = pmf.sample_gibbs(split, CONFIGS["logistic"], draws=10, tune=5, chains=2, keep=20)
    whole = pmf.log_likelihood(fit)["log_likelihood"]["rating"]
    monkeypatch.setattr("pmf_core.evaluation.loo.LIMIT_BYTES", 8 * 8 * split.train.n_ratings)
    tree = pmf.log_likelihood(fit)
    thin = tree["log_likelihood"].dataset
    assert thin.attrs["every"] == 3
    assert list(thin["draw"].values) == [2, 5, 8] == list(tree["posterior"]["draw"].values)
    np.testing.assert_array_equal(thin["rating"], whole.sel(draw=[2, 5, 8]))
    assert fit.idata["posterior"].sizes["draw"] == 10 and "log_likelihood" not in fit.idata


def test_a_point_estimate_is_refused(split):
    with pytest.raises(ValueError, match="this fit is a MAP.* call sample_gibbs"):
        pmf.log_likelihood(pmf.fit_map(split))
