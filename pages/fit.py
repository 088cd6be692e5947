"""Tune the model and see its MAP at once; sample its posterior and watch it settle."""

from dataclasses import replace

import streamlit as st

import pmf_core as pmf
from pages.panels import (
    dataset,
    expectations,
    formulas,
    live_fit,
    model,
    nuts,
    results,
    runs,
    trail,
)
from pages.shell import cache, settings, show
from pmf_core.models.config import PMFConfig
from pmf_core.models.sampler_config import SamplerConfig

chosen = dataset.current()

show.heading(
    "Fit",
    "Every rating is U·V plus noise. Move a knob: the most probable factors (MAP) follow at once. "
    "Then sample, to learn how sure they are.",
)
knobs, shown = st.columns([3, 8], gap="medium")
with knobs:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        clicked = st.button(
            "Sample", type="primary", icon=":material/play_arrow:", key="sample", width="stretch"
        )
        is_auto = settings.widget("auto", width="content")
    with st.container(border=True, gap="small"):
        config = model.knobs()
    with st.expander("Sampler", icon=":material/casino:"):
        for knob in SamplerConfig.offered():
            settings.widget(knob.key)
    sampler = SamplerConfig(**settings.given(SamplerConfig))
    cost = st.empty()
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
with shown:
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**MAP**: the most probable factors")
        point_fit = results.find_map(chosen, config, sampler)
        if point_fit is not None:
            results.point(chosen, point_fit, baselines)
            results.verdict(point_fit, baselines)
            results.glance(point_fit)
    cost.caption(results.cost(point_fit, chosen.split, config, sampler))
    wants = (chosen.split_key, config, sampler)
    wanted = st.session_state.pop("wanted", None)  # by the button of a verdict
    if wanted is not None:
        *settings_of_it, longer = wanted
        live_fit.submit(chosen, "gibbs", *settings_of_it, longer=longer)
    changed = is_auto and st.session_state.get("sampled") not in (None, wants)
    if clicked or changed:
        if changed:
            live_fit.replace_running()
        live_fit.submit(chosen, "gibbs", config, sampler)
    if clicked or changed or wanted or not is_auto:
        st.session_state["sampled"] = wants
    job = live_fit.watched()
    if job is not None and job.run_id not in (None, settings.value("run")):
        st.session_state["run_before"] = settings.value("run")
        settings.change(run=job.run_id)
    run = runs.find(settings.value("run"))
    before = runs.find(st.session_state.get("run_before"))
    is_over = job is None or not job.is_active
    with right:
        st.markdown("**Posterior**: the mean of all draws")
        live_fit.figures()
        if job is not None:
            live_fit.outcome(job)
        if run is not None and is_over:
            results.sampled(chosen, run, before)
            results.judged(chosen, run, baselines)
        elif job is None:
            st.caption("Nothing sampled yet: press *Sample* and watch the chains find their level.")
    live_fit.traces()
    if run is not None and is_over:
        results.traces(run)
        results.about(run, before)
    if point_fit is not None:
        results.found(point_fit)
    ended = run if is_over else None
    results.beside(chosen, point_fit, baselines, ended)

trail.remember(chosen, point_fit, ended)
trail.draw(chosen, baselines)
expectations.beside_ratings(chosen, config, point_fit, ended)
formulas.fold(chosen, config)
with st.expander("The same model in PyMC, sampled by NUTS", icon=":material/science:"):
    nuts.offer(chosen, config, replace(sampler, draws=200, tune=200, chains=2))
