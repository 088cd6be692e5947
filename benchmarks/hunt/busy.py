"""A server without pages, for the hunt of kills: it fits, renames and imports without end."""

import random
import sys
from pathlib import Path

import pmf_core as pmf
from pmf_core.runs.queue import JobQueue
from pmf_core.runs.request import FitRequest
from pmf_core.runs.store import RunStore


def main(home: Path, seed: int) -> None:
    """Keep the queue full, and rename and import meanwhile."""
    sys.stderr = open(home / "server.log", "a", buffering=1)  # as a server's, read in the end
    rng, number = random.Random(seed), 0
    queue = JobQueue(RunStore(home / "runs"), home / "jobs")
    left = [job for job in queue.list() if job.is_resumable]
    for job in rng.sample(left, len(left) // 2):
        queue.resume(job)
    split = pmf.split_ratings(pmf.simulate_ratings(120, 150, 1800, 3)[0])
    while True:
        active = [job for job in queue.list() if job.is_active]
        if len(active) < 4:
            number += 1
            run = pmf.SamplerConfig(rng.choice((20, 50, 400)), 20, 2, 10_000 * seed + number)
            queue.submit("fit", FitRequest(rng.choice(("map", "gibbs")), split, sampler=run))
        runs = [run.id for run in queue.store.list() if run.error is None]
        if runs:
            queue.store.rename(rng.choice(runs), f"renamed by {seed}, {number}")
        if rng.random() < 0.1:
            with open(home / "import.nc", "rb") as file:
                queue.store.add_file(file, "import.nc")
