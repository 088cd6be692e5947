"""The pictures that the core lists, two beside each other."""

from collections.abc import Callable, Sequence
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
    for pair in batched(pictures, 2):
        for place, picture in zip(st.columns(2, gap="large"), pair, strict=False):
            with place:
                _one(picture, subject, found)


def _one[Subject](
    picture: Picture[Subject], subject: Subject, found: Callable[..., pd.DataFrame]
) -> None:
    st.header(picture.title)
    choice = ()
    if picture.choices:
        key = f"picture-{picture.numbers.__name__}"
        called = picture.choices.get
        choice = (st.selectbox("Quantity", list(picture.choices), key=key, format_func=called),)
    numbers = found(picture.numbers, *choice)
    what = picture.alt_text.format(thing=subject.nouns.thing), *map(picture.choices.get, choice)
    show.chart(picture.draw(numbers, subject.nouns), ": ".join(what))
    show.lesson(picture.lesson(subject, numbers))
