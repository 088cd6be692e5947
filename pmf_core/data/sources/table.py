"""A table of one's own, as `read_ratings` reads it."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from pmf_core.data.sources.base import Parameter, Source

if TYPE_CHECKING:
    from pmf_core.data.ratings import Ratings


def _load(file: IO, duplicates: str) -> tuple[Ratings, None]:
    from pmf_core.data.reading.tables import read_ratings

    return read_ratings(file, duplicates=duplicates), None


def _as_python(name: str, duplicates: str) -> str:
    return f"pmf.read_ratings({name!r}, duplicates={duplicates!r})"


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
