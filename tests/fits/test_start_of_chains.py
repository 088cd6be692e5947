"""Chains that start at the MAP: what changes, what does not, and that all of the app knows it."""

import hashlib
import json
from dataclasses import asdict

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.evaluation.lessons_of_fits import chains_began
from pmf_core.fits import by_gibbs
from pmf_core.fits.checkpoint import OtherFit, _parts, fingerprints
from pmf_core.fits.cost import estimate_work, fit_seconds, gibbs_cost
from pmf_core.models.arrange import arrange
from pmf_core.runs.leaderboard import settings
from pmf_core.runs.recipe import snippet
from pmf_core.runs.request import FitRequest
from pmf_core.runs.store import RunStore

SHORT = {"draws": 10, "tune": 5, "chains": 2, "random_seed": 4, "keep": 6}
CONFIG = pmf.PMFConfig(n_factors=3)


@pytest.fixture(scope="module")
def split(ratings):
    return pmf.split_ratings(ratings, 0.2, random_seed=1)


@pytest.fixture(scope="module")
def fit(split):
    return pmf.sample_gibbs(split, CONFIG, **SHORT, start="map")


def first_step(fit):
    return fit.idata["warmup_sample_stats"]["total_log_likelihood"].values[:, 0]


def draws(fit):
    return fit.idata["posterior"]["U"].values


def test_all_chains_begin_at_the_map_that_is_found_with_the_seed(split, fit):
    point = pmf.fit_map(split, CONFIG, random_seed=4)
    at_peak = float(point.idata["sample_stats"]["total_log_likelihood"].values[0, 0])
    apart = first_step(pmf.sample_gibbs(split, CONFIG, **SHORT))
    # One sweep from the peak is nearer to it than one sweep from the prior.
    assert np.abs(first_step(fit) - at_peak).max() < np.abs(apart - at_peak).min()
    assert draws(fit).shape == (2, 2, 60, 3) and not np.array_equal(*draws(fit))
    assert fit.sampler.start == "map" and fit.sampler == pmf.SamplerConfig(**SHORT, start="map")


def test_a_chain_goes_on_from_exactly_that_state(split, monkeypatch):
    started = []
    right = by_gibbs.run_chains

    def spy(problem, states, *args):
        started.extend(states)
        return right(problem, states, *args)

    monkeypatch.setattr(by_gibbs, "run_chains", spy)
    pmf.sample_gibbs(split, CONFIG, **SHORT, start="map")
    point = pmf.fit_map(split, CONFIG, random_seed=4).idata["posterior"]
    for state in started:
        np.testing.assert_array_equal(state.U.astype(np.float32), point["U"].values[0, 0])
        np.testing.assert_array_equal(state.V.astype(np.float32), point["V"].values[0, 0])


def test_by_default_nothing_has_changed(split):
    by_default = pmf.sample_gibbs(split, CONFIG, **SHORT)
    assert by_default.sampler.start == "prior"
    named = pmf.sample_gibbs(split, CONFIG, **SHORT, start="prior")
    np.testing.assert_array_equal(draws(by_default), draws(named))


@pytest.mark.slow
def test_both_starts_come_to_the_same_posterior(ratings):
    split = pmf.split_ratings(ratings, 0.2, random_seed=1)
    long = {"draws": 1500, "tune": 300, "chains": 4}
    found = [
        pmf.sample_gibbs(split, pmf.PRESETS["bpmf"], **long, start=start).heldout()["pred_mean"]
        for start in ("prior", "map")
    ]
    control = pmf.fit_map(split, pmf.PRESETS["bpmf"]).heldout()["pred_mean"]
    assert np.abs(found[0] - found[1]).mean() < 0.02 < np.abs(found[0] - control).mean()


def test_it_is_cut_off_and_goes_on_to_the_same_draws(split, fit, tmp_path):
    def stop(progress):
        return progress.done < 12

    pmf.sample_gibbs(split, CONFIG, **SHORT, start="map", checkpoint=tmp_path, progress=stop)
    again = pmf.sample_gibbs(split, CONFIG, **SHORT, start="map", checkpoint=tmp_path)
    np.testing.assert_array_equal(draws(again), draws(fit))
    with pytest.raises(OtherFit):
        pmf.sample_gibbs(split, CONFIG, **SHORT, checkpoint=tmp_path)


def test_a_climb_answers_a_cancellation(split):
    seen = []

    def stop(progress):
        seen.append(progress.done)
        return len(seen) < 3

    with pytest.raises(InterruptedError, match="stopped after 1 of 15 steps"):
        pmf.sample_gibbs(split, CONFIG, **SHORT, start="map", progress=stop)
    assert seen[:3] == [0, 0, 0]


def test_checkpoints_of_before_are_still_known(split):
    problem, length = arrange(CONFIG, split.train), pmf.SamplerConfig(**SHORT)
    digest, test = hashlib.sha256(), split.test
    pairs = test.user_idx, test.item_idx, test.rating, test.timestamp
    before = tuple(value for name, value in asdict(length).items() if name != "start")
    for part in _parts((problem, pairs, test.scale, *before)):
        digest.update(part)
    assert fingerprints(problem, test, length)[0] == digest.hexdigest()


@pytest.mark.slow
def test_requests_recipes_and_tables_name_it_where_it_is_not_as_usual(split, fit, tmp_path):
    request = FitRequest("gibbs", split, CONFIG, pmf.SamplerConfig(**SHORT, start="map"))
    (tmp_path / "job").mkdir()
    request.save(tmp_path / "job")
    assert FitRequest.load(tmp_path / "job").sampler == request.sampler
    path = tmp_path / "job" / "request.json"
    stored = json.loads(path.read_text())
    del stored["sampler"]["start"]  # as a version of before wrote it
    path.write_text(json.dumps(stored))
    assert FitRequest.load(tmp_path / "job").sampler.start == "prior"
    assert "start='map'" in snippet(fit)
    usual = pmf.sample_gibbs(split, CONFIG, **SHORT)
    assert "start" not in snippet(usual)
    store = RunStore(tmp_path / "runs")
    assert [settings(store.add(each, "a run"))["start"] for each in (fit, usual)] == [
        "map", "prior",
    ]  # fmt: skip
    nuts = FitRequest("nuts", split, CONFIG, pmf.SamplerConfig(5, 5, 1, start="map"))
    assert nuts.sampler.start == "map"


def test_the_climb_is_counted_among_what_a_fit_takes(split):
    length = pmf.SamplerConfig(**SHORT)
    work = estimate_work(split, CONFIG)
    at_map = pmf.SamplerConfig(**SHORT, start="map")
    extra = fit_seconds(split, CONFIG, at_map) - fit_seconds(split, CONFIG, length)
    assert extra == pytest.approx(500 * work)
    slower, plain = (gibbs_cost(split, CONFIG, each, cores=2) for each in (at_map, length))
    assert slower.seconds - plain.seconds == pytest.approx(100 * work)
    assert slower.steps == plain.steps


def test_what_is_said_of_the_start_is_read_off_the_traces(split, fit):
    said = chains_began(fit)
    assert "begin at the one MAP" in said.text and "never were apart" in said.text
    long = pmf.sample_gibbs(split, CONFIG, draws=100, tune=60, chains=2)
    said = chains_began(long)
    assert said.holds and "Chains start apart" in said.text
    stats = (long.idata[group] for group in ("warmup_sample_stats", "sample_stats"))
    tuning, kept = (each["total_log_likelihood"].values for each in stats)
    low, high = np.quantile(kept, (0.05, 0.95))
    arrived = 1 + max(np.flatnonzero((chain >= low) & (chain <= high))[0] for chain in tuning)
    assert said.evidence == {"arrived": arrived, "tune": 60}
    assert f"after about {arrived} of 60 tuning steps" in said.text
    untuned = pmf.sample_gibbs(split, CONFIG, draws=10, tune=0, chains=2)
    assert "tuning" not in chains_began(untuned).text


def test_no_other_start_is_taken(split):
    with pytest.raises(ValueError, match="start is 'top'; it must be one of"):
        pmf.sample_gibbs(split, CONFIG, **SHORT, start="top")
