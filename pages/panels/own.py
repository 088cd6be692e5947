"""Ratings that a visitor gives of themselves, or of friends: kept, changed, saved, loaded."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from pages.panels import ranked
from pages.shell import cache, owner, show
from pmf_core.fits.fit import Fit
from pmf_core.prediction.own_list import of_items, to_ask
from pmf_core.prediction.recommendation import own_ratings
from pmf_core.runs.own_file import MAX_BYTES, from_file, is_rating, to_file
from pmf_core.runs.own_ratings import Full, OwnRatings, catalogue_of
from pmf_core.runs.stored import Run
from pmf_core.support.numbers import figure, percent

Ratings = dict[Any, float]

ME = ""
"""The visitor, among those whose ratings are kept under their key."""

N_ASKED = 5
"""Items to rate next."""

_LOST, _SAID, _SKIPPED = "own_ratings_here", "own_ratings_said", "own_skipped"
"""Of the session: ratings where none can be kept; what is to be said of the last change; what is
not known."""

NONE = "–"
"""On a slider, where nothing is rated."""

TITLE = 180
"""Of a title beside its stars, in pixels: as much as a phone has room for."""

STEPS = 20
"""Of a slider on a scale without levels."""


def people(run: Run, fit: Fit) -> dict[str, Ratings]:
    """Return the ratings of each person that are kept of these items; the visitor is `ME`."""
    catalogue = cache.of_run(catalogue_of, run)
    try:
        kept = OwnRatings().of(owner.visitor(), catalogue)
    except OSError:
        kept = st.session_state.get(_LOST, {}).get(catalogue, {})
    known = {str(item_id): item_id for item_id in fit.split.train.item_ids.tolist()}
    return {
        person: {
            known[item]: rating
            for item, rating in given.items()
            if item in known and is_rating(fit, rating)
        }
        for person, given in kept.items()
    }


def give(catalogue: str, person: str, ratings: Ratings) -> None:
    """Keep ratings of a person; where that cannot be, until the page is closed."""
    texts = {str(item_id): float(rating) for item_id, rating in ratings.items()}
    try:
        OwnRatings().give(owner.visitor(), catalogue, person, texts)
    except Full as error:
        st.session_state[_SAID] = f"Not kept: {show.reason(error)}."
    except OSError as error:
        here = st.session_state.setdefault(_LOST, {}).setdefault(catalogue, {})
        here.setdefault(person, {}).update(texts)
        st.session_state[_SAID] = (
            f"The server cannot keep ratings ({show.reason(error)}): they last until this page is "
            "closed or reloaded."
        )


def take_back(catalogue: str, person: str, item_id: Any = None) -> None:
    """Delete a rating of a person, or all of theirs."""
    item = None if item_id is None else str(item_id)
    here = st.session_state.get(_LOST, {}).get(catalogue, {})
    here.get(person, {}).pop(item, None) if item else here.pop(person, None)
    try:
        OwnRatings().take_back(owner.visitor(), catalogue, person, item)
    except OSError as error:
        st.session_state[_SAID] = f"Not deleted: {show.reason(error)}."


def say() -> None:
    """Say what the last change has to say."""
    if text := st.session_state.pop(_SAID, None):
        st.warning(text, icon=":material/warning:")


def rate(fit: Fit, key: str, given: float | None, changed: Callable[[float | None], None]) -> None:
    """Draw what a rating is given with: stars where the scale is theirs, else a slider."""
    levels = fit.levels.tolist()
    if levels == [1, 2, 3, 4, 5]:
        st.session_state.setdefault(key, None if given is None else int(given) - 1)

        def starred() -> None:
            at = st.session_state.get(key)
            changed(None if at is None else at + 1.0)

        st.feedback("stars", key=key, on_change=starred)
        return
    low, high = fit.split.train.scale
    levels = levels or [low + (high - low) * at / STEPS for at in range(STEPS + 1)]
    if given is not None and given not in levels:
        levels = sorted([*levels, given])
    words = [NONE, *(figure(level, ".3g") for level in levels)]
    st.session_state.setdefault(key, NONE if given is None else figure(given, ".3g"))

    def slid() -> None:
        at = words.index(st.session_state[key])
        changed(None if at == 0 else levels[at - 1])

    st.select_slider("Rating", words, key=key, on_change=slid, label_visibility="collapsed")


def on_change(catalogue: str, person: str, item_id: Any) -> Callable[[float | None], None]:
    """Return what is called with a person's new rating of an item, or None."""

    def changed(rating: float | None) -> None:
        if rating is None:
            take_back(catalogue, person, item_id)
        else:
            give(catalogue, person, {item_id: rating})

    return changed


def ask(run: Run, fit: Fit, person: str, frame: pd.DataFrame) -> None:
    """Let a person rate what would tell most of them, or anything else of their `own_list`."""
    nouns, catalogue = fit.nouns, cache.of_run(catalogue_of, run)
    skipped = st.session_state.setdefault(_SKIPPED, {}).setdefault((catalogue, person), [])
    st.caption(
        f"First what would tell most: by how much {'your' if person == ME else 'their'} rating, "
        f"whatever it is, is expected to cut what is unknown of all other {nouns.things}. Among "
        "the most rated that you have not skipped."
    )
    for row in to_ask(frame, N_ASKED, skipped).itertuples():
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(
                f"{show.plain(row.title)}  \n:small[cuts {percent(row.share, 1)}]", width=TITLE
            )
            key = f"ask-{_of(person, catalogue)}-{row.item_id}"
            rate(fit, key, None, on_change(catalogue, person, row.item_id))
            st.button(
                "",
                key=f"skip-{_of(person, catalogue)}-{row.item_id}",
                on_click=skipped.append,
                args=(row.item_id,),
                type="tertiary",
                icon=":material/visibility_off:",
                help="Skip: " + ("I do not know it" if person == ME else "they do not know it"),
            )
    options = dict(zip(*of_items(frame, ranked.MAX_OPTIONS), strict=True))
    key = f"find-{_of(person, catalogue)}"
    if st.session_state.get(key) not in options:
        st.session_state[key] = None
    chosen = st.selectbox(
        f"Or find any {nouns.thing}",
        list(options),
        index=None,
        format_func=options.get,
        placeholder="Type a title",
        key=key,
    )
    if chosen is not None:
        changed = on_change(catalogue, person, chosen)
        rate(fit, f"found-{_of(person, catalogue)}-{chosen}", None, changed)


def _of(person: str, catalogue: str) -> str:
    """Return what tells a person's widgets from those of others, and of other items."""
    return f"{person}-{catalogue[:8]}" if person else catalogue[:8]


def given(run: Run, fit: Fit, person: str, ratings: Ratings) -> None:
    """List a person's ratings, to change; and save, load or delete them."""
    catalogue = cache.of_run(catalogue_of, run)
    train = fit.split.train
    titles = dict(zip(train.item_ids.tolist(), train.titles.tolist(), strict=True))
    with st.container(height=280 if len(ratings) > 4 else "content", border=False):
        for item_id, rating in reversed(ratings.items()):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(show.plain(titles[item_id]), width=TITLE)
                key = f"given-{person}-{catalogue[:8]}-{item_id}"
                rate(fit, key, rating, on_change(catalogue, person, item_id))
    with st.container(horizontal=True, gap="small"):
        if ratings:
            st.download_button(
                "Save to a file",
                to_file(fit, ratings),
                f"{fit.nouns.things.replace(' ', '-')}-rated.json",
                "application/json",
                key=f"save-{person}",
                icon=":material/download:",
            )
            st.button(
                "Delete all",
                key=f"delete-{person}",
                icon=":material/delete:",
                on_click=take_back,
                args=(catalogue, person),
            )
    upload(run, fit, person)


def upload(run: Run, fit: Fit, person: str) -> None:
    """Let a person's ratings be loaded from a file that was saved here."""
    turn = st.session_state.setdefault(f"loads-{person}", 0)
    file = st.file_uploader(
        "Load a file saved here", "json", key=f"load-{person}-{turn}", max_upload_size=1
    )
    if file is None:
        return
    try:
        found, notes = from_file(fit, file.read(MAX_BYTES + 1))
        own_ratings(fit, found)
    except ValueError as error:
        st.error(f"Not loaded: {show.reason(error)}.", icon=":material/error:")
        return
    give(cache.of_run(catalogue_of, run), person, found)
    st.session_state.setdefault(_SAID, show.plain(" ".join(notes)) or None)
    st.session_state[f"loads-{person}"] = turn + 1
    for key in [key for key in st.session_state if str(key).startswith(f"given-{person}-")]:
        del st.session_state[key]
    st.rerun()
