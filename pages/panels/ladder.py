"""The ladder from the example's model to the best: what each ingredient is worth, measured here."""

import streamlit as st

from pages.panels import live_fit, series
from pages.panels.dataset import Dataset
from pages.shell import cache, owner, router, settings, show
from pmf_core.charts import ladder as charts
from pmf_core.evaluation.lessons_of_fits import ladder_climb
from pmf_core.models.available import available
from pmf_core.models.ladder import LADDER, ladder_figures, ladder_table, rung_jobs, rung_runs
from pmf_core.models.sampler_config import SamplerConfig
from pmf_core.runs.series import LADDER as LADDER_NAME
from pmf_core.runs.stored import Run

COLUMNS = {
    "rung": ("Rung", "{}"),
    "test_rmse_random": ("RMSE random", "{:.4f}"),
    "test_rmse_u1": ("RMSE u1", "{:.4f}"),
    "coverage_90_random": ("In 90% random", "{:.1%}"),
    "seconds_random": ("Seconds random", "{:.0f}"),
    "test_rmse_here": ("RMSE here", "{:.4f}"),
    "coverage_90_here": ("In 90% here", "{:.1%}"),
    "seconds_here": ("Seconds here", "{:.1f}"),
}
"""What is shown of `ladder_table`: title and format."""


def climb(chosen: Dataset) -> None:
    """Show the stored figures of every rung, and run rungs on the ratings at hand."""
    length = SamplerConfig(**settings.given(SamplerConfig))
    queue = cache.queue()
    waiting = rung_jobs(owner.mine(queue.list()), chosen.split.id)
    active = any(job.is_active for job in waiting.values())
    go, words = st.columns([1, 3], vertical_alignment="center")
    if go.button(
        "Climb",
        type="primary",
        icon=":material/stairs_2:",
        width="stretch",
        disabled=active,
        help="Samples every rung that has no run yet on the ratings and split chosen now.",
    ):
        _start(chosen, length, {*_runs(chosen.split.id), *waiting})
        st.rerun()
    words.caption(
        f"{length.chains} chains of {length.tune} + {length.draws}, as on the Fit page; rungs "
        "further up take longer. They run in the background, behind single fits."
    )
    missing = available(LADDER[-1].config, chosen.split.train)[1]
    if missing:
        st.info(
            " ".join(missing) + " Those rungs add nothing here.",
            icon=":material/remove_circle_outline:",
        )
    st.fragment(_table, run_every=2 * live_fit.TICK if active else None)(chosen, active)


def _runs(split_id: str) -> dict[str, Run]:
    return rung_runs(owner.mine(cache.queue().store.list()), split_id)


def _start(chosen: Dataset, length: SamplerConfig, done: set[str]) -> None:
    for rung in LADDER:
        if rung.key not in done:
            live_fit.submit(
                chosen,
                "gibbs",
                rung.config,
                length,
                follow=False,
                name=f"{LADDER_NAME}: {rung.name}",
                rung=rung.key,
                rung_split=chosen.split.id,
            )


def _table(chosen: Dataset, was_active: bool) -> None:
    queue, split_id = cache.queue(), chosen.split.id
    waiting = list(rung_jobs(owner.mine(queue.list()), split_id).values())
    if was_active and not any(job.is_active for job in waiting):
        st.rerun()  # stops the timer
    runs = _runs(split_id)
    if waiting:
        series.bar("climb", waiting, len(runs), len(LADDER), "rungs")
    figures = ladder_figures({key: run.summary for key, run in runs.items()})
    nouns = chosen.ratings.nouns
    show.lesson(ladder_climb(figures, nouns))
    show.chart(
        charts.rungs(figures, nouns),
        "Test RMSE of each rung, as stored and as run here",
        key="rungs",
    )
    shown = ladder_table(figures)
    titles = {name: COLUMNS[name][0] for name in COLUMNS if name in shown}
    formats = {title: form for title, form in COLUMNS.values() if title in titles.values()}
    styled = shown[list(titles)].rename(columns=titles).style.format(formats, na_rep="—")
    st.dataframe(styled, hide_index=True, width="stretch", height="content")
    st.caption(
        "Stored: 4 chains of 300 + 500 on MovieLens 100K, by `make bench`; errors in stars. "
        "Here: your own runs, on the ratings and the split chosen in the sidebar; errors in "
        f"{nouns.unit}."
    )
    rungs = {rung.key: rung for rung in LADDER}
    key = settings.choice(
        "rung", list(rungs), LADDER[0].key, format_func=lambda key: rungs[key].name
    )
    rung = rungs[key]
    st.caption(f"{rung.why} {' · '.join(rung.config.words())}")
    if st.button("Use these settings", icon=":material/tune:"):
        settings.change(**settings.as_settings(rung.config))
        router.go("fit")
