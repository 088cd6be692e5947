"""A table of one's own, as `read_ratings` reads it."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from pmf_core.data.sources.base import Parameter, Source

if TYPE_CHECKING:
    from pmf_core.data.ratings import Ratings


def _load(file: IO, duplicates: str, **choices: Any) -> tuple[Ratings, None]:
    from pmf_core.data.reading.tables import read_ratings

    return read_ratings(file, duplicates=duplicates, **choices), None


def _as_python(name: str, duplicates: str, **choices: Any) -> str:
    given = ", ".join(f"{key}={value!r}" for key, value in choices.items() if value is not None)
    given = given.replace("nouns=Nouns(", "nouns=pmf.Nouns(")
    return f"pmf.read_ratings({name!r}, duplicates={duplicates!r}{', ' if given else ''}{given})"


SOURCE = Source(
    key="table",
    label="My file",
    help="a table of your own, one rating a row.",
    load=_load,
    as_python=_as_python,
    parameters=(
        Parameter(
            "duplicates",
            "If a pair is rated twice",
            "error",
            choices=(("error", "Refuse"), ("last", "Keep last"), ("mean", "Average")),
        ),
    ),
    takes_file=True,
)
