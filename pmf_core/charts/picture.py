"""A picture that a page shows without knowing it: its numbers, how they are drawn, what to see.

A module of charts lists its own, so that one more is a function and an entry in one file.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import altair as alt
import pandas as pd

from pmf_core.data.nouns import Nouns
from pmf_core.evaluation.lessons import Lesson


@dataclass(frozen=True)
class Picture[Subject]:
    """One of a list of pictures of ratings, or of a fit."""

    title: str
    """A question or a remark, above it; `{thing}` and `{things}` are what is rated."""
    alt_text: str
    """What it shows, for those who cannot see it; `{thing}` is what is rated."""
    numbers: Callable[..., pd.DataFrame]
    """Of the subject and, where there are `choices`, one of them; a function with a name, by which
    pages keep what it returns."""
    draw: Callable[[pd.DataFrame, Nouns], alt.TopLevelMixin]
    """Of what `numbers` returns, in the nouns of the subject."""
    lesson: Callable[[Subject, pd.DataFrame], Lesson | str]
    """What to look for and why; words alone are true of any numbers."""
    choices: Callable[[Subject], Mapping[str, str]] | None = None
    """What of the subject it can be a picture of, where that is to choose, and what people read of
    each; the first at first. Pictures of the same function share one choice."""
