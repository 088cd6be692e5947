"""The file of all classes: SQLite, written so that what was acknowledged is on the disk."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import RLock

PATIENCE = 20.0
"""Seconds that a writer waits for another process."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS rooms (
    id TEXT PRIMARY KEY, code TEXT NOT NULL UNIQUE, key_hash TEXT NOT NULL, owner TEXT NOT NULL,
    run_id TEXT NOT NULL, created REAL NOT NULL, ends REAL NOT NULL, films TEXT NOT NULL,
    levels TEXT NOT NULL, wanted INTEGER NOT NULL, is_open INTEGER NOT NULL DEFAULT 1,
    job_id TEXT NOT NULL DEFAULT '', version INTEGER NOT NULL DEFAULT 0,
    n_ever INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS members (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    room TEXT NOT NULL REFERENCES rooms(id) ON DELETE CASCADE,
    nickname TEXT NOT NULL, nickname_key TEXT NOT NULL, token_hash TEXT NOT NULL,
    visitor TEXT NOT NULL, UNIQUE (room, nickname_key)
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS seats ON members (room, visitor) WHERE visitor != '';
CREATE TABLE IF NOT EXISTS barred (
    room TEXT NOT NULL REFERENCES rooms(id) ON DELETE CASCADE, visitor TEXT NOT NULL,
    PRIMARY KEY (room, visitor)
) STRICT;
CREATE TABLE IF NOT EXISTS answers (
    member INTEGER NOT NULL REFERENCES members(id) ON DELETE CASCADE, item INTEGER NOT NULL,
    claim TEXT NOT NULL, first REAL, rating REAL, is_skipped INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (member, item)
) STRICT;
"""


class Database:
    """One file, one connection, one thing at a time.

    In WAL mode with full synchronisation a commit is on the disk before it returns: it survives
    the process and, where disks keep their word, the power. What is deleted is overwritten.

    Raises
    ------
    OSError
        Whenever the file cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self.path, self._turn = path, RLock()
        with self._told():
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            self._link = sqlite3.connect(
                path, timeout=PATIENCE, isolation_level=None, check_same_thread=False
            )
            try:
                self._link.row_factory = sqlite3.Row
                for setting in (
                    *("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"),
                    "secure_delete=ON",
                ):
                    self._link.execute(f"PRAGMA {setting}").close()
                self._link.executescript(SCHEMA)
            except BaseException:
                self._link.close()
                raise

    def close(self) -> None:
        """Let the file go."""
        with self._turn:
            self._link.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give the connection for one transaction: all of it is done, or nothing."""
        with self._turn, self._told():
            self._link.execute("BEGIN IMMEDIATE")
            try:
                yield self._link
                self._link.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._link.execute("ROLLBACK")
                raise

    def rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        """Return the rows of a query."""
        with self._turn, self._told():
            return self._link.execute(query, values).fetchall()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.IntegrityError:
            raise
        except sqlite3.Error as error:
            raise OSError(
                f"the classes in {self.path} cannot be read or written: {error}; make room there, "
                "or move a damaged file away"
            ) from error
