"""The page around every page: list, dataset picker, and what runs in the background."""

import streamlit as st

from pages import page_named
from pages.panels import background, dataset
from pages.shell import address, cache, errors, owner, router, sidebar

_TIGHT = """<style>
.stMainBlockContainer { padding: 2.5rem 2.5rem 4rem; }
@media (max-width: 640px) { .stMainBlockContainer { padding: 3rem 1rem; } }
</style>"""
"""Streamlit's own margins leave a page 790 of 1280 pixels, and begin it at 96."""


def draw() -> None:
    """Draw the page that the address names."""
    every = router.pages()
    page = st.navigation(every, position="hidden")
    about = page_named(page.url_path)
    st.set_page_config(
        page_title=f"{page.title} · PMF Explorer",
        page_icon=".streamlit/icon.svg",
        layout="wide",
        initial_sidebar_state=300,  # pixels: three kinds of ratings side by side
    )
    st.html(_TIGHT)
    address.read_address()
    sidebar.links(every)
    with errors.told():
        st.session_state["dataset"] = dataset.pick(wait=about.needs_ratings)
        background.draw(about)
        sidebar.copy_link(about)
        sidebar.glossary()
        owner.note()
        address.show_address_notes()
        page.run()
    cache.movielens()  # looked for by now or, from here on, while the first page is read
