"""A class joins the data: one fit through the queue, and what it changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.panels import door, live_fit, runs
from pages.panels.door import Place
from pages.shell import cache, show
from pmf_core.support.numbers import figure

if TYPE_CHECKING:  # the first page does not wait for what these import
    from pmf_core.classroom.joined import Change
    from pmf_core.fits.fit import Fit
    from pmf_core.runs.job import Job


def draw(place: Place) -> None:
    """Offer the fit; show how far it is, or what it changed."""
    run, fit = door.played(place.room)
    st.markdown(
        "So far the model has not learnt from you: it only looked you up in what others taught it. "
        "Now add your ratings to theirs, fit anew, and see what a class changes."
    )
    job = cache.queue().find(place.room.job_id)
    is_active = job is not None and job.is_active
    if st.button(
        "Fit with us in it", icon=":material/group_add:", key="class_fit", disabled=is_active
    ):
        _start(place, fit)
    if is_active:
        st.fragment(_progress, run_every=1)(job)
        return
    if job is not None:
        live_fit.outcome(job)
    after = runs.find(place.room.job_id)
    if after is not None:
        from pmf_core.classroom.joined import change

        _show(cache.of_two_runs(change, run, after), cache.opened(after))


def _start(place: Place, fit: Fit) -> None:
    from pmf_core.classroom.joined import with_class
    from pmf_core.classroom.people import rated_by
    from pmf_core.runs.request import FitRequest

    rated = rated_by(place.store.answers.of(place.room))
    if not rated:
        st.info("Nobody has rated yet.", icon=":material/hourglass_empty:")
        return
    split = with_class(fit.split, list(rated.values()))
    request = FitRequest(fit.method, split, fit.config, fit.sampler)
    job = live_fit.enqueue(f"{live_fit.name_of(fit.method, fit.config)} with a class", request)
    place.store.rooms.change(place.room, job_id=job.id)
    st.rerun()


def _progress(job: Job) -> None:
    if not job.is_active:
        st.rerun()
    share = job.progress.share if job.progress else 0.0
    st.progress(share, "Waits for a free place" if job.state == "queued" else "It learns from you")


def _show(found: Change, after: Fit) -> None:
    from pmf_core.charts.classes import moved_films
    from pmf_core.classroom.sentences import class_gains

    nouns = after.nouns
    if found.n_heldout:
        show.metrics(
            {
                "RMSE for you, before": (
                    figure(found.rmse_before, ".3f"),
                    f"Of {found.n_heldout} of your ratings that neither fit has seen, in "
                    f"{nouns.unit}: predicted from your other ratings.",
                ),
                "RMSE for you, after": (
                    figure(found.rmse_after, ".3f"),
                    "Of the same ratings, by the fit that has learnt from the others of yours.",
                ),
            }
        )
    show.lesson(class_gains(found, nouns))
    some = found.moved_most()
    show.chart(
        moved_films(some, nouns),
        f"The {len(some)} {nouns.things} that moved most with the class in the data",
    )
