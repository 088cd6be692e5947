"""A series of fits, a sweep or the ladder, as a visitor sees it: how far it is, and its end."""

from collections import Counter

import streamlit as st

from pages.shell import cache, owner, show
from pmf_core.runs.grid import take_up
from pmf_core.runs.job import Job


def bar(series: str, jobs: list[Job], done: int, total: int, what: str) -> None:
    """Draw how many fits are done, and the buttons for those that are not.

    Parameters
    ----------
    series : str
        Start of the keys of the buttons.
    jobs : list of Job
        Those of the series that are not done.
    done, total : int
    what : str
        The fits, as the bar calls them.
    """
    queue = cache.queue()
    active = [job for job in jobs if job.is_active]
    stopped = [job for job in jobs if not job.is_active]
    if not jobs:
        st.caption(f":material/check_circle: {done} of {total} {what}")
        return
    text, left, right = st.columns([5, 1, 1], vertical_alignment="center")
    text.progress(done / total, f"{done} of {total} {what}")
    is_mine = all(map(owner.owns, jobs))  # somebody else's is there to be watched
    if is_mine and active:
        # None is left to cancel while the last of them keep what they have drawn.
        stopping = all(job.is_stopping for job in active)
        if right.button(
            "Cancel",
            icon=":material/stop_circle:",
            width="stretch",
            key=f"{series}_stop",
            disabled=stopping,
        ):
            for job in active:
                queue.cancel(job)
    elif is_mine and stopped:
        if left.button(
            "Resume",
            icon=":material/resume:",
            width="stretch",
            key=f"{series}_go",
            help="Takes up what was cut off or failed where it was, and runs again what was "
            "cancelled.",
        ):
            try:
                take_up(queue, stopped)
            except ValueError as error:  # the queue has no room for all
                st.error(f"{error}.", icon=":material/hourglass_disabled:")
                return
            st.rerun()
        if right.button(
            "Discard",
            icon=":material/delete:",
            width="stretch",
            key=f"{series}_drop",
            help="Forgets the fits that are not done; runs are kept.",
        ):
            for job in stopped:
                queue.dismiss(job)
            st.rerun()
    for state, icon in (("interrupted", ":material/pause_circle:"), ("failed", ":material/error:")):
        _say(state, [job for job in stopped if job.state == state], icon)


def _say(state: str, jobs: list[Job], icon: str) -> None:
    """Say once what went wrong, however many fits it stopped."""
    for error, number in Counter(job.error for job in jobs).items():
        text = f"{number} {'fit' if number == 1 else 'fits'} {state}"
        message = f"{text}: {show.reason(error)}" if error else f"{text}: the server was stopped."
        (st.error if state == "failed" else st.info)(message, icon=icon)
