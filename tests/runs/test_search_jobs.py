"""Trials of a search as jobs: cancelled, resumed, failed, cut off, and the same in the end."""

import json
import shutil

import pytest

import pmf_core as pmf
from pmf_core.runs.grid import take_up
from pmf_core.runs.plan import Plan
from pmf_core.runs.queue import JobQueue
from pmf_core.runs.request import FitRequest
from pmf_core.runs.search import search_jobs, search_trials, submit_search, why_it_ended
from pmf_core.runs.store import RunStore
from tests.support.jobs import wait

pytest.importorskip("optuna")
PLAN = Plan(pmf.PMFConfig(2), ("n_factors", "alpha"), most_factors=4, trials=4)


def finish(queue):
    wait(lambda: not any(job.is_active for job in queue.list()))


def names(queue, search):
    return list(search_trials(queue, search)[2]["name"])


@pytest.fixture(scope="module")
def expected(split, tmp_path_factory):
    """Return what a search tries that nothing disturbs."""
    folder = tmp_path_factory.mktemp("undisturbed")
    queue = JobQueue(RunStore(folder / "runs"), folder / "jobs")
    search = submit_search(queue, split, PLAN)
    finish(queue)
    return names(queue, search)


def hold(queue, split, monkeypatch, after):
    """Start a search whose trial number `after` + 1 goes on until it is cancelled."""
    run, started = FitRequest.run, []

    def held(self, checkpoint=None, progress=None, **options):
        started.append(self)
        if len(started) == after + 1:
            news = run(self, progress=None, **options)
            wait(lambda: not progress(None))
            news.idata.attrs["partial"] = 1
            return news
        return run(self, checkpoint, progress=progress, **options)

    monkeypatch.setattr(FitRequest, "run", held)
    search = submit_search(queue, split, PLAN, owner="ann")
    wait(lambda: len(started) == after + 1)
    monkeypatch.setattr(FitRequest, "run", run)
    return search


def test_a_cancelled_search_keeps_whole_trials_alone_and_goes_on_where_it_was(
    queue, split, monkeypatch, expected
):
    search = hold(queue, split, monkeypatch, after=2)
    [job] = search_jobs(queue, search)
    assert job.state == "running" and job.is_background
    queue.cancel(job)
    finish(queue)
    assert names(queue, search) == expected[:2] and job.state == "cancelled"
    take_up(queue, search_jobs(queue, search))
    finish(queue)
    assert names(queue, search) == expected and not search_jobs(queue, search)
    assert {run.owner for run in queue.store.list()} == {"ann"}


@pytest.mark.slow
def test_a_search_that_is_discarded_keeps_its_runs_and_says_so(queue, split, monkeypatch, expected):
    search = hold(queue, split, monkeypatch, after=1)
    [job] = search_jobs(queue, search)
    queue.cancel(job)
    finish(queue)
    queue.dismiss(job)
    plan, runs, _ = search_trials(queue, search)
    assert names(queue, search) == expected[:1]
    assert "ended after 1 of 4 trials: what was asked" in why_it_ended(plan, runs)


@pytest.mark.slow
@pytest.mark.parametrize("stored", [False, True])
def test_a_search_whose_server_died_goes_on_to_the_same_trials(
    queue, split, monkeypatch, expected, tmp_path, stored
):
    """Also where it died once a trial was stored and before the next was queued."""
    search = hold(queue, split, monkeypatch, after=1)
    [job] = search_jobs(queue, search)
    left = tmp_path / "left"
    shutil.copytree(queue.folders.folder, left)
    queue.cancel(job)
    finish(queue)
    if stored:
        tags = {"search": search, "search_plan": PLAN.to_json()}
        queue.store.add(job.request.run(), job.name, run_id=job.id, owner="ann", **tags)
    again = JobQueue(queue.store, left)
    [interrupted] = search_jobs(again, search)
    assert (interrupted.state, interrupted.tags["search"]) == ("interrupted", search)
    take_up(again, [interrupted])
    finish(again)
    assert names(again, search) == expected


@pytest.mark.slow
def test_a_trial_that_fails_is_passed_over(queue, split, monkeypatch):
    run = FitRequest.run

    def broken(self, *args, **options):
        if self.config != PLAN.config:
            raise ValueError("out of luck")
        return run(self, *args, **options)

    monkeypatch.setattr(FitRequest, "run", broken)
    monkeypatch.setattr("traceback.print_exc", lambda: None)
    search = submit_search(queue, split, PLAN)
    finish(queue)
    plan, runs, trials = search_trials(queue, search)
    failed = search_jobs(queue, search)
    assert len(trials) == 1 and [job.state for job in failed] == ["failed"] * 3
    assert why_it_ended(plan, runs, 3) == "All trials are done."
    monkeypatch.setattr(FitRequest, "run", run)
    take_up(queue, failed)
    finish(queue)
    assert len(names(queue, search)) == 4 and not search_jobs(queue, search)


@pytest.mark.slow
def test_a_search_that_cannot_go_on_says_why_and_resumes(queue, split, monkeypatch, expected):
    import pmf_core.runs.plan as plans

    search = None

    def gone(name):
        return None if search else name

    monkeypatch.setattr(plans, "find_spec", gone)
    monkeypatch.setattr("traceback.print_exc", lambda: None)
    queue.max_running = 0
    search = submit_search(queue, split, PLAN)
    [job] = search_jobs(queue, search)
    queue.max_running = 1
    queue._start_next()
    finish(queue)
    assert job.state == "failed" and "pip install" in job.error
    monkeypatch.undo()
    take_up(queue, [job])
    finish(queue)
    assert names(queue, search) == expected


def test_a_plan_in_a_file_is_checked_and_an_import_is_in_no_search(queue, split, tmp_path):
    fit = pmf.fit_map(split, PLAN.config)
    wild = json.dumps(json.loads(PLAN.to_json()) | {"trials": 10**9})
    bad = queue.store.add(fit, "bad", search="s", search_plan=wild)
    assert "damaged" in bad.error and "trials" in bad.error
    assert "damaged" in queue.store.add(fit, "half", search="s").error
    assert queue.store.add(fit, "good", search="s", search_plan=PLAN.to_json()).error is None
