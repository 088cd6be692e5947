"""What has the model learnt? Factors that can be compared: a map, its axes, and the trap."""

import streamlit as st

from pages.panels import dataset, factors, runs, turning
from pages.shell import errors, show
from pmf_core.fits.alignment import aligned_once

chosen = dataset.current()
show.heading(
    "Factors",
    "What the model has learnt, once it is turned so that all draws and chains speak of the same.",
)
run = runs.required(chosen.split.id)
fit = runs.opened(run)
try:
    aligned_once(fit)
except ValueError as reason:
    st.info(f"Nothing can be shown: {show.reason(reason)}.", icon=":material/blur_off:")
    runs.link_to_fit()
    errors.stop()
things, key = fit.nouns.things, factors.learnt_from(run, chosen)
if fit.is_point_estimate:
    st.info(
        "This run is a MAP: one point. Its places are shown without saying how sure they are, and "
        "there are no chains to compare; sample the posterior for both.",
        icon=":material/my_location:",
    )

st.header("A map of what is liked by whom")
if fit.config.n_factors == 1:
    st.info(
        f"This run has one factor, so its {things} lie on a line and not on a map: its ends are "
        "below.",
        icon=":material/linear_scale:",
    )
else:
    factors.the_map(run, fit, key)

st.header("What an axis tells apart")
factors.ends(run, fit, key)

st.header("Who is near whom?")
item_id = factors.neighbours(run, fit)

if factors.has_named_tastes(key):
    st.header("The true tastes")
    factors.true_tastes(run, fit, key)

if fit.is_point_estimate:
    errors.stop()

st.header("The trap: same model, other names")
show.lesson(
    "Turn U and V together and no prediction changes, so each chain may end up turned its own way: "
    "factor 3 of one need not be factor 3 of the other. Compared as they were drawn, chains may "
    "seem to disagree. Aligned, each is turned to the mean of all."
)
turning.two_chains(run, fit)

st.header("Turn one chain yourself")
turning.slider(run, fit)

st.header("The matrices, and their way through the run")
turning.matrices(run, fit)
turning.through(run, item_id)
