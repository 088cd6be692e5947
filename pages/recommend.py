"""What would this user like? A ranked list in which every guess says how sure it is."""

import streamlit as st

import pmf_core as pmf
from pages.panels import dataset, friends, ranked, runs, you
from pages.shell import cache, errors, settings, show
from pmf_core.charts import calibration
from pmf_core.evaluation.lessons_of_fits import nothing_left
from pmf_core.prediction.recommendation import rated_items

N_SHOWN = 15
SORTS = {"Mean": "mean", "Lower bound": "lower", "Probability": "prob"}

chosen = dataset.current()
show.heading(
    "Recommend",
    "Rate a few, or choose a user: what they have not rated, ranked by what the model expects, and "
    "how sure it is of each.",
)
if "for_whom" not in st.session_state and settings.value("user"):
    settings.change(for_whom="A user")  # as links to somebody's list have it
whom = settings.widget("for_whom", label_visibility="collapsed")
run = runs.required(chosen.split.id)
fit = runs.opened(run)
if fit.attrs["split_id"] != chosen.split.id:
    st.caption(
        f"This run learnt from other ratings than those chosen in the sidebar: its own, "
        f"*{show.plain(fit.attrs['dataset'])}*, are used here."
    )
if fit.is_point_estimate:
    st.info(
        "This run is a MAP: one set of factors, as if it were certain. "
        + (
            "Its sd is 0, and its intervals are those of the noise of a rating alone; sample the "
            "posterior for honest ones."
            if whom == "A user"
            else "So are you, here: intervals have no width; sample the posterior for honest ones."
            if whom == "Friends"
            else "Only people are unknown here, so intervals are too narrow."
        ),
        icon=":material/my_location:",
    )
if whom == "You":
    you.you(run, fit, chosen)
    errors.stop()
if whom == "Friends":
    friends.friends(run, fit)
    errors.stop()

user, order, least = st.columns([2, 3, 2], gap="medium")
with user:
    user_id = ranked.user(run)
with order:
    sort = SORTS[settings.widget("sort")]
with least:
    fewest = settings.widget("fewest")
frame = cache.of_run(pmf.recommend, run, user_id, n=N_SHOWN, sort=sort, min_ratings=fewest)
rated = cache.of_run(rated_items, run, user_id)
if rated.empty:
    st.info(
        "A cold user: no training rating. All that is known of them is the prior, so the list is "
        "what the average user would get.",
        icon=":material/ac_unit:",
    )
if frame.empty:
    st.info(nothing_left(fit, rated, fewest), icon=":material/filter_alt_off:")
    errors.stop()

high = show.number(frame.attrs["high"], "g")
show.chart(
    calibration.recommendation_intervals(
        frame.assign(pred_mean=frame["expected"]), fit.nouns, tuple(fit.attrs["scale"])
    ),
    f"The {len(frame)} best ranked {fit.nouns.things} for user {user_id}: expected rating and "
    "90% interval",
)
show.lesson(ranked.story(frame, high, sort, fit))
left, right = st.columns([2, 5], gap="medium")
with left:
    st.header("What they rated")
    ranked.history(rated, fit.nouns)
with right:
    st.header("What they might like")
    ranked.ranked(frame, high, fit.nouns)
