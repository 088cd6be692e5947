"""Pictures of what a model would give beside what was given."""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from pmf_core.charts.base import HEIGHT, category, level
from pmf_core.data.nouns import Nouns
from pmf_core.evaluation.by_count import COVERED
from pmf_core.evaluation.rating_check import FITTED, GIVEN, PRIOR

COLORS = {PRIOR: "#9333ea", GIVEN: "#64748b", FITTED: "#d97706"}
"""Of each kind of ratings; all can be told from white and from black."""

MEAN = alt.value("#d97706")
"""Of a line of means over faint points."""


def rating_shares(frames: Sequence[pd.DataFrame], nouns: Nouns) -> alt.LayerChart:
    """Draw `shares` on one scale: ratings given as bars, what models would give as lines."""
    low, high = frames[0].attrs["scale"]
    width = frames[0].attrs["width"]
    both = pd.concat([frame[["of", "rating", "share"]] for frame in frames])
    both = _boxed(both, width)
    color, x, y, tips = _encodings([frame.attrs["of"] for frame in frames], nouns)
    base = alt.Chart(both, height=HEIGHT)
    bars = (
        base.transform_filter(alt.datum.of == GIVEN)
        .mark_rect(opacity=0.45)
        .encode(x=x, x2=alt.X2("end:Q"), y=y, y2=alt.Y2("floor:Q"), color=color, tooltip=tips)
    )
    lines = (
        base.transform_filter(alt.datum.of != GIVEN)
        .mark_line(interpolate="step", strokeWidth=2)
        .encode(x=alt.X("rating:Q"), y=y, color=color, tooltip=tips)
    )
    ends = alt.Chart(pd.DataFrame({"end": [low, high]}))
    return bars + lines + ends.mark_rule(strokeDash=[2, 3], color="gray").encode(x=alt.X("end:Q"))


def checked_shares(frames: pd.DataFrame, nouns: Nouns) -> alt.LayerChart:
    """Draw the ratings given as bars, and what draws of a fit give as points with intervals.

    `frames` is that of `rating_check`: both kinds of `shares`, one under the other.
    """
    width = frames.attrs["given"]["width"]
    frames = _boxed(frames, width)
    color, x, y, tips = _encodings([GIVEN, FITTED], nouns)
    tips.append(alt.Tooltip("lower:Q", title="90% of draws from", format=".1%"))
    tips.append(alt.Tooltip("upper:Q", title="to", format=".1%"))
    base = alt.Chart(frames, height=HEIGHT).encode(color=color, tooltip=tips)
    given = base.transform_filter(alt.datum.of == GIVEN)
    fitted = base.transform_filter(alt.datum.of == FITTED)
    bars = given.mark_rect(opacity=0.45).encode(x=x, x2=alt.X2("end:Q"), y=y, y2=alt.Y2("floor:Q"))
    span = fitted.mark_rule(strokeWidth=2).encode(
        x=alt.X("rating:Q"), y=alt.Y("lower:Q"), y2=alt.Y2("upper:Q")
    )
    return bars + span + fitted.mark_circle(size=45, opacity=1).encode(x=alt.X("rating:Q"), y=y)


def _encodings(shown: list[str], nouns: Nouns) -> tuple[alt.Color, alt.X, alt.Y, list[alt.Tooltip]]:
    """Return what both pictures of shares have in common."""
    color = category("of", None, shown)
    color = color.scale(domain=shown, range=[COLORS[of] for of in shown])
    x = alt.X("start:Q").title(f"Rating ({nouns.unit})").scale(nice=False, zero=False)
    y = alt.Y("share:Q").title("Share of ratings").axis(format=".0%")
    tips = [
        alt.Tooltip("of:N", title="Of"),
        alt.Tooltip("rating:Q", title="Around", format="~g"),
        alt.Tooltip("share:Q", title="Share", format=".1%"),
    ]
    return color, x, y, tips


def _boxed(frame: pd.DataFrame, width: float) -> pd.DataFrame:
    """Return shares with the ends of their bins."""
    half = width / 2
    return frame.assign(start=frame["rating"] - half, end=frame["rating"] + half, floor=0.0)


def errors_by_count(table: pd.DataFrame, nouns: Nouns) -> alt.LayerChart:
    """Draw errors against training ratings: `user_errors`, its groups over its single rows."""
    base, x = _by_count(table, nouns)
    ones = base.transform_filter(alt.datum.kind == "one")
    groups = base.transform_filter(alt.datum.kind == "group")
    y = alt.Y("rmse:Q").title(f"Test RMSE ({nouns.unit})")
    tips = [*_counts(), alt.Tooltip("rmse:Q", title="RMSE", format=".3f")]
    points = ones.mark_circle(size=14, opacity=0.3).encode(x=x, y=y, tooltip=tips)
    bars = groups.mark_rule(strokeWidth=2).encode(
        x=x, y=alt.Y("rmse_low:Q"), y2=alt.Y2("rmse_top:Q")
    )
    line = groups.mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=45))
    return points + bars.encode(color=MEAN) + line.encode(x=x, y=y, color=MEAN, tooltip=tips)


def coverage_by_count(table: pd.DataFrame, nouns: Nouns) -> alt.LayerChart:
    """Draw the coverage of 90% intervals by training ratings, and where honest ones are."""
    base, x = _by_count(table, nouns)
    groups = base.transform_filter(alt.datum.kind == "group")
    y = alt.Y("coverage:Q").title("In 90% interval").axis(format=".0%").scale(zero=False)
    tips = [*_counts(), alt.Tooltip("coverage:Q", title="In it", format=".1%")]
    band = groups.mark_rule(strokeWidth=10, opacity=0.3, color="gray")
    bars = band.encode(x=x, y=alt.Y("honest_low:Q"), y2=alt.Y2("honest_top:Q"))
    line = groups.mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=45))
    return bars + line.encode(x=x, y=y, tooltip=tips) + level(COVERED)


def _by_count(table: pd.DataFrame, nouns: Nouns) -> tuple[alt.Chart, alt.X]:
    """Return the base of both charts, with two standard errors of the RMSE, and their axis."""
    room = 2 * table["rmse_se"]
    table = table.assign(rmse_low=table["rmse"] - room, rmse_top=table["rmse"] + room)
    whose = "user" if table.attrs["owner"] == "user" else nouns.thing
    # Not logarithmic: some have none. So are most of them small, and a few large.
    x = alt.X("n_train:Q").title(f"Training ratings of the {whose}")
    x = x.scale(type="sqrt", nice=False, zero=False).axis(
        tickCount=alt.ExprRef("max(2, floor(width / 90))"), format=",~f"
    )
    return alt.Chart(table, height=HEIGHT), x


def _counts() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("n_from:Q", title="Training ratings from", format=","),
        alt.Tooltip("n_to:Q", title="to", format=","),
        alt.Tooltip("n_ratings:Q", title="Held-out ratings", format=","),
    ]
