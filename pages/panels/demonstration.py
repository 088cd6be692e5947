"""One demonstration: its claim, a guess, a control, and what happens."""

import streamlit as st

from pages.panels.dataset import Dataset
from pages.shell import cache, show
from pmf_core.charts.demonstrations import happens
from pmf_core.evaluation.demonstrations.base import Demonstration


def draw(demonstration: Demonstration, number: int, chosen: Dataset) -> None:
    """Draw it; nothing is worked out and nothing shown before the visitor has guessed."""
    st.header(f"{number}. {demonstration.title}")
    asked, seen = st.columns([2, 3], gap="large")
    with asked:
        st.markdown(demonstration.claim)
        guess = st.radio(
            f"**{demonstration.question}**",
            demonstration.guesses,
            index=None,
            key=f"guess-{demonstration.name}",
            persist_state="session",
        )
    if guess is None:
        asked.caption("Guess, then see.")
        return
    try:
        found = cache.of_split(demonstration.measure, chosen.split_key)
    except ValueError as error:
        st.info(f"Not on these ratings: {show.reason(error)}.", icon=":material/zoom_out_map:")
        return
    right = demonstration.guesses[demonstration.answer(found)]
    if guess == right:
        asked.success(f"So it is here: {_small(right)}.", icon=":material/check:")
    else:
        asked.warning(f"Not here: {_small(right)}.", icon=":material/undo:")
    with seen:
        shown = demonstration.show(found, _turned(demonstration))
        show.chart(happens(shown), f"{shown.y} against {shown.x}", key=f"see-{demonstration.name}")
        show.lesson(shown.lesson)


def _turned(demonstration: Demonstration) -> float:
    """Draw the control, and return where it stands."""
    control = demonstration.control
    whole = all(float(each).is_integer() for each in (control.low, control.high, control.step))
    kind = int if whole else float
    return st.slider(
        control.label,
        *map(kind, (control.low, control.high, control.start, control.step)),
        key=f"turn-{demonstration.name}",
        persist_state="session",
    )


def _small(text: str) -> str:
    return text[0].lower() + text[1:]
