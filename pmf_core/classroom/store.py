"""All classes of a server, in one file; nothing of one is seen in another."""

import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from pmf_core.classroom.answers import Answers
from pmf_core.classroom.database import Database
from pmf_core.classroom.limits import ClassLimits
from pmf_core.classroom.rooms import Rooms
from pmf_core.classroom.seats import Seats
from pmf_core.support.paths import data_dir


class ClassStore:
    """Rooms, seats and answers, which several threads and processes may use at once.

    Parameters
    ----------
    path : Path, optional
        By default ``classes.sqlite`` in the user's data folder (``PMF_HOME`` overrides).
    limits : ClassLimits
    clock : callable
        Returns seconds since 1970.

    Raises
    ------
    OSError
        If the file cannot be read or written; so do all methods.
    """

    def __init__(
        self,
        path: Path | None = None,
        limits: ClassLimits = ClassLimits(),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.path = path or data_dir() / "classes.sqlite"
        self._file = Database(self.path)
        self.rooms = Rooms(self._file, limits, clock)
        self.seats = Seats(self._file, limits)
        self.answers = Answers(self._file)

    def close(self) -> None:
        """Let the file go."""
        self.rooms.stop()
        self._file.close()


class _Server:
    opening = Lock()
    store: ClassStore | None = None


def classes() -> ClassStore:
    """Return the store of this process, in the user's data folder as it is set now."""
    with _Server.opening:
        now = _Server.store
        if now is None or now.path != data_dir() / "classes.sqlite":
            _Server.store = ClassStore()
            if now is not None:
                now.close()
        return _Server.store
