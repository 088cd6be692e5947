"""Answers: what the model claimed of a rating, and the rating that came after."""

import sqlite3

from pmf_core.classroom.database import Database
from pmf_core.classroom.limits import NoRoom
from pmf_core.classroom.records import Answer, Claim, Member, Room
from pmf_core.support.errors import require


class Answers:
    """What is asked and answered in rooms.

    A rating is taken only of an item of which a claim is stored, and a claim that is stored stays:
    so every claim was made before its rating.
    """

    def __init__(self, file: Database) -> None:
        self._file = file

    def ask(self, room: Room, member: Member, item_idx: int, claim: Claim) -> Claim:
        """Store what the model claims, and return it; of an item that was asked before, that one.

        Raises
        ------
        ValueError
            If the item is none of the room's.
        NoRoom
            If the member, or the room, is gone.
        """
        valid = item_idx in room.films and len(claim.probability) == len(room.levels)
        require(valid, "item_idx", item_idx, "one of the room's films, with a claim of its levels")
        with self._file.writing() as link:
            _require_member(link, room, member)
            link.execute(
                "INSERT OR IGNORE INTO answers (member, item, claim) VALUES (?, ?, ?)",
                (member.id, item_idx, claim.to_json()),
            )
            query = "SELECT claim FROM answers WHERE member = ? AND item = ?"
            [stored] = link.execute(query, (member.id, item_idx)).fetchone()
        return Claim.from_json(stored)

    def rate(self, room: Room, member: Member, item_idx: int, rating: float) -> None:
        """Store a rating: once this returns, it is on the disk.

        The first one is kept for the game; the last one holds.

        Raises
        ------
        ValueError
            If it is none of the room's levels, or the item was never asked for.
        NoRoom
            If the member, or the room, is gone.
        """
        known = ", ".join(f"{level:g}" for level in room.levels)
        require(rating in room.levels, "rating", rating, f"one of {known}")
        self._answer(
            room, member, item_idx,
            "first = coalesce(first, ?), rating = ?, is_skipped = 0", float(rating), float(rating),
        )  # fmt: skip

    def skip(self, room: Room, member: Member, item_idx: int) -> None:
        """Store that a member does not know an item; a rating that they gave is kept."""
        self._answer(room, member, item_idx, "is_skipped = (rating IS NULL)")

    def _answer(
        self, room: Room, member: Member, item_idx: int, change: str, *values: float
    ) -> None:
        with self._file.writing() as link:
            _require_member(link, room, member)
            query = f"UPDATE answers SET {change} WHERE member = ? AND item = ?"
            found = link.execute(query, (*values, member.id, item_idx))
            rule = "an item of which the model's claim is stored, so ask first"
            require(found.rowcount == 1, "item_idx", item_idx, rule)
            link.execute("UPDATE rooms SET version = version + 1 WHERE id = ?", (room.id,))

    def of(self, room: Room, member: Member | None = None) -> list[Answer]:
        """Return the answers of a room, or of one member, in the order in which they were asked."""
        rows = self._file.rows(
            "SELECT answers.* FROM answers JOIN members ON members.id = answers.member "
            "WHERE members.room = ? AND (? IS NULL OR members.id = ?) ORDER BY answers.rowid",
            room.id,
            *2 * [None if member is None else member.id],
        )
        return [
            Answer(
                row["member"],
                row["item"],
                Claim.from_json(row["claim"]),
                row["first"],
                row["rating"],
                bool(row["is_skipped"]),
            )
            for row in rows
        ]


def _require_member(link: sqlite3.Connection, room: Room, member: Member) -> None:
    query = "SELECT 1 FROM members WHERE id = ? AND room = ?"
    if link.execute(query, (member.id, room.id)).fetchone() is None:
        raise NoRoom("you are no member of this class any more: it has ended, or you were removed")
