from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import pmf_core as pmf
from pmf_core.evaluation.diagnosis import step_traces
from pmf_core.fits import live
from pmf_core.stats.convergence import convergence


@pytest.fixture(scope="module")
def watched(ratings):
    split, seen = pmf.split_ratings(ratings), {}

    def watch(progress):
        recorder = progress.recorder
        if progress.done in (15, 22, 40, 50):
            frames = (live.live_traces(recorder), live.live_running_rmse(recorder))
            seen[progress.done] = *frames, live.live_convergence(recorder)

    fit = pmf.sample_gibbs(split, draws=30, tune=20, chains=2, progress=watch)
    return seen, fit


def test_traces_are_those_of_the_fit(watched):
    seen, fit = watched
    traces = seen[50][0]
    recorded = step_traces(fit).sort_values(["chain", "step"], ignore_index=True)
    pd.testing.assert_frame_equal(traces, recorded[traces.columns])


def test_running_rmse_is_that_of_the_fit(watched):
    seen, fit = watched
    pd.testing.assert_frame_equal(seen[50][1], pmf.running_rmse(fit))


def test_while_tuning_only_single_draws_are_scored(watched):
    frame, figures = watched[0][15][1:]
    assert list(frame["draw"]) == [1, 5, 9, 13]  # where the training ratings are scored as well
    for part in ("train", "test"):
        trace = watched[1].idata["warmup_sample_stats"].dataset[f"{part}_rmse"].values[:, :15:4]
        np.testing.assert_allclose(frame[f"per_step_{part}"], np.sqrt((trace**2).mean(axis=0)))
    assert frame["running_test"].isna().all()
    assert np.isnan(figures["r_hat"]) and np.isnan(figures["ess"])


def test_two_draws_are_too_few_to_tell(watched):
    _, frame, figures = watched[0][22]
    assert len(frame) == 2 and frame.notna().all(axis=None)
    assert np.isnan(figures["r_hat"]) and np.isnan(figures["ess"])


def test_convergence_is_that_of_the_draws_so_far(watched):
    seen, fit = watched
    draws = fit.idata["predictions"].dataset["prediction"].values[:, :20, :25]
    expected = convergence(draws)
    assert seen[40][2]["r_hat"] == pytest.approx(expected["r_hat"].max())
    assert seen[40][2]["ess"] == pytest.approx(expected["ess_bulk"].min())


@pytest.mark.parametrize("size", [1, 99, 100, 101, 1000, 12345])
def test_thinning_keeps_the_last_and_few(size):
    names = ("norm_U", "norm_V", "train_rmse", "test_rmse")
    traces = {name: np.arange(size)[None] for name in names}
    recorder = SimpleNamespace(steps=size, chains=1, traces=traces, in_stars=lambda _, x: x)
    frame = live.live_traces(recorder)
    kept = frame["step"].to_numpy()
    assert kept[-1] == size and len(kept) <= 100
    assert (frame["norm_U"] == kept - 1).all()
    assert len(set(np.diff(kept))) <= 1
