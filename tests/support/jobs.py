"""Fits in the background, short and long, and waiting for what they do."""

import time
from collections.abc import Callable

import pmf_core as pmf
from pmf_core.runs.request import FitRequest

CONFIG = pmf.PMFConfig(n_factors=2)

PATIENCE = 300
"""Seconds that a test waits at most: only what never ends is to fail by them, on any machine."""


def request(split, method="gibbs", draws=30, seed=0, keep=20):
    return FitRequest(method, split, CONFIG, pmf.SamplerConfig(draws, 10, 2, seed, keep=keep))


def long(split):
    """Return a fit as long as the limits allow, which ends as it is cancelled.

    It keeps a draw soon, and often.
    """
    return request(split, draws=49_000, keep=1_000)


def wait(
    condition: Callable[[], object], seconds: float = PATIENCE, what: str = "", pause: float = 0.01
) -> None:
    """Wait until a condition holds; `what` is said of it if it never does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited for {seconds} s: {what or 'no end'}"
        time.sleep(pause)


def wait_for(*jobs, seconds: float = PATIENCE) -> None:
    """Wait until jobs are over."""
    deadline = time.monotonic() + seconds
    while active := [job for job in jobs if job.is_active]:
        states = ", ".join(f"{job.name} is {job.state}" for job in active)
        assert time.monotonic() < deadline, f"waited for {seconds} s: {states}"
        time.sleep(0.01)
