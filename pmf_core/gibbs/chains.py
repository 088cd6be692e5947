"""Several chains at once, in segments, on any executor."""

import os
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pmf_core.config import SamplerConfig
from pmf_core.gibbs.pmf import Problem, State, initial_state, run_segment

SEGMENT_BYTES = 16e6
"""Draws that one segment of a chain may return at once."""


@cache
def local_executor() -> Executor:
    """Return the threads on which this process runs chains, one for each core."""
    available = getattr(os, "sched_getaffinity", lambda _: range(os.cpu_count() or 1))
    return ThreadPoolExecutor(len(available(0)), thread_name_prefix="pmf-chain")


def chains_in_step(
    problem: Problem, settings: SamplerConfig, executor: Executor
) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """Yield, sweep by sweep, the draws of all chains: U and V with a leading chain axis.

    Chains run in segments, each submitted when the one before it is done, so that no chain
    waits for another; their draws are buffered until all chains have taken the same sweep.
    """
    total = settings.tune + settings.draws
    n_users, n_items, n_factors = problem.shape
    longest = int(max(1, min(25, SEGMENT_BYTES / (4 * (n_users + n_items) * n_factors))))
    running: dict[Future, int] = {}
    stops = [0] * settings.chains
    buffers: list[list] = [[] for _ in range(settings.chains)]

    def submit(chain: int, state: State) -> None:
        start = stops[chain]
        # Short segments first: something to see at once.
        stops[chain] = stop = min(total, start + min(longest, start + 1))
        seed = settings.random_seed
        future = executor.submit(run_segment, problem, state, seed, chain, start, stop)
        running[future] = chain

    for chain in range(settings.chains):
        submit(chain, initial_state(problem, settings.random_seed, chain))
    try:
        while running:
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                chain = running.pop(future)
                state, U, V = future.result()
                buffers[chain].extend(zip(U, V, strict=True))
                if stops[chain] < total:
                    submit(chain, state)
            for _ in range(min(map(len, buffers))):
                U, V = zip(*(buffer.pop(0) for buffer in buffers), strict=True)
                yield np.stack(U), np.stack(V)
    finally:
        for future in running:
            future.cancel()
