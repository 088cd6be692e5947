"""Runs side by side: a leaderboard, all methods in one chart, what changed, how to repeat it."""

import pandas as pd
import streamlit as st

from pages.panels import dataset, ladder, live_fit, model, results, runs, sweeps
from pages.shell import cache, settings, show
from pmf_core.charts import scores
from pmf_core.models.config import SamplerConfig
from pmf_core.runs.leaderboard import differences, leaderboard, unique_names
from pmf_core.runs.recipe import snippet

chosen = dataset.current()
split_id = chosen.split.id
baselines = cache.baselines(chosen.split_key)

show.heading("Compare", "Every run on the same held-out ratings, side by side.")
match settings.widget("view", label_visibility="collapsed"):
    case "Sweeps":
        sweeps.start(chosen)
        sweeps.look()
        st.stop()
    case "Ladder":
        ladder.climb(chosen)
        st.stop()
stored = {run.id: run for run in runs.shown()}
unique = unique_names(stored.values())
board = leaderboard(stored.values())
board = board if board.empty else board.assign(name=board["id"].map(unique))
here = board if board.empty else board[board["split_id"] == split_id].reset_index(drop=True)

st.subheader("RMSE of all methods")
config = model.config()
point = results.find_map(chosen, config, SamplerConfig(random_seed=settings.value("seed")))
found = []
if point is not None:
    found = [results.method_row(live_fit.name_of("map", config), point.summary())]
sampled = [] if here.empty else here[here["method"] != "map"].head(4)["id"]
lines = [runs.curve(stored[run_id]).assign(method=unique[run_id]) for run_id in sampled]
lines = [line for line in lines if not line.empty]
curves = pd.concat(lines) if lines else pd.DataFrame(columns=["draw", "test_rmse", "method"])
close_up = st.toggle(
    "Close-up", key="close_up", help="Leaves out what is worse than mean of means."
)
near = results.without(baselines, results.GUESS, results.CONSTANT) if close_up else baselines
show.chart(
    scores.rmse_by_samples(curves.rename(columns={"test_rmse": "rmse"}), pd.concat([near, *found])),
    "Test RMSE of baselines, MAP and sampled runs against the number of samples",
)
if here.empty:
    st.info(
        "No run on this split yet: sample one on the Fit page and it appears here.",
        icon=":material/inbox:",
    )
    st.page_link("pages/fit.py", label="Go to Fit", icon=":material/tune:")
else:
    best = here.iloc[0]
    means = baselines.set_index("method").loc["Mean of means", "test_rmse"]
    gain = ""
    if point is not None:
        gain = f"{point.summary()['test_rmse'] - best['test_rmse']:+.4f} better than the MAP, "
    show.lesson(
        f"**{show.plain(best['name'])}** leads with {best['test_rmse']:.4f} stars: {gain}"
        f"{means - best['test_rmse']:+.4f} better than mean of means. Its training RMSE is "
        f"{best['train_rmse']:.4f}, so train and test differ by "
        f"{best['test_rmse'] - best['train_rmse']:.4f}."
    )

if not here.empty:
    st.subheader("Leaderboard")
    st.caption(
        f"Split `{split_id}`: {show.plain(chosen.ratings.name)}, the same held-out ratings for all."
    )
    results.leaderboard_table(here)

if len(stored) > 1:
    st.subheader("What changed")
    order = list(here["id"]) + [key for key in stored if key not in set(here.get("id", []))]
    left, right = st.columns(2)
    names = {key: runs.title(stored[key], split_id) for key in order}
    a = left.selectbox("A", order, format_func=names.get, key="run_a")
    b = right.selectbox("B", order, index=1, format_func=names.get, key="run_b")
    changed = differences(stored[a], stored[b])
    if changed.empty:
        st.caption("Same settings, same ratings, same split.")
    else:
        st.dataframe(
            changed, hide_index=True, column_config={"setting": "Setting", "a": "A", "b": "B"}
        )
    delta = stored[b].summary["test_rmse"] - stored[a].summary["test_rmse"]
    if stored[a].attrs["split_id"] == stored[b].attrs["split_id"]:
        st.caption(f"Test RMSE of B minus A: {delta:+.4f} stars.")
    else:
        st.caption("Different held-out ratings: their errors do not compare.")

if stored:
    st.subheader("Repeat a run in Python")
    run = runs.pick("Run", split_id)
    st.code(snippet(runs.opened(run)), language="python")

with st.expander("Manage runs", icon=":material/folder_open:"):
    runs.manage()
