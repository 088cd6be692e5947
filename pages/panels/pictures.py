"""The pictures that the core lists, two beside each other."""

from collections.abc import Callable, Mapping, Sequence
from itertools import batched

import pandas as pd
import streamlit as st

from pages.shell import show
from pmf_core.charts.picture import Picture


def in_pairs[Subject](
    pictures: Sequence[Picture[Subject]],
    subject: Subject,
    found: Callable[..., pd.DataFrame] | None = None,
) -> None:
    """Show pictures of a subject, with what to look for.

    Parameters
    ----------
    pictures : sequence of Picture
    subject
        What they are of.
    found : callable, optional
        Called with `Picture.numbers` and, where there is one, the choice; returns the numbers. By
        default they are worked out anew.
    """
    found = found or (lambda numbers, *choice: numbers(subject, *choice))
    chosen = {
        each: _choose(each(subject), f"picture-{each.__name__}")
        for each in dict.fromkeys(picture.choices for picture in pictures)
        if each is not None
    }
    for pair in batched(pictures, 2):
        for place, picture in zip(st.columns(2, gap="large"), pair, strict=False):
            with place:
                _one(picture, subject, found, chosen.get(picture.choices))


def _choose(choices: Mapping[str, str], key: str) -> tuple[str, str]:
    """Let the visitor choose what pictures are of; return its name and its label."""
    name = st.selectbox("Quantity", list(choices), format_func=choices.get, key=key)
    return name, choices[name]


def _one[Subject](
    picture: Picture[Subject],
    subject: Subject,
    found: Callable[..., pd.DataFrame],
    choice: tuple[str, str] | None,
) -> None:
    nouns = subject.nouns
    st.header(picture.title.format(thing=nouns.thing, things=nouns.things))
    name, label = ((choice[0],), (choice[1],)) if choice else ((), ())
    numbers = found(picture.numbers, *name)
    what = picture.alt_text.format(thing=nouns.thing), *label
    show.chart(picture.draw(numbers, nouns), ": ".join(what))
    show.lesson(picture.lesson(subject, numbers))
