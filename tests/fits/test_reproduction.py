"""What the PyMC example reports on MovieLens 100K; these tests need the real data."""

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.data.describe import rating_summary

TOLERANCE = 0.03
"""In stars: the example's random split is unknown, and RMSE differs between splits."""


@pytest.fixture(scope="module")
def split(movielens):
    return pmf.split_ratings(movielens, test_size=0.1, random_seed=0)


def test_counts_and_moments(movielens):
    assert (movielens.n_users, movielens.n_items, movielens.n_ratings) == (943, 1682, 100_000)
    assert movielens.sparsity == 0.9369533063577546
    summary = rating_summary(movielens)
    assert summary["mean"] == pytest.approx(3.529860, abs=5e-7)
    assert summary["sd"] == pytest.approx(1.125674, abs=5e-7)
    assert list(summary[["min", "25%", "50%", "75%", "max"]]) == [1, 3, 4, 4, 5]


def test_baselines(split):
    table = pmf.evaluate_baselines(split).set_index("method")
    example = {"Uniform random": 1.68490, "Global mean": 1.11492, "Mean of means": 1.00750}
    for method, reported in example.items():
        assert table.loc[method, "test_rmse"] == pytest.approx(reported, abs=TOLERANCE), method
    assert table["test_rmse"].is_monotonic_decreasing


def test_the_random_split_is_the_one_that_peers_were_measured_on(movielens, split):
    first = np.random.default_rng(0).permutation(100_000)[:10_000]
    np.testing.assert_array_equal(split.test.timestamp, movielens.timestamp[np.sort(first)])
    assert split.id == pmf.split_ratings(movielens, 0.1, 0).id


@pytest.mark.slow
def test_map_does_not_collapse(split):
    """The example's optimiser had stopped at 2.635, worse than guessing."""
    point = pmf.fit_map(split, pmf.PMFConfig(n_factors=10, alpha=2.0)).summary()
    assert point["test_rmse"] < 0.95
    assert point["train_rmse"] < 0.80


@pytest.mark.slow
def test_mcmc_beats_every_baseline_and_the_example(split):
    config = pmf.PMFConfig(n_factors=10, alpha=2.0)
    fit = pmf.sample_gibbs(split, config, draws=500, tune=500, chains=4, random_seed=0)
    last = pmf.running_rmse(fit).iloc[-1]
    assert last["running_test"] < 0.925
    assert last["running_test"] < pmf.evaluate_baselines(split)["test_rmse"].min()
    noisy = pmf.running_rmse(fit, noise=True).iloc[-1]
    assert noisy["running_test"] == pytest.approx(0.90711, abs=0.02)
    assert noisy["running_train"] == pytest.approx(0.78127, abs=0.02)
    # Noise of variance 1 / alpha is added to single draws, and clipping takes some away again.
    assert 1.05 < noisy["per_step_test"] / last["per_step_test"] < np.sqrt(1 + 0.5 / 0.955**2)
    assert pmf.diagnose(fit)["r_hat"].median() < 1.01
