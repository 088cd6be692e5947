"""A report to take away: offered where it can be made, and made when it is asked for."""

from collections.abc import Callable

import streamlit as st

from pmf_core.documents.page import is_available


def report(label: str, made: Callable[[], str], file_name: str, what: str, width: str) -> None:
    """Draw the button that downloads a report.

    Parameters
    ----------
    label : str
    made : callable
        Returns the page; called at a click.
    file_name : str
    what : str
        What is in it.
    width : str
        Of the button, as Streamlit has it.
    """
    can = is_available()
    missing = "Not on this server: its operator would have to install `vl-convert-python`."
    st.download_button(
        label,
        made,
        file_name,
        "text/html",
        icon=":material/article:",
        width=width,
        on_click="ignore",
        disabled=not can,
        help=what if can else missing,
    )
