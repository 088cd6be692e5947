"""A member's phone: a nickname, ten films with large buttons, and how the model did."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.panels import door
from pages.panels.door import Place
from pages.shell import show
from pmf_core.classroom import nicknames
from pmf_core.classroom.codes import shown
from pmf_core.classroom.records import Answer, Member, Room
from pmf_core.support.numbers import percent

if TYPE_CHECKING:  # the first page does not wait for what these import
    from pmf_core.fits.fit import Fit

_BUTTONS = """<style>
.st-key-phone button { min-height: 3rem; }
.st-key-phone [class*="st-key-scale"] button { min-height: 4rem; min-width: 3.25rem; }
.st-key-phone [class*="st-key-scale"] button p { font-size: 1.35rem; font-weight: 600; }
.st-key-phone { max-width: 32rem; margin-inline: auto; }
</style>"""

_SAID = "room_said"
"""Of the session: the item that was rated last."""


def draw(place: Place) -> None:
    """Draw what a member sees: first the nickname, then one film after the other."""
    st.html(_BUTTONS)
    with st.container(key="phone"):
        member = door.seat_of(place)
        show.heading("Class", f"Code `{shown(place.room.code)}`")
        if place.may_teach:
            st.button(
                "Back to the screen",
                icon=":material/co_present:",
                on_click=door.look_as_student,
                args=(False,),
            )
        if member is None:
            _join(place)
        else:
            st.caption(f"You are **{show.plain(member.nickname)}**.")
            st.fragment(_play)(place, member)
        door.what_is_stored(place.room)
        if not place.may_teach:
            door.teacher_key(place)


def _join(place: Place) -> None:
    with st.form("take-a-seat"):
        nickname = st.text_input(
            "Nickname",
            max_chars=nicknames.LONGEST,
            key="room_nickname",
            help="Everybody in the class sees it, so do not give your real name.",
        )
        joins = st.form_submit_button(
            "Join", type="primary", width="stretch", icon=":material/login:"
        )
    if joins:
        try:
            door.take_seat(place, nickname)
        except ValueError as error:
            st.warning(f"{show.reason(error)}.", icon=":material/badge:")
        else:
            st.rerun()


def _play(place: Place, member: Member) -> None:
    """Ask for the next film, once what the model claims of it is stored."""
    room, answers = place.room, place.store.answers.of(place.room, member)
    _, fit = door.played(room)
    rated = [each for each in answers if each.rating is not None]
    passed = {each.item_idx for each in answers if each.rating is not None or each.is_skipped}
    left = [item for item in room.films if item not in passed]
    said = next((each for each in rated if each.item_idx == st.session_state.get(_SAID)), None)
    if said is not None:
        _verdict(room, said)
    if len(rated) >= room.wanted or not left:
        _over(place, member, rated, fit)
        return
    _claim(place, member, answers, rated, left[0], fit)
    st.progress(len(rated) / room.wanted, f"{len(rated)} of {room.wanted}")
    st.header(show.plain(fit.split.train.titles[left[0]]), anchor=False)
    _scale(place, member, left[0], f"scale-{left[0]}")
    st.button(
        f"I do not know this {fit.nouns.thing}",
        key="phone-skip",
        width="stretch",
        on_click=place.store.answers.skip,
        args=(room, member, left[0]),
    )


def _claim(
    place: Place, member: Member, answers: list[Answer], rated: list[Answer], item: int, fit: Fit
) -> None:
    """Have the model write down what it expects; of what it has claimed already, nothing new."""
    if any(each.item_idx == item for each in answers):
        return
    from pmf_core.classroom.game import forecast_from

    claim = forecast_from(fit, rated, item, member.id)
    place.store.answers.ask(place.room, member, item, claim)


def _scale(place: Place, member: Member, item: int, key: str) -> None:
    with st.container(horizontal=True, gap="xsmall", key=key):
        for level in place.room.levels:
            st.button(
                f"{level:g}",
                key=f"{key}-{level:g}",
                width="stretch",
                on_click=_rate,
                args=(place, member, item, level),
            )


def _rate(place: Place, member: Member, item: int, level: float) -> None:
    place.store.answers.rate(place.room, member, item, level)
    st.session_state[_SAID] = item


def _verdict(room: Room, said: Answer) -> None:
    """Say what the model had written down of the last rating."""
    claim, first = said.claim, room.levels.index(said.first)
    ends = room.levels[claim.low], room.levels[claim.high]
    claimed = f"{ends[0]:g}" if claim.low == claim.high else f"{ends[0]:g} to {ends[1]:g}"
    text = f"You gave {said.first:g}. The model had written down **{claimed}** "
    text += f"({percent(claim.mass)}): "
    if claim.holds(first):
        st.success(f"{text}inside.", icon=":material/check_circle:")
    else:
        st.info(f"{text}outside.", icon=":material/error:")


def _over(place: Place, member: Member, rated: list[Answer], fit: Fit) -> None:
    room, things = place.room, fit.nouns.things
    if rated:
        from pmf_core.classroom.game import hits

        st.markdown(
            f"**That is all: thank you.** {hits(rated, room.levels)} of your {len(rated)} ratings "
            "fell into what the model had written down. Look at the screen: how did it do with "
            "all of you?"
        )
    else:
        st.markdown(f"**That is all.** You know none of these {things}.")
        return
    titles = {each.item_idx: str(fit.split.train.titles[each.item_idx]) for each in rated}
    with st.expander("Change a rating", icon=":material/edit:"):
        item = st.selectbox(
            f"Which {fit.nouns.thing}", list(titles), format_func=titles.get, key="phone-change"
        )
        now = next(each for each in rated if each.item_idx == item)
        st.caption(f"Now {now.rating:g}. The game counts what you gave first.")
        _scale(place, member, item, "scale-change")
