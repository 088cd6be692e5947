"""One fit on its way, and the folder on disk from which it can be taken up again."""

import contextlib
import json
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from weakref import WeakKeyDictionary

from filelock import FileLock, Timeout

from pmf_core.data.split import Split
from pmf_core.fits.progress import Progress
from pmf_core.runs.request import FitRequest
from pmf_core.support.atomic import replacing

JobState = Literal["queued", "running", "done", "cancelled", "failed", "interrupted"]

BACKGROUND = ("sweep", "search", "rung")
"""Tags of jobs that belong to a series, which lets single fits pass."""

_JOB = "job.json"

SECONDS_TO_SUBMIT = 60
"""A folder without a job that is older than this was left by a process that died."""


@dataclass(eq=False)
class Job:
    """One fit on its way; read its fields from any thread."""

    id: str
    name: str
    request: FitRequest | None
    """None where its files are damaged and, to free the ratings, once it is over."""
    tags: dict[str, str] = field(default_factory=dict)
    """Stored with the run as attrs."""
    owner: str = ""
    """Whose it is: they alone may change it; empty where everybody may."""
    state: JobState = "queued"
    progress: Progress | None = None
    """The latest news; None until the first step and, to free what it holds, after the last."""
    run_id: str | None = None
    """Where the store has the result: whole when done, partial when cancelled after a draw."""
    error: str | None = None
    """What went wrong, or why nothing was kept or stored."""
    _cancelled: threading.Event = field(default_factory=threading.Event)
    _keeps: bool = True
    _turn: int = 0
    """Which start of the queue its latest was."""

    @property
    def is_active(self) -> bool:
        """Whether it is queued or running."""
        return self.state in ("queued", "running")

    @property
    def is_background(self) -> bool:
        """Whether it is one of many, as a cell of a sweep or a rung of the ladder."""
        return any(tag in self.tags for tag in BACKGROUND)

    @property
    def is_trial(self) -> bool:
        """Whether it is one of a search, of which what was cut short says nothing."""
        return "search" in self.tags

    @property
    def is_resumable(self) -> bool:
        """Whether it was cut off or failed, and can be taken up again."""
        return self.state in ("interrupted", "failed") and self.request is not None

    @property
    def is_stopping(self) -> bool:
        """Whether it was cancelled and is still scoring and storing what it has drawn."""
        return self.is_active and self._cancelled.is_set()

    def report(self, progress: Progress) -> bool:
        """Keep the latest news of its fit; return whether the fit is to go on."""
        self.progress = progress
        return not self._cancelled.is_set()


class JobFolders:
    """A folder with one more for each job that is not done.

    Each is locked by the process whose job it is, so that others tell what is under way from what
    was left behind.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self._locks: dict[str, FileLock] = {}
        self._ratings: WeakKeyDictionary[Split, Path] = WeakKeyDictionary()

    def checkpoint(self, job: Job) -> Path:
        """Return where the state of a job is kept."""
        return self.folder / job.id / "checkpoint"

    def write(self, job: Job) -> None:
        """Write all that it takes to run a job; nothing is left where that fails."""
        folder = self.folder / job.id
        folder.mkdir()
        try:
            self._lock(job.id)
            # The cells of a grid have one split, which is written once.
            job.request.save(folder, self._ratings.get(job.request.split))
            self._ratings[job.request.split] = folder
            about = {"name": job.name, "tags": job.tags, "owner": job.owner}
            # Last and whole, since its presence says that the rest is there.
            with replacing(folder / _JOB) as part:
                part.write_text(json.dumps(about))
        except BaseException:
            self.remove(job.id)
            raise

    def remove(self, job_id: str) -> None:
        """Remove the folder of a job."""
        folder = self.folder / job_id
        with contextlib.suppress(OSError):  # first, so that nobody takes it for a job from here on
            (folder / _JOB).unlink(missing_ok=True)
        lock = self._locks.pop(job_id, None)
        if lock is not None:
            lock.release()
        shutil.rmtree(folder, ignore_errors=True)

    def left_behind(self) -> Iterator[Job]:
        """Yield the jobs of processes that are gone; from here on they are this one's."""
        for folder in sorted(path for path in self.folder.iterdir() if path.is_dir()):
            try:
                age = time.time() - folder.stat().st_mtime
                self._lock(folder.name)
            except (Timeout, OSError):  # somebody has it or has just removed it, or a full disk
                continue
            if (folder / _JOB).exists():
                yield _read(folder)
            elif age > SECONDS_TO_SUBMIT:
                self.remove(folder.name)
            else:  # somebody is just about to submit it
                self._locks.pop(folder.name).release()

    def _lock(self, job_id: str) -> None:
        lock = FileLock(self.folder / job_id / "lock", thread_local=False)
        lock.acquire(blocking=False)
        self._locks[job_id] = lock


def _read(folder: Path) -> Job:
    try:
        about = json.loads((folder / _JOB).read_text())
        about.pop("scheduler", None)  # of an earlier version; where fits run is the operator's say
        request = FitRequest.load(folder)
        return Job(folder.name, request=request, state="interrupted", **about)
    except Exception as error:  # whatever it is, other jobs must not suffer from it
        why = f"its files are damaged ({error}), so it cannot be resumed; discard it"
        return Job(folder.name, folder.name, None, state="failed", error=why)
