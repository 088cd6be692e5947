"""Runs side by side: a leaderboard, all methods in one chart, what changed, how to repeat it."""

import streamlit as st

import pmf_core as pmf
from pages.panels import (
    board,
    choosing,
    dataset,
    ladder,
    live_fit,
    manage,
    matter,
    model,
    results,
    runs,
    search,
    sweeps,
)
from pages.shell import cache, errors, settings, show
from pmf_core.charts import scores
from pmf_core.evaluation import the_example
from pmf_core.evaluation.methods import (
    CONSTANT,
    GUESS,
    curves_of,
    together,
    with_fits,
    without,
)
from pmf_core.evaluation.the_example import example_rows
from pmf_core.models.sampler_config import SamplerConfig
from pmf_core.runs.leaderboard import best_sampled, leaderboard, marked, on_split, unique_names
from pmf_core.runs.recipe import snippet

chosen = dataset.current()
split_id = chosen.split.id
baselines = cache.of_split(pmf.evaluate_baselines, chosen.split_key)

show.heading("Compare", "Every run on the same held-out ratings, side by side.")
match settings.widget("view", label_visibility="collapsed"):
    case "Sweeps":
        sweeps.start(chosen)
        sweeps.look(split_id)
        errors.stop()
    case "Search":
        search.start(chosen)
        search.look()
        errors.stop()
    case "Ladder":
        ladder.climb(chosen)
        errors.stop()
stored = {run.id: run for run in runs.listed()}
unique = unique_names(stored.values())
passed, of_split = choosing.narrowed(list(stored.values()), split_id)
ranked = leaderboard(passed, unique)
here, listed = on_split(ranked, split_id), on_split(ranked, of_split)

st.header("RMSE of all methods")
config = model.config()
point = results.find_map(chosen, config, SamplerConfig(random_seed=settings.value("seed")))
found = {} if point is None else {live_fit.name_of("map", config): point.summary()}
names = {key: marked(name, stored[key].summary) for key, name in unique.items()}
drawn = choosing.curves(best_sampled(here, len(here)), names)
curves = curves_of({names[key]: runs.curve(stored[key]) for key in drawn})
close_up = settings.widget("close_up")
near = without(baselines, GUESS, CONSTANT) if close_up else baselines
reported = example_rows(chosen.split, ("MCMC",) if close_up else the_example.FITS)
flat = with_fits(together(near, reported), found)
show.chart(
    scores.rmse_by_samples(curves, flat, chosen.ratings.nouns, names.values()),
    "Test RMSE of baselines, MAP and sampled runs against the number of samples",
)
if listed.empty and len(passed) < len(stored):
    st.info("No run on these held-out ratings passes the filter.", icon=":material/filter_list:")
elif listed.empty:
    st.info(
        "No run on this split yet: sample one on the Fit page and it appears here.",
        icon=":material/inbox:",
    )
    runs.link_to_fit()
else:
    best = stored[list(listed["id"])[0]]
    if of_split == split_id:
        own = results.own_map(chosen, best)
        board.story(here, baselines, best.nouns, own)
    st.header("Leaderboard")
    of = show.plain(best.attrs["dataset"])
    st.caption(f"Split {show.code(of_split)}: {of}, the same held-out ratings for all.")
    if of_split != split_id:
        st.caption("Not the split of the sidebar: the pictures above and below are of that one.")
    board.table(listed, chosen.split if of_split == split_id else None)
    if len(listed) > 1:
        st.header("Which settings matter?")
        matter.draw(listed, best.nouns, "runs")
if len(stored) > 1:
    board.changes(stored, list(listed.get("id", ())), split_id)
if not listed.empty and of_split == split_id:
    board.discussion(best, chosen.split, baselines, own)

if stored:
    st.header("Repeat a run in Python")
    run = runs.pick("Run", split_id)
    if run is not None:
        # Plain: the colours of a language are too pale to be read, and what scrolls needs a mouse.
        st.code(snippet(runs.opened(run)), language=None, wrap_lines=True)

with st.expander("Manage runs", icon=":material/folder_open:"):
    manage.manage()
