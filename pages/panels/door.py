"""The door of a class: find it by its code, open one, and who somebody is in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import streamlit as st

from pages.panels import runs
from pages.shell import cache, errors, owner, settings, show
from pmf_core.classroom.codes import read_code, shown
from pmf_core.classroom.limits import NoRoom, TooMany
from pmf_core.classroom.records import Member, Room
from pmf_core.classroom.store import ClassStore, classes

if TYPE_CHECKING:  # the first page does not wait for what these import
    from pmf_core.fits.fit import Fit
    from pmf_core.runs.stored import Run

WANTED, FILMS = 10, 40
"""Ratings that each member is asked for, and films among which they find so many."""

RUN_GONE = (
    "The run that this class plays against was deleted, so it cannot go on. The teacher can end it."
)

_FOUND, _KEY, _AS_STUDENT, _NEW = "room_found", "room_key", "room_as_student", "room_new"
"""Of the session: (code, id) of the room that was found; the teacher's key that was given; whether
the teacher looks at a phone; the key that is shown once, and of which room."""


@dataclass(frozen=True)
class Place:
    """A room, and who looks at it."""

    store: ClassStore
    room: Room
    is_teacher: bool
    """Whether they see the screen."""
    may_teach: bool
    """Whether they could."""


def enter() -> Place | None:
    """Return the room that the address names, and who looks; None where it names none."""
    code = settings.value("room")
    if not code:
        return None
    store = classes()
    try:
        room = _room(store, code)
    except (NoRoom, TooMany) as error:
        show.heading("Class", "This door does not open.")
        st.warning(f"{show.reason(error)}.", icon=":material/door_front:")
        st.button("Enter another code", on_click=leave, icon=":material/arrow_back:")
        errors.stop()
    key = st.session_state.get(_KEY, "")
    may_teach = owner.visitor() == room.owner or store.rooms.is_key(room, key)
    is_student = st.session_state.get(_AS_STUDENT, False)
    return Place(store, room, may_teach and not is_student, may_teach)


def _room(store: ClassStore, code: str) -> Room:
    found = st.session_state.get(_FOUND, ("", ""))
    if found[0] == code:
        return store.rooms.by_id(found[1])
    key = st.session_state.get(_KEY, "") or settings.value("seat")
    room = store.rooms.find(code, visitor=owner.visitor(), secret=key)
    st.session_state[_FOUND] = code, room.id
    return room


def leave() -> None:
    """Go back to the door; what is stored stays."""
    settings.change(room="", seat="")
    for name in (_FOUND, _KEY, _AS_STUDENT, _NEW):
        st.session_state.pop(name, None)


def look_as_student(is_student: bool) -> None:
    """Turn between the screen and a phone, where everything is one person's."""
    st.session_state[_AS_STUDENT] = is_student


def seat_of(place: Place) -> Member | None:
    """Return who the visitor is in the room; None if nobody yet."""
    return place.store.seats.find(place.room, visitor=owner.lasting(), token=settings.value("seat"))


def take_seat(place: Place, nickname: str) -> None:
    """Join; a browser that keeps no cookie has its seat in its address.

    Raises
    ------
    ValueError
        As `Seats.join` does.
    """
    visitor = owner.lasting()
    _, token = place.store.seats.join(place.room, nickname, visitor=visitor)
    settings.change(seat="" if visitor else token)


def draw() -> None:
    """Let a visitor enter a code, or open a class on one of their runs."""
    left, right = st.columns(2, gap="large")
    with left:
        st.header("Join a class")
        with st.form("join-a-class", border=True):
            code = st.text_input("Code", max_chars=20, placeholder="ABCD-2345", key="room_typed")
            enters = st.form_submit_button(
                "Enter", type="primary", width="stretch", icon=":material/login:"
            )
        if enters and code.strip():
            settings.change(room=read_code(code) or code.strip(), seat="")
            st.rerun()
    with right:
        st.header("Open a class")
        _open()
    _open_ones()


def _open() -> None:
    from pmf_core.classroom.game import can_play  # needs kernels, which joining does not

    every = [run for run in runs.shown() if can_play(run.attrs["levels"])]
    if not every:
        st.info(
            "A class plays against a run whose ratings take a few values, such as stars. No such "
            "run is stored yet: sample one first.",
            icon=":material/inbox:",
        )
        runs.link_to_fit()
        return
    st.caption(
        "Choose the run that guesses. `bpmf` says how sure it is; a MAP is sure of its factors, "
        "and the game shows what that costs."
    )
    listed = {run.id: run for run in every}
    names = {run.id: runs.title(run, run.attrs["split_id"]) for run in every}
    run_id = st.selectbox("Run", list(listed), format_func=names.get, key="room_run")
    if st.button("Open a class", icon=":material/co_present:", width="stretch", key="room_open"):
        _open_on(listed[run_id])


def _open_on(run: Run) -> None:
    from pmf_core.classroom.films import choose_films

    fit = runs.opened(run)
    films = cache.of_run(choose_films, run, FILMS).tolist()
    wanted = min(WANTED, len(films))
    room, key = classes().rooms.open(
        run.id, films, fit.levels.tolist(), wanted=wanted, owner=owner.visitor()
    )
    st.session_state[_FOUND], st.session_state[_KEY] = (room.code, room.id), key
    st.session_state[_NEW] = room.id, key
    settings.change(room=room.code, seat="")
    st.rerun()


def _open_ones() -> None:
    """List the classes that this visitor has open."""
    rooms = classes().rooms.rooms_of(owner.visitor())
    if not rooms:
        return
    st.header("Classes you have open")
    for room in rooms:
        st.button(
            f"{shown(room.code)} · until {when(room.ends)}",
            key=f"room-{room.id}",
            icon=":material/co_present:",
            on_click=settings.change,
            kwargs={"room": room.code},
        )


def key_once(room: Room) -> None:
    """Show the key of a new room's teacher, once."""
    room_id, key = st.session_state.pop(_NEW, ("", ""))
    if room_id == room.id:
        st.info(
            "Your key to this class, which is shown once and is in no address: this browser "
            f"does not need it, another one does.\n\n`{key}`",
            icon=":material/key:",
        )


def teacher_key(place: Place) -> None:
    """Let a teacher in who comes with another browser."""
    with st.popover("I am the teacher", icon=":material/key:"):
        key = st.text_input("Key", type="password", key="room_key_typed", max_chars=100)
        if key and place.store.rooms.is_key(place.room, key.strip()):
            st.session_state[_KEY] = key.strip()
            look_as_student(False)
            st.rerun()
        elif key:
            st.caption("That is not the key of this class.")


def played(room: Room) -> tuple[Run, Fit]:
    """Return the run that a class plays against; where it is gone, say so and end the page."""
    run = runs.find(room.run_id)
    if run is None:
        st.error(RUN_GONE, icon=":material/broken_image:")
        errors.stop()
    return run, runs.opened(run)


def what_is_stored(room: Room) -> None:
    """Say what is stored of whom, and until when."""
    st.caption(
        ":material/lock: Stored: your nickname, your ratings and what the model claimed, until "
        f"{when(room.ends)} or until the teacher ends the class. If the teacher fits a model with "
        "the class in it, that run has your ratings, without nicknames, until it is deleted."
    )


def when(seconds: float) -> str:
    """Return a time as people read it."""
    return f"{datetime.fromtimestamp(seconds, UTC):%d %B, %H:%M} UTC"
