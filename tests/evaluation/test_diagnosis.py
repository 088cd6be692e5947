from dataclasses import replace

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.evaluation.diagnosis import step_traces
from tests.support.marks import slow_but


@pytest.fixture(scope="module")
def fit(ratings):
    split = pmf.split_ratings(ratings)
    return pmf.sample_gibbs(split, pmf.PMFConfig(3), draws=12, tune=8, chains=2)


def test_norms_are_the_roots_of_sums_of_squares(ratings):
    split = pmf.split_ratings(ratings)
    fit = pmf.sample_gibbs(split, pmf.PMFConfig(3), draws=6, tune=2, chains=2, keep=12)
    posterior, norms = fit.idata["posterior"].dataset, pmf.factor_norms(fit)
    for name in "UV":
        by_hand = np.sqrt((posterior[name].values.astype(float) ** 2).sum(axis=(2, 3)))
        np.testing.assert_allclose(norms[name], by_hand, rtol=1e-6)


def test_step_traces_go_on_where_tuning_ends(fit):
    traces = step_traces(fit)
    assert len(traces) == 2 * 20
    for chain in range(2):
        mine = traces[traces["chain"] == chain]
        assert list(mine["step"]) == list(range(1, 21))
        for group, part in (("warmup_sample_stats", mine[:8]), ("sample_stats", mine[8:])):
            stats = fit.idata[group].dataset
            for name in stats.data_vars:
                np.testing.assert_array_equal(part[name], stats[name][chain], err_msg=name)


def test_without_tuning_the_first_step_is_a_draw(ratings):
    split = pmf.split_ratings(ratings)
    traces = step_traces(pmf.sample_gibbs(split, pmf.PMFConfig(3), draws=5, tune=0, chains=2))
    assert sorted(traces["step"]) == sorted([1, 2, 3, 4, 5] * 2)


def test_a_point_estimate_is_refused(ratings):
    with pytest.raises(ValueError, match="call sample_gibbs"):
        pmf.diagnose(pmf.fit_map(pmf.split_ratings(ratings)))


STEPS = {"logistic": ["U", "V"], "best": ["cut_points"], "bpmf": []}


@pytest.mark.parametrize("preset", slow_but(STEPS, "bpmf"))
def test_acceptance_is_the_share_of_proposals_that_moved(ratings, preset):
    split = pmf.split_ratings(ratings)
    config = replace(pmf.PRESETS[preset], n_factors=2)
    # Moves take what is there along, whether a step was taken or not.
    fit = pmf.sample_gibbs(split, config, draws=60, tune=30, chains=2, keep=120, moves=())
    table = pmf.acceptance(fit)
    assert list(table["step"]) == STEPS[preset]
    for row in table.itertuples():
        # Draw after draw is stored: what was not taken has stayed where it was.
        name = {"cut_points": "log_gap"}.get(row.step, row.step)
        draws = fit.idata["posterior"].dataset[name].values
        moved = (np.diff(draws, axis=1) != 0).any(axis=-1).mean(axis=2)
        assert row.accepted == pytest.approx(moved.mean(), abs=0.01)  # the first draw is not seen
        assert row.lowest <= row.accepted <= row.highest
        assert row.lowest == pytest.approx(moved.mean(axis=1).min(), abs=0.02)
        assert row.usual_from < row.accepted < row.usual_to
    assert pmf.acceptance(pmf.fit_map(split, config)).empty
