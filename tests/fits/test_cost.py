"""What a run takes, before it starts and while it runs."""

import math
from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest

import pmf_core as pmf
from pmf_core.fits.budget import Limits, OverBudget
from pmf_core.fits.cost import gibbs_cost
from pmf_core.fits.live import live_scores
from pmf_core.fits.progress import Progress
from pmf_core.fits.within import map_within, plates_within

SAMPLER = pmf.SamplerConfig(draws=30, tune=20, chains=4)


@pytest.fixture(scope="module")
def split(ratings):
    return pmf.split_ratings(ratings)


@pytest.mark.parametrize(("cores", "seconds"), [(1, 100.0), (2, 50.0), (4, 25.0), (64, 25.0)])
def test_chains_run_side_by_side_as_far_as_there_are_cores(split, cores, seconds):
    alone = replace(SAMPLER, moves=())
    cost = gibbs_cost(split, pmf.PMFConfig(3), alone, cores=cores, sweep_seconds=0.5)
    assert (cost.steps, cost.seconds) == (200, seconds) and cost.memory > 0


@pytest.mark.parametrize(
    ("preset", "measured"),
    [("pmf", 1.1), ("bpmf", 1.1), ("constrained", 1.4), ("best", 2.66)],  # of 2026-11-29
)
def test_what_follows_sweeps_is_counted(movielens, preset, measured):
    split, config = pmf.split_ratings(movielens), pmf.PRESETS[preset]
    plain, moved = (
        gibbs_cost(split, config, replace(SAMPLER, moves=moves), cores=1, sweep_seconds=0.1)
        for moves in ((), SAMPLER.moves)
    )
    assert moved.seconds / plain.seconds == pytest.approx(measured, rel=0.15)
    assert moved.steps == plain.steps


def test_without_a_measured_sweep_more_factors_cost_more(split):
    few, many = (gibbs_cost(split, pmf.PMFConfig(k), SAMPLER, cores=1).seconds for k in (2, 40))
    assert 0 < few < many


def test_a_rate_and_a_share_of_what_is_done():
    progress = Progress(50, 200, 4.0, None)
    assert (progress.steps_per_second, progress.share, progress.seconds_left) == (12.5, 0.25, 12.0)
    start = Progress(0, 200, 0.0, None)
    assert (start.steps_per_second, start.share) == (0.0, 0.0) and math.isnan(start.seconds_left)


@pytest.mark.parametrize(("n_draws", "expected"), [(0, (1.0, 2.0, True)), (7, (0.5, 0.75, False))])
def test_a_running_fit_is_scored_by_its_mean_once_it_has_one(n_draws, expected):
    curves = pd.DataFrame(
        {"per_step_train": [9.0, 1.0], "per_step_test": [9.0, 2.0],
         "running_train": [9.0, 0.5], "running_test": [9.0, 0.75]}
    )  # fmt: skip
    now = live_scores(SimpleNamespace(n_draws=n_draws), curves)
    assert (now.train_rmse, now.test_rmse, now.is_tuning) == expected


def test_a_page_gets_the_same_map_or_a_reason(split):
    config = pmf.PMFConfig(3)
    summary = map_within(split, config, 4, Limits()).summary()
    assert summary["test_rmse"] == pmf.fit_map(split, config, random_seed=4).summary()["test_rmse"]
    with pytest.raises(OverBudget):
        map_within(split, config, 4, Limits(page_seconds=1e-9))
    with pytest.raises(OverBudget):
        plates_within(split, config, Limits(page_seconds=1e-9))
