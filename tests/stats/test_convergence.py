"""Chains that do not move are told from chains that agree."""

import numpy as np
import pytest

from pmf_core.stats.convergence import convergence, many_r_hats

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


@pytest.mark.parametrize("shape", [(4, 50), (2, 7), (1, 20)])
def test_many_r_hats_are_those_of_arviz(rng, shape):
    draws = rng.normal(size=(*shape, 12)) + 0.4 * rng.normal(size=(shape[0], 1, 12))
    draws[..., 3] = np.round(draws[..., 3])  # ties
    np.testing.assert_allclose(many_r_hats(draws), convergence(draws)["r_hat"], rtol=1e-10)


def test_many_r_hats_of_what_stands_still_or_is_too_short(rng):
    draws = rng.normal(size=(2, 8, 3))
    draws[..., 1] = 5.0
    draws[0, :, 2] = 1.0
    found = many_r_hats(draws)
    assert np.isfinite(found[0]) and np.isnan(found[1]) and found[2] == np.inf
    assert np.isnan(many_r_hats(draws[:, :3])).all()
