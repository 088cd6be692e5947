"""Ratings that visitors give of themselves, so that a reload or a sleeping phone loses nothing.

One SQLite file. What is in it belongs to a key of the visitor (`pages.shell.owner`), never to a
name or an address of theirs, and goes at a click or after a week.
"""

import hashlib
import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from pmf_core.fits.fit import Fit
from pmf_core.support.errors import require
from pmf_core.support.paths import data_dir

KEPT_SECONDS = 7 * 24 * 3600
"""How long a rating is kept after it was given."""

PER_PERSON, PER_VISITOR, OVERALL = 500, 2_000, 200_000
"""Ratings that are kept at most."""

LONGEST_NAME = 40
"""Characters of the name of a person."""

_TABLE = """
CREATE TABLE IF NOT EXISTS given (
    owner TEXT NOT NULL, catalogue TEXT NOT NULL, person TEXT NOT NULL, item TEXT NOT NULL,
    rating REAL NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (owner, catalogue, person, item)
) WITHOUT ROWID
"""


class Full(ValueError):
    """There is no room for another rating; the message says whose limit it is."""


def catalogue_of(fit: Fit) -> str:
    """Return by what name ratings of these items, on this scale, are kept: of any of their runs."""
    train = fit.split.train
    content = json.dumps([list(map(str, train.item_ids)), list(train.scale)])
    return hashlib.sha256(content.encode()).hexdigest()[:32]


class OwnRatings:
    """The file of all visitors' own ratings; whoever has a key sees and changes what is under it.

    Parameters
    ----------
    path : Path, optional
        By default in the folder of the app's data.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = data_dir() / "own_ratings.sqlite" if path is None else path

    def of(self, owner: str, catalogue: str) -> dict[str, dict[str, float]]:
        """Return the ratings of each person, by name, in the order in which they were given.

        The visitor is the person without a name.
        """
        query = (
            "SELECT person, item, rating FROM given WHERE owner = ? AND catalogue = ? AND at >= ? "
            "ORDER BY at"
        )
        found: dict[str, dict[str, float]] = {}
        since = time.time() - KEPT_SECONDS
        with self._open() as file:
            for person, item, rating in file.execute(query, (owner, catalogue, since)):
                found.setdefault(person, {})[item] = rating
        return found

    def give(self, owner: str, catalogue: str, person: str, ratings: dict[str, float]) -> None:
        """Add ratings of a person, in the place of what they gave the same items before.

        Raises
        ------
        Full
            If the person, the visitor or the server has as many as are kept; none is added.
        """
        require(len(person) <= LONGEST_NAME, "person", person, f"up to {LONGEST_NAME} characters")
        now = time.time()
        rows = [
            (owner, catalogue, person, item, rating, now + number * 1e-6)
            for number, (item, rating) in enumerate(ratings.items())
        ]
        with self._changing() as file:
            file.executemany("INSERT OR REPLACE INTO given VALUES (?, ?, ?, ?, ?, ?)", rows)
            mine = (owner, catalogue, person)
            for limit, whose, where, values in (
                (PER_PERSON, "one person", "owner = ? AND catalogue = ? AND person = ?", mine),
                (PER_VISITOR, "one visitor", "owner = ?", (owner,)),
                (OVERALL, "all visitors together", "1", ()),
            ):
                query = f"SELECT count(*) FROM given WHERE {where}"
                if file.execute(query, values).fetchone()[0] > limit:
                    raise Full(
                        f"there are {limit:,} ratings of {whose}; it must be that or fewer, so "
                        "take some back first"
                    )

    def take_back(self, owner: str, catalogue: str, person: str, item: str | None = None) -> None:
        """Delete a rating of a person, or all of theirs."""
        where = "owner = ? AND catalogue = ? AND person = ?"
        values = (owner, catalogue, person) if item is None else (owner, catalogue, person, item)
        with self._changing() as file:
            file.execute(
                f"DELETE FROM given WHERE {where}{' AND item = ?' * (item is not None)}", values
            )

    def forget(self, owner: str) -> None:
        """Delete all that is kept under a key."""
        with self._changing() as file:
            file.execute("DELETE FROM given WHERE owner = ?", (owner,))

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """Open the file for a change that is made whole or not at all, and drop what is old."""
        with self._open() as file, file:
            file.execute("BEGIN IMMEDIATE")
            file.execute("DELETE FROM given WHERE at < ?", (time.time() - KEPT_SECONDS,))
            yield file

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Open the file, which is made at first.

        Raises
        ------
        OSError
            If it cannot be read or written.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=5, isolation_level=None)) as file:
                self.path.chmod(0o600)
                file.execute("PRAGMA journal_mode = WAL")
                file.execute("PRAGMA secure_delete = ON")
                file.execute(_TABLE)
                yield file
        except sqlite3.Error as error:
            raise OSError(f"{self.path.name} cannot be used: {error}") from error
