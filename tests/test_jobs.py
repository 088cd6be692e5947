"""Jobs run in the background, are cancelled, fail with a message, and outlive their process."""

import subprocess
import sys
import textwrap
import threading
import time

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.jobs import JobQueue
from pmf_core.request import FitRequest
from pmf_core.store import RunStore

CONFIG = pmf.PMFConfig(n_factors=2)


@pytest.fixture(scope="module")
def split(ratings):
    return pmf.split_ratings(ratings, 0.2, random_seed=1)


@pytest.fixture
def queue(tmp_path):
    return JobQueue(RunStore(tmp_path / "runs"), tmp_path / "jobs", max_running=1)


def request(split, method="gibbs", draws=30, seed=0):
    return FitRequest(method, split, CONFIG, pmf.SamplerConfig(draws, 10, 2, seed, keep=20))


def wait(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.01)


def long(split):
    return request(split, draws=100_000)


@pytest.mark.parametrize("method", ["map", "gibbs"])
def test_a_job_ends_in_the_store(queue, split, method):
    job = queue.submit("mine", request(split, method), sweep="s")
    wait(lambda: not job.is_active)
    assert (job.state, job.error) == ("done", None)
    run = queue.store.get(job.run_id)
    assert (run.name, run.attrs["sweep"]) == ("mine", "s")
    summary = queue.store.open(job.run_id).summary()
    again = request(split, method).run().summary()
    assert summary | {"seconds": 0} == pytest.approx(again | {"seconds": 0}, nan_ok=True)
    assert not list(queue.folder.iterdir())


def test_cancel_keeps_what_was_drawn_and_frees_the_queue(queue, split):
    running, waiting = queue.submit("a", long(split)), queue.submit("b", long(split))
    last = queue.submit("c", request(split))
    wait(lambda: running.progress is not None and running.progress.recorder.kept)
    assert (running.state, waiting.state) == ("running", "queued")
    assert [queue.position(job) for job in (running, waiting, last)] == [0, 0, 1]
    queue.cancel(waiting)
    queue.cancel(running)
    wait(lambda: not last.is_active)
    assert running.state == waiting.state == "cancelled"
    assert running.progress is None  # a queue of finished jobs holds no draws
    assert queue.store.get(running.run_id).summary["partial"]
    assert waiting.error == "cancelled before it started"
    assert last.state == "done"


def test_a_failure_keeps_its_message(queue, split, monkeypatch, capsys):
    def broken(self, **options):
        raise RuntimeError("out of luck")

    monkeypatch.setattr(FitRequest, "run", broken)
    job = queue.submit("doomed", request(split))
    wait(lambda: not job.is_active)
    assert (job.state, job.error) == ("failed", "RuntimeError: out of luck")
    assert "out of luck" in capsys.readouterr().err
    queue.dismiss(job)
    assert not queue.jobs


def test_a_full_store_loses_nothing(queue, split):
    queue.store.limit_bytes = 0
    job = queue.submit("big", request(split))
    wait(lambda: not job.is_active)
    assert job.state == "interrupted"
    assert "delete runs" in job.error
    queue.store.limit_bytes = 10**9
    queue.resume(job)
    wait(lambda: not job.is_active)
    assert (job.state, job.error) == ("done", None)
    with pytest.raises(ValueError, match="is done; only an interrupted one resumes"):
        queue.resume(job)


def test_an_active_job_is_not_dismissed(queue, split):
    job = queue.submit("a", long(split))
    with pytest.raises(ValueError, match="cancel it first"):
        queue.dismiss(job)
    queue.cancel(job)
    wait(lambda: not job.is_active)


def test_two_jobs_at_once_do_not_mix(split, tmp_path):
    queue = JobQueue(RunStore(tmp_path / "runs"), tmp_path / "jobs", max_running=2)
    jobs = [queue.submit(str(seed), request(split, seed=seed)) for seed in range(2)]
    wait(lambda: not any(job.is_active for job in jobs))
    for seed, job in enumerate(jobs):
        alone = request(split, seed=seed).run()
        fits = queue.store.open(job.run_id), alone
        drawn, expected = (fit.idata["posterior"].dataset["U"] for fit in fits)
        np.testing.assert_array_equal(drawn, expected)


def test_a_job_of_a_living_process_is_left_alone(queue, split):
    job = queue.submit("a", long(split))
    assert not JobQueue(queue.store, queue.folder).jobs
    queue.cancel(job)
    wait(lambda: not job.is_active)


def test_requests_survive_the_disk(split, tmp_path):
    wanted = request(split)
    wanted.save(tmp_path)
    loaded = FitRequest.load(tmp_path)
    assert (loaded.method, loaded.config, loaded.sampler) == ("gibbs", CONFIG, wanted.sampler)
    assert loaded.split.id == split.id
    np.testing.assert_array_equal(loaded.split.test.titles, split.test.titles)


def test_an_unknown_method_is_refused(split):
    with pytest.raises(ValueError, match="method is 'vi'; it must be one of"):
        FitRequest("vi", split)


def test_kill_9_leaves_an_interrupted_job_that_resumes_to_the_same_draws(split, tmp_path):
    script = textwrap.dedent(
        """
        import sys, time
        from pathlib import Path
        from pmf_core.jobs import Job, JobQueue
        from pmf_core.request import FitRequest
        from pmf_core.store import RunStore

        def slowly(self, progress, report=Job._report):
            time.sleep(0.02)
            return report(self, progress)

        Job._report = slowly
        folder = Path(sys.argv[1])
        queue = JobQueue(RunStore(folder / "runs"), folder / "jobs")
        queue.submit("victim", FitRequest.load(folder), sweep="s")
        time.sleep(600)
        """
    )
    wanted = request(split, draws=60)
    wanted.save(tmp_path)
    victim = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)])
    wait(lambda: list(tmp_path.glob("jobs/*/checkpoint/kept-1.npz")))
    victim.kill()
    victim.wait()
    queue = JobQueue(RunStore(tmp_path / "runs"), tmp_path / "jobs")
    (job,) = queue.jobs.values()
    assert (job.state, job.name, job.tags) == ("interrupted", "victim", {"sweep": "s"})
    first = threading.Event()
    report = job._report

    def watch(progress):
        if not first.is_set():
            job.first_step = progress.done
            first.set()
        return report(progress)

    job._report = watch
    queue.resume(job)
    wait(lambda: not job.is_active)
    assert job.state == "done"
    assert job.first_step > 1  # it went on rather than started anew
    fits = queue.store.open(job.run_id), wanted.run()
    drawn, expected = (fit.idata["posterior"].dataset["V"] for fit in fits)
    np.testing.assert_array_equal(drawn, expected)
