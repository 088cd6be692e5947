"""Fits in the background: submit one, watch it, cancel it, resume it, collect it from the store.

A job belongs to the process, not to whoever looks at it: it goes on when a page is left, reloaded
or closed. Its folder on disk outlives the process and whatever goes wrong, so that a fit that was
cut off or failed can be taken up again; it goes when the fit is stored, or the job dismissed.
Turns go round among those who wait, so that nobody's many fits keep another's one waiting.
"""

import contextlib
import itertools
import os
import shutil
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from pathlib import Path

from pmf_core.fits.budget import Limits, check_fit_fits, check_queue_takes
from pmf_core.fits.checkpoint import DamagedCheckpoint, OtherFit
from pmf_core.fits.cost import fit_seconds
from pmf_core.fits.fit import Fit
from pmf_core.fits.written import check_name
from pmf_core.runs.job import Job, JobFolders, JobState
from pmf_core.runs.request import FitRequest
from pmf_core.runs.spares import Spares
from pmf_core.runs.store import RunStore, StoreFull
from pmf_core.runs.trials import following
from pmf_core.sampling.cluster import default_executor
from pmf_core.support.errors import is_full
from pmf_core.support.identifiers import new_identifier
from pmf_core.support.paths import data_dir


class JobQueue:
    """Run jobs a few at a time, the next of everybody's in turn.

    Of somebody's own jobs, single ones go before those of a series, then the first that came.
    A known owner leaves one place to others: whoever comes next waits for no one's long fits.

    Parameters
    ----------
    store : RunStore, optional
        Where finished fits go.
    folder : path-like, optional
        Where jobs keep what they need to be resumed; by default ``jobs`` in the user's data
        folder.
    max_running : int, optional
        Jobs at a time, by default `Limits.running`.
    executor : callable
        Returns the executor on which a job's chains run.
    limits : Limits
        What a job may take, and how many may wait.
    """

    def __init__(
        self,
        store: RunStore | None = None,
        folder: str | os.PathLike | None = None,
        max_running: int | None = None,
        executor: Callable[[], Executor] = default_executor,
        limits: Limits = Limits(),
    ) -> None:
        self.store = store or RunStore(
            limit_bytes=limits.stored_bytes,
            owner_limit_bytes=limits.owner_bytes,
            import_limit_bytes=limits.import_bytes,
        )
        self.folders = JobFolders(Path(folder) if folder else data_dir() / "jobs")
        self.spares = Spares(self.folders.folder.with_name("ended"))
        self.executor = executor
        self.jobs: dict[str, Job] = {}
        self.limits = limits
        self.max_running = max_running or limits.running
        self._starts = itertools.count(1)
        self._turn = threading.RLock()
        for job in self.folders.left_behind():
            # Its server died before it tidied up; of a search, the next trial may be missing.
            if self._is_stored(job) and not job.is_trial:
                self.folders.remove(job.id)
            else:
                self.jobs[job.id] = job

    def submit(
        self, name: str, request: FitRequest, *, owner: str = "", longer: str = "", **tags: str
    ) -> Job:
        """Queue a fit and return its job at once; `tags` are stored with the run.

        Whoever starts it is its `owner`; the run it becomes has the same. Where it is the fit of
        one of their runs with more draws, and `longer` the id of that run, it goes on from there
        if its checkpoint is still kept.

        Raises
        ------
        OverBudget
            If the fit takes more than the limits allow, or too many wait already.
        OSError
            If what it needs to be resumed cannot be written, as on a full disk.
        """
        self.check([request], owner)
        check_name(name)  # now, rather than once the fit is done
        return self._take(Job(new_identifier(), name, request, tags, owner), longer)

    def check(self, requests: Sequence[FitRequest], owner: str = "") -> None:
        """Raise OverBudget if one of these takes too much, or the queue has no room for all."""
        for each in requests:
            check_fit_fits(each.split, each.config, each.sampler, self.limits, each.method)
        jobs = [job for job in self.list() if job.request is not None]
        queued = [job.owner == owner for job in jobs if job.state == "queued"]
        own = [job.request for job in jobs if job.is_active and job.owner == owner]
        check_queue_takes(
            len(requests),
            sum(queued),
            len(queued),
            [each.split for each in (*requests, *(job.request for job in jobs))],
            sum(map(_seconds, (*own, *requests))),
            self.limits,
        )

    def resume(self, job: Job) -> None:
        """Take a job up that was interrupted or failed: at its last checkpoint, or from the start.

        A MAP and NUTS have no checkpoints.

        Raises
        ------
        OverBudget
            As `submit` does: the job stays as it is.
        """
        with self._turn:
            if not job.is_resumable:
                why = "damaged" if job.state == "failed" else job.state
                raise ValueError(
                    f"job {job.name!r} is {why}; only an interrupted or failed one resumes"
                )
            self.check([job.request], job.owner)
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
        with self._turn:  # or it is resumed meanwhile, and runs without its folder
            if job.is_active:
                raise ValueError(f"job {job.name!r} is {job.state}; cancel it first")
            self.jobs.pop(job.id, None)
            self.folders.remove(job.id)

    def position(self, job: Job) -> int:
        """Return how many jobs are queued before this one."""
        waiting = self._waiting()
        return waiting.index(job) if job in waiting else 0

    def find(self, job_id: str) -> Job | None:
        """Return a job that the queue has, by its id."""
        return self.jobs.get(job_id)

    def list(self, owner: str | None = None) -> Sequence[Job]:
        """Return all jobs, or those of an owner, as they came; the queue goes on meanwhile."""
        with self._turn:
            return [job for job in self.jobs.values() if owner is None or job.owner == owner]

    def _waiting(self) -> Sequence[Job]:
        """Return the queued jobs in the order of their turn.

        Of each owner in turn the next, first of who has the fewest running, then of who has
        waited longest since a start. Somebody watches a single fit: it goes before a series.
        """
        jobs = self.list()
        turns = Counter(job.owner for job in jobs if job.state == "running")
        last: dict[str, int] = {}
        for job in jobs:
            last[job.owner] = max(last.get(job.owner, 0), job._turn)
        order = []
        waiting = (job for job in jobs if job.state == "queued")
        for job in sorted(waiting, key=lambda job: job.is_background):
            order.append((turns[job.owner], last[job.owner], job))
            turns[job.owner] += 1
        return [job for *_, job in sorted(order, key=lambda each: each[:2])]

    def _is_stored(self, job: Job) -> bool:
        try:
            self.store.get(job.id)
        except OSError:
            return False
        return True

    def _take(self, job: Job, longer: str = "") -> Job:
        self.folders.write(job)
        if longer and any(run.id == longer for run in self.store.list(job.owner)):
            self.spares.hand_over(longer, self.folders.checkpoint(job))
        self._start(job)
        return job

    def _start(self, job: Job) -> None:
        job.state, job.error, job._cancelled = "queued", None, threading.Event()
        job._keeps = True
        with self._turn:
            # Taken out and put in again, so that a resumed job stands at the end of the queue.
            self.jobs.pop(job.id, None)
            self.jobs[job.id] = job
        self._start_next()

    def _start_next(self) -> None:
        """Give free places to those whose turn it is."""
        with self._turn:
            running = Counter(job.owner for job in self.list() if job.state == "running")
            for job in self._waiting():
                most = max(1, self.max_running - bool(job.owner))  # nobody's: of a server for one
                if running.total() >= self.max_running or running[job.owner] >= most:
                    continue
                running[job.owner] += 1
                job.state, job._turn = "running", next(self._starts)
                # A daemon: a server that is told to stop does not wait for what is queued, and
                # what is on disk is found by the next one.
                threading.Thread(
                    target=self._run, args=(job,), name=f"pmf-job-{job.id}", daemon=True
                ).start()

    def _run(self, job: Job) -> None:
        try:
            fit = self._fit(job)
            stopped = fit.is_partial and job._cancelled.is_set()
            if not stopped or (job._keeps and not job.is_trial):
                job.run_id = self.store.add(
                    fit, job.name, run_id=job.id, owner=job.owner, **job.tags
                ).id
                self._follow(job)
        except InterruptedError as error:
            job.error = str(error)
            self._end(job, "cancelled")
        except StoreFull as error:  # once there is room, it goes on from its checkpoint
            self._leave(job, "interrupted", str(error))
        except BaseException as error:  # a job that fails must say so, not vanish with its thread
            if is_full(error):
                why = "make room, then resume it: what it had drawn is kept"
                return self._leave(job, "interrupted", f"the server's disk is full; {why}")
            with contextlib.suppress(Exception):  # if it was this that failed
                self._follow(job)
            self._leave(job, "failed", f"{type(error).__name__}: {error}")
            if threading.main_thread().is_alive():  # else it was cut off: the process is ending
                with contextlib.suppress(Exception):  # as on a full disk
                    traceback.print_exc()
        else:
            if job.run_id is not None and job.request.resumable and not job.is_background:
                self.spares.keep(job.run_id, self.folders.checkpoint(job))
            self._end(job, "cancelled" if stopped else "done")
        finally:
            self._start_next()

    def _follow(self, job: Job) -> None:
        """Queue what a search tries next, in the place of a trial that is over."""
        found = following(job, self.list(), self.store)
        if found is not None:
            then = self._take(Job(new_identifier(), *found, dict(job.tags), job.owner))
            if job._cancelled.is_set():  # too late for the trial, and meant for what comes
                self.cancel(then)

    def _fit(self, job: Job) -> Fit:
        checkpoint = self.folders.checkpoint(job)

        def run() -> Fit:
            executor = self.executor()
            return job.request.run(checkpoint, progress=job.report, executor=executor)

        try:
            return run()
        except (DamagedCheckpoint, OtherFit):  # the request is whole: nothing is lost but time
            shutil.rmtree(checkpoint)
            return run()

    def _end(self, job: Job, state: JobState) -> None:
        self.folders.remove(job.id)
        job.progress, job.state = None, state
        if state == "done" or not job.is_background:  # a cancelled cell may be run again
            job.request = None
        with self._turn:
            ended = [each for each in self.list() if each.state in ("done", "cancelled")]
            for old in ended[: -self.limits.ended]:
                del self.jobs[old.id]

    def _leave(self, job: Job, state: JobState, error: str) -> None:
        """End a job whose folder stays, to be resumed."""
        job.error, job.progress, job.state = error, None, state


def _seconds(request: FitRequest) -> float:
    return fit_seconds(request.split, request.config, request.sampler, request.method)
