"""What the PyMC example reports on MovieLens 100K; these tests need the real data."""

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.explore import rating_summary

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
