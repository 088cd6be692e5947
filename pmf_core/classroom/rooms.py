"""Rooms: open one, find it by its code, end it."""

import json
import secrets
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from hmac import compare_digest
from threading import TIMEOUT_MAX, Lock, Timer

from pmf_core.classroom.codes import digest, new_code, new_secret, read_code
from pmf_core.classroom.database import Database
from pmf_core.classroom.limits import ClassLimits, NoRoom, TooMany
from pmf_core.classroom.records import Room
from pmf_core.classroom.seats import find_seat
from pmf_core.support.errors import require


class Rooms:
    """The rooms of a server; each ends by itself."""

    def __init__(self, file: Database, limits: ClassLimits, now: Callable[[], float]) -> None:
        self.limits, self._file, self._now = limits, file, now
        self._wrong: dict[str, float] = {}
        self._counting = Lock()
        self._timer: Timer | None = None
        self.expire()
        self._wait()

    def expire(self) -> None:
        """Delete the rooms whose time is over, with all that is in them."""
        if self._file.rows("SELECT 1 FROM rooms WHERE ends <= ?", self._now()):
            with self._file.writing() as link:
                link.execute("DELETE FROM rooms WHERE ends <= ?", (self._now(),))

    def _wait(self) -> None:
        """See to it that the next room that ends is deleted then, while this process lives."""
        self.stop()
        [row] = self._file.rows("SELECT min(ends) AS next FROM rooms")
        if row["next"] is not None:
            seconds = min(max(row["next"] - self._now(), 0) + 1, TIMEOUT_MAX)
            self._timer = Timer(seconds, self._expire_and_wait)
            self._timer.daemon = True
            self._timer.start()

    def _expire_and_wait(self) -> None:
        with suppress(OSError):  # whoever asks for a class next is told
            self.expire()
            self._wait()

    def stop(self) -> None:
        """Wait for no room's end any more."""
        if self._timer is not None:
            self._timer.cancel()

    def open(
        self,
        run_id: str,
        films: Sequence[int],
        levels: Sequence[float],
        *,
        wanted: int = 10,
        owner: str = "",
    ) -> tuple[Room, str]:
        """Open a room, and return it with the key of its teacher, which is not stored.

        Parameters
        ----------
        run_id : str
            Of the run that plays against the class.
        films : sequence of int
            Row positions of items, in the order in which they are asked for.
        levels : sequence of float
            The ratings that can be given, ascending.
        wanted : int
            Ratings that each member is asked for.
        owner : str
            The visitor whose room it is.

        Raises
        ------
        TooMany
            If there are as many rooms as may be.
        """
        self.expire()
        require(len(levels) > 1, "levels", list(levels), "two ratings or more")
        most = self.limits.films
        require(0 < wanted <= len(films) <= most, "films", len(films), f"{wanted} to {most} items")
        room_id, key, now = secrets.token_hex(16), new_secret(), self._now()
        with self._file.writing() as link:
            self._require_room(link, owner)
            link.execute(
                "INSERT INTO rooms (id, code, key_hash, owner, run_id, created, ends, films, "
                "levels, wanted) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (room_id, new_code(), digest(key), owner, run_id, now, now + self.limits.lasts,
                 json.dumps(list(map(int, films))), json.dumps(list(map(float, levels))), wanted),
            )  # fmt: skip
        self._wait()
        return self.by_id(room_id), key

    def _require_room(self, link: sqlite3.Connection, owner: str) -> None:
        [total] = link.execute("SELECT count(*) FROM rooms").fetchone()
        [own] = link.execute("SELECT count(*) FROM rooms WHERE owner = ?", (owner,)).fetchone()
        if own >= self.limits.rooms_of_one:
            raise TooMany(
                f"you have {own} classes open, as many as one visitor may; end one of them first"
            )
        if total >= self.limits.rooms:
            raise TooMany(f"this server has {total} classes open, as many as it takes; come later")

    def find(self, code: str, *, visitor: str = "", secret: str = "") -> Room:
        """Return the room of a code.

        Parameters
        ----------
        code : str
            As it was typed.
        visitor, secret : str
            Who asks, and their token or key. Whoever belongs to the room finds it also when
            wrong codes came too often.

        Raises
        ------
        NoRoom
            If there is none.
        TooMany
            If wrong codes came too often, of all visitors together.
        """
        code = read_code(code)
        rows = self._file.rows("SELECT * FROM rooms WHERE code = ?", code)
        room = _room(rows[0]) if rows and rows[0]["ends"] > self._now() else None
        if room is not None and self._belongs(room, visitor, secret):
            return room
        with self._counting:
            now = self._now()
            since = now - self.limits.wrong_seconds
            self._wrong = {each: when for each, when in self._wrong.items() if when > since}
            if len(self._wrong) >= self.limits.wrong_codes:
                raise TooMany("too many wrong codes were tried here; wait some minutes, then retry")
            if room is None and code:  # once: phones of a class that has ended try it again
                self._wrong.setdefault(code, now)
        if room is None:
            self.expire()
            raise NoRoom("no class has that code; it may have ended, so ask for the code again")
        return room

    def _belongs(self, room: Room, visitor: str, secret: str) -> bool:
        if visitor and visitor == room.owner:
            return True
        return self.is_key(room, secret) or bool(find_seat(self._file, room, visitor, secret))

    def by_id(self, room_id: str) -> Room:
        """Return a room as it is now, by its id.

        Raises
        ------
        NoRoom
            If it has ended.
        """
        rows = self._file.rows("SELECT * FROM rooms WHERE id = ?", room_id)
        if not rows or rows[0]["ends"] <= self._now():
            self.expire()
            raise NoRoom("this class has ended, and what was stored of it is deleted")
        return _room(rows[0])

    def rooms_of(self, owner: str) -> list[Room]:
        """Return the rooms that a visitor has open, the newest first."""
        query = "SELECT * FROM rooms WHERE owner = ? AND ends > ? ORDER BY created DESC"
        return [_room(row) for row in self._file.rows(query, owner, self._now())]

    def is_key(self, room: Room, key: str) -> bool:
        """Return whether a key is that of the room's teacher."""
        rows = self._file.rows("SELECT key_hash FROM rooms WHERE id = ?", room.id)
        return bool(rows and key) and compare_digest(rows[0]["key_hash"], digest(key))

    def change(self, room: Room, *, is_open: bool | None = None, job_id: str | None = None) -> None:
        """Close a room's door or open it again; remember the fit that has the class in it."""
        with self._file.writing() as link:
            link.execute(
                "UPDATE rooms SET is_open = coalesce(?, is_open), job_id = coalesce(?, job_id), "
                "version = version + 1 WHERE id = ?",
                (None if is_open is None else int(is_open), job_id, room.id),
            )

    def end(self, room: Room) -> None:
        """Delete a room with all that is in it."""
        with self._file.writing() as link:
            link.execute("DELETE FROM rooms WHERE id = ?", (room.id,))


def _room(row: sqlite3.Row) -> Room:
    lists = {name: tuple(json.loads(row[name])) for name in ("films", "levels")}
    names = ("id", "code", "owner", "run_id", "created", "ends", "wanted", "job_id", "version")
    return Room(**{name: row[name] for name in names} | lists, is_open=bool(row["is_open"]))
