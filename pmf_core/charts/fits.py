"""Pictures of one fit: traces, running error, convergence, predictions."""

import altair as alt
import numpy as np
import pandas as pd

from pmf_core.charts.base import (
    HEIGHT,
    STARS,
    TALL,
    category,
    chains,
    how_many,
    stars,
    steps,
    thin,
)
from pmf_core.data.describe import binned, groups
from pmf_core.data.nouns import Nouns
from pmf_core.evaluation.mixing import label_of

CURVES = {
    "per_step_train": "One draw, train",
    "per_step_test": "One draw, test",
    "running_train": "Mean so far, train",
    "running_test": "Mean so far, test",
}
"""Columns of `running_rmse` and what to call them."""


def trace_chart(frame: pd.DataFrame, nouns: Nouns, quantity: str, tune: int = 0) -> alt.LayerChart:
    """Draw a scalar of draws against the step, one line a chain.

    `frame` has columns step, chain and `quantity`; a dashed line marks the end of tuning.
    """
    lines = _lines(frame, nouns, quantity)
    end = alt.Chart(pd.DataFrame({"step": [tune] if tune else []}))
    return lines + end.mark_rule(strokeDash=[2, 3], color="gray", aria=False).encode(
        x=alt.X("step:Q")
    )


def _lines(frame: pd.DataFrame, nouns: Nouns, quantity: str) -> alt.Chart:
    return (
        alt.Chart(thin(frame[["step", "chain", quantity]], "step"), height=HEIGHT)
        .mark_line(strokeWidth=1.2, opacity=0.85)
        .encode(
            x=steps("step", "Step"),
            y=stars(quantity, label_of(quantity, nouns)),
            color=chains(frame),
            tooltip=[
                alt.Tooltip("chain:N"),
                alt.Tooltip("step:Q"),
                alt.Tooltip(f"{quantity}:Q", format=STARS),
            ],
        )
    )


def scalar_trace(frame: pd.DataFrame, nouns: Nouns) -> alt.LayerChart:
    """Draw the scalar of `pmf_core.evaluation.mixing.trace`, as `trace_chart` does."""
    return trace_chart(frame, nouns, frame.attrs["quantity"], frame.attrs["tune"])


def trace_of_one(traces: pd.DataFrame, nouns: Nouns, sampler: str, length: int) -> alt.Chart:
    """Draw the norm of U under one of two samplers, on the axes that both have in common.

    `traces` is that of `sample_side_by_side`, as far as it has come; `length` is its last step.
    """
    label, top = label_of("norm_U", nouns), float(traces["norm_U"].max())
    return _lines(traces[traces["sampler"] == sampler], nouns, "norm_U").encode(
        x=steps("step", "Step").scale(domain=[0, length]),
        y=stars("norm_U", label).scale(domain=[0, top], nice=True),
    )


def rmse_curves(
    frame: pd.DataFrame,
    nouns: Nouns,
    baseline: tuple[str, float] | None = None,
    counted: str = "Draws of each chain",
) -> alt.Chart:
    """Draw `running_rmse`: error of one draw and of the mean of all draws so far.

    `baseline` adds a level line: its name and its test RMSE; `counted` says what steps are.
    """
    thinned, names = thin(frame, "draw"), CURVES
    if baseline is not None:
        # Named below the plot as curves are: within it, a name would lie on one of them.
        thinned = thinned.assign(baseline=baseline[1])
        names = CURVES | {"baseline": f"{baseline[0]}, test"}
    long = thinned.melt("draw", list(names), "curve", "rmse")
    long["curve"] = long["curve"].map(names)
    dashes = [[3, 3], [3, 3], [1, 0], [1, 0], [8, 4]][: len(names)]
    return (
        alt.Chart(long, height=TALL)
        .mark_line(strokeWidth=2)
        .encode(
            x=steps("draw", counted),
            y=stars("rmse", f"RMSE ({nouns.unit})"),
            color=category("curve", None, list(names.values())),
            strokeDash=alt.StrokeDash("curve:N")
            .scale(domain=list(names.values()), range=dashes)
            .legend(None),
            tooltip=[
                alt.Tooltip("curve:N"),
                alt.Tooltip("draw:Q"),
                alt.Tooltip("rmse:Q", title="RMSE", format=STARS),
            ],
        )
    )


def convergence_histograms(table: pd.DataFrame) -> list[alt.Chart]:
    """Draw r_hat and effective sample sizes of monitored predictions (`diagnose`) as histograms."""
    table = table[table["quantity"] == "prediction"]
    return [
        _histogram(table, "r_hat", "r_hat (1 is perfect)", 3),
        _histogram(table, "ess_bulk", "Effective sample size, bulk", 0),
        _histogram(table, "ess_tail", "Effective sample size, tails", 0),
    ]


def _histogram(table: pd.DataFrame, column: str, title: str, decimals: int) -> alt.Chart:
    return (
        alt.Chart(table[[column]], height=HEIGHT)
        .mark_bar()
        .encode(
            x=alt.X(f"{column}:Q")
            .bin(maxbins=24, minstep=10.0**-decimals)
            .title(title)
            .axis(format=f",.{decimals}f"),
            y=how_many("count()", "Predictions"),
            tooltip=[alt.Tooltip("count()", title="Predictions")],
        )
    )


def rank_lines(frame: pd.DataFrame, _: Nouns | None = None) -> alt.LayerChart:
    """Draw rank histograms, one line a chain: columns chain, rank_from, count, expected."""
    base = alt.Chart(frame, height=HEIGHT)
    lines = base.mark_line(interpolate="step", strokeWidth=1.5).encode(
        x=alt.X("rank_from:Q").title("Rank among the draws of all chains").axis(labels=False),
        y=how_many("count", "Draws"),
        color=chains(frame),
        tooltip=[
            alt.Tooltip("chain:N"),
            alt.Tooltip("count:Q"),
            alt.Tooltip("expected:Q", format=".1f"),
        ],
    )
    level = base.mark_rule(strokeDash=[4, 3], color="gray").encode(y=alt.Y("expected:Q"))
    return lines + level


def predicted_against_rating(
    heldout: pd.DataFrame, nouns: Nouns, scale: tuple[float, float], at_most: int = 2000
) -> alt.LayerChart:
    """Draw how predictions of held-out ratings spread for each rating given, or for tenths."""
    given = heldout["rating"].to_numpy()
    every, heldout = groups(given, scale), heldout.assign(rating=binned(given, scale))
    low, high = heldout["pred_mean"].min(), heldout["pred_mean"].max()
    if len(heldout) > at_most:
        heldout = heldout.sample(at_most, random_state=0)
    boxes = (
        alt.Chart(heldout[["rating", "pred_mean"]], height=TALL)
        .mark_boxplot(extent="min-max", size=min(26, 160 // len(every)), rule={"color": "gray"})
        .encode(
            x=alt.X("rating:O")
            .title(f"Rating given ({nouns.unit})")
            .scale(domain=every.tolist())
            .axis(labelAngle=0, format="~g"),
            y=alt.Y("pred_mean:Q")
            .title(f"Predicted ({nouns.unit})")
            .scale(domain=[min(scale[0], low), max(scale[1], high)], nice=False),
        )
    )
    return boxes


def predicted_against_truth(
    frame: pd.DataFrame, nouns: Nouns, at_most: int = 2000
) -> alt.LayerChart:
    """Draw predictions against the noise-free truth of simulated pairs: truth, pred_mean."""
    low, high = np.floor(frame["truth"].min()), np.ceil(frame["truth"].max())
    diagonal = alt.Chart(pd.DataFrame({"truth": [low, high]})).mark_line(
        color="gray", strokeDash=[5, 4]
    )
    frame = frame.sample(min(at_most, len(frame)), random_state=0)
    points = (
        alt.Chart(frame[["truth", "pred_mean"]], height=TALL)
        .mark_circle(size=14, opacity=0.4)
        .encode(
            x=alt.X("truth:Q")
            .title(f"True mean rating ({nouns.unit})")
            .scale(zero=False, nice=False),
            y=alt.Y("pred_mean:Q").title(f"Predicted ({nouns.unit})").scale(zero=False),
            tooltip=[
                alt.Tooltip("truth:Q", format=STARS),
                alt.Tooltip("pred_mean:Q", title="predicted", format=STARS),
            ],
        )
    )
    return points + diagonal.encode(x=alt.X("truth:Q"), y=alt.Y("truth:Q"))
