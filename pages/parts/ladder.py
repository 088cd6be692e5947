"""The ladder from the example's model to the best: what each ingredient is worth, measured here."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from pages.parts import cache, jobs, model, router, settings, show
from pages.parts.dataset import Dataset
from pmf_core.charts import ladder as charts
from pmf_core.config import SamplerConfig
from pmf_core.ingredients import available
from pmf_core.ladder import LADDER, Rung

STORED = Path(__file__).parents[2] / "benchmarks" / "results" / "accuracy.json"
"""Figures of the last `make bench`, on MovieLens 100K."""

FORMATS = {
    "RMSE random": "{:.4f}", "RMSE u1": "{:.4f}", "In 90 % random": "{:.1%}",
    "Seconds random": "{:.0f}", "RMSE here": "{:.4f}", "In 90 % here": "{:.1%}", "Seconds here": "{:.1f}",
}  # fmt: skip
"""Columns of figures; those without one are not shown."""

SPLITS = {"random": "random tenth", "u1": "official fold u1"}


def climb(chosen: Dataset) -> None:
    """Show the stored figures of every rung, and run rungs on the ratings at hand."""
    show.lesson(
        "Each rung adds one ingredient to the one below and keeps everything else. Watch the test "
        "error fall while the share of ratings inside their 90 % interval comes up to 90 %."
    )
    length = SamplerConfig(
        settings.value("draws"), settings.value("tune"), settings.value("chains"),
        settings.value("seed"),
    )  # fmt: skip
    queue = cache.queue()
    waiting = _jobs(chosen)
    active = any(job.is_active for job in waiting.values())
    go, words = st.columns([1, 3], vertical_alignment="center")
    if go.button(
        "Climb", type="primary", icon=":material/stairs_2:", width="stretch", disabled=active,
        help="Samples every rung that has no run yet on the ratings and split chosen now.",
    ):  # fmt: skip
        _start(chosen, length, set(_runs(queue.store, chosen)) | set(waiting))
        st.rerun()
    words.caption(
        f"{length.chains} chains of {length.tune} + {length.draws}, as on the Fit page; rungs "
        "further up take longer. They run in the background, behind single fits."
    )
    missing = available(LADDER[-1].config, chosen.split.train)[1]
    if missing:
        st.info(" ".join(missing) + " Those rungs add nothing here.",
                icon=":material/remove_circle_outline:")  # fmt: skip
    st.fragment(_table, run_every=2 * jobs.TICK if active else None)(chosen, active)


def _start(chosen: Dataset, length: SamplerConfig, done: set[str]) -> None:
    for rung in LADDER:
        if rung.key not in done:
            jobs.submit(
                chosen, "gibbs", rung.config, length, follow=False, rung=rung.key,
                rung_split=chosen.split.id,
            )  # fmt: skip


def _table(chosen: Dataset, was_active: bool) -> None:
    queue = cache.queue()
    waiting = _jobs(chosen).values()
    active = [job for job in waiting if job.is_active]
    if was_active and not active:
        st.rerun()  # stops the timer
    runs = _runs(queue.store, chosen)
    if active:
        text, stop = st.columns([5, 1], vertical_alignment="center")
        text.progress(len(runs) / len(LADDER), f"{len(runs)} of {len(LADDER)} rungs")
        if stop.button("Cancel", icon=":material/stop_circle:", width="stretch", key="climb_stop"):
            for job in active:
                queue.cancel(job)
    elif stopped := [job for job in waiting if job.state == "interrupted"]:
        if st.button(f"Resume {len(stopped)} rungs that were cut off", icon=":material/resume:"):
            for job in stopped:
                queue.resume(job)
            st.rerun()
    live = {key: run.summary for key, run in runs.items()}
    table = pd.DataFrame([_row(rung, _stored(), live) for rung in LADDER])
    show.chart(charts.rungs(_points(_stored(), live)),
               "Test RMSE of each rung, as stored and as run here", key="rungs")  # fmt: skip
    shown = table.dropna(axis="columns", how="all")
    formats = {name: form for name, form in FORMATS.items() if name in shown}
    styled = shown.style.format(formats, na_rep="—")
    st.dataframe(styled, hide_index=True, width="stretch", height="content")
    st.caption(
        "Stored: 4 chains of 200 + 400 on MovieLens 100K, by `make bench`; errors in stars. Here: "
        "your own runs, on the ratings and the split chosen in the sidebar."
    )
    names = {rung.key: rung for rung in LADDER}
    key = st.selectbox("Take a rung to the Fit page", list(names), key="rung",
                       format_func=lambda key: _name(names[key]))  # fmt: skip
    rung = names[key]
    st.caption(f"{rung.why} {' · '.join(rung.config.words())}")
    if st.button("Use these settings", icon=":material/tune:"):
        settings.change(**model.as_settings(rung.config))
        router.go("fit")


def _jobs(chosen: Dataset) -> dict[str, Any]:
    """Return the rungs on their way on the chosen split."""
    return {
        job.tags["rung"]: job
        for job in list(cache.queue().jobs.values())
        if job.tags.get("rung_split") == chosen.split.id and job.run_id is None
        and job.state in ("queued", "running", "interrupted")
    }  # fmt: skip


def _runs(store: Any, chosen: Dataset) -> dict[str, Any]:
    """Return the newest run of each rung on the chosen split."""
    return {
        run.attrs["rung"]: run
        for run in reversed(store.list())
        if run.error is None and run.attrs.get("rung")
        and run.attrs["split_id"] == chosen.split.id
    }  # fmt: skip


def _stored() -> list[dict[str, Any]]:
    return json.loads(STORED.read_text(encoding="utf-8")) if STORED.exists() else []


def _name(rung: Rung) -> str:
    return rung.adds if rung is LADDER[0] else f"+ {rung.adds}"


def _row(rung: Rung, stored: list[dict], live: dict[str, dict]) -> dict[str, Any]:
    found = {each["split"]: each for each in stored if each["key"] == rung.key}
    random, here = found.get("random", {}), live.get(rung.key, {})
    return {
        "Rung": _name(rung), "RMSE random": random.get("test_rmse"),
        "RMSE u1": found.get("u1", {}).get("test_rmse"),
        "In 90 % random": random.get("coverage_90"),
        "Seconds random": random.get("seconds"), "RMSE here": here.get("test_rmse"),
        "In 90 % here": here.get("coverage_90"), "Seconds here": here.get("seconds"),
    }  # fmt: skip


def _points(stored: list[dict], live: dict[str, dict]) -> pd.DataFrame:
    rows = []
    for rung in LADDER:
        rows += [
            {"rung": _name(rung), "measured": SPLITS[each["split"]], "test_rmse": each["test_rmse"]}
            for each in stored if each["key"] == rung.key
        ]  # fmt: skip
        if rung.key in live:
            rmse = live[rung.key]["test_rmse"]
            rows.append({"rung": _name(rung), "measured": "here, now", "test_rmse": rmse})
    frame = pd.DataFrame(rows, columns=["rung", "measured", "test_rmse"])
    frame.attrs["rungs"] = [_name(rung) for rung in LADDER]
    return frame
