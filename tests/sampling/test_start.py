"""Where chains start."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

import pmf_core as pmf
from pmf_core.models.arrange import arrange
from pmf_core.sampling.start import initial_state
from pmf_core.sampling.sweep import chain_rng
from tests.support.tiny import LIGHT, PRESETS, tiny_problem

RICH = pmf.PMFConfig(
    prior="hierarchical", alpha=None, biases=True, implicit="both", side_info="both",
    noise="user", effects=("day",), **LIGHT,
)  # fmt: skip


def test_rows_are_drawn_from_the_fixed_prior_and_all_else_is_a_plain_guess():
    problem = tiny_problem(RICH)
    state = initial_state(problem, 0, 0)
    for name, side in (("U", problem.user), ("V", problem.item)):
        assert getattr(state, name).shape == (side.n_rows, 3)
        np.testing.assert_array_equal(getattr(state, f"mu_{name}"), 0)
        np.testing.assert_array_equal(getattr(state, f"Lambda_{name}"), side.alpha * np.eye(3))
        np.testing.assert_array_equal(getattr(state, f"W_{name}"), 0)
        assert len(getattr(state, f"W_{name}")) == side.features.n_features
        for precision in getattr(state, f"Lambda_W_{name}"):
            np.testing.assert_array_equal(precision, side.alpha * np.eye(3))
    assert state.alpha == pytest.approx(1 / problem.rating.var())
    assert state.noise_scale_user.tolist() == [1] * 6 and "noise_scale_item" not in state
    assert not state.effect.any() and state.tau_effect.tolist() == [20]
    assert initial_state(tiny_problem(replace(RICH, alpha=3.0)), 0, 0).alpha == 3


def test_rows_have_the_spread_of_the_fixed_prior(ratings):
    problem = arrange(pmf.PMFConfig(n_factors=50), ratings)
    state = initial_state(problem, 0, 0)
    for rows, side in ((state.U, problem.user), (state.V, problem.item)):
        assert side.alpha * (rows**2).mean() == pytest.approx(1, abs=5 * np.sqrt(2 / rows.size))


def test_every_chain_and_seed_starts_elsewhere():
    problem = tiny_problem(PRESETS["pmf"])
    starts = [initial_state(problem, seed, chain).U for seed in (0, 1) for chain in (0, 1)]
    assert len({rows.tobytes() for rows in starts}) == 4
    np.testing.assert_array_equal(initial_state(problem, 0, 1).U, starts[1])
    # With random numbers of its own, not those of the first sweep.
    noise = chain_rng(0, 1, -1).standard_normal(starts[1].shape)
    np.testing.assert_allclose(starts[1], noise * problem.user.alpha**-0.5)


@pytest.mark.parametrize("cut_points", ["shared", "user"])
def test_cut_points_start_where_normal_scores_give_each_level_its_share(cut_points):
    problem = tiny_problem(replace(PRESETS["best"], cut_points=cut_points))
    state = initial_state(problem, 0, 0)
    share = np.cumsum([(problem.rating == level).mean() for level in (1, 2, 3)])
    log_gap = np.log(np.diff(norm.ppf(share)))
    rows = 6 if cut_points == "user" else 1
    np.testing.assert_allclose(state.log_gap, np.tile(log_gap, (rows, 1)))
    assert ("mu_gap" in state) == ("tau_gap" in state) == (rows > 1)
    if rows > 1:
        np.testing.assert_allclose(state.mu_gap, log_gap)
        assert state.tau_gap.tolist() == [10, 10]
