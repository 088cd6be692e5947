"""What a page is made of, as values: it knows neither what they are of nor how they are drawn.

A text is either plain, and shown as it is, whatever it holds, or Markdown, which is only ever
written by this package: names, titles and notes that come from data go into plain texts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import altair as alt


class Said(Protocol):
    """What the core says of numbers, such as a lesson."""

    text: str
    """In Markdown."""


@dataclass(frozen=True)
class Drawn:
    """A chart, and what is to be seen in it."""

    chart: alt.TopLevelMixin
    """Of one plot, in layers or not; it is given the width of its place."""
    alt_text: str
    """What it shows, for those who cannot see it; plain."""
    title: str = ""
    """Above it; plain."""
    said: str | Said = ""
    """Below it, in Markdown."""


@dataclass(frozen=True)
class Table:
    """Rows of plain texts under their titles."""

    titles: tuple[str, ...]
    """Plain."""
    rows: tuple[tuple[str, ...], ...]
    """Plain; as many as there are titles in each."""
    caption: str = ""
    """Above it, and what it is called for those who cannot see it; plain."""


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it, in this order."""

    title: str
    """Plain."""
    said: tuple[str | Said, ...] = ()
    """Paragraphs in Markdown."""
    notes: tuple[str, ...] = ()
    """Paragraphs of plain text."""
    figures: Mapping[str, str] = field(default_factory=dict)
    """Numbers that stand out, by what they are; plain."""
    charts: tuple[Drawn, ...] = ()
    tables: tuple[Table, ...] = ()
    lines: str = ""
    """Of a program, to be copied; plain."""
