"""Several chains at once, in segments, on any executor."""

import os
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    CancelledError,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from functools import cache
from typing import Any, NamedTuple

from pmf_core.models.problem import Problem
from pmf_core.models.state import State
from pmf_core.sampling.sweep import run_segment

LONGEST_SEGMENT = 100
"""Sweeps, however small the ratings."""

SEGMENT_WORK = 1.5e8
"""Ratings times sweeps times factors^1.5 of a segment: about a fifth of a second, so that a fit
answers a cancellation soon and is saved often, without spending its time on either."""

FEATURE_WORK = 4
"""What an entry of a feature matrix costs, in ratings."""

SEGMENT_BYTES = 16e6
"""Draws that one segment of a chain may return at once."""

HEARTBEAT = 0.25
"""Seconds after which a caller that waits for a block gets to say that it no longer does."""


class Block(NamedTuple):
    """The same segment of every chain."""

    stop: int
    """Sweeps that every chain has taken by the end of it."""
    states: list[State]
    """Where each chain stands then."""
    draws: list[State]
    """What each chain drew, with an axis of sweeps in front of every part."""


class RemoteExecutor(Executor):
    """An executor that runs functions elsewhere, where it can keep data that many of them need."""

    def place(self, data: Any) -> Any:
        """Put data where functions run; pass what this returns to `submit` in its stead."""
        raise NotImplementedError


@cache
def local_executor() -> Executor:
    """Return the threads on which this process runs chains, one for each core."""
    available = getattr(os, "sched_getaffinity", lambda _: range(os.cpu_count() or 1))
    return ThreadPoolExecutor(
        len(available(0)), thread_name_prefix="pmf-chain", initializer=_step_back
    )


def _step_back() -> None:
    """Give this thread a lower priority, so that a page answers while all cores sample."""
    if sys.platform == "linux":  # elsewhere a priority is that of the whole process
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


def run_chains(
    problem: Problem,
    states: list[State],
    random_seed: int,
    start: int,
    stop: int,
    executor: Executor,
    moves: tuple[str, ...] = (),
) -> Iterator[Block | None]:
    """Run sweeps `start` to `stop` of every chain, with moves, and yield them block by block.

    A segment is submitted as soon as the one before it of the same chain is done, so no chain
    waits for another; a block is yielded when all chains have done theirs, and None whenever
    nothing was done for a `HEARTBEAT`: a sweep of a large model takes seconds, and workers of a
    cluster may not be there.

    Raises
    ------
    ConnectionError
        If the executor gives a segment up, as one does that has lost its scheduler.
    """
    cuts = _cuts(problem, start, stop)
    if isinstance(executor, RemoteExecutor):
        problem = executor.place(problem)
    running: dict[Future, tuple[int, int]] = {}
    done: dict[tuple[int, int], tuple[State, State]] = {}
    chains = range(len(states))

    def submit(chain: int, segment: int, state: State) -> None:
        sweeps = cuts[segment], cuts[segment + 1]
        future = executor.submit(run_segment, problem, state, random_seed, chain, *sweeps, moves)
        running[future] = chain, segment

    for chain in chains if stop > start else ():
        submit(chain, 0, states[chain])
    yielded = 0
    try:
        while running:
            ended = wait(running, HEARTBEAT, FIRST_COMPLETED).done
            if not ended:
                yield None
            for future in ended:
                chain, segment = running.pop(future)
                done[chain, segment] = _result(future)
                if segment + 2 < len(cuts):
                    submit(chain, segment + 1, done[chain, segment][0])
            while all((chain, yielded) in done for chain in chains):
                ends, draws = zip(*(done.pop((chain, yielded)) for chain in chains), strict=True)
                yielded += 1
                yield Block(cuts[yielded], list(ends), list(draws))
    finally:
        for future in running:
            future.cancel()


def _result(future: Future) -> tuple[State, State]:
    try:
        return future.result()
    except CancelledError as error:
        raise ConnectionError(
            "what runs the chains gave a segment up, as when the scheduler of a cluster is lost; "
            "once it is back, resume the fit"
        ) from error


def _cuts(problem: Problem, start: int, stop: int) -> list[int]:
    """Cut sweeps into segments of 1, 2, 4, ... up to a limit: soon something to see."""
    fits = SEGMENT_BYTES / (4 * _entries(problem))
    features = sum(side.features.matrix.nnz for side in problem.sides.values())
    terms = len(problem.rating) + FEATURE_WORK * features
    works = SEGMENT_WORK / (terms * problem.n_columns**1.5)
    longest = int(max(1, min(fits, works, LONGEST_SEGMENT)))
    cuts, length = [start], 1
    while cuts[-1] < stop:
        cuts.append(min(stop, cuts[-1] + min(longest, length)))
        length *= 2
    return cuts


def _entries(problem: Problem) -> int:
    """Return how many numbers a draw of the rows and weights has."""
    rows = sum(side.n_rows + side.features.n_features for side in problem.sides.values())
    return rows * problem.n_columns
