"""NUTS on the PyMC model and the compiled Gibbs sampler draw from the same posterior."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import pmf_core as pmf


@pytest.fixture(scope="module")
def split():
    ratings, _ = pmf.simulate_ratings(
        n_users=30, n_items=40, n_ratings=500, n_factors=2, random_seed=2
    )
    return pmf.split_ratings(ratings, 0.2, random_seed=0)


@pytest.fixture(scope="module")
def nuts(split):
    config = pmf.PMFConfig(n_factors=2)
    return pmf.sample_nuts(split, config, draws=500, tune=500, chains=2, random_seed=0)


def z_scores(a, b):
    """Differences of the mean predictions, in Monte Carlo standard errors."""
    a, b = (table[table["quantity"] == "prediction"] for table in map(pmf.diagnose, (a, b)))
    return (a["mean"] - b["mean"]) / np.hypot(a["mcse"], b["mcse"])


@pytest.mark.slow
def test_nuts_and_gibbs_agree_and_a_wrong_precision_is_found_out(split, nuts):
    gibbs = pmf.sample_gibbs(
        split, pmf.PMFConfig(n_factors=2), draws=1000, tune=200, chains=4, random_seed=1
    )
    z = z_scores(nuts, gibbs)
    # About 100 correlated standard normals: the largest is below 4.5 in all but 1 in 1,000 runs.
    assert np.abs(z).max() < 4.5
    assert np.mean(z**2) < 2.5
    wrong = pmf.sample_gibbs(
        split, pmf.PMFConfig(n_factors=2, alpha=1.5), draws=1000, tune=200, chains=4, random_seed=1
    )
    assert np.abs(z_scores(nuts, wrong)).max() > 4.5


@pytest.mark.slow
def test_nuts_reports_the_same_things_as_gibbs(split, nuts):
    gibbs = pmf.sample_gibbs(split, pmf.PMFConfig(n_factors=2), draws=20, tune=5, chains=2)
    assert nuts.method == "nuts"
    assert set(nuts.idata.children) == set(gibbs.idata.children)
    assert nuts.summary().keys() == gibbs.summary().keys()
    assert list(pmf.running_rmse(nuts)) == list(pmf.running_rmse(gibbs))


@pytest.mark.parametrize(
    ("stop_at", "chains", "draws"),
    [
        (28, 1, range(5, 40)),
        pytest.param(35, 1, [40], marks=pytest.mark.slow),
        pytest.param(55, 2, range(5, 40), marks=pytest.mark.slow),
    ],
    ids=["first chain draws", "second chain tunes", "second chain draws"],
)
def test_nuts_that_is_stopped_keeps_what_was_drawn(split, stop_at, chains, draws):
    fit = pmf.sample_nuts(
        split, pmf.PMFConfig(n_factors=2), draws=40, tune=20, chains=2, keep=80,
        progress=lambda progress: progress.done < stop_at,
    )  # fmt: skip
    found = fit.summary()
    assert fit.is_partial
    assert found["chains"] == chains and found["draws"] in draws


def test_nuts_that_is_stopped_before_it_draws_says_what_to_do(split):
    config, length = pmf.PMFConfig(n_factors=2), {"draws": 40, "tune": 20, "chains": 2}
    with pytest.raises(InterruptedError, match="stopped after 5 of 60 steps.*fewer tuning"):
        pmf.sample_nuts(split, config, **length, progress=lambda progress: progress.done < 5)


@pytest.fixture(scope="module")
def rich_split():
    """Fewer ratings, with something for every ingredient."""
    ratings, _ = pmf.simulate_ratings(20, 15, 150, n_factors=2, random_seed=1)
    rng = np.random.default_rng(0)
    ratings = replace(
        ratings,
        timestamp=86_400 * rng.integers(4, size=150),
        user_features=pd.DataFrame({"gender": rng.choice(["F", "M"], 20)}),
        item_features=pd.DataFrame({"Action": rng.random(15) > 0.5, "Drama": rng.random(15) > 0.5}),
    )
    return pmf.split_ratings(ratings, 0.2, random_seed=0)


WRONG = {
    "constrained": {"alpha": 1.0},
    "logistic": {"alpha": 1.0},
    "bpmf": {"alpha": 8.0},
    "best": {"link": "identity", "cut_points": "shared", "alpha": 8.0},
}


@pytest.mark.slow
@pytest.mark.parametrize("preset", WRONG)
def test_nuts_and_gibbs_agree_on_the_family_and_a_wrong_model_is_found_out(rich_split, preset):
    config = replace(pmf.PRESETS[preset], n_factors=2)
    nuts = pmf.sample_nuts(rich_split, config, draws=300, tune=300, chains=2, random_seed=0)
    assert not nuts.attrs["left_out"]

    def gibbs(config):
        length = {"draws": 1500, "tune": 300, "chains": 4, "random_seed": 1}
        return pmf.sample_gibbs(rich_split, config, **length)

    z = z_scores(nuts, gibbs(config))
    assert np.abs(z).max() < 4.5
    assert np.mean(z**2) < 2.5
    assert np.abs(z_scores(nuts, gibbs(replace(config, **WRONG[preset])))).max() > 4.5
