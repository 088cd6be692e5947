"""Jobs run in the background, are cancelled, fail with a message, and outlive their process."""

import signal
import subprocess
import sys
import textwrap
from concurrent.futures import Executor, Future

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.fits.checkpoint import Checkpoint
from pmf_core.runs.queue import JobQueue
from pmf_core.runs.request import FitRequest
from pmf_core.runs.store import RunStore
from tests.support.jobs import long, request, wait, wait_for
from tests.support.marks import slow_but


def first_step_of(job):
    """Return a list that begins with the first step a job reports."""
    steps, report = [], job.report

    def watch(progress):
        if progress.done:
            steps.append(progress.done)
        return report(progress)

    job.report = watch
    return steps


def assert_same_draws(fit, other):
    drawn, expected = (each.idata["posterior"].dataset["V"] for each in (fit, other))
    np.testing.assert_array_equal(drawn, expected)


@pytest.mark.parametrize("method", slow_but(["map", "gibbs"], "map"))
def test_a_job_ends_in_the_store(queue, split, method):
    job = queue.submit("mine", request(split, method), sweep="s")
    wait_for(job)
    assert (job.state, job.error) == ("done", None)
    run = queue.store.get(job.run_id)
    assert (run.name, run.attrs["sweep"]) == ("mine", "s")
    summary = queue.store.open(job.run_id).summary()
    again = request(split, method).run().summary()
    assert summary | {"seconds": 0} == pytest.approx(again | {"seconds": 0}, nan_ok=True)
    assert not list(queue.folders.folder.iterdir())


def test_cancel_keeps_what_was_drawn_and_frees_the_queue(queue, split):
    running, waiting = queue.submit("a", long(split)), queue.submit("b", long(split))
    last = queue.submit("c", request(split))
    wait(lambda: running.progress is not None and running.progress.recorder.kept)
    assert (running.state, waiting.state) == ("running", "queued")
    assert [queue.position(job) for job in (running, waiting, last)] == [0, 0, 1]
    queue.cancel(waiting)
    queue.cancel(running)
    wait_for(last)
    assert running.state == waiting.state == "cancelled"
    assert running.progress is None  # a queue of finished jobs holds no draws
    assert queue.store.get(running.run_id).summary["partial"]
    assert waiting.error == "cancelled before it started"
    assert last.state == "done"


FAILURES = {
    "full disk": (
        OSError(28, "No space left on device"), "interrupted",
        "the server's disk is full; make room, then resume it: what it had drawn is kept",
    ),
    "another": (RuntimeError("no luck"), "failed", "RuntimeError: no luck"),
}  # fmt: skip


@pytest.mark.parametrize("what", slow_but(FAILURES, "full disk"))
def test_a_failure_keeps_its_message_and_what_was_drawn(queue, split, monkeypatch, capsys, what):
    error, state, message = FAILURES[what]
    write, written = Checkpoint.write, []

    def full(self, *args):
        if len(written) == 3:
            raise error
        written.append(write(self, *args))

    monkeypatch.setattr(Checkpoint, "write", full)
    job = queue.submit("unlucky", request(split))
    wait_for(job)
    assert (job.state, job.error, job.is_resumable) == (state, message, True)
    if state == "failed":
        wait(lambda: "no luck" in capsys.readouterr().err)
    monkeypatch.setattr(Checkpoint, "write", write)
    steps = first_step_of(job)
    queue.resume(job)
    wait_for(job)
    assert (job.state, job.error) == ("done", None) and steps[0] > 1
    assert_same_draws(queue.store.open(job.run_id), request(split).run())


def test_a_job_whose_message_cannot_be_printed_fails_all_the_same(queue, split, monkeypatch):
    def broken(*args, **options):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(FitRequest, "run", broken)
    monkeypatch.setattr("traceback.print_exc", broken)
    job = queue.submit("doomed", request(split))
    wait(lambda: job.state == "failed")
    queue.dismiss(job)
    assert not queue.list() and not list(queue.folders.folder.iterdir())


@pytest.mark.slow
def test_a_damaged_checkpoint_costs_time_and_nothing_else(queue, split):
    queue.store.limit_bytes = 0
    job = queue.submit("big", request(split))
    wait(lambda: job.state == "interrupted")
    (queue.folders.folder / job.id / "checkpoint" / "state.npz").write_bytes(b"")
    queue.store.limit_bytes = 10**9
    queue.resume(job)
    wait_for(job)
    assert job.state == "done"
    assert_same_draws(queue.store.open(job.run_id), request(split).run())


def test_a_job_that_nothing_works_on_is_cancelled_at_once(split, tmp_path):
    class Idle(Executor):
        def submit(self, fn, /, *args, **kwargs):
            return Future()

    store = RunStore(tmp_path / "runs")
    queue = JobQueue(store, tmp_path / "jobs", max_running=1, executor=Idle)
    job = queue.submit("stuck", request(split))
    wait(lambda: job.state == "running")
    queue.cancel(job)
    wait_for(job)
    assert job.state == "cancelled" and "stopped after 0 of 40 steps" in job.error


def test_a_lost_cluster_is_named_and_its_fit_resumable(split, tmp_path):
    class Lost(Executor):
        def submit(self, fn, /, *args, **kwargs):
            future = Future()
            future.cancel()
            future.set_running_or_notify_cancel()
            return future

    store = RunStore(tmp_path / "runs")
    queue = JobQueue(store, tmp_path / "jobs", executor=Lost)
    job = queue.submit("lost", request(split))
    wait_for(job)
    assert job.is_resumable and "once it is back, resume the fit" in job.error


@pytest.mark.slow
def test_what_is_drawn_can_be_dropped(queue, split):
    job = queue.submit("a", long(split))
    wait(lambda: job.progress is not None and job.progress.recorder.kept)
    queue.cancel(job, keep=False)
    wait_for(job)
    assert (job.state, job.run_id) == ("cancelled", None)
    assert not queue.store.list() and not list(queue.folders.folder.iterdir())


@pytest.mark.slow
def test_a_full_store_loses_nothing(queue, split):
    queue.store.limit_bytes = 0
    job = queue.submit("big", request(split))
    wait_for(job)
    assert job.state == "interrupted"
    assert "delete runs" in job.error
    queue.store.limit_bytes = 10**9
    queue.resume(job)
    wait_for(job)
    assert (job.state, job.error) == ("done", None)
    with pytest.raises(ValueError, match="is done; only an interrupted or failed one resumes"):
        queue.resume(job)


def test_an_active_job_is_not_dismissed(queue, split):
    job = queue.submit("a", long(split))
    with pytest.raises(ValueError, match="cancel it first"):
        queue.dismiss(job)
    queue.cancel(job)
    wait_for(job)


def test_the_ratings_of_many_jobs_are_on_disk_and_in_memory_once(queue, split):
    jobs = [queue.submit(str(seed), long(split)) for seed in range(3)]
    files = [queue.folders.folder / job.id / "ratings.npz" for job in jobs]
    assert len({file.stat().st_ino for file in files}) == 1
    other = queue.submit("other", long(pmf.Split(split.train, split.test)))
    file = queue.folders.folder / other.id / "ratings.npz"
    assert file.stat().st_ino != files[0].stat().st_ino  # nobody knows that it is the same
    first, second = (FitRequest.load(path.parent) for path in files[:2])
    assert first.split is second.split and first.split.id == split.id
    for job in (*jobs[::-1], other):
        queue.cancel(job, keep=False)
    wait_for(*jobs, other)
    assert not list(queue.folders.folder.iterdir())


@pytest.mark.slow
def test_two_jobs_at_once_do_not_mix(split, tmp_path):
    queue = JobQueue(RunStore(tmp_path / "runs"), tmp_path / "jobs", max_running=2)
    jobs = [queue.submit(str(seed), request(split, seed=seed)) for seed in range(2)]
    wait_for(*jobs)
    for seed, job in enumerate(jobs):
        alone = request(split, seed=seed).run()
        fits = queue.store.open(job.run_id), alone
        drawn, expected = (fit.idata["posterior"].dataset["U"] for fit in fits)
        np.testing.assert_array_equal(drawn, expected)


def test_an_unknown_method_is_refused(split):
    with pytest.raises(ValueError, match="method is 'vi'; it must be one of"):
        FitRequest("vi", split)


SIGNALS = [signal.SIGKILL, signal.SIGTERM, signal.SIGINT]


@pytest.mark.slow
@pytest.mark.parametrize("by", SIGNALS, ids=lambda by: by.name)
def test_a_server_that_ends_leaves_jobs_that_resume_to_the_same_draws(split, tmp_path, by):
    script = textwrap.dedent(
        """
        import signal, sys, time
        from pathlib import Path
        from pmf_core.runs.queue import Job, JobQueue
        from pmf_core.runs.request import FitRequest
        from pmf_core.runs.store import RunStore

        def slowly(self, progress, report=Job.report):
            time.sleep(0.02)
            return report(self, progress)

        Job.report = slowly
        folder = Path(sys.argv[1])
        signal.signal(signal.SIGTERM, lambda *_: sys.exit())
        queue = JobQueue(RunStore(folder / "runs"), folder / "jobs", max_running=1)
        queue.submit("victim", FitRequest.load(folder), sweep="s")
        queue.submit("next", FitRequest.load(folder))
        time.sleep(600)
        """
    )
    wanted = request(split, draws=60)
    wanted.save(tmp_path)
    victim = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)])
    try:
        wait(lambda: list(tmp_path.glob("jobs/*/checkpoint/kept-1.npz")), what="no checkpoint")
        victim.send_signal(by)
        victim.wait(60)
    finally:
        victim.kill()
    queue = JobQueue(RunStore(tmp_path / "runs"), tmp_path / "jobs")
    job, last = queue.list()
    assert (job.state, job.name, job.tags) == ("interrupted", "victim", {"sweep": "s"})
    assert (last.state, last.name) == ("interrupted", "next")
    steps = first_step_of(job)
    queue.resume(job)
    wait_for(job)
    assert job.state == "done" and not queue.store.get(job.run_id).summary["partial"]
    assert steps[0] > 1  # it went on rather than started anew
    assert_same_draws(queue.store.open(job.run_id), wanted.run())
