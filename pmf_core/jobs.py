"""Fits in the background: submit one, watch it, cancel it, collect it.

A job belongs to the process, not to whoever looks at it: it goes on when a page is left, reloaded
or closed.
"""

import itertools
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Literal

from pmf_core.fit import Fit
from pmf_core.inference import Progress

State = Literal["queued", "running", "done", "cancelled", "failed"]


@dataclass(eq=False)
class Job:
    """One fit on its way; read its fields from any thread."""

    id: int
    name: str
    state: State = "queued"
    progress: Progress | None = None
    """The latest news; None until the first step."""
    fit: Fit | None = None
    """The result: whole when done, partial when cancelled after its first draws."""
    error: str | None = None
    """What went wrong, or why a cancelled job kept nothing."""
    _cancelled: threading.Event = field(default_factory=threading.Event)

    @property
    def is_active(self) -> bool:
        """Whether it is queued or running."""
        return self.state in ("queued", "running")

    def cancel(self) -> None:
        """Ask it to stop at the next step and keep what it has drawn."""
        self._cancelled.set()

    def _report(self, progress: Progress) -> bool:
        self.progress = progress
        return not self._cancelled.is_set()

    def _run(self, fit: Callable[..., Fit]) -> None:
        if self._cancelled.is_set():
            self.state, self.error = "cancelled", "cancelled before it started"
            return
        self.state = "running"
        try:
            self.fit = fit(progress=self._report)
        except InterruptedError as error:
            self.state, self.error = "cancelled", str(error)
        except Exception as error:  # a job that fails must say so, not vanish with its thread
            traceback.print_exc()
            self.state, self.error = "failed", f"{type(error).__name__}: {error}"
        else:
            self.state = "cancelled" if self._cancelled.is_set() else "done"


class JobQueue:
    """Run jobs in the order in which they come, a few at a time.

    Parameters
    ----------
    max_running : int
        Jobs at a time; each spreads its chains over the same threads, so more than a few only
        slow each other down.
    """

    def __init__(self, max_running: int = 2) -> None:
        self._pool = ThreadPoolExecutor(max_running, thread_name_prefix="pmf-job")
        self._ids = itertools.count(1)
        self.jobs: dict[int, Job] = {}

    def submit(self, name: str, fit: Callable[..., Fit]) -> Job:
        """Queue ``fit(progress=...)`` and return its job at once."""
        job = Job(next(self._ids), name)
        self.jobs[job.id] = job
        self._pool.submit(job._run, fit)
        return job

    def position(self, job: Job) -> int:
        """Return how many jobs are queued before this one."""
        ahead = (other for other in self.jobs.values() if other.id < job.id)
        return sum(other.state == "queued" for other in ahead)
