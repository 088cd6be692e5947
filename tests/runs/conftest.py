"""A split, and a queue with nothing in it."""

import pytest

import pmf_core as pmf
from pmf_core.runs.queue import JobQueue
from pmf_core.runs.store import RunStore


@pytest.fixture(scope="session")
def split(ratings):
    return pmf.split_ratings(ratings, 0.2, random_seed=1)


@pytest.fixture
def queue(tmp_path):
    return JobQueue(RunStore(tmp_path / "runs"), tmp_path / "jobs", max_running=1)
