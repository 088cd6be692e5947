"""Management of stored runs: rename, annotate, delete, export, import."""

import streamlit as st

from pages.panels import runs, take_away
from pages.shell import cache, owner, show
from pmf_core.evaluation.breakdown import heldout_table
from pmf_core.fits.written import LONGEST_NOTE
from pmf_core.runs.report import report
from pmf_core.runs.series import series_of
from pmf_core.runs.store import RunStore, StoreFull
from pmf_core.runs.stored import Run

_NOTE = "managed_note"
"""Of the session: what has just been done, or not, to be said once the lists show it."""


def manage() -> None:
    """List the store: size, rename, annotate, delete, download, upload, unreadable files."""
    store = cache.queue().store
    own = [run for run in store.list() if owner.owns(run)]
    used, limit = store.size(), store.limit_bytes
    st.progress(
        min(1.0, used / limit), f"{len(own)} runs, {used / 1e6:,.0f} of {limit / 1e6:,.0f} MB"
    )
    kind, note = st.session_state.pop(_NOTE, ("", ""))
    if note:
        (st.success if kind == "success" else st.error)(note)
    for run in (run for run in own if run.error is not None):
        why = f"{show.code(run.path.name)} is unreadable: {show.plain(run.error)}"
        st.warning(why, icon=":material/broken_image:")
        if st.button("Delete the file", key=f"drop-{run.id}"):
            _ask(store, [run])
    _edit(store, [run for run in own if run.error is None])
    _import(store)


def _edit(store: RunStore, readable: list[Run]) -> None:
    if not readable:
        return
    listed = {run.id: run for run in runs.in_series(readable, "managed", "managed_series")}
    if not listed:
        st.caption("There is no single run: choose a series.")
        return
    if st.session_state.get("managed") not in listed:
        st.session_state["managed"] = next(iter(listed))
    run_id = st.selectbox(
        "Run",
        list(listed),
        format_func=lambda key: runs.title(listed[key], listed[key].attrs["split_id"]),
        key="managed",
    )
    run = listed[run_id]
    # A form, so that what is typed counts at the click on its button.
    with st.form(f"rename-{run_id}", border=False):
        new = st.text_input("Name", run.name, key=f"name-{run_id}")
        renames = st.form_submit_button("Rename")
    if renames:
        try:
            store.rename(run_id, new)
        except (ValueError, OSError, StoreFull) as error:
            st.error(show.reason(error), icon=":material/error:")
        else:
            _again(f"Renamed *{show.plain(run.name)}* to *{show.plain(new.strip())}*.")
    with st.form(f"annotate-{run_id}", border=False):
        note = st.text_area(
            "Note",
            run.note,
            max_chars=LONGEST_NOTE,
            key=f"note-{run_id}",
            help="What you want to remember of it. It goes with the run where you export it to.",
        )
        annotates = st.form_submit_button("Save the note")
    if annotates:
        try:
            store.annotate(run_id, note)
        except (ValueError, OSError, StoreFull) as error:
            st.error(show.reason(error), icon=":material/error:")
        else:
            _again(f"Saved the note of *{show.plain(run.name)}*.")
    with st.container(horizontal=True):
        if st.button("Delete", icon=":material/delete:"):
            _ask(store, [run])
        if series_of(run) and st.button(
            f"Delete all {len(listed)}", icon=":material/delete_sweep:"
        ):
            _ask(store, list(listed.values()))
    netcdf, csv = st.columns(2)
    netcdf.download_button(
        "Download the run (netCDF)",
        run.path.read_bytes,
        f"{run_id}.nc",
        icon=":material/download:",
        width="stretch",
        on_click="ignore",
        help="Opens in ArviZ and in another PMF Explorer.",
    )
    csv.download_button(
        "Download its predictions (CSV)",
        lambda: heldout_table(runs.opened(run)).to_csv(index=False),
        f"{run_id}-heldout.csv",
        icon=":material/table:",
        width="stretch",
        on_click="ignore",
        help="Held-out ratings with predicted mean, sd and 90% interval.",
    )
    with st.columns(2)[0]:
        take_away.report(
            "Download a report (HTML)",
            lambda: cache.of_run(report, run, run.name, run.note),
            f"{run_id}.html",
            "Its charts, figures and settings in one page that opens offline.",
            "stretch",
        )


@st.dialog("Delete for good?", icon=":material/delete:")
def _ask(store: RunStore, doomed: list[Run]) -> None:
    """Ask before runs are deleted: nothing brings them back."""
    names = show.plain(doomed[0].name) if len(doomed) == 1 else f"{len(doomed)} runs"
    st.markdown(f"**{names}** cannot be brought back. *Download* keeps a copy.")
    with st.container(horizontal=True):
        # By a callback: the page may be drawn anew meanwhile, as a fit in the background ends.
        if st.button(
            "Delete for good",
            type="primary",
            key="delete_yes",
            on_click=_delete,
            args=(store, doomed, names),
        ) or st.button("Keep", key="delete_no"):
            st.rerun()


def _delete(store: RunStore, doomed: list[Run], names: str) -> None:
    try:
        for run in doomed:
            store.delete(run)
            cache.queue().spares.forget(run.id)
    except OSError as error:
        st.session_state[_NOTE] = "error", show.reason(error)
        return
    if st.session_state.get("run") in {run.id for run in doomed}:
        st.session_state["run"] = ""
    st.session_state[_NOTE] = "success", f"Deleted *{names}*."


def _import(store: RunStore) -> None:
    with st.form("import", clear_on_submit=True, border=False):
        file = st.file_uploader("Import a run (netCDF)", type="nc")
        if st.form_submit_button("Import", icon=":material/upload:") and file is not None:
            try:
                run = store.add_file(file, file.name, owner=owner.visitor())
            except (ValueError, OSError, StoreFull) as error:
                st.error(show.reason(error), icon=":material/error:")
            else:
                _again(f"Imported *{show.plain(run.name)}*.")


def _again(done: str) -> None:
    """Draw the page again, as all lists above are of the store as it was."""
    st.session_state[_NOTE] = "success", done
    st.rerun()
