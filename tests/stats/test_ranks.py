import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.evaluation.diagnosis import factor_r_hat
from pmf_core.stats.ranks import rank_histogram


def chi_square(frame):
    return ((frame["count"] - frame["expected"]) ** 2 / frame["expected"]).sum()


def test_every_draw_is_counted_once(rng):
    frame = rank_histogram(rng.normal(size=(3, 100)), n_bins=10)
    assert list(frame.groupby("chain")["count"].sum()) == [100, 100, 100]
    assert set(frame["expected"]) == {10}


def test_chains_that_agree_are_flat_and_others_are_not(rng):
    draws = rng.normal(size=(4, 500))
    flat = chi_square(rank_histogram(draws))
    assert flat < 120  # 4 chains x 19 degrees of freedom: mean 76, sd 12
    draws[0] += 1
    assert chi_square(rank_histogram(draws)) > 200


def test_ranks_are_counted_by_hand():
    frame = rank_histogram(np.array([[1.0, 2.0], [3.0, 4.0]]), n_bins=2)
    assert list(frame["count"]) == [2, 0, 0, 2]
    assert list(frame["rank_from"]) == [0, 2, 0, 2]


def test_one_dimension_is_refused():
    with pytest.raises(ValueError, match=r"must be \(chains, draws\)"):
        rank_histogram(np.zeros(5))


@pytest.mark.slow
def test_raw_factors_look_unconverged_where_predictions_agree(ratings):
    split = pmf.split_ratings(ratings)
    fit = pmf.sample_gibbs(split, pmf.PMFConfig(3), draws=200, tune=100, chains=4)
    predictions = pmf.diagnose(fit).query("quantity == 'prediction'")["r_hat"].median()
    assert predictions < 1.02 < 1.1 < np.median(factor_r_hat(fit))
