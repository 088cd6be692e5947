"""How much a class may take, and how long it lasts."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ClassLimits:
    """Limits of rooms; none is by network address, which a whole class may share."""

    rooms: int = 100
    """In all."""
    rooms_of_one: int = 5
    """Of a visitor, at a time."""
    members: int = 60
    """Of a room, at a time."""
    members_ever: int = 240
    """Of a room, those who have left or were removed included."""
    films: int = 40
    """Of a room: no member has more answers."""
    seats_of_one: int = 20
    """Of a visitor, in all rooms."""
    wrong_codes: int = 300
    """Different ones, of everybody, within `wrong_seconds`: of 10^12 codes, so many find one of a
    hundred rooms once in thirty million times."""
    wrong_seconds: float = 600.0
    lasts: float = 86_400.0
    """Seconds until a room ends by itself."""


class NoRoom(ValueError):
    """There is no such room: it never was, or it has ended."""


class TooMany(ValueError):
    """A limit of `ClassLimits` is reached."""
