"""What a setting may be: a flag, a choice, several of a group, a whole number, a number.

A kind checks a value whatever is beside it, reads it from words, says it in words, and sorts it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin

from pmf_core.support.errors import is_whole, require

HIGHEST = 1e6
"""Numbers are below this, where nothing else is said."""


class Kind:
    """What all kinds do, and how most of them do it."""

    options: tuple[Any, ...] = ()
    """All values that are offered; none where they are too many to list."""

    def check(self, name: str, value: Any) -> Any:
        """Return `value` in its plain form, or raise ValueError with the rule that it breaks."""
        raise NotImplementedError

    def read(self, text: str) -> Any:
        """Return what words mean; whether it is a value is for `check` to say."""
        try:
            return json.loads(text.lower())
        except ValueError:
            return text

    def words(self, value: Any) -> Any:
        """Return a value as tables show it."""
        return value

    def rank(self, words: Any) -> Any:
        """Return what sorts values in words; what a number is called by a word comes first."""
        return float("-inf") if isinstance(words, str) else words


class Flag(Kind):
    """True or False."""

    options = (False, True)

    def check(self, name: str, value: Any) -> bool:
        """Return `value` if it is a bool."""
        require(isinstance(value, bool), name, value, "True or False")
        return value


@dataclass(frozen=True)
class Choice(Kind):
    """One word of a list."""

    options: tuple[str, ...]

    def check(self, name: str, value: Any) -> str:
        """Return `value` if it is in the list."""
        require(value in self.options, name, value, f"one of {', '.join(self.options)}")
        return value

    def read(self, text: str) -> str:
        """Return what words mean."""
        return text

    def rank(self, words: str) -> int:
        """Return the place in the list."""
        return self.options.index(words)


@dataclass(frozen=True)
class Several(Kind):
    """Any of a group, in an order of one's own: a tuple, or words such as ``day + user:day``."""

    group: tuple[str, ...]
    offered: tuple[tuple[str, ...], ...] = ()
    """What is offered, where it is not each beginning of the group."""

    @property
    def options(self) -> tuple[tuple[str, ...], ...]:
        """What is offered: by default none of the group, its first, its first two, and so on."""
        return self.offered or tuple(self.group[:n] for n in range(len(self.group) + 1))

    def check(self, name: str, value: Any) -> tuple[str, ...]:
        """Return `value` as a tuple."""
        by_words = {self.words(each): each for each in self.options}
        value = by_words.get(value, value) if isinstance(value, str) else value
        valid = isinstance(value, list | tuple) and all(each in self.group for each in value)
        require(valid, name, value, f"one of {', '.join(by_words)}, or a tuple of such groups")
        return tuple(value)

    def read(self, text: str) -> str:
        """Return words as `check` takes them."""
        return self.words([part.strip() for part in text.split("+")])

    def words(self, value: Sequence[str]) -> str:
        """Return the names with a plus between them, or none; of three or more, or all."""
        if len(value) > 2 and tuple(value) == self.group:
            return "all"
        return " + ".join(value) or "none"

    def rank(self, words: str) -> tuple[bool, str]:
        """Return what sorts none before all others."""
        return words != "none", words


@dataclass(frozen=True)
class Whole(Kind):
    """A whole number from `low` to `high`."""

    low: int
    high: int

    def check(self, name: str, value: Any) -> int:
        """Return `value` as a plain int."""
        rule = f"a whole number from {self.low} to {self.high}"
        require(is_whole(value, self.low, self.high), name, value, rule)
        return int(value)


@dataclass(frozen=True)
class Number(Kind):
    """A number above `low` and below `high`."""

    low: float
    high: float

    def check(self, name: str, value: Any) -> float:
        """Return `value` as a plain float."""
        is_number = isinstance(value, Real) and not isinstance(value, bool)
        rule = (
            f"a number above {self.low:g} and below {self.high:g}, such as {max(self.low, 0) + 1:g}"
        )
        require(is_number and self.low < value < self.high, name, value, rule)
        # NumPy's numbers, too, are stored as plain ones: equal settings have equal names.
        return float(value)


def kind_of(hint: Any, low: float, high: float | None) -> Kind:
    """Return the kind that a type hint such as ``Literal["a", "b"]`` or ``float | None`` says.

    Raises
    ------
    TypeError
        If no kind is said like that.
    """
    if get_origin(hint) is UnionType:
        [hint] = [each for each in get_args(hint) if each is not NoneType]
    if get_origin(hint) is Literal:
        return Choice(get_args(hint))
    if get_origin(hint) is tuple:
        return Several(get_args(get_args(hint)[0]))
    if hint is bool:
        return Flag()
    if hint in (int, float):
        return (Whole if hint is int else Number)(low, HIGHEST if high is None else high)
    raise TypeError(f"a setting cannot be {hint}; declare bool, int, float, Literal or a tuple")
