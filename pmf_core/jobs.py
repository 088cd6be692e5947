"""Fits in the background: submit one, watch it, cancel it, resume it, collect it from the store.

A job belongs to the process, not to whoever looks at it: it goes on when a page is left, reloaded
or closed. Its folder on disk outlives the process and whatever goes wrong, so that a fit that was
cut off or failed can be taken up again; it goes when the fit is stored, or the job dismissed.
"""

import contextlib
import itertools
import os
import secrets
import shutil
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import Executor
from datetime import UTC, datetime
from pathlib import Path

from pmf_core.checkpoint import DamagedCheckpoint
from pmf_core.cluster import default_executor
from pmf_core.fit import Fit
from pmf_core.job import Job, JobFolders, State
from pmf_core.paths import data_dir
from pmf_core.request import FitRequest
from pmf_core.store import RunStore, StoreFull


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
        Returns the executor on which a job's chains run.
    """

    def __init__(
        self,
        store: RunStore | None = None,
        folder: str | os.PathLike | None = None,
        max_running: int = 2,
        executor: Callable[[], Executor] = default_executor,
    ) -> None:
        self.store = store or RunStore()
        self.folders = JobFolders(Path(folder) if folder else data_dir() / "jobs")
        self.executor = executor
        self.jobs: dict[str, Job] = {}
        self.max_running = max_running
        self._numbers = itertools.count()
        self._turn = threading.RLock()
        for job in self.folders.left_behind():
            self.jobs[job.id] = job

    def submit(self, name: str, request: FitRequest, *, owner: str = "", **tags: str) -> Job:
        """Queue a fit and return its job at once; `tags` are stored with the run.

        Whoever starts it is its `owner`; the run it becomes has the same.

        Raises
        ------
        OSError
            If what it needs to be resumed cannot be written, as on a full disk.
        """
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        job = Job(
            f"{stamp}-{next(self._numbers):03}-{secrets.token_hex(16)}",
            name,
            request,
            tags,
            owner,
        )
        self.folders.write(job)
        self._start(job)
        return job

    def resume(self, job: Job) -> None:
        """Take a job up that was interrupted or failed: at its last checkpoint, or from the start.

        A MAP and NUTS have no checkpoints.
        """
        with self._turn:
            if not job.is_resumable:
                why = "damaged" if job.state == "failed" else job.state
                raise ValueError(
                    f"job {job.name!r} is {why}; only an interrupted or failed one resumes"
                )
            self._start(job)

    def cancel(self, job: Job, keep: bool = True) -> None:
        """End a job at once if it is queued, else within moments.

        What it has drawn is stored as a partial run, unless it is not to be kept.
        """
        with self._turn:
            job._keeps = keep
            job._cancelled.set()
            if job.state == "queued":
                job.error = "cancelled before it started"
                self._end(job, "cancelled")

    def dismiss(self, job: Job) -> None:
        """Forget a job that is not active, and what it had kept for resuming."""
        if job.is_active:
            raise ValueError(f"job {job.name!r} is {job.state}; cancel it first")
        self.jobs.pop(job.id, None)
        self.folders.remove(job.id)

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
        job._keeps = True
        # Taken out and put in again, so that a resumed job stands at the end of the queue.
        self.jobs.pop(job.id, None)
        self.jobs[job.id] = job
        self._start_next()

    def _start_next(self) -> None:
        """Give free places to those whose turn it is."""
        with self._turn:
            running = sum(job.state == "running" for job in list(self.jobs.values()))
            for job in self._waiting()[: max(0, self.max_running - running)]:
                job.state = "running"
                # A daemon: a server that is told to stop does not wait for what is queued, and
                # what is on disk is found by the next one.
                threading.Thread(
                    target=self._run, args=(job,), name=f"pmf-job-{job.id}", daemon=True
                ).start()

    def _run(self, job: Job) -> None:
        try:
            fit = self._fit(job)
            stopped = fit.is_partial and job._cancelled.is_set()
            if job._keeps or not stopped:
                job.run_id = self.store.add(
                    fit, job.name, run_id=job.id, owner=job.owner, **job.tags
                ).id
        except InterruptedError as error:
            job.error = str(error)
            self._end(job, "cancelled")
        except StoreFull as error:  # once there is room, it goes on from its checkpoint
            self._leave(job, "interrupted", str(error))
        except BaseException as error:  # a job that fails must say so, not vanish with its thread
            self._leave(job, "failed", f"{type(error).__name__}: {error}")
            if threading.main_thread().is_alive():  # else it was cut off: the process is ending
                with contextlib.suppress(Exception):  # as on a full disk
                    traceback.print_exc()
        else:
            self._end(job, "cancelled" if stopped else "done")
        finally:
            self._start_next()

    def _fit(self, job: Job) -> Fit:
        checkpoint = self.folders.checkpoint(job)

        def run() -> Fit:
            executor = self.executor()
            return job.request.run(checkpoint, progress=job._report, executor=executor)

        try:
            return run()
        except DamagedCheckpoint:  # the request itself is whole, so nothing is lost but time
            shutil.rmtree(checkpoint)
            return run()

    def _end(self, job: Job, state: State) -> None:
        self.folders.remove(job.id)
        job.progress, job.state = None, state
        if state == "done":
            job.request = None

    def _leave(self, job: Job, state: State, error: str) -> None:
        """End a job whose folder stays, to be resumed."""
        job.error, job.progress, job.state = error, None, state
