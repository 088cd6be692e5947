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
from pmf_core.cluster import ClusterExecutor

pytest.importorskip("distributed", reason="Dask is not installed: pip install dask distributed")

ROOT = Path(__file__).parent.parent
RUN = {"draws": 150, "tune": 30, "chains": 2, "random_seed": 3, "keep": 20}


def start(*args, folder):
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    log = open(folder / f"{args[0]}-{time.monotonic_ns()}.log", "w")  # noqa: SIM115
    command = [sys.executable, "-m", "distributed.cli." + args[0], *args[1:]]
    process = subprocess.Popen(command, stderr=log, stdout=log, env=environment, cwd=folder)
    log.close()
    return process, Path(log.name)


@pytest.fixture
def cluster(tmp_path):
    """Start a scheduler and two workers; yield its address and the workers' processes."""
    scheduler, log = start(
        "dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", folder=tmp_path
    )
    deadline = time.monotonic() + 60
    while not (found := re.search(r"Scheduler at:\s+(tcp://\S+)", log.read_text())):
        assert scheduler.poll() is None and time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)
    address = found[1]
    options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--memory-limit", "0")
    workers = [start("dask_worker", address, *options, folder=tmp_path)[0] for _ in range(2)]
    yield address, workers
    for process in (*workers, scheduler):
        process.kill()
        process.wait()


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
    executor._client.wait_for_workers(2, timeout=60)
    there = pmf.sample_gibbs(split, config, **RUN, executor=executor, progress=kill_one)
    assert workers[0].poll() is not None
    executor.shutdown()
    for group in ("posterior", "sample_stats", "heldout"):
        for name, values in here.idata[group].dataset.items():
            np.testing.assert_array_equal(values, there.idata[group].dataset[name], err_msg=name)


def test_a_scheduler_that_does_not_answer_is_named():
    with pytest.raises(ConnectionError, match="no Dask scheduler answers at 'nonsense'"):
        ClusterExecutor("nonsense")
