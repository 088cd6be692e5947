"""The page around every page: list, dataset picker, and what runs in the background."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.navigation.page import StreamlitPage

from pages import Page, page_named
from pages.panels import background, dataset, preview
from pages.shell import address, cache, errors, owner, router, show, sidebar

_TIGHT = """<style>
.stMainBlockContainer { padding: 2.5rem 2.5rem 4rem; }
:has(> .st-key-written), .st-key-sidebar, .st-key-announce, .st-key-brush, .st-key-save_svg {
  position: absolute;
}
.st-key-glance { display: none; }
[data-testid="stRadio"] label:not(:has(:checked)) > div > div:first-child {
  border-color: color-mix(in srgb, currentColor 60%, transparent);
}
button[kind^="primary"]:enabled, [data-tag] * { color: light-dark(white, #12121c); }
@media (max-width: 640px) {
  .stMainBlockContainer { padding: 3rem 1rem; }
  .st-key-glance {
    display: block; position: fixed; z-index: 9; inset: auto 0 0; padding: 0.5rem 1rem;
    background: color-mix(in srgb, Canvas 90%, transparent);
  }
}
</style>"""
"""Streamlit's own margins leave a page 790 of 1280 pixels, and begin it at 96; what writes the
address has no height, and would yet take a gap; white on primary buttons, and on what is chosen of
several, is not read where they are light, as they are in dark; nor are rings to choose from seen
there."""


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
    show.saving()
    address.read(about)
    links, written = st.sidebar.empty(), st.container(key="written").empty()
    sidebar.links(every, links)
    address.write(about, written, is_whole=False)
    try:
        with errors.told():
            _draw_page(page, about)
    except Exception:
        _end(every, about, links, written)
        raise
    _end(every, about, links, written)
    cache.movielens()  # looked for by now or, from here on, while the first page is read
    cache.ready()


def _draw_page(page: StreamlitPage, about: Page) -> None:
    st.session_state["dataset"] = dataset.pick(wait=about.needs_ratings)
    background.draw(about)
    sidebar.glossary()
    is_looked_at = preview.is_open()
    sidebar.close("preview" if is_looked_at else about.name)
    owner.note()
    address.show_address_notes()
    if is_looked_at:
        preview.draw()
    else:
        page.run()


def _end(
    every: list[StreamlitPage], about: Page, links: DeltaGenerator, written: DeltaGenerator
) -> None:
    """Draw what says where a visitor is: a page may have changed settings, as by opening a run."""
    sidebar.links(every, links)
    sidebar.copy_link(about)
    address.write(about, written, is_whole=True)
