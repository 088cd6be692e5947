"""Fits that run or were cut off, in the sidebar of every page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages import Page, page_named
from pages.panels import live_fit
from pages.shell import cache, owner, router, show

if TYPE_CHECKING:  # the first page does not wait for what these import
    from pmf_core.runs.job import Job


def draw(page: Page) -> None:
    """Say in the sidebar what runs and what was cut off."""
    queue = cache.queue_if_started()
    jobs = [] if queue is None else owner.mine(queue.list())
    active = [job for job in jobs if job.is_active]
    left = [job for job in jobs if job.state in ("interrupted", "failed")]
    waiting = [job for job in left if not job.is_background]
    with st.sidebar:
        if active:
            st.fragment(_running, run_every=2 * live_fit.TICK)(page)
        elif st.session_state.pop(live_fit.SAID, False):
            show.announce("The last fit has ended.")
        for job in waiting:
            _left(job)
        # Those of a series are resumed together, where it is shown.
        for tag, view in (("sweep", "Sweeps"), ("search", "Search"), ("rung", "Ladder")):
            number = sum(tag in job.tags for job in left)
            if number:
                what = "1 fit was" if number == 1 else f"{number} fits were"
                st.caption(f":material/pause_circle: {view}: {what} cut off")
                router.link(page_named("compare"), f"Show {view.lower()}", view=view)


def _running(page: Page) -> None:
    active = [job for job in owner.mine(cache.queue().list()) if job.is_active]
    if not active:
        st.rerun()
    single = [job for job in active if not job.is_background]
    if page.name != "fit" and single:  # which says so itself
        live_fit.announce(single[0])
    for job in single[:4]:
        done = f"{job.progress.share:.0%}" if job.progress else job.state
        st.caption(f":material/progress_activity: **{show.plain(job.name)}** · {done}")
        if page.name != "fit" and st.button("Watch", key=f"watch-{job.id}"):
            live_fit.watch(job.id)
            router.go("fit")
    if len(single) > 4:
        st.caption(f"and {len(single) - 4} more")
    if len(active) > len(single):
        series = len(active) - len(single)
        noun = "fit" if series == 1 else "fits"
        st.caption(f":material/grid_view: in the background: {series} {noun} to go")


def _left(job: Job) -> None:
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
        live_fit.watch(job.id)
        router.go("fit")
    if drop.button("Discard", key=f"discard-{job.id}", width="stretch"):
        cache.queue().dismiss(job)
        st.rerun()
