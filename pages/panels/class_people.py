"""A class among the films: the map, who is like whom, what to watch together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.panels import door
from pages.panels.door import Place
from pages.shell import cache, show
from pmf_core.classroom.limits import NoRoom
from pmf_core.support.numbers import figure, percent

if TYPE_CHECKING:  # the first page does not wait for what these import
    from pmf_core.classroom.portraits import Portrait
    from pmf_core.fits.fit import Fit
    from pmf_core.runs.stored import Run

LIST_HEIGHT = 400
"""Of a list, in pixels."""


def draw(place: Place) -> None:
    """Draw what the model makes of those who have rated something."""
    from pmf_core.classroom.portraits import portrait, rated_by

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
    portraits = {
        names[member]: portrait(fit, given, member)
        for member, given in rated.items()
        if member in names
    }
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.header("Who is where")
        _map(run, fit, portraits)
    with right:
        st.header("Who is like whom")
        _alike(fit, portraits)
    st.header("What to watch together")
    seen = {each.item_idx for each in answers if each.rating is not None}
    _together(fit, portraits, tuple(seen))


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
    from pmf_core.classroom.people import alike
    from pmf_core.classroom.sentences import alike_is_unsure

    frame = alike(fit, portraits)
    if frame.empty:
        st.caption("As soon as two have rated something.")
        return
    ends = zip(frame["lower"], frame["upper"], strict=True)
    shown = frame[["nickname", "like", "similarity"]].assign(
        interval=[f"{figure(low, '.1f')} – {figure(high, '.1f')}" for low, high in ends]
    )
    st.dataframe(
        shown,
        hide_index=True,
        height=min(LIST_HEIGHT, 38 + 35 * len(shown)),
        column_config={
            "nickname": st.column_config.TextColumn("Who"),
            "like": st.column_config.TextColumn("Most like"),
            "similarity": st.column_config.NumberColumn("Similarity", format="%.2f"),
            "interval": st.column_config.TextColumn("90%", help="Over draws."),
        },
    )
    st.caption(alike_is_unsure(frame).text)


def _together(fit: Fit, portraits: dict[str, Portrait], seen: tuple[int, ...]) -> None:
    from pmf_core.classroom.people import BY, together
    from pmf_core.classroom.portraits import low_rating

    by = st.segmented_control(
        "Ranked by", list(BY), default=next(iter(BY)), required=True, key="class_by"
    )
    frame = together(fit, portraits, seen, BY[by])
    unit, low = fit.nouns.unit, figure(low_rating(fit))
    shown = frame[["title", "mean", "misery"]].assign(fine=[percent(p) for p in frame["fine"]])
    st.dataframe(
        shown.style.format(lambda stars: figure(stars, ".2f"), subset=["mean", "misery"]),
        hide_index=True,
        column_config={
            "title": st.column_config.TextColumn("Title", width=260),
            "mean": st.column_config.NumberColumn("Mean", help=f"Expected of all, in {unit}."),
            "misery": st.column_config.NumberColumn(
                "Least happy", help=f"Expected of whom it suits least, in {unit}."
            ),
            "fine": st.column_config.TextColumn(
                "Nobody minds",
                help=f"Probability that nobody gives it {low} {unit} or less.",
            ),
        },
    )
    st.caption(
        f"Of the {fit.nouns.things} with most ratings, those that nobody here has rated. Between "
        "the best for all together and the best for whom it suits least there is a choice to make."
    )
