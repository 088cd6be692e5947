"""What stands in the sidebar of every page, whatever the page and the ratings are."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.navigation.page import StreamlitPage

from pages import PAGES, Page
from pages.components import component
from pages.shell import address
from pages.shell.words import GLOSSARY


def links(every: list[StreamlitPage], place: DeltaGenerator) -> None:
    """Draw links to all pages; they carry the settings, so the address stays the experiment."""
    with place.container(gap="xxsmall"):
        for linked, page, query in zip(every, PAGES, address.queries(PAGES), strict=True):
            st.page_link(linked, icon=page.symbol, width="stretch", query_params=query)


def copy_link(page: Page) -> None:
    """Offer the whole address of the page as it is now, the run or the sweep it shows included."""
    with st.sidebar.popover("Copy link", icon=":material/link:", width="stretch"):
        st.caption("Opens this page with the same ratings, split, settings and run.")
        st.code(address.address(page), language=None, wrap_lines=True)


def close(shown: str) -> None:
    """Close the sidebar where it covers what has just been chosen in it, by name: on a phone."""
    with st.sidebar:
        component("sidebar")(data={"page": shown}, key="sidebar")


def glossary() -> None:
    """Offer the words a newcomer may not know, in the sidebar."""
    with st.sidebar.popover("Glossary", icon=":material/menu_book:", width="stretch"):
        for word, meaning in GLOSSARY.items():
            st.markdown(f"**{word}**  \n{meaning}")
