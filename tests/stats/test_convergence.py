"""Chains that do not move are told from chains that agree."""

import numpy as np
import pytest

from pmf_core.stats.convergence import convergence

STILL = {"r_hat": np.inf, "ess_bulk": np.nan, "ess_tail": np.nan, "mcse": np.nan}


@pytest.mark.parametrize("size", [1.0, -5e4, 1e-3])
def test_a_chain_that_stands_still_is_stuck_whatever_its_size(rng, size):
    draws = size * (1 + 0.1 * rng.standard_normal((4, 100, 2)))
    draws[2, :, 0] = size * np.float32(1.1) * (1 + 1e-7 * rng.standard_normal(100))
    found = convergence(draws)
    for name, value in STILL.items():
        np.testing.assert_equal(found[name][0], value)
    assert found["r_hat"][1] < 1.05 and found["ess_bulk"][1] > 100
    np.testing.assert_allclose(found["mean"], draws.mean(axis=(0, 1)))


def test_all_chains_standing_apart_are_stuck_and_not_a_number_of_many_digits():
    draws = np.broadcast_to(np.array([1.0, 2.0])[:, None, None], (2, 50, 1))
    np.testing.assert_equal(convergence(draws)["r_hat"], [np.inf])


def test_what_has_one_value_in_all_chains_says_nothing(rng):
    same = np.full((2, 50, 1), 5.0) - 1e-7 * rng.random((2, 50, 1))
    assert np.isnan(convergence(same)["r_hat"]).all()
    assert np.isnan(convergence(np.array([[[1.0]] * 3, [[2.0]] * 3]))["r_hat"]).all()  # too few


def test_one_draw_has_a_mean_and_nothing_else():
    table = convergence(np.array([[[3.0, 4.0]]]))
    assert table.pop("mean").tolist() == [3.0, 4.0]
    assert all(np.isnan(values).all() for values in table.values())
