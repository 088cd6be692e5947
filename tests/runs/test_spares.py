"""A fit with more draws goes on where a run of the same fit ended, if that is still known."""

import time

import numpy as np
import pytest

from pmf_core.runs import spares
from tests.support.jobs import request, wait_for


def run_of(queue, split, longer="", owner="", **settings):
    """Return the run that a job becomes, and the first step that it reports."""
    wanted, steps = request(split, **settings), []
    job = queue.submit("a fit", wanted, owner=owner, longer=longer)
    report = job.report

    def watch(progress):
        if progress.done:
            steps.append(progress.done)
        return report(progress)

    job.report = watch
    wait_for(job)
    assert job.state == "done", job.error
    alone, found = wanted.run().idata, queue.store.open(job.run_id).idata
    for group in ("posterior", "sample_stats", "running", "heldout"):
        for name, values in alone[group].dataset.items():
            np.testing.assert_allclose(found[group].dataset[name], values, rtol=1e-6, err_msg=name)
    return job.run_id, min(steps)


def kept(queue):
    folder = queue.spares.folder
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


@pytest.fixture
def waiting(queue, monkeypatch):
    """A queue whose jobs start a moment late, so that a test sees their first step."""
    fit = queue._fit

    def late(job):
        time.sleep(0.1)
        return fit(job)

    monkeypatch.setattr(queue, "_fit", late)
    return queue


@pytest.mark.slow
def test_four_times_as_many_draws_go_on_from_the_first_quarter(waiting, split):
    short, first = run_of(waiting, split, draws=30)
    assert first <= 4 and kept(waiting) == {short}
    longer, first = run_of(waiting, split, longer=short, draws=120)
    assert first == 41  # after 10 steps of tuning and 30 draws
    assert kept(waiting) == {longer}


@pytest.mark.slow
@pytest.mark.parametrize("other", [{"seed": 1}, {"draws": 45}, {"keep": 30}])
def test_what_is_no_longer_form_of_a_run_starts_anew(waiting, split, other):
    short, _ = run_of(waiting, split, draws=30)
    _, first = run_of(waiting, split, longer=short, **({"draws": 120} | other))
    assert first <= 4


@pytest.mark.slow
def test_nobody_goes_on_from_a_run_of_somebody_else_or_one_that_is_deleted(waiting, split):
    theirs, _ = run_of(waiting, split, owner="b" * 64, draws=30)
    _, first = run_of(waiting, split, longer=theirs, owner="a" * 64, draws=120)
    assert first <= 4 and theirs in kept(waiting)
    waiting.store.delete(theirs)
    _, first = run_of(waiting, split, longer=theirs, owner="b" * 64, draws=60)
    assert first <= 4
    waiting.spares.forget(theirs)
    assert theirs not in kept(waiting)


@pytest.mark.slow
def test_few_and_small_ones_are_kept_and_none_of_a_series(waiting, split, monkeypatch):
    monkeypatch.setattr(spares, "AT_MOST", 2)
    ids = [run_of(waiting, split, seed=seed)[0] for seed in range(3)]
    assert kept(waiting) == set(ids[1:])
    job = waiting.submit("a cell", request(split), sweep="s")
    wait_for(job)
    assert kept(waiting) == set(ids[1:])
    monkeypatch.setattr(spares, "MAX_BYTES", 1000)
    run_of(waiting, split, seed=7)
    assert kept(waiting) == set(ids[1:])
