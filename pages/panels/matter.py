"""Many runs at a look: their settings beside their scores, and which settings matter."""

import pandas as pd
import streamlit as st

from pages.shell import show
from pmf_core.charts import settings as charts
from pmf_core.data.nouns import Nouns
from pmf_core.runs.importance import importance
from pmf_core.runs.varied import coordinates, varied


def draw(board: pd.DataFrame, nouns: Nouns, key: str, error: str = "Test RMSE") -> None:
    """Show runs of one split over parallel axes, and what goes with each of their settings.

    Parameters
    ----------
    board : pd.DataFrame
        As of `leaderboard`.
    nouns : Nouns
        Of the ratings.
    key : str
        Start of the keys of the charts.
    error : str
        What its column ``test_rmse`` is called.
    """
    if not varied(board):
        st.caption("These runs differ in no setting but their seed, if in that.")
        return
    places = coordinates(board, nouns, error)
    show.chart(
        charts.parallel_coordinates(places, nouns, error),
        f"Each run as a line over its settings that differ and its scores, coloured by {error}",
        key=f"{key}-parallel",
    )
    st.caption(
        f"A line is a run; its colour is its {error}, in which less is better. Point at one to see "
        "it alone. Numbers that spread far stand by their powers."
    )
    found = importance(board, f"{error[0].lower()}{error[1:]}")
    if not found.table.empty:
        show.chart(
            charts.importance_bars(found.table, error),
            f"Share of the variance of {error} that goes with each setting",
            key=f"{key}-importance",
        )
    show.lesson(found)
    if not found.table.empty:
        measured = "Alone: what lies between runs of different values rather than between runs of "
        measured += "one, adjusted for chance."
        if found.table["beside"].notna().any():
            measured += " Beside the others: by how much an additive model of all settings misses "
            measured += "more, on runs that it has not seen, once a setting is another run's."
        st.caption(measured)
