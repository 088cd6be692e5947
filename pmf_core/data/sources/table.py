"""A table of one's own, as `read_ratings` reads it."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from pmf_core.data.sources.base import Source

if TYPE_CHECKING:
    from pmf_core.data.ratings import Ratings


def _load(file: IO, *choices: tuple[str, Any]) -> tuple[Ratings, None]:
    from pmf_core.data.reading.tables import read_ratings

    return read_ratings(file, **dict(choices)), None


def _as_python(name: str, *choices: tuple[str, Any]) -> str:
    given = "".join(f", {key}={value!r}" for key, value in choices)
    return f"pmf.read_ratings({name!r}{given})".replace("nouns=Nouns(", "nouns=pmf.Nouns(")


SOURCE = Source(
    key="table",
    label="My file",
    help="a table of your own, one rating a row.",
    load=_load,
    as_python=_as_python,
    takes_file=True,
)
