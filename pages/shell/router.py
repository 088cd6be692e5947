"""The list of pages, the sidebar's links to them, and how a link from outside finds its way."""

from typing import Any
from urllib.parse import urlparse

import streamlit as st

from pages.shell import address

ICONS = {
    "home": "home",
    "explore": "bar_chart",
    "baselines": "straighten",
    "fit": "tune",
    "diagnose": "monitor_heart",
    "compare": "compare_arrows",
    "recommend": "thumb_up",
    "about": "info",
}
"""Name of each page's file, in the order of the sidebar, and of its icon."""


def icon(name: str) -> str:
    """Return the icon of a page."""
    return f":material/{ICONS[name]}:"


def pages() -> list[Any]:
    """Return all pages in the order of the sidebar.

    Without icons: Streamlit would make them the tab's icon, and fetch that from another host.
    """
    return [
        st.Page(f"pages/{name}.py", title=name.capitalize(), default=name == "home")
        for name in ICONS
    ]


def links(every: list[Any]) -> None:
    """Draw the sidebar's links; they carry the settings, so the address stays the experiment."""
    query = address.query()
    with st.sidebar.container(gap="xxsmall"):
        for page, name in zip(every, ICONS, strict=True):
            st.page_link(page, icon=icon(name), width="stretch", query_params=query)


def go(name: str) -> None:
    """Open a page from code; settings stay in the session, and the sidebar's links have them."""
    # Without parameters: Streamlit refuses to carry or to clear those that widgets are bound to.
    st.switch_page(f"pages/{name}.py", query_params={})


def require() -> None:
    """Start over through app.py where Streamlit has run a page by itself.

    It does so when the first visitor of a fresh server follows a link to a page: a folder called
    pages makes it use its older page discovery, until somebody has called st.navigation.
    """
    if "dataset" in st.session_state:
        return
    every = pages()
    st.navigation(every, position="hidden")
    name = urlparse(st.context.url or "").path.rstrip("/").rpartition("/")[2]
    wanted = next((page for page in every if page.url_path == name), every[0])
    st.switch_page(wanted, query_params=st.query_params.to_dict())
