"""Fits in the background: submit one, watch it, cancel it, resume it, collect it from the store.

A job belongs to the process, not to whoever looks at it: it goes on when a page is left, reloaded
or closed. Its folder on disk outlives the process, so that a fit that was cut off is found again.
"""

import itertools
import json
import os
import secrets
import shutil
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from pmf_core.cluster import executor_at
from pmf_core.fitting import Progress
from pmf_core.paths import data_dir
from pmf_core.request import FitRequest
from pmf_core.store import RunStore, StoreFull

State = Literal["queued", "running", "done", "cancelled", "failed", "interrupted"]

BACKGROUND = ("sweep", "rung")
"""Tags of jobs that belong to a series, which lets single fits pass."""

_JOB = "job.json"


@dataclass(eq=False)
class Job:
    """One fit on its way; read its fields from any thread."""

    id: str
    name: str
    request: FitRequest
    tags: dict[str, str] = field(default_factory=dict)
    """Stored with the run as attrs."""
    scheduler: str = ""
    """Address of the Dask scheduler to run on; empty for the default of `executor_at`."""
    state: State = "queued"
    progress: Progress | None = None
    """The latest news; None until the first step and, to free what it holds, after the last."""
    run_id: str | None = None
    """Where the store has the result: whole when done, partial when cancelled after a draw."""
    error: str | None = None
    """What went wrong, or why nothing was kept or stored."""
    _cancelled: threading.Event = field(default_factory=threading.Event)

    @property
    def is_active(self) -> bool:
        """Whether it is queued or running."""
        return self.state in ("queued", "running")

    @property
    def is_background(self) -> bool:
        """Whether it is one of many, a cell of a sweep or a rung of the ladder."""
        return any(tag in self.tags for tag in BACKGROUND)

    @property
    def is_stopping(self) -> bool:
        """Whether it was cancelled and is still scoring and storing what it has drawn."""
        return self.is_active and self._cancelled.is_set()

    def _report(self, progress: Progress) -> bool:
        self.progress = progress
        return not self._cancelled.is_set()


class JobQueue:
    """Run jobs in the order in which they come, a few at a time.

    Parameters
    ----------
    store : RunStore, optional
        Where finished fits go.
    folder : path-like, optional
        Where jobs keep what they need to be resumed; by default ``jobs`` in the user's data
        folder.
    max_running : int
        Jobs at a time; each spreads its chains over the same threads, so more than a few only
        slow each other down.
    executor : callable
        Returns the executor on which a job's chains run, given the address of its scheduler.
    """

    def __init__(
        self,
        store: RunStore | None = None,
        folder: str | os.PathLike | None = None,
        max_running: int = 2,
        executor: Callable[[str], Executor] = executor_at,
    ) -> None:
        self.store = store or RunStore()
        self.folder = Path(folder) if folder else data_dir() / "jobs"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.executor = executor
        self.jobs: dict[str, Job] = {}
        self._pool = ThreadPoolExecutor(max_running, thread_name_prefix="pmf-job")
        self._numbers = itertools.count()
        self._turn = threading.Lock()
        self._locks: dict[str, FileLock] = {}
        self._find_interrupted()

    def submit(self, name: str, request: FitRequest, scheduler: str = "", **tags: str) -> Job:
        """Queue a fit and return its job at once; `tags` are stored with the run."""
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        job = Job(
            f"{stamp}-{next(self._numbers):03}-{secrets.token_hex(3)}",
            name,
            request,
            tags,
            scheduler,
        )
        folder = self.folder / job.id
        folder.mkdir()
        self._lock(job.id)
        (folder / _JOB).write_text(json.dumps({"name": name, "tags": tags, "scheduler": scheduler}))
        request.save(folder)
        self._start(job)
        return job

    def resume(self, job: Job) -> None:
        """Take an interrupted job up again: at its last checkpoint, or from the start."""
        if job.state != "interrupted":
            raise ValueError(f"job {job.name!r} is {job.state}; only an interrupted one resumes")
        self._start(job)

    def cancel(self, job: Job) -> None:
        """End a job at once if it is queued, else at its next step; what it has drawn is kept."""
        with self._turn:
            job._cancelled.set()
            if job.state == "queued":
                job.error = "cancelled before it started"
                self._end(job, "cancelled")

    def dismiss(self, job: Job) -> None:
        """Forget a job that is not active, and what it had kept for resuming."""
        if job.is_active:
            raise ValueError(f"job {job.name!r} is {job.state}; cancel it first")
        self.jobs.pop(job.id, None)
        self._remove(job)

    def position(self, job: Job) -> int:
        """Return how many jobs are queued before this one."""
        waiting = self._waiting()
        return waiting.index(job) if job in waiting else 0

    def _waiting(self) -> list[Job]:
        """Return the queued jobs in the order of their turn: those of a series come last.

        Somebody watches a single fit; a grid of a hundred must not keep them waiting.
        """
        waiting = [job for job in list(self.jobs.values()) if job.state == "queued"]
        return sorted(waiting, key=lambda job: job.is_background)

    def _start(self, job: Job) -> None:
        job.state, job.error, job._cancelled = "queued", None, threading.Event()
        # Taken out and put in again, so that a resumed job stands at the end of the queue.
        self.jobs.pop(job.id, None)
        self.jobs[job.id] = job
        self._pool.submit(self._run_next)

    def _run_next(self) -> None:
        with self._turn:
            waiting = self._waiting()
            if not waiting:  # as many were cancelled
                return
            waiting[0].state = "running"
        self._run(waiting[0])

    def _run(self, job: Job) -> None:
        try:
            fit = job.request.run(
                checkpoint=self.folder / job.id / "checkpoint",
                progress=job._report,
                executor=self.executor(job.scheduler),
            )
            job.run_id = self.store.add(fit, job.name, **job.tags).id
        except InterruptedError as error:
            job.error = str(error)
            self._end(job, "cancelled")
        except StoreFull as error:
            # Not removed: once there is room, resuming gives the fit from its checkpoint.
            job.error, job.progress, job.state = str(error), None, "interrupted"
        except Exception as error:  # a job that fails must say so, not vanish with its thread
            traceback.print_exc()
            job.error = f"{type(error).__name__}: {error}"
            self._end(job, "failed")
        else:
            stopped = fit.is_partial and job._cancelled.is_set()
            self._end(job, "cancelled" if stopped else "done")

    def _end(self, job: Job, state: State) -> None:
        self._remove(job)
        job.progress, job.state = None, state

    def _remove(self, job: Job) -> None:
        lock = self._locks.pop(job.id, None)
        if lock is not None:
            lock.release()
        shutil.rmtree(self.folder / job.id, ignore_errors=True)

    def _find_interrupted(self) -> None:
        """List the jobs of processes that are gone; those of living ones are locked."""
        for path in sorted(self.folder.glob(f"*/{_JOB}")):
            folder = path.parent
            try:
                self._lock(folder.name)
            except Timeout:
                continue
            try:
                request = FitRequest.load(folder)
            except FileNotFoundError:  # its process died before the request was written
                self._remove(Job(folder.name, folder.name, None))
                continue
            about = json.loads(path.read_text())
            job = Job(folder.name, request=request, state="interrupted", **about)
            self.jobs[job.id] = job

    def _lock(self, job_id: str) -> None:
        lock = FileLock(self.folder / job_id / "lock", thread_local=False)
        lock.acquire(blocking=False)
        self._locks[job_id] = lock
