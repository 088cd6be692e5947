"""Stored runs, as a visitor sees them: those that are listed, and the one that is chosen."""

import pandas as pd
import streamlit as st

from pages import page_named
from pages.panels import ready
from pages.shell import cache, errors, owner, router, settings, show
from pmf_core.fits.files import read_running
from pmf_core.fits.fit import Fit
from pmf_core.runs.series import by_series, series_name, series_of
from pmf_core.runs.stored import Run
from pmf_core.support.identifiers import OF_SERVER

_NAMED = ("run", "run_a", "run_b")
"""Settings that name a run."""


def pick(label: str, split_id: str) -> Run | None:
    """Let the visitor choose a stored run, those of the present split first; None if there is none.

    The choice is in the address, so a link opens the same run. One of a sweep or of the ladder is
    chosen on purpose, never by default.
    """
    every = shown()
    wanted = st.session_state.get("run")
    if wanted and not any(run.id == wanted for run in every):
        st.caption(f"The run {show.code(wanted)} is not in this store; here is another.")
    runs = in_series(every, "run", "series")
    runs.sort(key=lambda run: run.attrs["split_id"] != split_id)
    if not runs:
        return None
    names = {run.id: title(run, split_id) for run in runs}
    if st.session_state.get("run") not in names:
        st.session_state["run"] = next(iter(names))
    run_id = st.selectbox(
        label,
        list(names),
        format_func=names.get,
        key="run",
        persist_state="session",
    )
    chosen = next(run for run in runs if run.id == run_id)
    whose(chosen)
    if chosen.note:
        st.caption(f":material/notes: {show.plain(chosen.note)}")
    return chosen


def in_series(runs: list[Run], chosen: str, key: str) -> list[Run]:
    """Let the visitor choose between single runs and each series, and return the runs of that.

    Parameters
    ----------
    runs : list of Run
    chosen : str
        Key of the state that has the id of the chosen run, whose series is shown.
    key : str
        Of the widget, which is there where there is a series.
    """
    series = by_series(runs)
    if len(series) == 1:
        return runs
    for name, members in series.items():
        if any(run.id == st.session_state.get(chosen) for run in members):
            st.session_state[key] = name
    names = {
        name: f"{series_name(each[0])} · {len(each)} {'run' if len(each) == 1 else 'runs'}"
        for name, each in series.items()
        if name
    }
    now = st.selectbox(
        "From",
        list(series),
        format_func=lambda name: names.get(name, f"Single runs · {len(series[''])}"),
        key=key,
        on_change=st.session_state.update,
        kwargs={chosen: ""},
    )
    return series[now]


def listed() -> list[Run]:
    """Return what tables list: single runs and those that the address names, or all on demand."""
    every = shown()
    named = {settings.value(key) for key in _NAMED}
    alone = [run for run in every if not series_of(run) or run.id in named]
    return every if len(alone) < len(every) and settings.widget("with_series") else alone


def required(split_id: str) -> Run:
    """Let the visitor choose a stored run; where there is none, say so and end the page."""
    if not shown():
        ready.wait()
    run = pick("Run", split_id)
    if run is None:
        st.info("No single run is stored yet: sample one first.", icon=":material/inbox:")
        link_to_fit()
        errors.stop()
    return run


def link_to_fit() -> None:
    """Offer the page on which runs are made."""
    router.link(page_named("fit"), "Go to Fit")


def shown() -> list[Run]:
    """Return the readable runs that lists show: one's own, and those that the address names."""
    runs = [run for run in cache.queue().store.list() if run.error is None]
    own = {run.id for run in owner.mine(runs)} | {settings.value(key) for key in _NAMED}
    return [run for run in runs if run.id in own]


def whose(run: Run) -> None:
    """Say of a run that it is somebody else's."""
    if run.owner == OF_SERVER:
        st.caption(
            ":material/auto_awesome: A short run that this server has made, so that there is "
            "something to look at; sample your own on the Fit page."
        )
    elif not owner.owns(run):
        st.caption(
            ":material/visibility: Somebody else's run, which you see by its address: look "
            "at it and compare it; only they rename or delete it."
        )


def find(run_id: str) -> Run | None:
    """Return a stored run that can be read, or None."""
    runs = cache.queue().store.list() if run_id else []
    return next((run for run in runs if run.id == run_id and run.error is None), None)


def title(run: Run, split_id: str | None) -> str:
    """Name a run with what tells it from others."""
    elsewhere = "" if run.attrs["split_id"] == split_id else " · another split"
    partial = " · partial" if run.summary["partial"] else ""
    when = run.attrs["created"][:16].replace("T", " ")
    return f"{run.name} · RMSE {run.summary['test_rmse']:.4f} · {when} UTC{partial}{elsewhere}"


def opened(run: Run) -> Fit:
    """Return the fit of a run; where it cannot be read, say so and end the page."""
    try:
        return cache.opened(run)
    except (ValueError, OSError) as error:
        # From here on the store lists it as damaged, so the page is whole without it.
        st.error(f"This run cannot be opened: {error}", icon=":material/broken_image:")
        st.button("Go on without it", key="without", icon=":material/arrow_forward:")
        errors.stop()


def curve(run: Run) -> pd.DataFrame:
    """Return the RMSE of the mean prediction of a run; nothing of one that cannot be read."""
    try:
        return cache.of_file(read_running, run)
    except (ValueError, OSError) as error:
        st.warning(f"*{run.name}* is left out: {error}", icon=":material/broken_image:")
        return pd.DataFrame(columns=["draw", "train_rmse", "test_rmse"])
