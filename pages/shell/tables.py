"""Uploaded tables: kept in the server's memory, each found by whoever has its name."""

import io
import secrets
import threading
import time
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from pages.shell import owner

if TYPE_CHECKING:  # the first page does not wait for what these import
    from pmf_core.data import Ratings
    from pmf_core.data.reading.preview import Reading
    from pmf_core.data.simulate import Truth
    from pmf_core.fits.budget import Limits

EACH = 4
"""Tables of one visitor; an older one of theirs makes room."""

MEMORY = 1_000_000_000
"""Bytes of all tables together."""

IDLE = 3600.0
"""Seconds after which a table that nobody looks at makes room for somebody else's."""


@dataclass
class Table:
    """An uploaded table, and how it is read."""

    owner: str
    digest: bytes
    file_name: str
    content: bytes
    choices: tuple[tuple[str, Any], ...]
    """What a person knew better than the reader, by name: see `pmf_core.data.reading.choices`."""
    reading: "Reading"
    is_draft: bool = True
    """Whether it is only looked at: then another that is looked at takes its place."""
    used: float = field(default_factory=time.monotonic)

    @property
    def loaded(self) -> "tuple[Ratings, Truth | None]":
        """The ratings, as a source loads them.

        Raises
        ------
        ValueError
            If they cannot be read like this.
        """
        if self.reading.ratings is None:
            raise ValueError(self.reading.problem)
        return self.reading.ratings, None

    @cached_property
    def size(self) -> int:
        """Bytes that it takes."""
        ratings = self.reading.ratings
        return len(self.content) + (0 if ratings is None else _size(ratings))


_tables: dict[str, Table] = {}
_turn, _reading = threading.Lock(), threading.Lock()


def keep(file_name: str, content: bytes, choices: dict[str, Any], limits: "Limits") -> str:
    """Read a table, once for each visitor, and return the name by which it is found.

    The name cannot be guessed, also not by who has the same file. A table with a problem that a
    choice may mend is kept, too; `Table.loaded` raises it.

    Raises
    ------
    ValueError
        If the file is no table, or there is no room for it.
    """
    from pmf_core.data.reading.preview import inspect_table
    from pmf_core.fits.budget import check_ratings_fit

    given = tuple(sorted(choices.items()))
    me, digest = owner.visitor(), sha256(content + repr((file_name, given)).encode()).digest()
    for name, each in list(_tables.items()):
        if (each.owner, each.digest) == (me, digest):
            return name
    file = io.BytesIO(content)
    file.name = file_name
    with _reading:  # it takes some times the file's size in memory
        reading = inspect_table(file, **choices)
    if reading.ratings is not None:
        check_ratings_fit(reading.ratings.n_ratings, limits)
    table = Table(me, digest, file_name, content, given, reading)
    with _turn:
        _make_room(table)
        name = secrets.token_hex(16)
        _tables[name] = table
    return name


def use(name: str) -> None:
    """Keep a table beyond the next that is looked at."""
    get(name).is_draft = False


def find(name: str) -> Table | None:
    """Return a table, if the server still has it."""
    table = _tables.get(name)
    if table is not None:
        table.used = time.monotonic()
    return table


def get(name: str) -> Table:
    """Return a table that `find` has found."""
    table = find(name)
    if table is None:
        raise ValueError("the table has just made room for another; upload it again")
    return table


def forget_draft() -> None:
    """Drop what this visitor has only looked at."""
    with _turn:
        _without_draft(owner.visitor())


def forget() -> None:
    """Drop all tables."""
    _tables.clear()


def _without_draft(of: str) -> None:
    for name in [name for name, each in _tables.items() if each.is_draft and each.owner == of]:
        del _tables[name]


def _make_room(new: Table) -> None:
    _without_draft(new.owner)
    own = [name for name, each in _tables.items() if each.owner == new.owner]
    for name in own[: max(0, len(own) - EACH + 1)]:
        del _tables[name]
    idle = sorted(_tables, key=lambda name: _tables[name].used)
    while sum(each.size for each in _tables.values()) + new.size > MEMORY:
        if not idle or time.monotonic() - _tables[idle[0]].used < IDLE:
            raise ValueError(
                f"this table takes {new.size / 1e6:,.0f} MB and the tables of all visitors may "
                f"take {MEMORY / 1e6:,.0f} MB together; try again later, or upload fewer ratings"
            )
        del _tables[idle.pop(0)]


def _size(ratings: "Ratings") -> int:
    """Estimate the bytes that ratings take."""
    import numpy as np
    import pandas as pd

    size = 0
    for value in vars(ratings).values():
        if isinstance(value, np.ndarray):
            size += value.nbytes
            size += sum(map(len, map(str, value))) if value.dtype.kind in "OT" else 0
        elif isinstance(value, pd.DataFrame):
            size += int(value.memory_usage(deep=True).sum())
    return size
