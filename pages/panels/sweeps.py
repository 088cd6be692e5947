"""Grids of fits, as a visitor sees them: choose, start, watch the map fill, open a cell."""

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages import page_named
from pages.panels import live_fit, model, series
from pages.panels.dataset import Dataset
from pages.shell import cache, owner, router, settings, show
from pmf_core.charts import scores
from pmf_core.data.nouns import Nouns
from pmf_core.evaluation.key_figures import key_figures
from pmf_core.models.config import PMFConfig
from pmf_core.models.sampler_config import SamplerConfig
from pmf_core.runs.grid import (
    VALUES,
    best_cell,
    cells_in_words,
    list_sweeps,
    n_done,
    parse_values,
    submit_sweep,
    sweep_cells,
    sweep_jobs,
)
from pmf_core.runs.queue import JobQueue
from pmf_core.runs.series import dated


def start(chosen: Dataset) -> None:
    """Let the visitor choose a grid and start it."""
    st.caption(
        "Fits the model at every point of a grid; what the grid does not vary is as on the Fit "
        "page, except that settings which mean nothing beside the grid's are left out. Cells take "
        "their turn behind single fits."
    )
    left, right, how = st.columns(3)
    x, along = _axis("grid_x", list(VALUES), left)
    y, up = _axis("grid_y", [name for name in VALUES if name != x], right)
    called = {"map": "MAP", "gibbs": "200 + 200 draws"}.get
    method = settings.widget("grid_by", how, format_func=called)
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


def _axis(key: str, names: list[str], place: DeltaGenerator) -> tuple[str, str]:
    """Let the visitor choose what varies along an axis; return its name and values, as written."""
    values, before = f"{key}_values", settings.value(key)
    forget = partial(settings.change, **{values: ""})  # they were of another setting
    name = settings.choice(key, names, names[0], place, format_func=_label, on_change=forget)
    if name != before:  # the other axis has just taken its setting
        forget()
    return name, settings.text(values, VALUES[name], place, f"Values of {_short(name)}")


def _label(name: str) -> str:
    return PMFConfig.knob(name).label


def _short(name: str) -> str:
    return PMFConfig.knob(name).short


def look(split_id: str) -> None:
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
        format_func=lambda key: dated(key, names[key]),
    )
    active = any(job.is_active for job in sweep_jobs(cache.queue(), st.session_state["sweep"]))
    st.fragment(_map, run_every=live_fit.TICK * 2 if active else None)(split_id, active)


def _shown() -> dict[str, str]:
    """Return one's own sweeps and the one that the address names, with what each is over."""
    me, named = owner.visitor(), st.session_state.get("sweep")
    every = list_sweeps(cache.queue())
    own = list_sweeps(cache.queue(), me) if me else every
    return {key: over for key, over in every.items() if key in own or key == named}


def _map(split_id: str, was_active: bool) -> None:
    queue, sweep = cache.queue(), st.session_state["sweep"]
    if sweep not in _shown():
        st.rerun()  # it was discarded in another window
    waiting = sweep_jobs(queue, sweep)
    if was_active and not any(job.is_active for job in waiting):
        st.rerun()  # stops the timer
    cells = sweep_cells(queue, sweep)
    done = n_done(cells)
    series.bar("sweep", waiting, done, len(cells), "fits")
    x, y, nouns = cells.attrs["x"], cells.attrs["y"], Nouns.parse(cells.attrs["nouns"])
    if cells.attrs["split_id"] not in (split_id, ""):
        of = show.plain(cells.attrs["dataset"])
        st.caption(f"Of other ratings or another split than are chosen in the sidebar: of *{of}*.")
    show.chart(
        scores.sweep_heatmap(cells, nouns, x, y, (_short(x), _short(y))),
        "Test RMSE over a grid of two settings, darker is better",
        on_select=partial(_open, sweep),
        selection_mode="cell",
        key=f"map-{sweep}",
    )
    if not done:
        return
    words, best = cells_in_words(cells), best_cell(cells)
    st.caption(
        f"Best so far: {words[best['run_id']]}, test RMSE {best['test_rmse']:.4f}. "
        "(Choosing by the test error flatters the winner a bit.)"
    )
    # A map is not reached by the keys of a keyboard; this is.
    run_id = st.selectbox(
        "Open a cell",
        list(words),
        index=None,
        placeholder="Choose one, or click it in the map",
        format_func=words.get,
        key=f"cell-{sweep}",
    )
    if run_id:
        _cell(queue, run_id)


def _open(sweep: str) -> None:
    """Choose the cell that was clicked in the map."""
    clicked = st.session_state[f"map-{sweep}"].selection.get("cell") or [{}]
    st.session_state[f"cell-{sweep}"] = clicked[0].get("run_id") or None


def _cell(queue: JobQueue, run_id: str) -> None:
    run = queue.store.get(run_id)
    show.metrics(key_figures(run.summary, run.nouns))
    if run.attrs["method"] != "map":
        router.link(page_named("diagnose"), "Diagnose this run", run=run_id)
