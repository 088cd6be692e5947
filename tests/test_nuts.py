"""NUTS on the PyMC model and the compiled Gibbs sampler draw from the same posterior."""

import numpy as np
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


def test_nuts_reports_the_same_things_as_gibbs(split, nuts):
    gibbs = pmf.sample_gibbs(split, pmf.PMFConfig(n_factors=2), draws=20, tune=5, chains=2)
    assert nuts.method == "nuts"
    assert set(nuts.idata.children) == set(gibbs.idata.children)
    assert nuts.summary().keys() == gibbs.summary().keys()
    assert list(pmf.running_rmse(nuts)) == list(pmf.running_rmse(gibbs))


def test_nuts_can_be_stopped(split):
    config = pmf.PMFConfig(n_factors=2)

    def stop(progress):
        return progress.done < 30

    fit = pmf.sample_nuts(split, config, draws=40, tune=20, chains=1, keep=40, progress=stop)
    assert fit.is_partial
    assert 1 <= fit.summary()["draws"] < 40
