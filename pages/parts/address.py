"""The address of the browser is the experiment: read it, compose it, offer it."""

from urllib.parse import urlencode, urlparse, urlunparse

import streamlit as st

from pages.parts import settings
from pages.parts.settings import SETTINGS, UNSHARED


def query(**extra: str) -> dict[str, str]:
    """Return the query parameters of the present settings; defaults are left out."""
    now = {key: settings.value(key) for key in SETTINGS if key not in UNSHARED} | extra
    return {
        key: str(new).lower() if isinstance(new, bool) else str(new)
        for key, new in now.items()
        if new not in (None, "") and new != SETTINGS[key].default
    }


def address(page: str, **extra: str) -> str:
    """Return the whole link to a page with the present settings.

    Composed here because the browser's own address misses values that a button has set.
    """
    parts = urlparse(st.context.url or "")
    root = parts.path.rstrip("/")
    if page and not root.endswith(f"/{page}"):
        root = f"{root}/{page}"
    return urlunparse((*parts[:2], root, "", urlencode(query(**extra)), ""))


def copy_link(page: str) -> None:
    """Offer the whole address of the page as it is now, the run or the sweep it shows included."""
    shown = {
        "explore": ("min_ratings", "shrinkage"), "fit": ("job", "run"),
        "diagnose": ("run", "add_noise"), "compare": ("view", "run", "sweep"),
        "recommend": ("run", "user", "sort", "fewest"),
    }  # fmt: skip
    extra = {key: settings.value(key) for key in shown.get(page, ())}
    with st.sidebar.popover("Copy link", icon=":material/link:", width="stretch"):
        st.caption("Opens this page with the same ratings, split, settings and run.")
        st.code(address(page, **extra), language=None, wrap_lines=True)


def read_address() -> None:
    """Take a new visitor's settings from the address, and note those that are not valid."""
    if "address_notes" in st.session_state:
        return
    notes = []
    for key, text in st.query_params.to_dict().items():
        if key not in SETTINGS:
            notes.append(f"`{key}` is no setting of this app")
            continue
        try:
            given = SETTINGS[key].parse(text)
        except ValueError as rule:
            notes.append(f"`{key}` is {text!r} and must be {rule}")
            continue
        st.session_state[key] = given
    st.session_state["address_notes"] = notes


def show_address_notes() -> None:
    """Say once which parts of the address were ignored."""
    notes = st.session_state["address_notes"]
    if notes:
        st.warning("Ignored in the address: " + "; ".join(notes) + ".", icon=":material/link_off:")
        if st.button("Understood", key="address_notes_read"):
            st.session_state["address_notes"] = []
            st.rerun()
