"""The button of a run with too few draws goes on with it, to the draws of one long run."""

import numpy as np
import pytest

import pmf_core as pmf
from pages.shell import cache
from pmf_core.runs.store import RunStore
from tests.support.jobs import wait_for
from tests.support.visits import SAMPLER, sample, visit


@pytest.mark.slow
def test_too_few_draws_are_the_first_of_four_times_as_many(home, monkeypatch):
    where = "pmf_core.evaluation.verdict"
    monkeypatch.setattr(f"{where}.doubt", lambda of, _: None if of["method"] == "map" else "few")
    monkeypatch.setattr(f"{where}.agreement", lambda *_: "few")
    app = sample(visit("fit", **SAMPLER))
    store = RunStore(home / "runs")
    [short] = store.list()
    assert (home / "ended" / short.id / "state.npz").exists()
    app.button(key="mend-run-gibbs").click().run()
    assert not app.exception
    job = next(each for each in cache.queue().list() if each.id != short.id)
    wait_for(job)
    assert job.state == "done", job.error
    assert [path.name for path in (home / "ended").iterdir()] == [job.id]
    fit, first = store.open(job.run_id), store.open(short.id)
    assert (fit.sampler.draws, fit.sampler.tune) == (200, 50)
    length = {"draws": 200, "tune": 50, "chains": 2}
    alone = pmf.sample_gibbs(fit.split, fit.config, **length)
    for part in "UV":
        drawn = fit.idata["posterior"].dataset[part].values
        np.testing.assert_array_equal(drawn, alone.idata["posterior"].dataset[part].values)
        # Of the long run every second draw is stored, of the short one every one.
        again = first.idata["posterior"].dataset[part].values[:, 1::2]
        np.testing.assert_array_equal(drawn[:, :25], again)
