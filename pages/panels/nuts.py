"""The same model by PyMC: NUTS on a part of the ratings, and the picture of its plates."""

import streamlit as st

from pages.panels import live_fit
from pages.panels.dataset import Dataset
from pages.shell import cache, show
from pmf_core.fits.budget import OverBudget
from pmf_core.fits.cost import fit_seconds
from pmf_core.fits.within import plates_within
from pmf_core.models.config import PMFConfig
from pmf_core.models.sampler_config import SamplerConfig


def offer(chosen: Dataset, config: PMFConfig, sampler: SamplerConfig) -> None:
    """Offer NUTS on a subset, with what it would take."""
    things = chosen.ratings.nouns.things
    show.lesson(
        "Two samplers, one posterior: PyMC's NUTS moves all factors at once along gradients, the "
        "compiled Gibbs sampler draws them row by row. They should agree within their Monte Carlo "
        f"error; NUTS takes longer, so it gets a part of the users and {things}."
    )
    share = st.slider(f"Share of users and {things} (%)", 2, 100, 5, key="nuts_share") / 100
    try:
        split = chosen.part(share)
    except ValueError:
        st.info(
            "That part has no training or no held-out rating: choose a larger one.",
            icon=":material/zoom_out_map:",
        )
        return
    part = split.train
    st.caption(
        f"{part.n_users} users, {part.n_items} {things}, {part.n_ratings:,} training ratings; "
        f"{sampler.chains} chains of {sampler.tune} + {sampler.draws}: NUTS takes about "
        f"{fit_seconds(split, config, sampler, 'nuts'):,.0f} s."
    )
    for column, (method, label) in zip(
        st.columns(2), (("nuts", "NUTS"), ("gibbs", "Gibbs on the same part")), strict=True
    ):
        if column.button(label, icon=":material/play_arrow:", width="stretch"):
            live_fit.submit(chosen, method, config, sampler, share)
            st.rerun()
    if st.toggle("Show the model's plates", key="plates"):
        try:
            st.graphviz_chart(
                cache.of_split(plates_within, chosen.split_key, config, cache.limits()),
                width="stretch",
            )
        except OverBudget as error:
            st.info(f"{error}.", icon=":material/hourglass_disabled:")
            return
        st.caption(
            "An arrow says what a variable's distribution depends on; a plate, how often what is "
            "in it is repeated. Shaded: the ratings, which are observed. Boxes: computed from "
            "others. `pmf.build_model` returns this model."
        )
