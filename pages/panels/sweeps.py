"""Grids of fits, as a visitor sees them: choose, start, watch the map fill, open a cell."""

import streamlit as st

from pages import page_named
from pages.panels import live_fit, model, results, series
from pages.panels.dataset import Dataset
from pages.shell import cache, owner, router, settings, show
from pmf_core.charts import scores
from pmf_core.models.config import SamplerConfig
from pmf_core.runs.grid import (
    VALUES,
    best_cell,
    list_sweeps,
    n_done,
    parse_values,
    submit_sweep,
    sweep_cells,
    sweep_jobs,
)
from pmf_core.runs.queue import JobQueue


def start(chosen: Dataset) -> None:
    """Let the visitor choose a grid and start it."""
    st.caption(
        "Fits the model at every point of a grid; what the grid does not vary is as on the Fit "
        "page, except that settings which mean nothing beside the grid's are left out. Cells take "
        "their turn behind single fits."
    )
    left, right, how = st.columns(3)
    x = left.selectbox("Along", list(VALUES), key="sweep_x")
    along = left.text_input("Values along", VALUES[x], key=f"along-{x}")
    others = [name for name in VALUES if name != x]
    y = right.selectbox("Up", others, key="sweep_y")
    up = right.text_input("Values up", VALUES[y], key=f"up-{y}")
    method = how.segmented_control(
        "Fit each by",
        ("map", "gibbs"),
        default="map",
        required=True,
        format_func={"map": "MAP", "gibbs": "200 + 200 draws"}.get,
        key="sweep_method",
    )
    how.space("small")
    if not how.button("Start", type="primary", icon=":material/grid_view:", key="sweep_start"):
        return
    config = model.config()
    run = SamplerConfig(200, 200, settings.value("chains"), settings.value("seed"))
    try:
        grid = {x: parse_values(x, along), y: parse_values(y, up)}
        sweep = submit_sweep(
            cache.queue(),
            chosen.split,
            config,
            grid,
            method,
            run,
            owner=owner.visitor(),
            tags=live_fit.tags(chosen),
        )
    except (ValueError, OSError) as error:  # no such grid, no room for it, or a full disk
        st.error(show.reason(error), icon=":material/error:")
        return
    st.session_state["sweep"] = sweep
    st.rerun()


def look() -> None:
    """Show one sweep, redrawn while it runs."""
    names = _shown()
    if not names:
        st.info("No sweep yet: choose a grid above and start it.", icon=":material/grid_off:")
        return
    if st.session_state.get("sweep") not in names:
        st.session_state["sweep"] = next(iter(names))
    st.selectbox(
        "Sweep",
        list(names),
        key="sweep",
        persist_state="session",
        format_func=lambda key: (
            f"{names[key]} · {key[:4]}-{key[4:6]}-{key[6:8]} {key[9:11]}:{key[11:13]} UTC"
        ),
    )
    active = any(job.is_active for job in sweep_jobs(cache.queue(), st.session_state["sweep"]))
    st.fragment(_map, run_every=live_fit.TICK * 2 if active else None)(active)


def _shown() -> dict[str, str]:
    """Return one's own sweeps and the one that the address names, with what each is over."""
    me, named = owner.visitor(), st.session_state.get("sweep")
    every = list_sweeps(cache.queue())
    own = list_sweeps(cache.queue(), me) if me else every
    return {key: over for key, over in every.items() if key in own or key == named}


def _map(was_active: bool) -> None:
    queue, sweep = cache.queue(), st.session_state["sweep"]
    if sweep not in _shown():
        st.rerun()  # it was discarded in another window
    waiting = sweep_jobs(queue, sweep)
    if was_active and not any(job.is_active for job in waiting):
        st.rerun()  # stops the timer
    cells = sweep_cells(queue, sweep)
    done = n_done(cells)
    series.bar("sweep", waiting, done, len(cells), "fits")
    picked = show.chart(
        scores.sweep_heatmap(cells, cells.attrs["x"], cells.attrs["y"]),
        "Test RMSE over a grid of two settings, darker is better",
        on_select="rerun",
        selection_mode="cell",
        key=f"map-{sweep}",
    )
    chosen = picked.selection.get("cell") or [{}]
    run_id = chosen[0].get("run_id")
    if run_id:
        _cell(queue, run_id)
    elif done:
        best = best_cell(cells)
        x, y = cells.attrs["x"], cells.attrs["y"]
        st.caption(
            f"Best so far: {show.code(f'{x} = {best[x]}, {y} = {best[y]}')}, test RMSE "
            f"{best['test_rmse']:.4f}. Click a cell to open its run. "
            "(Choosing by the test error flatters the winner a bit.)"
        )


def _cell(queue: JobQueue, run_id: str) -> None:
    run = queue.store.get(run_id)
    show.metrics(results.figures(run.summary, run.nouns.unit))
    if run.attrs["method"] != "map":
        router.link(page_named("diagnose"), "Diagnose this run", run=run_id)
