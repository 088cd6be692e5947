"""The address of the browser is the experiment: read it, compose it, offer it."""

from collections.abc import Iterable
from urllib.parse import urlencode, urlparse, urlunparse

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages import PAGES, Page
from pages.components import component
from pages.shell import settings, show
from pages.shell.settings import OF_PAGES, SETTINGS

SHOWN, _NOTES = "address_shown", "address_notes"
"""Of the session: page and parameters of the address as it is; what was ignored of it."""

MOST_NOTES = 5
"""Refused parameters that are named; a hostile address may have a thousand."""


def query(page: Page | None = None, **extra: str) -> dict[str, str]:
    """Return the query parameters of the present settings; defaults are left out.

    Without a `page`, those that every page shares.
    """
    now = {key: settings.value(key) for key in SETTINGS if key not in OF_PAGES}
    return _parameters(now | (_own(page) if page else {}) | extra)


def queries(pages: Iterable[Page]) -> list[dict[str, str]]:
    """Return the query parameters of several pages, as `query` does of one."""
    shared = query()  # read once: a run draws links to all pages
    return [shared | _parameters(_own(page)) for page in pages]


def _own(page: Page) -> dict[str, object]:
    return {key: settings.value(key) for key in page.shares}


def _parameters(values: dict[str, object]) -> dict[str, str]:
    return {
        key: _text(new)
        for key, new in values.items()
        if new not in (None, "") and new != settings.default(key)
    }


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def address(page: Page) -> str:
    """Return the whole link to a page with the present settings."""
    parts = urlparse(st.context.url or "")
    root = parts.path.rstrip("/")
    if page is not PAGES[0] and not root.endswith(f"/{page.name}"):
        root = f"{root}/{page.name}"
    return urlunparse((*parts[:2], root, "", urlencode(query(page)), ""))


def read(page: Page) -> None:
    """Take settings from the address, where a visitor has come from elsewhere.

    Of a new visitor, all that it says; where Back and Forward lead, also that the rest is at its
    default; of a link within the app, what it says otherwise than the page before. On a page, the
    address follows the settings and not the other way round.
    """
    before = st.session_state.get(SHOWN)
    context = get_script_run_ctx()
    is_history = context is not None and context.is_history_navigation
    if before is not None and before[0] == page.name and not is_history:
        return
    given, notes = _given()
    if before is not None and not is_history:
        given = {key: text for key, text in given.items() if before[1].get(key) != text}
    elif is_history:
        here = {key: SETTINGS[key].default for key in SETTINGS if _is_of(key, page)}
        st.session_state.update(here)
    st.session_state.update({key: SETTINGS[key].parse(text) for key, text in given.items()})
    st.session_state[SHOWN] = page.name, given
    st.session_state[_NOTES] = notes


def write(page: Page, place: DeltaGenerator, is_whole: bool) -> None:
    """Put the experiment as it is now into the address.

    Twice in a run: at its start, for a reload while a page takes long, and when it `is_whole`, as a
    page may change settings. The second takes the `place` of the first, which is out of date then.
    A run that is opened is a step of Back, as a page is; a slider that moves is none.
    """
    now = query(page)
    name, before = st.session_state[SHOWN]
    opened = name == page.name and before.get("run") and before["run"] != now.get("run")
    if is_whole:
        st.session_state[SHOWN] = page.name, now
    data = {
        "page": "" if page is PAGES[0] else page.name,
        "pages": [each.name for each in PAGES[1:]],
        "query": urlencode(now),
        "is_step": bool(opened),
    }
    with place.container():
        component("address")(data=data, key=f"address-{'whole' if is_whole else 'early'}")


def _is_of(key: str, page: Page) -> bool:
    """Return whether the address of a page carries a setting."""
    return key not in OF_PAGES or key in page.shares


def _given() -> tuple[dict[str, str], list[str]]:
    """Return what the address says of settings, and a note of each thing that is refused."""
    given, notes = {}, []
    for key in st.query_params:
        texts = st.query_params.get_all(key)
        if key not in SETTINGS:
            notes.append(f"{show.code(key)} is no setting of this app")
        elif rule := settings.refused(key, texts):
            notes.append(f"`{key}` is {show.code(', '.join(texts))} and must be {rule}")
        else:
            given[key] = texts[0]
    if len(notes) > MOST_NOTES:
        notes[MOST_NOTES:] = [f"and {len(notes) - MOST_NOTES} more"]
    return given, notes


def show_address_notes() -> None:
    """Say once which parts of the address were ignored."""
    notes = st.session_state[_NOTES]
    if notes:
        st.warning("Ignored in the address: " + "; ".join(notes) + ".", icon=":material/link_off:")
        if st.button("Understood", key="address_notes_read"):
            st.session_state[_NOTES] = []
            st.rerun()
