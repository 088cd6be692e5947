"""The address of the browser is the experiment: read it, compose it, offer it."""

from urllib.parse import urlencode, urlparse, urlunparse

import streamlit as st

from pages import PAGES, Page
from pages.shell import settings, show
from pages.shell.settings import OF_PAGES, SETTINGS

MOST_NOTES = 5
"""Refused parameters that are named; a hostile address may have a thousand."""


def query(**extra: str) -> dict[str, str]:
    """Return the query parameters of the present settings; defaults are left out."""
    now = {key: settings.value(key) for key in SETTINGS if key not in OF_PAGES} | extra
    return {
        key: str(new).lower() if isinstance(new, bool) else str(new)
        for key, new in now.items()
        if new not in (None, "") and new != SETTINGS[key].default
    }


def address(page: Page, **extra: str) -> str:
    """Return the whole link to a page with the present settings.

    Composed here because the browser's own address misses values that a button has set.
    """
    parts = urlparse(st.context.url or "")
    root = parts.path.rstrip("/")
    if page is not PAGES[0] and not root.endswith(f"/{page.name}"):
        root = f"{root}/{page.name}"
    return urlunparse((*parts[:2], root, "", urlencode(query(**extra)), ""))


def read_address() -> None:
    """Take a new visitor's settings from the address, and note those that are not valid.

    What is refused leaves the address before a widget reads it there.
    """
    if "address_notes" in st.session_state:
        return
    notes = []
    for key in list(st.query_params):
        texts = st.query_params.get_all(key)
        if key not in SETTINGS:
            notes.append(f"{show.code(key)} is no setting of this app")
        elif rule := settings.refused(key, texts):
            notes.append(f"`{key}` is {show.code(', '.join(texts))} and must be {rule}")
        else:
            st.session_state[key] = SETTINGS[key].parse(texts[0])
            continue
        del st.query_params[key]
    if len(notes) > MOST_NOTES:
        notes[MOST_NOTES:] = [f"and {len(notes) - MOST_NOTES} more"]
    st.session_state["address_notes"] = notes
    if notes:
        st.rerun()  # widgets read the address as it was when the run began


def show_address_notes() -> None:
    """Say once which parts of the address were ignored."""
    notes = st.session_state["address_notes"]
    if notes:
        st.warning("Ignored in the address: " + "; ".join(notes) + ".", icon=":material/link_off:")
        if st.button("Understood", key="address_notes_read"):
            st.session_state["address_notes"] = []
            st.rerun()
