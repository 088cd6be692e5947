"""An uploaded table that is looked at, and how it is read so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pages.shell import cache, settings, tables

if TYPE_CHECKING:  # the first page does not wait for what these import
    from pmf_core.data.reading.preview import Reading
    from pmf_core.data.reading.suspects import Suspect

ROLES = {
    "user": ("Who rates", "Each different value is a user."),
    "item": ("What is rated", "Each different value is an item."),
    "rating": ("Rating", "A number; the higher, the better."),
    "time": ("When", "A time or a date; models with a time effect need it."),
    "title": ("Title", "What to call an item."),
}
"""What a column may be, as a page calls it, and what that means."""

CHANGE_RATINGS = ("rating", "separator", "decimal", "encoding")
"""Choices after which the column of ratings has other values."""


@dataclass
class Draft:
    """A table that is looked at, and is not used yet."""

    file_name: str
    content: bytes
    choices: dict[str, Any] = field(default_factory=dict)
    name: str = ""
    """Of what was last read, among the tables that the server keeps."""
    refusal: str = ""
    """Why it cannot be read with these choices, if there is nothing to show."""
    suspects: dict[float, Suspect] = field(default_factory=dict)
    """Values that are taken for codes, and those that are left out: these are found no more."""

    @property
    def reading(self) -> Reading | None:
        """What was last read; None if nothing was, or it has made room for others."""
        table = tables.find(self.name)
        return table and table.reading

    def read(self) -> None:
        """Read the table with the present choices; what was read before stays if it cannot be."""
        try:
            self.name = tables.keep(self.file_name, self.content, self.choices, cache.limits())
            found, self.refusal = tables.get(self.name).reading.suspects, ""
        except ValueError as error:
            self.refusal = str(error)
            return
        left_out = self.choices.get("missing", ())
        known = {value: each for value, each in self.suspects.items() if value in left_out}
        self.suspects = known | {each.value: each for each in found}

    def choose(self, name: str, value: Any) -> None:
        """Take another answer to one question, or None for the reader's own, and read again."""
        if name in ROLES and self.reading is not None:
            self.choices = self.reading.roles | self.choices  # the others as they are shown
        self.choices = {k: v for k, v in self.choices.items() if k != name}
        if value is not None:
            self.choices[name] = value
        if name in CHANGE_RATINGS:  # what was counted was in others
            self.suspects = {}
        self.read()

    def use(self) -> None:
        """Let the pages work on it; once more from the file if it has made room for others."""
        self.read()
        if not self.refusal:
            tables.use(self.name)
            settings.change(table=self.name)
