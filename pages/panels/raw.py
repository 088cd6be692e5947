"""The tables that ratings came as."""

import streamlit as st

from pmf_core.data import Ratings
from pmf_core.data.raw import ROWS, raw_tables


def fold(ratings: Ratings) -> None:
    """Offer the first rows of each table; nothing is sent before it is opened."""
    it = st.expander("The raw tables", icon=":material/table:", key="fold-raw", on_change="rerun")
    with it:
        if not it.open:
            return
        nouns = ratings.nouns
        sizes = {
            "ratings": ("Ratings", ratings.n_ratings),
            "users": ("Users", ratings.n_users),
            "items": (nouns.things.capitalize(), ratings.n_items),
        }
        for name, frame in raw_tables(ratings).items():
            title, size = sizes[name]
            st.markdown(f"**{title}**, the first {min(ROWS, size):,} of {size:,}")
            st.dataframe(frame, hide_index=True, height=245)
        st.caption(
            "A model sees who (i), what (j), the rating r and, where it asks for them, the time "
            "and the features; it never sees a name."
        )
