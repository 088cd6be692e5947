"""Rooms without a model; and, as a process, one that rates until a test kills it."""

import itertools
import sys
from pathlib import Path

from pmf_core.classroom.records import Claim
from pmf_core.classroom.store import ClassStore

STARS = (1.0, 2.0, 3.0, 4.0, 5.0)
FILMS = tuple(range(7, 27))
CLAIM = Claim((0.05, 0.05, 0.2, 0.3, 0.4), 2, 4, 0.9)


def main(path: str, code: str) -> None:
    """Rate without end, and say of each rating that it is stored."""
    store = ClassStore(Path(path))
    room = store.rooms.find(code)
    for n in itertools.count():
        member, _ = store.seats.join(room, f"member {n}")
        for item in room.films:
            rating = room.levels[(n + item) % len(room.levels)]
            store.answers.ask(room, member, item, CLAIM)
            store.answers.rate(room, member, item, rating)
            print(member.id, item, rating, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
