"""What a reader of tables infers and a person may know better: each can be given instead."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pmf_core.data.limits import shown
from pmf_core.data.nouns import Nouns
from pmf_core.support.errors import require

_ARGUMENT = re.compile(r" \([a-z]+=(?:[^()]|\([^()]*\))*\)")
RULES = ("error", "last", "mean")
SEPARATORS = ("::", "\t", "|", ";", ",", " ")
ROLES = ("user", "item", "rating", "time", "title")


@dataclass(frozen=True)
class Choices:
    """How to read a table; None stands for what the table itself suggests.

    Raises
    ------
    ValueError
        If one is none of what it may be.
    """

    name: str | None = None
    """What to call the set."""
    duplicates: str = "error"
    """What to do with a pair rated twice: refuse, keep the ``last``, or take the ``mean``."""
    scale: tuple[float, float] | None = None
    """Lowest and highest rating that can be given."""
    missing: tuple[float | str, ...] = ()
    """What stands for "not rated" in the column of ratings, such as 0, 99 or "NA"."""
    user: str | None = None
    """Name of the column, as `Reading.columns` has it: ``column 1`` and so on without a header."""
    item: str | None = None
    rating: str | None = None
    time: str | None = None
    """An empty text for none, and so below."""
    title: str | None = None
    separator: str | None = None
    decimal: str | None = None
    """What sets off decimals: ``.`` or ``,``."""
    encoding: str | None = None
    """As Python calls it, such as ``cp1252``."""
    nouns: Nouns | None = None

    def __post_init__(self) -> None:
        """Check each, and bring `missing` to its type."""
        require(
            self.duplicates in RULES, "duplicates", self.duplicates, "'error', 'last' or 'mean'"
        )
        rule = "a number or a text, or several, such as missing=99 or missing=(0, 'NA')"
        codes = self.missing
        if isinstance(codes, str) or not isinstance(codes, Iterable):
            codes = (codes,)
        codes = tuple(codes)
        for code in codes:
            valid = isinstance(code, str) or (hasattr(code, "__float__") and code == code)
            require(valid, "missing", code, rule)
        object.__setattr__(self, "missing", codes)
        allowed = (None, *SEPARATORS)
        require(self.separator in allowed, "separator", self.separator, f"one of {SEPARATORS}")
        require(self.decimal in (None, ".", ","), "decimal", self.decimal, "'.' or ','")

    @property
    def columns(self) -> dict[str, str]:
        """The roles whose column is given, and its name."""
        return {role: name for role in ROLES if (name := getattr(self, role)) is not None}

    @property
    def codes(self) -> tuple[set[str], set[float]]:
        """The texts and the numbers that stand for "not rated"."""
        texts = {code.strip() for code in self.missing if isinstance(code, str)}
        return texts, {float(code) for code in self.missing if not isinstance(code, str)}


def in_words(text: str) -> str:
    """Return a note or an error as whoever sees a page needs it.

    What to do is said in words and, in brackets, as an argument of `read_ratings`; these go.
    """
    return _ARGUMENT.sub("", text)


def position(names: list[str], role: str, name: Any) -> int:
    """Return where the column `name` is.

    Raises
    ------
    ValueError
        If there is none; the message lists what there is.
    """
    if name not in names:
        some = ", ".join(shown(each)[1:-1] for each in names[:12])
        raise ValueError(f"{role} is {shown(name)}; it must be the name of a column, one of {some}")
    return names.index(name)
