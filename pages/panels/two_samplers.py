"""The same model by two samplers, drawn as they run: one crawls, one walks."""

import streamlit as st

from pages.panels.dataset import Dataset
from pages.shell import cache, show
from pmf_core.charts import fits
from pmf_core.evaluation import lessons_of_fits as lessons
from pmf_core.evaluation.mixing import label_of
from pmf_core.evaluation.two_samplers import (
    CHAINS,
    CONFIG,
    SAMPLERS,
    STEPS,
    mixing_of_both,
    part_for_both,
    sample_side_by_side,
)

RACED = "raced"
"""Of the session: the ratings on which both ran last, and what was traced."""


def race(chosen: Dataset) -> None:
    """Offer to run both on a part of the ratings at hand."""
    nouns = chosen.ratings.nouns
    st.header("Same model, same ratings: why do some chains crawl?")
    show.lesson(
        f"Halve all users' factors and double those of all {nouns.things}: no prediction "
        "changes. So the ratings say nothing about how large U is, and sweeps, which draw one "
        "row given all others, change it by tiny steps. One more step after each sweep, the "
        "linear move, draws a change of U and the opposite change of V at once, from what the "
        "priors say of it. The posterior stays what it is."
    )
    asked = st.button("Run both samplers", icon=":material/play_arrow:")
    ratings, last = st.session_state.get(RACED, (None, None))
    if not asked and ratings != chosen.split_key:
        return
    try:
        part = cache.large_of_split(part_for_both, chosen.split_key)
    except ValueError:
        st.info(
            "The densest part of these ratings has none held out: choose other ratings.",
            icon=":material/zoom_out_map:",
        )
        return
    train = part.train
    st.caption(
        f"bpmf with {CONFIG.n_factors} factors on the {train.n_users} users and {train.n_items} "
        f"{nouns.things} with most ratings; {CHAINS} chains of {STEPS} steps by each sampler, from "
        "the same starts."
    )
    places = []
    for column, name in zip(st.columns(2), SAMPLERS, strict=True):
        column.subheader(name.capitalize())
        places.append(column.empty())
    said = st.empty()
    for traces in sample_side_by_side(part) if asked else [last]:
        for name, place in zip(SAMPLERS, places, strict=True):
            show.chart(
                fits.trace_of_one(traces, nouns, name, STEPS),
                f"Trace of {label_of('norm_U', nouns)}: {name}",
                place,
            )
    st.session_state[RACED] = chosen.split_key, traces
    show.lesson(lessons.one_walks(mixing_of_both(traces)), place=said)
