"""Chains on a Dask cluster give the same draws as here, also when a worker is lost."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import pmf_core as pmf
import pmf_core.sampling.cluster as cluster_module
from pmf_core.runs.queue import Job, JobQueue
from pmf_core.runs.request import FitRequest
from pmf_core.runs.store import RunStore
from pmf_core.sampling.cluster import ClusterExecutor
from tests.support.jobs import wait, wait_for

distributed = pytest.importorskip(
    "distributed", reason="Dask is not installed: pip install dask distributed"
)

ROOT = Path(__file__).resolve().parents[2]
RUN = {"draws": 150, "tune": 30, "chains": 2, "random_seed": 3, "keep": 20}


def start(*args, folder):
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    log = open(folder / f"{args[0]}-{time.monotonic_ns()}.log", "w")  # noqa: SIM115
    command = [sys.executable, "-m", "distributed.cli." + args[0], *args[1:]]
    process = subprocess.Popen(command, stderr=log, stdout=log, env=environment, cwd=folder)
    log.close()
    return process, Path(log.name)


def start_scheduler(folder, port=0):
    """Return its process and its address."""
    options = ("--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
    scheduler, log = start("dask_scheduler", *options, folder=folder)
    deadline = time.monotonic() + 60
    while not (found := re.search(r"Scheduler at:\s+(tcp://\S+)", log.read_text())):
        assert scheduler.poll() is None and time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)
    return scheduler, found[1]


def start_worker(folder, address):
    options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--memory-limit", "0")
    return start("dask_worker", address, *options, folder=folder)[0]


@pytest.fixture
def processes():
    """A list of processes to end after the test."""
    found = []
    yield found
    for process in found:
        process.kill()
        process.wait()


@pytest.fixture
def cluster(tmp_path, processes):
    """Start a scheduler and two workers; return its address and the workers' processes."""
    scheduler, address = start_scheduler(tmp_path)
    workers = [start_worker(tmp_path, address) for _ in range(2)]
    processes += [*workers, scheduler]
    return address, workers


@pytest.mark.slow
def test_a_lost_worker_changes_nothing(ratings, cluster):
    address, workers = cluster
    split = pmf.split_ratings(ratings, 0.2, random_seed=1)
    config = pmf.PMFConfig(n_factors=2)
    here = pmf.sample_gibbs(split, config, **RUN)

    def kill_one(progress):
        if progress.done == 40:
            workers[0].send_signal(signal.SIGKILL)

    executor = ClusterExecutor(address)
    with distributed.Client(address) as client:
        client.wait_for_workers(2, timeout=60)
    there = pmf.sample_gibbs(split, config, **RUN, executor=executor, progress=kill_one)
    assert workers[0].poll() is not None
    executor.shutdown()
    for group in ("posterior", "sample_stats", "heldout"):
        for name, values in here.idata[group].dataset.items():
            np.testing.assert_array_equal(values, there.idata[group].dataset[name], err_msg=name)


@pytest.mark.slow
def test_a_fit_outlives_its_scheduler(ratings, tmp_path, processes, monkeypatch):
    split = pmf.split_ratings(ratings, 0.2, random_seed=1)
    request = FitRequest("gibbs", split, pmf.PMFConfig(2), pmf.SamplerConfig(150, 30, 2, 3, 20))
    queue = JobQueue(RunStore(tmp_path / "runs"), tmp_path / "jobs")
    scheduler, address = start_scheduler(tmp_path)
    processes += [scheduler, start_worker(tmp_path, address)]

    report, seen = Job.report, []

    def watched(self, progress):  # slowly, so that there is time to lose the scheduler
        seen.append(progress.done)
        time.sleep(0.02)
        return report(self, progress)

    monkeypatch.setattr(Job, "report", watched)
    monkeypatch.setenv("PMF_DASK_SCHEDULER", address)
    job = queue.submit("lost", request)
    wait(lambda: seen and seen[-1] > 40)
    scheduler.kill()
    scheduler.wait()
    processes[1].kill()
    wait_for(job)
    assert job.is_resumable and "resume the fit" in job.error, job.error
    # Without workers it says so; once they are there, it goes on where it was.
    monkeypatch.setattr(cluster_module, "PATIENCE", 3)
    processes.append(start_scheduler(tmp_path, address.rpartition(":")[2])[0])
    queue.resume(job)
    wait_for(job)
    assert f"the Dask scheduler at {address} has no workers" in job.error, job.error
    processes.append(start_worker(tmp_path, address))
    monkeypatch.setattr(cluster_module, "PATIENCE", 30)
    seen.clear()
    queue.resume(job)
    wait_for(job)
    assert job.state == "done", job.error
    assert min(done for done in seen if done) > 30
    there, here = queue.store.open(job.run_id), request.run()
    for name, values in here.idata["posterior"].dataset.items():
        np.testing.assert_array_equal(values, there.idata["posterior"].dataset[name], err_msg=name)


def test_a_scheduler_that_does_not_answer_is_named():
    with pytest.raises(ConnectionError, match="no Dask scheduler answers at 'nonsense'"):
        ClusterExecutor("nonsense")
