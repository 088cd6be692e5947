"""Streamlit's pages of the list of pages, and how a link from outside finds its way."""

from urllib.parse import urlparse

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from pages import PAGES, Page, page_named
from pages.shell import address


def pages() -> list[StreamlitPage]:
    """Return all pages in the order of the sidebar.

    Without icons: Streamlit would make them the tab's icon, and fetch that from another host.
    """
    return [st.Page(page.path, title=page.title, default=page is PAGES[0]) for page in PAGES]


def go(name: str) -> None:
    """Open a page from code, with the present settings."""
    page = page_named(name)
    st.switch_page(page.path, query_params=address.query(page))


def link(page: Page, label: str, **extra: str) -> None:
    """Draw a link to a page that carries all of its present settings, and `extra` ones.

    What a link leaves out, a reload would lose until the page has come to its end.
    """
    query = address.query(page, **extra)
    st.page_link(page.path, label=label, icon=page.symbol, query_params=query)


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
