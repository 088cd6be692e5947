"""Tune the model and see its MAP at once; sample its posterior and watch it settle."""

from dataclasses import replace

import streamlit as st

import pmf_core as pmf
from pages.panels import dataset, live_fit, model, results, runs
from pages.shell import cache, settings, show
from pmf_core.models.config import PMFConfig, SamplerConfig

chosen = dataset.current()

show.heading(
    "Fit",
    "Every rating is U·V plus noise. Move a knob: the most probable factors (MAP) follow at once. "
    "Then sample, to learn how sure they are.",
)
knobs, point = st.columns([1, 2], gap="large")
with knobs.container(border=True):
    config = model.knobs()
    st.markdown("**Sampler**")
    for knob in SamplerConfig.offered():
        settings.widget(knob.key)
    sampler = SamplerConfig(**settings.given(SamplerConfig))
    st.button(
        "Back to the example's",
        icon=":material/restart_alt:",
        on_click=settings.change,
        kwargs=settings.as_settings(PMFConfig())
        | settings.as_settings(SamplerConfig())
        | {"test_size": settings.SETTINGS["test_size"].default},
        help="D = 10, α = 2, four chains of 500 + 500, a tenth held out.",
        width="stretch",
    )
baselines = cache.of_split(pmf.evaluate_baselines, chosen.split_key)
with point:
    point_fit = results.find_map(chosen, config, sampler)
    if point_fit is not None:
        results.left_out(point_fit)
        results.point(chosen, point_fit, baselines)

    st.subheader("Sample the posterior")
    wants = (chosen.split_key, config, sampler)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        clicked = st.button(
            "Sample", type="primary", icon=":material/play_arrow:", width=160, key="sample"
        )
        is_auto = settings.widget("auto", width="content")
    st.caption(results.cost(point_fit, chosen.split, config, sampler))
    wanted = st.session_state.pop("wanted", None)  # by the button of a verdict
    if wanted is not None:
        live_fit.submit(chosen, "gibbs", *wanted)
    changed = is_auto and st.session_state.get("sampled") not in (None, wants)
    if clicked or changed:
        if changed:
            live_fit.replace_running()
        live_fit.submit(chosen, "gibbs", config, sampler)
    if clicked or changed or wanted or not is_auto:
        st.session_state["sampled"] = wants

    live_fit.live()
    job = live_fit.watched()
    if job is not None:
        live_fit.outcome(job)
        if job.run_id is not None:
            settings.change(run=job.run_id)
    run = runs.find(settings.value("run"))
    if run is not None and (job is None or not job.is_active):
        results.sampled(chosen, run, baselines)
    elif job is None:
        st.caption("Nothing sampled yet: press *Sample* and watch the chains find their level.")

with st.expander("The same model in PyMC, sampled by NUTS", icon=":material/science:"):
    results.nuts(chosen, config, replace(sampler, draws=200, tune=200, chains=2))
