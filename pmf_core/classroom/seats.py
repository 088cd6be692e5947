"""Seats: who is in a room, and how a browser that comes back is the same member."""

import sqlite3

from pmf_core.classroom import nicknames
from pmf_core.classroom.codes import digest, new_secret
from pmf_core.classroom.database import Database
from pmf_core.classroom.limits import ClassLimits, NoRoom, TooMany
from pmf_core.classroom.records import Member, Room


class Seats:
    """The members of rooms."""

    def __init__(self, file: Database, limits: ClassLimits) -> None:
        self.limits, self._file = limits, file

    def join(self, room: Room, nickname: str, *, visitor: str = "") -> tuple[Member, str]:
        """Let somebody in, and return who they are with their token, which is not stored.

        A visitor has one seat in a room: who comes again is the same member.

        Raises
        ------
        ValueError
            If the nickname breaks its rule or is taken, or the room takes nobody more.
        """
        name, token = nicknames.checked(nickname), new_secret()
        with self._file.writing() as link:
            now = link.execute("SELECT * FROM rooms WHERE id = ?", (room.id,)).fetchone()
            if now is None:
                raise NoRoom("this class has ended")
            known = (
                visitor
                and link.execute(
                    "SELECT id, nickname FROM members WHERE room = ? AND visitor = ?",
                    (room.id, visitor),
                ).fetchone()
            )
            if known:
                link.execute(
                    "UPDATE members SET token_hash = ? WHERE id = ?", (digest(token), known["id"])
                )
                return Member(known["id"], known["nickname"]), token
            self._require_seat(link, now, visitor)
            key = nicknames.key(name)
            query = "SELECT 1 FROM members WHERE room = ? AND nickname_key = ?"
            if link.execute(query, (room.id, key)).fetchone():
                raise ValueError("somebody in this class has that nickname; take another")
            found = link.execute(
                "INSERT INTO members (room, nickname, nickname_key, token_hash, visitor) "
                "VALUES (?, ?, ?, ?, ?)",
                (room.id, name, key, digest(token), visitor),
            )
            link.execute(
                "UPDATE rooms SET n_ever = n_ever + 1, version = version + 1 WHERE id = ?",
                (room.id,),
            )
        return Member(found.lastrowid, name), token

    def _require_seat(self, link: sqlite3.Connection, room: sqlite3.Row, visitor: str) -> None:
        one = (room["id"],)
        [members] = link.execute("SELECT count(*) FROM members WHERE room = ?", one).fetchone()
        query = "SELECT count(*) FROM members WHERE visitor = ? AND visitor != ''"
        [seats] = link.execute(query, (visitor,)).fetchone()
        query = "SELECT 1 FROM barred WHERE room = ? AND visitor = ?"
        if link.execute(query, (room["id"], visitor)).fetchone():
            raise ValueError("the teacher has removed you from this class")
        if not room["is_open"]:
            raise ValueError("the door of this class is closed; ask the teacher to open it")
        if members >= self.limits.members or room["n_ever"] >= self.limits.members_ever:
            raise TooMany(f"this class is full: {members} members")
        if seats >= self.limits.seats_of_one:
            raise TooMany(f"you are in {seats} classes, as many as one visitor may")

    def find(self, room: Room, *, visitor: str = "", token: str = "") -> Member | None:
        """Return who somebody is in a room, by their token or as a visitor; None if nobody."""
        rows = find_seat(self._file, room, visitor, token)
        return Member(rows[0]["id"], rows[0]["nickname"]) if rows else None

    def list(self, room: Room) -> list[Member]:
        """Return the members of a room, as they came."""
        query = "SELECT id, nickname FROM members WHERE room = ? ORDER BY id"
        return [Member(row["id"], row["nickname"]) for row in self._file.rows(query, room.id)]

    def remove(self, room: Room, member_id: int) -> None:
        """Remove a member of a room, with all that they rated; they do not come back."""
        one = (room.id, member_id)
        with self._file.writing() as link:
            link.execute(
                "INSERT OR IGNORE INTO barred SELECT room, visitor FROM members "
                "WHERE room = ? AND id = ? AND visitor != ''",
                one,
            )
            link.execute("DELETE FROM members WHERE room = ? AND id = ?", one)
            link.execute("UPDATE rooms SET version = version + 1 WHERE id = ?", (room.id,))


def find_seat(file: Database, room: Room, visitor: str, token: str) -> list[sqlite3.Row]:
    """Return the row of somebody's seat in a room; none where they have none."""
    query = (
        "SELECT id, nickname FROM members WHERE room = ? AND "
        "((token_hash = ? AND ? != '') OR (visitor = ? AND ? != '')) LIMIT 1"
    )
    return file.rows(query, room.id, digest(token), token, visitor, visitor)
