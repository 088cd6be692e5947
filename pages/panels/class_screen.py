"""The screen of a class: its address, what arrives, how the model does, and the teacher's tools."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlparse

import streamlit as st

from pages.panels import class_fit, class_people, door, runs, take_away
from pages.panels.door import Place
from pages.shell import cache, hosts, show
from pmf_core.classroom.codes import shown
from pmf_core.classroom.limits import NoRoom
from pmf_core.classroom.records import Room

if TYPE_CHECKING:  # the first page does not wait for what these import
    from pmf_core.fits.fit import Fit

TICK, SLOW_TICK = 1, 6
"""Seconds between two looks at the figures, and at what takes longer to work out."""

_STYLE = """<style>
.pmf-code { font: 700 clamp(1.6rem, 3.4vw, 2.6rem) monospace; letter-spacing: 0.04em;
  white-space: nowrap; }
.pmf-code + img { width: 100%; max-width: 16rem; display: block; border-radius: 6px; }
</style>"""


def draw(place: Place) -> None:
    """Draw the screen; what moves asks anew by itself until the class ends."""
    st.html(_STYLE)
    show.heading(
        "Class",
        "Before each rating, the model writes down a set of ratings and how probable it is. Then "
        "the rating comes.",
    )
    if runs.find(place.room.run_id) is None:
        st.error(door.RUN_GONE, icon=":material/broken_image:")
        _manage(place, None)
        return
    _, fit = door.played(place.room)
    door.key_once(place.room)
    left, right = st.columns([2, 5], gap="large")
    with left:
        _address(place.room)
    with right:
        st.fragment(_game, run_every=TICK)(place)
    st.fragment(class_people.draw, run_every=SLOW_TICK)(place)
    st.header("Fit with us in it")
    class_fit.draw(place)
    st.header("Manage")
    _manage(place, fit)


def join_address(room: Room) -> str:
    """Return the address at which a class joins: the code and nothing else."""
    base = hosts.public_url()
    if not base:
        parts = urlparse(st.context.url or "")
        base = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/').removesuffix('/room')}"
    return f"{base}/room?room={room.code}"


def _address(room: Room) -> None:
    import segno  # here: no other page draws codes

    address = join_address(room)
    image = segno.make(address, error="m").svg_data_uri(scale=8, border=3, light="white")
    st.html(
        f'<div class="pmf-code">{shown(room.code)}</div>'
        f'<img src="{image}" alt="QR code of the address of this class">'
    )
    st.code(address, language=None, wrap_lines=True)
    st.caption(f"Open until {door.when(room.ends)}.")
    if hosts.is_loopback(urlparse(address).hostname or ""):
        st.caption(
            ":material/wifi_off: Phones cannot reach this address: it is that of this machine "
            "itself. Serve the class with `PMF_ALLOWED_HOSTS=<name> make app HOST=0.0.0.0` and "
            f"open the page by that name, or say where it is found in `{hosts.PUBLIC}`."
        )


def _game(place: Place) -> None:
    """Draw how many have rated, and how the game stands."""
    from pmf_core.charts import classes as charts
    from pmf_core.classroom import game, sentences

    room = _now(place)
    run, fit = door.played(room)
    answers, members = place.store.answers.of(room), place.store.seats.list(room)
    base = cache.of_run(game.training_shares, run)
    now = game.standing(answers, room.levels, base)
    show.metrics(
        {
            "Members": f"{len(members)}",
            "Ratings": (f"{now.n:,}", f"Of {len(members) * room.wanted:,} that are asked for."),
            "Inside": (
                f"{now.inside:,}" if now.n else "—",
                "First ratings that fell into the set that the model had written down.",
            ),
            "Honest: 95%": (
                f"{now.low:,} – {now.high:,}" if now.n else "—",
                "An honest model's number of ratings inside lies here with a probability of 95% "
                "or more: each set counts with its own probability.",
            ),
        },
        in_a_row=4,
    )
    show.lesson(sentences.honesty(now))
    if now.n:
        show.lesson(sentences.knows_more(now))
    one, two = st.columns(2, gap="medium")
    names = charts.CLASS, charts.DATA
    shares = game.rating_shares(answers, room.levels, base, names)
    show.chart(
        charts.class_histogram(shares, fit.nouns),
        "How often this class gave each rating, beside the users of the data",
        one,
        key="class-histogram",
    )
    if now.n:
        show.chart(
            charts.game_course(game.course(answers, room.levels)),
            "Share of the ratings inside, and the band in which an honest model lies",
            two,
            key="class-course",
        )


def _now(place: Place) -> Room:
    """Return the room as it is now; once it has ended, the page says so and asks no more."""
    try:
        return place.store.rooms.by_id(place.room.id)
    except NoRoom:
        st.rerun()


def _manage(place: Place, fit: Fit | None) -> None:
    from pmf_core.classroom.export import to_csv

    room, store = place.room, place.store
    st.toggle(
        "The door is open",
        room.is_open,
        key="class_open",
        help="While it is closed, nobody new comes in; members go on.",
        on_change=_turn_door,
        args=(place,),
    )
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "Ratings as CSV",
            to_csv(room, store.answers.of(room), fit.split.train) if fit else "",
            "class.csv",
            "text/csv",
            icon=":material/download:",
            help="Without nicknames.",
            disabled=fit is None,
        )
        if fit is not None:
            _report(place, fit)
        st.button(
            "See a phone",
            icon=":material/smartphone:",
            on_click=door.look_as_student,
            args=(True,),
            help="What members see; you can join as one.",
        )
        with st.popover("Remove a member", icon=":material/person_remove:"):
            members = {member.id: member for member in store.seats.list(room)}
            gone = st.selectbox(
                "Who",
                list(members),
                format_func=lambda key: members[key].nickname,
                key="class_removed",
                placeholder="Nobody is here yet",
            )
            if st.button("Remove with all ratings", disabled=gone is None):
                store.seats.remove(room, gone)
                st.rerun()
        with st.popover("End the class", icon=":material/delete:"):
            st.caption("Nicknames, ratings and claims are deleted at once, for good.")
            if st.button("End it and delete everything", type="primary", key="class_end"):
                store.rooms.end(room)
                door.leave()
                st.rerun()
        st.button("Back to the door", on_click=door.leave, icon=":material/arrow_back:")
    door.what_is_stored(room)


def _report(place: Place, fit: Fit) -> None:
    from pmf_core.classroom.joined import change
    from pmf_core.classroom.report import report
    from pmf_core.runs.recipe import snippet

    room, run = place.room, runs.find(place.room.run_id)
    after = runs.find(room.job_id)

    def made() -> str:
        """Work it out at a click, of what has been rated until then."""
        found = None if after is None else cache.of_two_runs(change, run, after)
        answers = place.store.answers.of(room)
        return report(room, answers, fit, run.name, found, snippet(fit))

    what = "All of this in one page that opens offline, without nicknames."
    take_away.report("Report (HTML)", made, "class.html", what, "content")


def _turn_door(place: Place) -> None:
    place.store.rooms.change(place.room, is_open=bool(st.session_state["class_open"]))
