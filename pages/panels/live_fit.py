"""Fits in the background, as a visitor sees them: start, watch, cancel, resume."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from pages.panels.dataset import Dataset
from pages.shell import cache, errors, owner, settings, show
from pmf_core.models.config import PMFConfig
from pmf_core.models.presets import PRESETS
from pmf_core.models.sampler_config import SamplerConfig

if TYPE_CHECKING:  # the first page does not wait for what these import
    import pandas as pd

    from pmf_core.data.nouns import Nouns
    from pmf_core.fits.recorder import Recorder
    from pmf_core.runs.job import Job
    from pmf_core.runs.request import FitRequest

TICK = 0.5
"""Seconds between two looks at a running fit."""

LOW = 120
"""Pixels of a plot that is seen together with the knobs."""

FIRST_STEP = 0.7
"""Seconds that the first look waits for something to show."""

SAID = "progress_said"
"""Of the session: whether a fit was announced whose end is to be said, too."""


def submit(
    chosen: Dataset,
    method: str,
    config: PMFConfig,
    sampler: SamplerConfig,
    share: float | None = None,
    follow: bool = True,
    name: str = "",
    longer: str = "",
    **more_tags: str,
) -> Job:
    """Queue a fit to the split, or to its densest `share`; this visitor watches it, or not.

    It is called after its model, or by `name`; it goes on where the run with the id `longer` ends.
    """
    from pmf_core.runs.request import FitRequest

    split = chosen.split if share is None else chosen.part(share)
    name = name or name_of(method, config) + (f" on the densest {share:.0%}" if share else "")
    request = FitRequest(method, split, config, sampler)
    job = enqueue(name, request, longer=longer, **tags(chosen, share) | more_tags)
    if follow:
        watch(job.id)
        st.session_state["started"] = job.id
    return job


def enqueue(name: str, request: FitRequest, longer: str = "", **tags: str) -> Job:
    """Queue a fit as the visitor's; where it is refused, say why and end the page."""
    from pmf_core.fits.budget import OverBudget

    try:
        return cache.queue().submit(name, request, owner=owner.visitor(), longer=longer, **tags)
    except OverBudget as error:
        st.error(f"{show.reason(error)}.", icon=":material/hourglass_disabled:")
        errors.stop()
    except OSError as error:
        st.error(
            f"The fit cannot be kept on disk: {show.reason(error)}. Make room, then start "
            "it again.",
            icon=":material/error:",
        )
        errors.stop()


def replace_running() -> None:
    """End the fit that this visitor started and watches, and forget what it has drawn.

    A fit that somebody else's link shows goes on.
    """
    job = watched()
    if job is not None and job.is_active and job.id == st.session_state.get("started"):
        cache.queue().cancel(job, keep=False)


def name_of(method: str, config: PMFConfig) -> str:
    """Name a run after what makes it: a preset by its own name."""
    word = {"map": "MAP", "gibbs": "MCMC", "nuts": "NUTS"}[method]
    for name, preset in PRESETS.items():
        if config == preset and name != "pmf":
            return f"{word} {name}"
    return f"{word} {' '.join(config.words())}"


def tags(chosen: Dataset, share: float | None = None) -> dict[str, str]:
    """Return what a run must remember to be repeated in Python."""
    from pmf_core.runs.recipe import describe_source, describe_split

    return {
        "source": describe_source(cache.source(chosen.key)),
        "split": describe_split(chosen.test_size, chosen.split_seed, share),
    }


def watch(job_id: str) -> None:
    """Show this job on the fit page, after a reload as well."""
    st.session_state["job"] = job_id
    st.session_state["follow"] = True


def watched() -> Job | None:
    """Return the job that this visitor watches, if the server has it."""
    return cache.queue().find(settings.value("job"))


def announce(job: Job) -> None:
    """Say to those who hear the page how far a fit is, in quarters: often is too often."""
    share = job.progress.share if job.progress else 0
    show.announce(f"{job.name}: {25 * int(4 * share)}% done")
    st.session_state[SAID] = True


def figures() -> None:
    """Draw how far the watched job is, while it runs, and its scores so far."""
    _while_it_runs(_figures)


def traces() -> None:
    """Draw the traces of the watched job while it runs."""
    # Less often than figures: nothing here takes the server and the browser as long,
    # and of two cores they left the fit one half.
    _while_it_runs(_traces, every=2 * TICK)


def _while_it_runs(draw: Callable[[Job], None], every: float = TICK) -> None:
    """Draw a part of the page again and again; the timer stops with the job."""
    job = watched()
    is_active = job is not None and job.is_active
    st.fragment(_look, run_every=every if is_active else None)(draw)


def _look(draw: Callable[[Job], None]) -> None:
    job = watched()
    if job is None:
        return
    if not job.is_active:
        if st.session_state.pop("follow", False):
            st.rerun()  # the page shows the result, and stops the timers
        return
    st.session_state["follow"] = True
    draw(job)


def _figures(job: Job) -> None:
    from pmf_core.fits.live import live_running_rmse, live_scores

    deadline = time.monotonic() + FIRST_STEP
    while job.is_active and not _has_begun(job) and time.monotonic() < deadline:
        time.sleep(0.02)  # better now than at the next tick: whoever has clicked is waiting
    announce(job)
    _status(job)
    recorder, request = _recorder(job), job.request
    if recorder is None or request is None:  # the latter where it has just ended
        return
    now = live_scores(recorder, live_running_rmse(recorder))
    convergence = _convergence(job, recorder)
    of = "one draw" if now.is_tuning else "mean so far"
    note = f"RMSE in {request.split.train.nouns.unit}, of " + (
        "a single draw: still tuning." if now.is_tuning else "the draws' mean."
    )
    show.metrics(
        {
            f"Test, {of}": (f"{now.test_rmse:.4f}", note),
            f"Train, {of}": (f"{now.train_rmse:.4f}", note),
            "r_hat": (show.number(convergence["r_hat"], ".3f"), "Of predictions, once tuned."),
            "ess": (show.number(convergence["ess"], ",.0f"), "Of predictions, once tuned."),
        },
        in_a_row=2,
        border=False,
    )


def _traces(job: Job) -> None:
    from pmf_core.fits.live import live_running_rmse, live_traces

    recorder, request = _recorder(job), job.request
    if recorder is None or request is None:
        return
    curves = live_running_rmse(recorder)
    nouns, tune = request.split.train.nouns, request.sampler.tune
    draw_traces(live_traces(recorder), nouns, tune, curves, recorder.n_draws == 0)


def draw_traces(
    traces: pd.DataFrame,
    nouns: Nouns,
    tune: int,
    curves: pd.DataFrame,
    is_tuning: bool = False,
) -> None:
    """Draw both norms and the running error side by side, of a job or of a run."""
    from pmf_core.charts import fits

    pictures = (
        (fits.trace_chart(traces, nouns, "norm_U", tune), "‖U‖ of each chain against the step"),
        (fits.trace_chart(traces, nouns, "norm_V", tune), "‖V‖ of each chain against the step"),
        (
            fits.rmse_curves(
                curves, nouns, counted="Tuning steps" if is_tuning else "Draws of each chain"
            ),
            "RMSE of single draws and of the mean so far, train and test",
        ),
    )
    for number, (place, (picture, alt)) in enumerate(zip(st.columns(3), pictures, strict=True)):
        show.chart(picture.properties(height=LOW), alt, place, key=f"traces-{number}")


def _recorder(job: Job) -> Recorder | None:
    """Return what a job has recorded, or None before its first step."""
    progress = job.progress
    has_steps = progress is not None and progress.recorder.steps
    return progress.recorder if has_steps else None


def _has_begun(job: Job) -> bool:
    progress = job.progress
    return progress is not None and progress.done > 0


def _status(job: Job) -> None:
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    progress, place, name = job.progress, cache.queue().position(job), show.plain(job.name)
    if job.state == "queued":
        ahead = "it is next" if place == 0 else f"{place} before it"
        row.progress(0.0, f"**{name}** waits for a free place: {ahead}")
    elif job.is_stopping:
        row.progress(1.0, f"**{name}** stopped; keeping what it has drawn ...")
    elif progress is None or not progress.done:
        row.progress(0.0, f"**{name}** starts ...")
    else:
        row.progress(
            progress.share,
            f"{name} · step {progress.done:,} of {progress.total:,} · "
            f"{progress.steps_per_second:,.0f}/s · {max(progress.seconds_left, 0):.0f} s left",
        )
    if not owner.owns(job):
        row.caption(":material/visibility: Somebody else's")
        return
    row.button(
        "Cancel",
        icon=":material/stop_circle:",
        key=f"cancel-{job.id}",
        on_click=cache.queue().cancel,
        args=(job,),
        disabled=job.is_stopping,
        help="Stops at the next step and keeps what was drawn.",
    )


def _convergence(job: Job, recorder: Recorder) -> dict[str, float]:
    """Return `live_convergence`, computed anew when a fifth more draws are there: it is slow."""
    from pmf_core.fits.live import live_convergence

    before, count, known = st.session_state.get("live_convergence", (None, 0, {}))
    if before != job.id or recorder.n_draws > 1.2 * count or not known:
        known = live_convergence(recorder)
        st.session_state["live_convergence"] = job.id, recorder.n_draws, known
    return known


def outcome(job: Job) -> None:
    """Say how a job that is over ended, where that needs words."""
    name, why = show.plain(job.name), show.reason(job.error or "")
    if job.state == "failed":
        what = ""
        if job.is_resumable:
            what = " Mend the cause, then *Resume* it in the sidebar"
            what += ": what it had drawn is kept." if job.request.resumable else "."
        st.error(f"**{name}** failed: {why}.{what}", icon=":material/error:")
    elif job.run_id is None and job.error and not job.is_active:
        st.warning(f"**{name}**: {why}.", icon=":material/info:")
    elif job.state == "cancelled" and job.run_id is not None:
        st.info(
            f"**{name}** was cancelled; what it had drawn is kept as a partial run.",
            icon=":material/stop_circle:",
        )
