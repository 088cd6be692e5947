"""Have the chains converged? Judged on what is identifiable, never on raw factors."""

from collections.abc import Callable
from functools import partial

import pandas as pd
import streamlit as st

import pmf_core as pmf
from pages.panels import chains, dataset, intervals, pictures, ranking, runs, two_samplers
from pages.shell import cache, errors, settings, show
from pmf_core.charts import fits
from pmf_core.charts.diagnostics import DIAGNOSTICS, PREDICTIONS
from pmf_core.evaluation import lessons_of_fits as lessons
from pmf_core.evaluation.diagnosis import step_traces
from pmf_core.evaluation.methods import best_baseline
from pmf_core.evaluation.mixing import (
    COLUMNS,
    averaging,
    label_of,
    median_r_hat,
    median_raw_r_hat,
    scalars,
    tuning_steps,
)

chosen = dataset.current()
show.heading(
    "Diagnose",
    "A sampler always returns numbers. Here is whether to believe them.",
)
run = runs.required(chosen.split.id)
fit = runs.opened(run)
if fit.is_point_estimate:
    coverage = fit.summary()["coverage_90"]
    st.info(lessons.intervals_of_a_point(coverage).text, icon=":material/my_location:")
    intervals.intervals(run)
    errors.stop()

table = pmf.diagnose(fit)
summary = fit.summary()
intervals.verdict(fit, summary)

st.header("Do the sizes of the factors settle?")
traces, tune = cache.of_run(step_traces, run), tuning_steps(fit)
left, right = st.columns(2)
for place, norm in ((left, "norm_U"), (right, "norm_V")):
    show.chart(
        fits.trace_chart(traces, fit.nouns, norm, tune),
        f"Trace of {label_of(norm, fit.nouns)} of each chain; tuning ends at step {tune}",
        place,
    )
show.lesson(
    lessons.norms_settle(table, fit.config.prior),
    before="Frobenius norms of U and V, the square root of the sum of squares, tuning included. "
    "(The PyMC example plots the same and calls it a norm; watch the axis.)",
)
show.lesson(cache.of_run(lessons.chains_began, run))

st.header("Does averaging help?")
noise = settings.widget("add_noise")
curves = intervals.curves(run, fit, noise)
same_split = fit.attrs["split_id"] == chosen.split.id
best = best_baseline(cache.of_split(pmf.evaluate_baselines, chosen.split_key))
show.chart(
    fits.rmse_curves(
        curves, fit.nouns, (best["method"], best["test_rmse"]) if same_split else None
    ),
    "RMSE of single draws and of the mean of all draws so far, train and test",
)
show.lesson(lessons.averaging_helps(averaging(curves), fit.nouns))
if noise:
    show.lesson("With noise, a single draw looks worse than it is: its squared error grows by 1/α.")

st.header("Can the draws be trusted?")
for column, picture, what in zip(
    st.columns(3),
    fits.convergence_histograms(table),
    ("r_hat", "bulk ess", "tail ess"),
    strict=True,
):
    show.chart(picture, f"Histogram of {what} over monitored held-out predictions", column)
st.dataframe(
    scalars(table)
    .drop(columns="quantity")
    .set_index("label")
    .style.format({name: partial(show.number, form=form) for name, (_, form) in COLUMNS.items()}),
    column_config={"label": "Quantity"} | {name: label for name, (label, _) in COLUMNS.items()},
)

chains.worst(run, fit)
intervals.acceptance(fit)


def found(numbers: Callable[..., pd.DataFrame], *choice: str) -> pd.DataFrame:
    """Return the numbers of a picture, worked out once."""
    return cache.of_run(numbers, run, *choice)


pictures.in_pairs(DIAGNOSTICS, fit, found)
chains.in_pairs(run, fit)
intervals.intervals(run)
pictures.in_pairs(PREDICTIONS, fit, found)
ranking.lists(run, fit)

two_samplers.race(chosen)

st.header("The r_hat of a raw factor")
raw, median = cache.of_run(median_raw_r_hat, run), median_r_hat(table)
show.metrics(
    {
        "Median r_hat of raw entries of U": show.number(raw, ".3f"),
        "Median r_hat of predictions": show.number(median, ".3f"),
    }
)
show.lesson(lessons.raw_factors(raw, median))
