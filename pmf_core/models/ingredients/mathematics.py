"""How an ingredient writes itself down: lines of mathematics, with the numbers put in."""

from typing import Literal, NamedTuple

Place = Literal["rating", "score", "prior", "hyperprior", "objective"]


class Line(NamedTuple):
    """One statement of a model."""

    symbol: str
    """What it is about, in LaTeX."""
    latex: str
    """The statement."""
    words: str
    """The same in a sentence."""
    place: Place
    names: tuple[str, ...] = ()
    """Of the random variables of the PyMC model that it states."""
    given: str = ""
    """What its distribution depends on beside settings, in LaTeX."""
    owner: str | None = None
    """``user`` or ``item`` where the other side has a statement like it."""


class Mathematics(NamedTuple):
    """What one ingredient says of a model."""

    lines: tuple[Line, ...] = ()
    score: tuple[str, ...] = ()
    """Terms that it adds to the score of a pair, in LaTeX."""
    precision: tuple[str, ...] = ()
    """Factors of the noise precision of a pair, in LaTeX."""


LETTER = {"user": "i", "item": "j"}
"""Index of a user and of an item."""


def number(value: float) -> str:
    """Write a number in LaTeX: in four digits or, if it is whole, in all."""
    if float(value).is_integer() and abs(value) < 1e9:
        return f"{int(value):,}".replace(",", "{,}")
    digits, _, power = f"{value:.4g}".partition("e")
    return rf"{digits} \cdot 10^{{{int(power)}}}" if power else digits


def normal(symbol: str, mean: str, variance: str) -> str:
    """Write that something is normal."""
    return rf"{symbol} \sim \mathcal{{N}}({mean},\; {variance})"


def gamma(symbol: str, shape: float, rate: float) -> str:
    """Write that something has a gamma distribution, of this shape and rate."""
    return rf"{symbol} \sim \mathrm{{Gamma}}({number(shape)},\; {number(rate)})"
