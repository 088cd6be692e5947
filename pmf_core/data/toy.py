"""Six people, six films, and what they say of them: ratings that fit on a screen.

Made up, so that everybody can change them. A table of them is a text with a character a cell, short
enough for an address.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pmf_core.data.nouns import Nouns
from pmf_core.data.ratings import Ratings, Split
from pmf_core.support.errors import require

PEOPLE = ("Ann", "Ben", "Cleo", "Dev", "Eva", "Finn")
FILMS = ("Alien", "Jaws", "Heat", "Emma", "Amélie", "Grease")
SHAPE = len(PEOPLE), len(FILMS)
SCALE = (1.0, 5.0)
FILM_NOUNS = Nouns("film", "films", "stars")

BLANK, GIVEN, HIDDEN = "0", "12345", "abcde"
"""How a cell is written: without a rating; with one that the model is told; with one that is kept
from it, 1 to 5 in their order."""

DEFAULT = "540100" + "405020" + "050002" + "100540" + "020050" + "000004"
"""Fourteen ratings: three people like thrillers, two the other kind, and of Finn little is known.
Heat has one rating, so that there are films of which little is known, too."""


@dataclass(frozen=True)
class Toy:
    """A table of ratings that people and films of this module may have.

    Raises
    ------
    ValueError
        If it is no text of that form, or tells the model nothing.
    """

    cells: str = DEFAULT
    """A character for each person and film, a person after the other."""

    def __post_init__(self) -> None:
        """Check the text."""
        n_cells = SHAPE[0] * SHAPE[1]
        known = set(BLANK + GIVEN + HIDDEN)
        valid = isinstance(self.cells, str) and len(self.cells) == n_cells
        rule = (
            f"{n_cells} characters, one for each of {SHAPE[0]} people and {SHAPE[1]} films: "
            f"{BLANK} (no rating), {GIVEN[0]} to {GIVEN[-1]} (stars), or {HIDDEN[0]} to "
            f"{HIDDEN[-1]} (the same, hidden from the model)"
        )
        require(valid and set(self.cells) <= known, "cells", _shown(self.cells), rule)
        valid = any(cell in GIVEN for cell in self.cells)
        rule = "a table with one rating or more that is not hidden; rate a film"
        require(valid, "cells", self.cells, rule)

    @cached_property
    def stars(self) -> NDArray[np.int64]:
        """Ndarray of shape (n_people, n_films): all ratings, hidden ones too; 0 where none is."""
        found = [0 if cell == BLANK else (GIVEN + HIDDEN).find(cell) % 5 + 1 for cell in self.cells]
        return np.array(found).reshape(SHAPE)

    @cached_property
    def is_hidden(self) -> NDArray[np.bool_]:
        """Ndarray of shape (n_people, n_films): whether there is a rating that is hidden."""
        return np.array([cell in HIDDEN for cell in self.cells]).reshape(SHAPE)

    @cached_property
    def split(self) -> Split:
        """What the model is told, and what is hidden from it."""
        told = (self.stars > 0) & ~self.is_hidden
        return Split(self._ratings(told), self._ratings(self.is_hidden))

    def _ratings(self, where: NDArray[np.bool_]) -> Ratings:
        user_idx, item_idx = np.nonzero(where)
        return Ratings(
            user_idx,
            item_idx,
            self.stars[where].astype(float),
            np.array(PEOPLE, dtype=object),
            np.array(FILMS, dtype=object),
            SCALE,
            name="six people and six films",
            nouns=FILM_NOUNS,
        )


def _shown(cells: object) -> str:
    """Return as much of what was given as a message has room for."""
    text = str(cells)
    return text if len(text) <= 40 else text[:40] + "…"
