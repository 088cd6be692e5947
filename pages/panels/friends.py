"""Friends: several people who rate in turn, how alike they are, and what would suit them all."""

from zlib import crc32

import pandas as pd
import streamlit as st

from pages.panels import own
from pages.panels.together import together
from pages.shell import cache, show
from pmf_core.charts.people import differences, likeness_intervals
from pmf_core.classroom.nicknames import checked
from pmf_core.classroom.nicknames import key as same
from pmf_core.evaluation.lessons_of_people import alike_is_unsure, differences_are_unsure
from pmf_core.fits.fit import Fit
from pmf_core.prediction.own_list import own_list
from pmf_core.prediction.portrait import Portrait, as_rated, portrait
from pmf_core.prediction.several import apart, likeness
from pmf_core.runs.own_ratings import catalogue_of
from pmf_core.runs.stored import Run

MOST = 8
"""People, the visitor among them."""

YOU = "You"

_HERE, _WHO, _LIST, _REFUSED = "friends_here", "friend_who", "friend_list", "friend_refused"
"""Of the session: names of who may not have rated yet; who rates; the last list, and of what; what
is wrong with a name."""


def friends(run: Run, fit: Fit) -> None:
    """Let people rate, and show what the model makes of them together."""
    own.say()
    kept = own.people(run, fit)
    names = _names(kept)
    people, found = st.columns([5, 6], gap="large")
    with people:
        st.header("Who is there?")
        _add(names)
        _rate(run, fit, names, kept)
    # Somebody of whom nothing is known is anybody: with them nothing could be said.
    rated = {name: as_rated(fit, kept[name]) for name in names if kept.get(name)}
    with found:
        st.header("How alike are you?")
        if len(rated) < 2:
            st.info(
                f"As soon as two of you have rated something. {len(rated)} of {len(names)} "
                f"{'has' if len(rated) == 1 else 'have'} so far.",
                icon=":material/group:",
            )
            return
        with st.spinner("Working it out ..."):
            portraits = {
                label(name): portrait(fit, given, crc32(name.encode()))
                for name, given in rated.items()
            }
        pairs = likeness(fit, portraits)
        show.chart(
            likeness_intervals(pairs),
            f"Similarity of {len(portraits)} people's tastes, with 90% intervals",
        )
        show.lesson(alike_is_unsure(pairs).text)
    st.header("What would you all like?")
    together(fit, portraits, {item for given in rated.values() for item, _ in given}, "all_by")
    st.header("Where do you differ?")
    _differ(fit, portraits)


def label(name: str) -> str:
    """Return what somebody is called on the page."""
    return name or YOU


def _names(kept: dict[str, own.Ratings]) -> list[str]:
    """Return who is there: the visitor, then those who have rated and who were added."""
    others = {*kept, *st.session_state.setdefault(_HERE, [])} - {own.ME}
    return [own.ME, *sorted(others, key=str.casefold)][:MOST]


def _add(names: list[str]) -> None:
    with st.form("add-a-friend", clear_on_submit=True, border=False):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            st.text_input("Add somebody by name", key="friend_name", max_chars=40)
            st.form_submit_button(
                "Add", on_click=_take_in, args=(names,), icon=":material/person_add:"
            )
    if text := st.session_state.pop(_REFUSED, None):
        st.warning(text, icon=":material/warning:")


def _take_in(names: list[str]) -> None:
    """Add who was named to those who are there, if they can be."""
    try:
        name = checked(st.session_state["friend_name"])
    except ValueError as error:
        st.session_state[_REFUSED] = show.plain(f"Not added: {error}.")
        return
    if same(name) in {same(label(each)) for each in names}:
        st.session_state[_REFUSED] = f"Not added: {show.plain(name)} is there already."
    elif len(names) >= MOST:
        st.session_state[_REFUSED] = f"Not added: there are {MOST} of you; remove somebody first."
    else:
        st.session_state[_HERE].append(name)
        st.session_state[_WHO] = name


def _remove(catalogue: str, name: str) -> None:
    own.take_back(catalogue, name)
    here = st.session_state[_HERE]
    if name in here:
        here.remove(name)
    st.session_state[_WHO] = own.ME


def _rate(run: Run, fit: Fit, names: list[str], kept: dict[str, own.Ratings]) -> None:
    if st.session_state.get(_WHO) not in names:
        st.session_state[_WHO] = own.ME
    name = st.pills(
        "Who rates now",
        names,
        format_func=lambda each: f"{show.plain(label(each))} ({len(kept.get(each, {}))})",
        required=True,
        key=_WHO,
    )
    ratings, whose = kept.get(name, {}), "Your" if name == own.ME else f"{show.plain(name)}'s"
    own.ask(run, fit, name, _list(run, fit, ratings))
    with st.expander(f"{whose} ratings: {len(ratings)}", icon=":material/star:"):
        own.given(run, fit, name, ratings)
        st.caption(
            "Names and ratings are kept on this server under your browser's key alone for a week, "
            "then deleted. They are in no address, and the model does not learn from them."
        )
    if name != own.ME:
        st.button(
            f"Remove {show.plain(name)}",
            key="remove-friend",
            icon=":material/person_remove:",
            help="Deletes their ratings, too.",
            on_click=_remove,
            args=(cache.of_run(catalogue_of, run), name),
        )


def _list(run: Run, fit: Fit, ratings: own.Ratings) -> pd.DataFrame:
    """Return the `own_list` of who rates, worked out anew where something has changed."""
    key = run.id, run.size, tuple(ratings.items())
    if st.session_state.get(_LIST, (None,))[0] != key:
        st.session_state[_LIST] = key, own_list(fit, ratings)
    return st.session_state[_LIST][1]


def _differ(fit: Fit, portraits: dict[str, Portrait]) -> None:
    names = list(portraits)
    left, right = st.columns(2)
    for key, default in (("differ_a", names[0]), ("differ_b", names[1])):
        if st.session_state.get(key) not in names:
            st.session_state[key] = default
    first = left.selectbox("Between", names, key="differ_a")
    second = right.selectbox("and", names, key="differ_b")
    if first == second:
        st.info("Choose two people.", icon=":material/group:")
        return
    found = apart(fit, portraits[first], portraits[second])
    show.chart(
        differences(found, fit.nouns, (first, second)),
        f"The {len(found)} {fit.nouns.things} about which two of you differ most",
    )
    st.caption(
        f"To the right of 0 is what {show.plain(first)} likes more, to the left what "
        f"{show.plain(second)} does."
    )
    show.lesson(differences_are_unsure(found, fit.nouns).text)
