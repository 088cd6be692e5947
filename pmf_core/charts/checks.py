"""Pictures of what a model would give beside what was given."""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from pmf_core.charts.base import HEIGHT, category
from pmf_core.data.nouns import Nouns
from pmf_core.evaluation.rating_check import FITTED, GIVEN, PRIOR

COLORS = {PRIOR: "#9333ea", GIVEN: "#64748b", FITTED: "#d97706"}
"""Of each kind of ratings; all can be told from white and from black."""


def rating_shares(frames: Sequence[pd.DataFrame], nouns: Nouns) -> alt.LayerChart:
    """Draw `shares` on one scale: ratings given as bars, what models would give as lines."""
    low, high = frames[0].attrs["scale"]
    width = frames[0].attrs["width"]
    both = pd.concat([frame[["of", "rating", "share"]] for frame in frames])
    both = both.assign(start=both["rating"] - width / 2, end=both["rating"] + width / 2)
    shown = [frame.attrs["of"] for frame in frames]
    color = category("of", None, shown)
    color = color.scale(domain=shown, range=[COLORS[of] for of in shown])
    x = alt.X("start:Q").title(f"Rating ({nouns.unit})").scale(nice=False, zero=False)
    y = alt.Y("share:Q").title("Share of ratings").axis(format=".0%")
    tips = [
        alt.Tooltip("of:N", title="Of"),
        alt.Tooltip("rating:Q", title="Around", format="~g"),
        alt.Tooltip("share:Q", title="Share", format=".1%"),
    ]
    base = alt.Chart(both, height=HEIGHT)
    bars = (
        base.transform_filter(alt.datum.of == GIVEN)
        .mark_bar(opacity=0.45)
        .encode(x=x, x2="end:Q", y=y, color=color, tooltip=tips)
    )
    lines = (
        base.transform_filter(alt.datum.of != GIVEN)
        .mark_line(interpolate="step", strokeWidth=2)
        .encode(x=alt.X("rating:Q"), y=y, color=color, tooltip=tips)
    )
    ends = alt.Chart(pd.DataFrame({"end": [low, high]}))
    return bars + lines + ends.mark_rule(strokeDash=[2, 3], color="gray").encode(x="end:Q")


def checked_shares(frames: pd.DataFrame, nouns: Nouns) -> alt.LayerChart:
    """Draw the ratings given as bars, and what draws of a fit give as points with intervals.

    `frames` is that of `rating_check`: both kinds of `shares`, one under the other.
    """
    width = frames.attrs["given"]["width"]
    frames = frames.assign(start=frames["rating"] - width / 2, end=frames["rating"] + width / 2)
    shown = [GIVEN, FITTED]
    color = category("of", None, shown)
    color = color.scale(domain=shown, range=[COLORS[of] for of in shown])
    x = alt.X("start:Q").title(f"Rating ({nouns.unit})").scale(nice=False, zero=False)
    y = alt.Y("share:Q").title("Share of ratings").axis(format=".0%")
    tips = [
        alt.Tooltip("of:N", title="Of"),
        alt.Tooltip("rating:Q", title="Around", format="~g"),
        alt.Tooltip("share:Q", title="Share", format=".1%"),
        alt.Tooltip("lower:Q", title="90% of draws from", format=".1%"),
        alt.Tooltip("upper:Q", title="to", format=".1%"),
    ]
    base = alt.Chart(frames, height=HEIGHT).encode(color=color, tooltip=tips)
    given = base.transform_filter(alt.datum.of == GIVEN)
    fitted = base.transform_filter(alt.datum.of == FITTED)
    bars = given.mark_bar(opacity=0.45).encode(x=x, x2="end:Q", y=y)
    span = fitted.mark_rule(strokeWidth=2).encode(x="rating:Q", y="lower:Q", y2="upper:Q")
    return bars + span + fitted.mark_circle(size=45, opacity=1).encode(x="rating:Q", y=y)
