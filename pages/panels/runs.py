"""Stored runs, as a visitor sees them: pick one, rename, delete, export, import."""

import pandas as pd
import streamlit as st

from pages import page_named
from pages.shell import cache, errors, owner, router, settings, show
from pmf_core.evaluation.breakdown import heldout_table
from pmf_core.fits.files import read_running
from pmf_core.fits.fit import Fit
from pmf_core.runs.store import RunStore, StoreFull
from pmf_core.runs.stored import Run

_NAMED = ("run", "run_a", "run_b")
"""Settings that name a run."""


def pick(label: str, split_id: str) -> Run | None:
    """Let the visitor choose a stored run, those of the present split first; None if there is none.

    The choice is in the address, so a link opens the same run.
    """
    runs = sorted(shown(), key=lambda run: run.attrs["split_id"] != split_id)
    if not runs:
        return None
    names = {run.id: title(run, split_id) for run in runs}
    if st.session_state.get("run") not in names:
        wanted = st.session_state.get("run")
        if wanted:
            st.caption(f"The run {show.code(wanted)} is not in this store; here is another.")
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
    return chosen


def required(split_id: str) -> Run:
    """Let the visitor choose a stored run; where there is none, say so and end the page."""
    run = pick("Run", split_id)
    if run is None:
        st.info("No run is stored yet: sample one first.", icon=":material/inbox:")
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
    if not owner.owns(run):
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


def manage() -> None:
    """List the store: size, rename, delete, download, upload, unreadable files."""
    store = cache.queue().store
    runs = owner.mine(store.list())
    used, limit = store.size(), store.limit_bytes
    st.progress(
        min(1.0, used / limit), f"{len(runs)} runs, {used / 1e6:,.0f} of {limit / 1e6:,.0f} MB"
    )
    for run in (run for run in runs if run.error is not None):
        why = f"{show.code(run.path.name)} is unreadable: {show.plain(run.error)}"
        st.warning(why, icon=":material/broken_image:")
        if st.button("Delete the file", key=f"drop-{run.id}"):
            _delete(store, run)
    readable = {run.id: run for run in runs if run.error is None}
    if readable:
        _edit(store, readable)
    _import(store)


def _edit(store: RunStore, runs: dict[str, Run]) -> None:
    choice, name = st.columns(2)
    buttons = st.container(horizontal=True)
    run_id = choice.selectbox(
        "Run",
        list(runs),
        format_func=lambda key: title(runs[key], None).removesuffix(" · another split"),
        key="managed",
    )
    new = name.text_input("Name", runs[run_id].name, key=f"name-{run_id}")
    if buttons.button("Rename", disabled=new == runs[run_id].name):
        try:
            store.rename(run_id, new)
            st.rerun()
        except (ValueError, OSError, StoreFull) as error:
            st.error(show.reason(error))
    if buttons.button("Delete", icon=":material/delete:"):
        _delete(store, runs[run_id])
    netcdf, csv = st.columns(2)
    netcdf.download_button(
        "Download the run (netCDF)",
        runs[run_id].path.read_bytes,
        f"{run_id}.nc",
        icon=":material/download:",
        width="stretch",
        on_click="ignore",
        help="Opens in ArviZ and in another PMF Explorer.",
    )
    csv.download_button(
        "Download its predictions (CSV)",
        lambda: heldout_table(opened(runs[run_id])).to_csv(index=False),
        f"{run_id}-heldout.csv",
        icon=":material/table:",
        width="stretch",
        on_click="ignore",
        help="Held-out ratings with predicted mean, sd and 90 % interval.",
    )


def _delete(store: RunStore, run: Run) -> None:
    try:
        store.delete(run)
    except OSError as error:
        st.error(show.reason(error), icon=":material/error:")
    else:
        st.rerun()


def _import(store: RunStore) -> None:
    with st.form("import", clear_on_submit=True, border=False):
        file = st.file_uploader("Import a run (netCDF)", type="nc")
        if st.form_submit_button("Import", icon=":material/upload:") and file is not None:
            try:
                run = store.add_file(file, file.name, owner=owner.visitor())
            except (ValueError, OSError, StoreFull) as error:
                st.error(show.reason(error), icon=":material/error:")
            else:
                st.success(f"Imported *{show.plain(run.name)}*.")
