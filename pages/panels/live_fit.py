"""Fits in the background, as a visitor sees them: start, watch, cancel, resume."""

import time
from typing import Any

import streamlit as st

from pages.panels.dataset import Dataset
from pages.shell import cache, owner, router, settings, show
from pmf_core.models.config import PMFConfig, SamplerConfig
from pmf_core.models.presets import PRESETS

TICK = 0.5
"""Seconds between two looks at a running fit."""

FIRST_STEP = 0.7
"""Seconds that the first look waits for something to show."""


def submit(
    chosen: Dataset,
    method: str,
    config: PMFConfig,
    sampler: SamplerConfig,
    share: float | None = None,
    follow: bool = True,
    **more_tags: str,
) -> Any:
    """Queue a fit to the split, or to its densest `share`; this visitor watches it, or not."""
    from pmf_core.fits.budget import OverBudget
    from pmf_core.runs.request import FitRequest

    split = chosen.split if share is None else cache.subset(chosen.split_key, share)
    name = name_of(method, config) + (f" on the densest {share:.0%}" if share else "")
    request = FitRequest(method, split, config, sampler)
    try:
        job = cache.queue().submit(
            name, request, owner=owner.visitor(), **tags(chosen, share), **more_tags
        )
    except OverBudget as error:
        st.error(f"{show.reason(error)}.", icon=":material/hourglass_disabled:")
        st.stop()
    except OSError as error:
        st.error(
            f"The fit cannot be kept on disk: {show.reason(error)}. Make room, then start "
            "it again.",
            icon=":material/error:",
        )
        st.stop()
    if follow:
        watch(job.id)
        st.session_state["started"] = job.id
    return job


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


def watched() -> Any | None:
    """Return the job that this visitor watches, if the server has it."""
    job = cache.queue().find(settings.value("job"))
    if job is not None and st.query_params.get("job") != job.id:
        st.query_params["job"] = job.id
    return job


def sidebar(page: str) -> None:
    """Say in the sidebar what runs and what was cut off."""
    queue = cache.queue_if_started()
    jobs = [] if queue is None else owner.mine(queue.list())
    active = [job for job in jobs if job.is_active]
    left = [job for job in jobs if job.state in ("interrupted", "failed")]
    waiting = [job for job in left if not job.is_background]
    with st.sidebar:
        if active:
            st.fragment(_running, run_every=2 * TICK)(page)
        for job in waiting:
            _left(job)
        # Those of a series are resumed together, where it is shown.
        for tag, view in (("sweep", "Sweeps"), ("rung", "Ladder")):
            number = sum(tag in job.tags for job in left)
            if number:
                st.caption(f":material/pause_circle: {view}: {number} fits were cut off")
                st.page_link(
                    "pages/compare.py", label=f"Show {view.lower()}", query_params={"view": view}
                )


def _running(page: str) -> None:
    active = [job for job in owner.mine(cache.queue().list()) if job.is_active]
    if not active:
        st.rerun()
    single = [job for job in active if not job.is_background]
    for job in single[:4]:
        done = f"{job.progress.done / job.progress.total:.0%}" if job.progress else job.state
        st.caption(f":material/progress_activity: **{show.plain(job.name)}** · {done}")
        if page != "fit" and st.button("Watch", key=f"watch-{job.id}"):
            watch(job.id)
            router.go("fit")
    if len(single) > 4:
        st.caption(f"and {len(single) - 4} more")
    if len(active) > len(single):
        series = len(active) - len(single)
        st.caption(f":material/grid_view: in the background: {series} fits to go")


def _left(job: Any) -> None:
    """Offer to take up a job that was interrupted or failed."""
    how = "failed" if job.state == "failed" else "was interrupted"
    st.caption(
        f":material/pause_circle: **{show.plain(job.name)}** {how}",
        help=job.error and show.reason(job.error),
    )
    keep, drop = st.columns(2)
    damaged = not job.is_resumable
    if keep.button("Resume", key=f"resume-{job.id}", width="stretch", disabled=damaged):
        cache.queue().resume(job)
        watch(job.id)
        router.go("fit")
    if drop.button("Discard", key=f"discard-{job.id}", width="stretch"):
        cache.queue().dismiss(job)
        st.rerun()


def live() -> None:
    """Draw the watched job while it runs; the timer stops with it."""
    job = watched()
    is_active = job is not None and job.is_active
    st.fragment(_live, run_every=TICK if is_active else None)()


def _live() -> None:
    job = watched()
    if job is None:
        return
    if not job.is_active:
        if st.session_state.pop("follow", False):
            st.rerun()  # the page shows the result, and stops the timer
        return
    st.session_state["follow"] = True
    deadline = time.monotonic() + FIRST_STEP
    while job.is_active and not _has_begun(job) and time.monotonic() < deadline:
        time.sleep(0.02)  # better now than at the next tick: whoever has clicked is waiting
    with st.container(border=True):
        _status(job)
        progress = job.progress
        if progress is not None and progress.recorder.steps:
            _draw(job, progress)


def _has_begun(job: Any) -> bool:
    progress = job.progress
    return progress is not None and progress.done > 0


def _status(job: Any) -> None:
    text, cancel = st.columns([4, 1], vertical_alignment="center")
    progress, place, name = job.progress, cache.queue().position(job), show.plain(job.name)
    if job.state == "queued":
        ahead = "it is next" if place == 0 else f"{place} before it"
        text.progress(0.0, f"**{name}** waits for a free place: {ahead}")
    elif job.is_stopping:
        text.progress(1.0, f"**{name}** stopped; keeping what it has drawn ...")
    elif progress is None or not progress.done:
        text.progress(0.0, f"**{name}** starts ...")
    else:
        rate = progress.done / max(progress.seconds, 1e-9)
        text.progress(
            progress.done / progress.total,
            f"**{name}** · step {progress.done:,} of {progress.total:,} · "
            f"{rate:,.0f} steps/s of all chains · {max(progress.seconds_left, 0):.0f} s left",
        )
    if not owner.owns(job):
        cancel.caption(":material/visibility: Somebody else's")
        return
    cancel.button(
        "Cancel",
        icon=":material/stop_circle:",
        key=f"cancel-{job.id}",
        width="stretch",
        on_click=cache.queue().cancel,
        args=(job,),
        disabled=job.is_stopping,
        help="Stops at the next step and keeps what was drawn.",
    )


def _draw(job: Any, progress: Any) -> None:
    from pmf_core.charts import fits
    from pmf_core.fits.live import live_running_rmse, live_traces

    recorder, sampler = progress.recorder, job.request.sampler
    curves, is_tuning = live_running_rmse(recorder), recorder.n_draws == 0
    now, convergence = curves.iloc[-1], _convergence(job, recorder)
    test = now["per_step_test" if is_tuning else "running_test"]
    train = now["per_step_train" if is_tuning else "running_train"]
    of = "one draw" if is_tuning else "mean so far"
    note = "In stars, of " + ("a single draw: still tuning." if is_tuning else "the draws' mean.")
    show.metrics(
        {
            f"Test, {of}": (f"{test:.4f}", f"RMSE. {note}"),
            f"Train, {of}": (f"{train:.4f}", f"RMSE. {note}"),
            "r_hat": (show.number(convergence["r_hat"], ".3f"), "Of predictions, once tuned."),
            "ess": (show.number(convergence["ess"], ",.0f"), "Of predictions, once tuned."),
        },
        border=False,
    )
    traces = live_traces(recorder)
    left, right = st.columns(2)
    for place, norm in ((left, "norm_U"), (right, "norm_V")):
        show.chart(
            fits.trace_chart(traces, norm, sampler.tune),
            f"{norm} of each chain against the step, so far",
            place,
            key=f"live-{norm}",
        )
    show.chart(
        fits.rmse_curves(curves, steps="Tuning steps" if is_tuning else "Draws of each chain"),
        "RMSE of single draws and of the mean so far, train and test",
        key="live-rmse",
    )


def _convergence(job: Any, recorder: Any) -> dict[str, float]:
    """Return `live_convergence`, computed anew when a fifth more draws are there: it is slow."""
    from pmf_core.fits.live import live_convergence

    before, count, known = st.session_state.get("live_convergence", (None, 0, {}))
    if before != job.id or recorder.n_draws > 1.2 * count or not known:
        known = live_convergence(recorder)
        st.session_state["live_convergence"] = job.id, recorder.n_draws, known
    return known


def outcome(job: Any) -> None:
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
