"""What ratings are of and what they are counted in, as sentences call them."""

import re
from dataclasses import astuple, dataclass

_NOUN = re.compile(r"[^\W\d_](?:[ '-]?[^\W_])*")
LONGEST = 30
"""Characters of a noun."""

OWNERS = {"user": "users", "item": "{items}"}
"""What words that people read call the owners of rows: those of items as the data call them."""


@dataclass(frozen=True)
class Nouns:
    """How to call one item, several, and the unit of a rating: movie, movies, stars.

    Raises
    ------
    ValueError
        If one is no word, or a few, of letters: it may come from a file and stands in sentences.
    """

    thing: str = "item"
    things: str = "items"
    unit: str = "points"
    """In the plural."""

    def __post_init__(self) -> None:
        """Check each of them."""
        for noun in astuple(self):
            if not (isinstance(noun, str) and len(noun) <= LONGEST and _NOUN.fullmatch(noun)):
                raise ValueError(
                    f"a noun is {str(noun)[:LONGEST]!r}; it must be words of letters with at most "
                    f"{LONGEST} characters, such as 'book'"
                )

    @classmethod
    def parse(cls, text: str) -> "Nouns":
        """Read what ``str`` has written."""
        words = text.split(" / ")
        if len(words) != 3:
            raise ValueError(f"nouns are {text[:80]!r}; give three, such as 'book / books / stars'")
        return cls(*words)

    def __str__(self) -> str:
        """Return all three in a line, for a file."""
        return " / ".join(astuple(self))


MOVIES = Nouns("movie", "movies", "stars")
"""Of MovieLens and whatever is like it."""
