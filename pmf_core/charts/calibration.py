"""Pictures of how honest predictions are: coverage, PIT, intervals."""

from collections.abc import Callable, Mapping
from typing import Any

import altair as alt
import pandas as pd

from pmf_core.charts.base import HEIGHT, SHORT_NAME
from pmf_core.data.nouns import Nouns


def coverage_curve(table: pd.DataFrame) -> alt.LayerChart:
    """Draw the coverage of intervals against what they promise: columns nominal, actual."""
    diagonal = (
        alt.Chart(pd.DataFrame({"nominal": [0.0, 1.0], "actual": [0.0, 1.0]}))
        .mark_line(color="gray", strokeDash=[5, 4], strokeWidth=1)
        .encode(x=alt.X("nominal:Q"), y=alt.Y("actual:Q"))
    )
    base = alt.Chart(table, height=HEIGHT).encode(
        x=_share("nominal", alt.X).title("Probability of the interval"),
        y=_share("actual", alt.Y).title("Held-out ratings in it"),
        tooltip=[
            alt.Tooltip("nominal:Q", title="Should hold", format=".0%"),
            alt.Tooltip("actual:Q", title="Holds", format=".1%"),
        ],
    )
    return diagonal + base.mark_line(strokeWidth=2) + base.mark_circle(size=45, opacity=1)


def pit_ecdf_difference(frame: pd.DataFrame) -> alt.LayerChart:
    """Draw `pit_ecdf`: the curve, and the band in which it should stay."""
    base = alt.Chart(frame, height=HEIGHT)
    x = alt.X("pit:Q").title("PIT of held-out ratings").axis(format=".1f")
    y = (
        alt.Y("lower:Q")
        .title("ECDF minus uniform")
        .axis(labelExpr="datum.value ? format(datum.value, '+.3~f') : '0'")
    )
    band = base.mark_area(opacity=0.25, color="gray").encode(x=x, y=y, y2=alt.Y2("upper:Q"))
    line = base.mark_line(strokeWidth=2, interpolate="step-after").encode(
        x=x,
        y=alt.Y("difference:Q"),
        tooltip=[
            alt.Tooltip("pit:Q", title="PIT", format=".2f"),
            alt.Tooltip("difference:Q", title="Difference", format="+.4f"),
            alt.Tooltip("lower:Q", title="Band from", format="+.4f"),
            alt.Tooltip("upper:Q", title="Band to", format="+.4f"),
        ],
    )
    return band + line


def reliability_curve(table: pd.DataFrame, nouns: Nouns) -> alt.LayerChart:
    """Draw the mean rating where about as much was predicted: `reliability_table`."""
    table = table.assign(
        low=table["rating"] - 2 * table["se"], top=table["rating"] + 2 * table["se"]
    )
    low = min(table["pred_mean"].min(), table["low"].min())
    high = max(table["pred_mean"].max(), table["top"].max())
    diagonal = (
        alt.Chart(pd.DataFrame({"pred_mean": [low, high], "rating": [low, high]}))
        .mark_line(color="gray", strokeDash=[5, 4], strokeWidth=1)
        .encode(x=alt.X("pred_mean:Q"), y=alt.Y("rating:Q"))
    )
    base = alt.Chart(table, height=HEIGHT)
    x = alt.X("pred_mean:Q").title(f"Predicted mean ({nouns.unit})").scale(zero=False)
    bars = base.mark_rule(strokeWidth=1.5, color="gray", aria=False).encode(
        x=x, y=alt.Y("low:Q"), y2=alt.Y2("top:Q")
    )
    points = base.mark_circle(size=45, opacity=1).encode(
        x=x,
        y=alt.Y("rating:Q").title(f"Mean rating given ({nouns.unit})").scale(zero=False),
        tooltip=[
            alt.Tooltip("pred_mean:Q", title="Predicted", format=".2f"),
            alt.Tooltip("rating:Q", title="Given", format=".2f"),
            alt.Tooltip("n_ratings:Q", title="Ratings", format=","),
        ],
    )
    return diagonal + bars + points


def recommendation_intervals(
    frame: pd.DataFrame, nouns: Nouns, scale: tuple[float, float], ci_prob: float = 0.9
) -> alt.LayerChart:
    """Draw recommended items with their mean and interval.

    Parameters
    ----------
    frame : pd.DataFrame
        As of `recommend`: item_id, title, pred_mean, pred_sd, pred_lower, pred_upper; best first.
    nouns : Nouns
        Of the ratings.
    scale : tuple of float
        Lowest and highest rating.
    ci_prob : float
        Probability of the interval, for the axis.
    """
    # Two items may have one title.
    twice = frame["title"].duplicated(keep=False)
    label = frame["title"].where(~twice, frame["title"] + " #" + frame["item_id"].astype(str))
    frame = frame.assign(label=label)
    base = alt.Chart(frame, height=alt.Step(24)).encode(
        y=alt.Y("label:N")
        .sort(list(label))
        .title(None)
        .axis(labelExpr=SHORT_NAME, labelOverlap=False),
        tooltip=[
            alt.Tooltip("title:N", title="Title"),
            alt.Tooltip("pred_mean:Q", title="Mean", format=".2f"),
            alt.Tooltip("pred_sd:Q", title="Sd of the mean", format=".2f"),
            alt.Tooltip("pred_lower:Q", title=f"{ci_prob * 100:g}% from", format=".2f"),
            alt.Tooltip("pred_upper:Q", title="to", format=".2f"),
        ],
    )
    x = alt.X("pred_lower:Q").scale(domain=list(scale), nice=False)
    title = f"Rating ({nouns.unit}): mean and {ci_prob * 100:g}% interval"
    x = x.title(title).axis(
        format="~f", tickCount=alt.ExprRef("min(6, width / 40)"), titleAnchor="end"
    )
    bars = base.mark_bar(height=5, opacity=0.35, cornerRadius=2).encode(
        x=x, x2=alt.X2("pred_upper:Q")
    )
    points = base.mark_circle(size=70, opacity=1).encode(x=alt.X("pred_mean:Q"))
    return bars + points


HONESTY: tuple[tuple[str, str, Callable[[Mapping[str, Any], Nouns], alt.LayerChart]], ...] = (
    (
        "Coverage",
        "Share of held-out ratings in central intervals, against their probability",
        lambda honest, _: coverage_curve(honest["coverage"]),
    ),
    (
        "Randomised PIT",
        "ECDF of the PIT of held-out ratings minus that of a uniform, with its 95% band",
        lambda honest, _: pit_ecdf_difference(honest["pit"]),
    ),
    (
        "Reliability",
        "Mean rating against predicted mean, in ten groups of held-out pairs",
        lambda honest, nouns: reliability_curve(honest["reliability"], nouns),
    ),
)
"""Pictures of `honesty`: title, what each shows, how it is drawn in the nouns of the ratings."""


def _share(field: str, channel: type) -> alt.X | alt.Y:
    return channel(f"{field}:Q").scale(domain=[0, 1], nice=False).axis(format=".0%")
