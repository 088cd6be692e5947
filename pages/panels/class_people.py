"""A class among the films: the map, who is like whom, what to watch together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.panels import door
from pages.panels.door import Place
from pages.shell import cache, show
from pmf_core.classroom.limits import NoRoom
from pmf_core.support.numbers import figure

if TYPE_CHECKING:  # the first page does not wait for what these import
    from pmf_core.fits.fit import Fit
    from pmf_core.prediction.portrait import Portrait
    from pmf_core.runs.stored import Run

LIST_HEIGHT = 400
"""Of a list, in pixels."""

MOST_SECONDS = 0.5
"""For new portraits, each time that the screen looks: its figures wait meanwhile."""

_OF = "class_portraits_of"
"""Of the session: which ratings of each member their portrait is made of."""


def draw(place: Place) -> None:
    """Draw what the model makes of those who have rated something."""
    from pages.panels.together import together
    from pmf_core.classroom.people import portraits, rated_by

    try:
        room = place.store.rooms.by_id(place.room.id)
    except NoRoom:
        st.rerun()
    run, fit = door.played(room)
    answers = place.store.answers.of(room)
    rated = rated_by(answers)
    if not rated:
        return
    names = {member.id: member.nickname for member in place.store.seats.list(room)}
    present = {member: given for member, given in rated.items() if member in names}
    found, st.session_state[_OF] = portraits(
        fit, present, st.session_state.get(_OF, {}), MOST_SECONDS
    )
    by_name = {names[member]: each for member, each in found.items()}
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.header("Who is where")
        _map(run, fit, by_name)
    with right:
        st.header("Who is like whom")
        _alike(fit, by_name)
    st.header("What to watch together")
    seen = {each.item_idx for each in answers if each.rating is not None}
    together(fit, by_name, seen, "class_by")


def _map(run: Run, fit: Fit, portraits: dict[str, Portrait]) -> None:
    from pmf_core.charts.classes import class_map
    from pmf_core.classroom.people import films_on_the_map, on_the_map, with_labels

    if fit.config.n_factors == 1:
        st.info("This run has one factor, so there is no map.", icon=":material/linear_scale:")
        return
    items = cache.of_run(films_on_the_map, run)
    people, outlines = on_the_map(fit, portraits)
    people = with_labels(people, outlines, items)
    show.chart(
        class_map(items, people, outlines, fit.nouns, ("Axis 1", "Axis 2")),
        f"Members of the class among {len(items)} {fit.nouns.things}, along the first two axes",
        key="class-map",
    )
    st.caption(
        f"Grey: the {len(items)} most rated {fit.nouns.things}. Whoever stands towards one likes "
        "it more than most do. Each ring holds 90% of what the model believes of a member; "
        "names are written where there is room, and all can be pointed at"
        + (": none here, as a MAP is sure of all." if fit.is_point_estimate else ".")
    )


def _alike(fit: Fit, portraits: dict[str, Portrait]) -> None:
    from pmf_core.evaluation.lessons_of_people import alike_is_unsure
    from pmf_core.prediction.several import alike

    frame = alike(fit, portraits)
    if frame.empty:
        st.caption("As soon as two have rated something.")
        return
    ends = zip(frame["lower"], frame["upper"], strict=True)
    shown = frame[["name", "like", "similarity"]].assign(
        interval=[f"{figure(low, '.1f')} – {figure(high, '.1f')}" for low, high in ends]
    )
    st.dataframe(
        shown,
        hide_index=True,
        height=min(LIST_HEIGHT, 38 + 35 * len(shown)),
        column_config={
            "name": st.column_config.TextColumn("Who"),
            "like": st.column_config.TextColumn("Most like"),
            "similarity": st.column_config.NumberColumn("Similarity", format="%.2f"),
            "interval": st.column_config.TextColumn("90%", help="Over draws."),
        },
    )
    st.caption(alike_is_unsure(frame).text)
