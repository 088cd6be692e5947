"""What averages achieve: the bar for every model."""

import streamlit as st

import pmf_core as pmf
from pages.panels import dataset, neighbourhood
from pages.shell import cache, settings, show
from pmf_core.charts import scores as charts
from pmf_core.evaluation import lessons, the_example
from pmf_core.evaluation.breakdown import (
    baseline_predictions,
    errors_by_rating,
    errors_by_support,
    residual_counts,
)
from pmf_core.evaluation.methods import best_baseline, together
from pmf_core.evaluation.the_example import example_rows

MEANING = {
    "Uniform random": "a rating drawn blindly between the lowest and the highest",
    "Global mean": "the mean of all training ratings, for everybody and everything",
    "Mean of means": "the mean of three means: all ratings, this user's, this {thing}'s",
    "User and item biases": "the mean, plus how kind the user and how good the {thing} is, each "
    "shrunk towards 0",
}

chosen = dataset.current()
table = cache.of_split(pmf.evaluate_baselines, chosen.split_key)
split = chosen.split
nouns = split.train.nouns

show.heading(
    "Baselines",
    "Before a model earns any trust it must beat an average. These learn from "
    f"{split.train.n_ratings:,} ratings and are scored on {split.test.n_ratings:,} that were held "
    f"out (split `{split.id}`; size and seed are in the sidebar).",
)

best = best_baseline(table)
show.metrics(
    {
        row.method: (
            f"{row.test_rmse:.4f}",
            f"Test RMSE in {nouns.unit}. Predicts {MEANING[row.method].format(thing=nouns.thing)}.",
        )
        for row in table.itertuples()
    }
)
around = neighbourhood.scores(chosen)
reported = example_rows(split, the_example.BASELINES)
everything = together(table, reported) if around is None else together(table, around, reported)
show.chart(charts.method_bars(everything, nouns), "Train and test RMSE of each baseline")
show.lesson(f"**{best['method']}** sets the bar: **{best['test_rmse']:.4f}** {nouns.unit}.")
if luck := lessons.few_held_out(split):
    show.lesson(luck)
if not reported.empty:
    st.caption("The example: as the PyMC example reports it, on a random split of its own.")
st.dataframe(
    everything,
    hide_index=True,
    column_config={
        "method": "Method",
        "train_rmse": st.column_config.NumberColumn("Train RMSE", format="%.4f"),
        "test_rmse": st.column_config.NumberColumn("Test RMSE", format="%.4f"),
        "test_mae": st.column_config.NumberColumn("Test MAE", format="%.4f"),
    },
)

st.header("Bob, Alice and Monty")
neighbourhood.tale(nouns)
if around is not None:
    show.lesson(lessons.neighbours_help(around, table, nouns))
    neighbourhood.look(chosen)

predictions = cache.of_split(baseline_predictions, chosen.split_key)
st.header("Where each one fails")
left, right = st.columns(2, gap="large")
with left:
    by_rating = errors_by_rating(split, predictions)
    show.chart(
        charts.errors_by_group(by_rating, nouns, f"Rating given ({nouns.unit})"),
        "Test RMSE of each baseline by the rating that was given",
    )
    show.lesson(lessons.errors_at_the_ends(by_rating, best["method"], nouns))
with right:
    by_support = errors_by_support(split, predictions)
    show.chart(
        charts.errors_by_group(by_support, nouns, f"Training ratings of the {nouns.thing}"),
        f"Test RMSE of each baseline by how many training ratings the {nouns.thing} has",
    )
    show.lesson(lessons.errors_of_rare(by_support, best["method"], nouns))

st.header("Residuals")
method = settings.choice("residuals_of", list(predictions), best["method"])
show.chart(
    charts.residual_histogram(residual_counts(split.test.rating, predictions[method]), nouns),
    f"Histogram of rating minus prediction of {method} on held-out ratings",
)
st.caption("Right of 0 the prediction was too low, left of it too high.")
