"""What a source of ratings is: its name, what can be chosen about it, how it is loaded.

The picker of the dashboard, the address, the cache and the Python lines that repeat a run read
nothing else, so a new source is a file beside this one and its line in `SOURCES`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the list of sources is read before the first page is drawn
    from pmf_core.data.ratings import Ratings
    from pmf_core.data.simulate import Truth

Number = int | float


class DataUnavailable(RuntimeError):
    """Ratings cannot be had; the message says where they were looked for, and the next step."""


@dataclass(frozen=True)
class Parameter:
    """Something that can be chosen about a source: a number from a range, or one of a few."""

    name: str
    """Also in an address, so no other parameter or setting may have it."""
    label: str
    default: Any
    low: Number | None = None
    high: Number | None = None
    step: Number | None = None
    help: str | None = None
    choices: tuple[tuple[str, str], ...] = ()
    """Each value, and the word that people choose it by; then there is no range."""


@dataclass(frozen=True)
class Source:
    """Where ratings come from.

    A file that defines one imports what is slow, NumPy and pandas among it, within `load`: the
    list is read before the first page is drawn.
    """

    key: str
    """Names the source in the keys of caches."""
    label: str
    """As the picker and the address call it."""
    help: str
    """What it is, in a phrase that the picker puts after the label."""
    load: Callable[..., tuple[Ratings, Truth | None]]
    """Called with the value of each parameter; returns ratings and, if simulated, their truth.

    May raise DataUnavailable."""
    as_python: Callable[..., str]
    """Called like `load`; returns the expression that gives the same ratings."""
    parameters: tuple[Parameter, ...] = ()
    n_ratings: Callable[..., int] | None = None
    """Called like `load`; how many ratings it makes, where that follows from those."""
    takes_file: bool = False
    """Whether people give a table: `load` gets the file, and `as_python` its name, first; then
    how it is to be read, as pairs of `Choices` that differ from what the table suggests."""
    is_remote: bool = False
    """Whether it may have to be fetched, so that pages look for it in the background."""
