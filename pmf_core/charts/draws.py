"""Pictures of the draws of a scalar, chain by chain, and of two scalars together."""

import altair as alt
import pandas as pd

from pmf_core.charts.base import HEIGHT, category, chains, level, steps
from pmf_core.data.nouns import Nouns
from pmf_core.evaluation.mixing import AGREE, label_of

SIZES = {"ess_bulk": "Bulk", "ess_tail": "Tails"}
"""Columns of `convergence_so_far` and what to call them."""


def densities(frame: pd.DataFrame, nouns: Nouns) -> alt.Chart:
    """Draw the `density` of a scalar, one line a chain."""
    label = label_of(frame.attrs["quantity"], nouns)
    return (
        alt.Chart(frame, height=HEIGHT)
        .mark_line(strokeWidth=1.5)
        .encode(
            x=alt.X("value:Q")
            .title(label)
            .scale(zero=False, nice=False)
            .axis(tickCount=alt.ExprRef("max(2, floor(width / 70))")),
            y=alt.Y("density:Q").title("Density").axis(labels=False, ticks=False),
            color=chains(frame),
            tooltip=[alt.Tooltip("chain:N"), alt.Tooltip("value:Q", title=label, format=",.4~g")],
        )
    )


def autocorrelation_lines(frame: pd.DataFrame, _: Nouns | None = None) -> alt.LayerChart:
    """Draw the `autocorrelation` of a scalar, one line a chain."""
    base = alt.Chart(frame, height=HEIGHT)
    lines = base.mark_line(strokeWidth=1.5).encode(
        x=steps("lag", "Steps between two draws"),
        y=alt.Y("autocorrelation:Q").title("Autocorrelation").axis(format="~f"),
        color=chains(frame),
        tooltip=[
            alt.Tooltip("chain:N"),
            alt.Tooltip("lag:Q"),
            alt.Tooltip("autocorrelation:Q", format=".3f"),
        ],
    )
    zero = alt.Chart(pd.DataFrame({"zero": [0.0]}))
    return lines + zero.mark_rule(strokeDash=[4, 3], color="gray").encode(y=alt.Y("zero:Q"))


def ess_so_far(frame: pd.DataFrame, _: Nouns | None = None) -> alt.Chart:
    """Draw the effective sample sizes of a scalar against the draws that they are of."""
    long = frame.melt("draw", list(SIZES), "of", "ess").dropna(subset=["ess"])
    long["of"] = long["of"].map(SIZES)
    return (
        alt.Chart(long, height=HEIGHT)
        .mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=25))
        .encode(
            x=steps("draw", "Draws of each chain"),
            y=alt.Y("ess:Q").title("Effective sample size").axis(format=",~f"),
            color=category("of", None, list(SIZES.values())),
            tooltip=[
                alt.Tooltip("of:N"),
                alt.Tooltip("draw:Q"),
                alt.Tooltip("ess:Q", title="ess", format=",.0f"),
            ],
        )
    )


def r_hat_so_far(frame: pd.DataFrame, _: Nouns | None = None) -> alt.LayerChart:
    """Draw the r_hat of a scalar against the draws that it is of."""
    finite = frame[frame["r_hat"] < float("inf")]
    lines = (
        alt.Chart(finite[["draw", "r_hat"]], height=HEIGHT)
        .mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=25))
        .encode(
            x=steps("draw", "Draws of each chain"),
            y=alt.Y("r_hat:Q").title("r_hat").scale(zero=False).axis(format=".2~f"),
            tooltip=[alt.Tooltip("draw:Q"), alt.Tooltip("r_hat:Q", format=".4f")],
        )
    )
    return lines + level(AGREE)


def two_scalars(frame: pd.DataFrame, nouns: Nouns) -> alt.Chart:
    """Draw the draws of two scalars as points, coloured by chain."""
    across, up = (label_of(frame.attrs[name], nouns) for name in ("across", "up"))
    few = alt.ExprRef("max(2, floor(width / 70))")
    return (
        alt.Chart(frame, height=HEIGHT)
        .mark_circle(size=16, opacity=0.5)
        .encode(
            x=alt.X("x:Q").title(across).scale(zero=False).axis(tickCount=few),
            y=alt.Y("y:Q").title(up).scale(zero=False),
            color=chains(frame),
            tooltip=[
                alt.Tooltip("chain:N"),
                alt.Tooltip("draw:Q"),
                alt.Tooltip("x:Q", title=across, format=",.4~g"),
                alt.Tooltip("y:Q", title=up, format=",.4~g"),
            ],
        )
    )


def prediction_trace(frame: pd.DataFrame, nouns: Nouns, rating: float) -> alt.LayerChart:
    """Draw the draws of one prediction, one line a chain, and the rating that was given."""
    lines = (
        alt.Chart(frame, height=HEIGHT)
        .mark_line(strokeWidth=1.2, opacity=0.85)
        .encode(
            x=steps("draw", "Draw"),
            y=alt.Y("prediction:Q").title(f"Predicted ({nouns.unit})").scale(zero=False),
            color=chains(frame),
            tooltip=[
                alt.Tooltip("chain:N"),
                alt.Tooltip("draw:Q"),
                alt.Tooltip("prediction:Q", format=".3f"),
            ],
        )
    )
    return lines + level(rating)
