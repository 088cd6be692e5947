"""Pictures of raw factors beside aligned ones, from chain to chain and from draw to draw."""

import altair as alt
import numpy as np
import pandas as pd

from pmf_core.charts.base import HEIGHT, STARS, category, legend, steps
from pmf_core.data.nouns import Nouns

SIDES = ["#d97706", "#64748b", "#6366f1"]
"""Of numbers below, at and above 0: heat maps show both signs on white and on black."""

TITLES = {"raw": "as drawn", "aligned": "aligned"}

CHAIN = alt.Color("chain:N").legend(legend("Chain", "0"))


def two_chains_chart(frame: pd.DataFrame, nouns: Nouns, kind: str) -> alt.LayerChart:
    """Draw an axis of the items in one chain against another (`turning.two_chains`)."""
    frame = frame[frame["kind"] == kind]
    places = frame[["one", "other"]].to_numpy()
    frame.attrs = {}  # they go with the data, where a browser stops at nan
    ends = [float(places.min(initial=np.inf)), float(places.max(initial=-np.inf))]
    line = alt.Chart(pd.DataFrame({"one": ends, "other": ends})).mark_line(
        color="gray", strokeDash=[5, 4]
    )
    points = (
        alt.Chart(frame[["title", "one", "other"]], height=HEIGHT)
        .mark_circle(size=22, opacity=0.6)
        .encode(
            x=alt.X("one:Q").title(f"Chain 0, {TITLES[kind]}").scale(nice=False),
            y=alt.Y("other:Q").title("Chain 1"),
            tooltip=[
                alt.Tooltip("title:N", title=nouns.thing.capitalize()),
                alt.Tooltip("one:Q", title="Chain 0", format=STARS),
                alt.Tooltip("other:Q", title="Chain 1", format=STARS),
            ],
        )
    )
    return line.encode(x=alt.X("one:Q"), y=alt.Y("other:Q")) + points


def turning_chart(turned: pd.DataFrame, angle: int) -> alt.LayerChart:
    """Draw r_hat against the angle by which a chain is turned (`turning.turned`)."""
    names = {"raw": "Factors", "predictions": "Predictions"}
    long = turned.melt(["angle", "change"], list(names), "of", "r_hat")
    long["of"] = long["of"].map(names)
    lines = (
        alt.Chart(long.replace(np.inf, np.nan), height=HEIGHT)
        .mark_line(point=True)
        .encode(
            x=alt.X("angle:Q")
            .title("Chain 1 turned by (degrees)")
            .scale(domain=[0, 360], nice=False)
            .axis(values=[0, 90, 180, 270, 360]),
            y=alt.Y("r_hat:Q").title("Median r_hat").scale(zero=False),
            color=category("of", None, list(names.values())),
            tooltip=[
                alt.Tooltip("of:N"),
                alt.Tooltip("angle:Q"),
                alt.Tooltip("r_hat:Q", format=STARS),
            ],
        )
    )
    here = alt.Chart(pd.DataFrame({"angle": [angle]})).mark_rule(color="gray", strokeDash=[4, 3])
    return here.encode(x=alt.X("angle:Q")) + lines


def matrix_chart(frame: pd.DataFrame, nouns: Nouns, kind: str) -> alt.Chart:
    """Draw the items' factors of two chains as a heat map (`turning.matrices`)."""
    frame = frame[frame["kind"] == kind]
    far = float(frame["value"].abs().max()) or 1.0
    return (
        alt.Chart(frame[["row", "place", "title", "value"]], height=alt.Step(16))
        .mark_rect()
        .encode(
            x=alt.X("place:O")
            .title(f"{nouns.things.capitalize()} with most ratings")
            .axis(labels=False, ticks=False),
            y=alt.Y("row:N").sort(None).title(None),
            color=alt.Color("value:Q")
            .scale(domain=[-far, 0, far], range=SIDES)
            .legend(orient="bottom", title=f"Factors, {TITLES[kind]}", format=".1f", tickCount=3),
            tooltip=[
                alt.Tooltip("title:N", title=nouns.thing.capitalize()),
                alt.Tooltip("row:N", title="Of"),
                alt.Tooltip("value:Q", title="Value", format=STARS),
            ],
        )
    )


def through_chart(frame: pd.DataFrame, kind: str) -> alt.Chart:
    """Draw a factor of an item in all stored draws (`turning.through_the_run`)."""
    return (
        alt.Chart(frame.loc[frame["kind"] == kind, ["chain", "step", "value"]], height=HEIGHT)
        .mark_line(strokeWidth=1.2, opacity=0.85)
        .encode(
            x=steps("step", "Draw"),
            y=alt.Y("value:Q").title(f"Place (sd), {TITLES[kind]}"),
            color=CHAIN,
            tooltip=[
                alt.Tooltip("chain:N"),
                alt.Tooltip("step:Q"),
                alt.Tooltip("value:Q", format=STARS),
            ],
        )
    )
