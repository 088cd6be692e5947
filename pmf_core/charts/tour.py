"""Pictures of what is found at each step of the tour."""

from collections.abc import Callable
from typing import Any, NamedTuple

import altair as alt
import pandas as pd

from pmf_core.charts.base import HEIGHT, SHORT_NAME, category, stars
from pmf_core.charts.calibration import coverage_curve, recommendation_intervals
from pmf_core.charts.checks import rating_shares
from pmf_core.charts.fits import rmse_curves, trace_chart
from pmf_core.charts.ratings import matrix_heatmap, rating_histogram
from pmf_core.charts.scores import method_bars
from pmf_core.data.nouns import Nouns
from pmf_core.evaluation.tour.of_trust import TRACED


def ends_of_factor(frame: pd.DataFrame, nouns: Nouns) -> alt.Chart:
    """Draw items at both ends of a factor: title, value, n_ratings."""
    frame = frame.assign(label=frame["title"])
    thing = nouns.thing.capitalize()
    return (
        alt.Chart(frame, height=alt.Step(24))
        .mark_bar(cornerRadius=3)
        .encode(
            y=alt.Y("label:N")
            .sort(None)
            .title(None)
            .axis(labelExpr=SHORT_NAME, ticks=False, labelOverlap=False),
            x=alt.X("value:Q").title(f"Its number ({nouns.thing})"),
            color=alt.condition("datum.value < 0", alt.value("#d97706"), alt.value("#6366f1")),
            tooltip=[
                alt.Tooltip("title:N", title=thing),
                alt.Tooltip("value:Q", title="Number", format=".2f"),
                alt.Tooltip("n_ratings:Q", title="Training ratings", format=","),
            ],
        )
    )


def errors_by_size(frame: pd.DataFrame, nouns: Nouns) -> alt.Chart:
    """Draw training and held-out errors by the number of factors: n_factors, train, test."""
    names = {"train": "Training ratings", "test": "Held-out ratings"}
    long = frame.melt("n_factors", list(names), "part", "rmse")
    long["part"] = long["part"].map(names)
    return (
        alt.Chart(long, height=HEIGHT)
        .mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=45))
        .encode(
            x=alt.X("n_factors:Q").title("Factors D").scale(nice=False).axis(tickMinStep=1),
            y=stars("rmse", f"RMSE ({nouns.unit})"),
            color=category("part", None, list(names.values())),
            tooltip=[
                alt.Tooltip("part:N", title="Of"),
                alt.Tooltip("n_factors:Q", title="Factors"),
                alt.Tooltip("rmse:Q", title="RMSE", format=".3f"),
            ],
        )
    )


def two_predictions(frame: pd.DataFrame, nouns: Nouns) -> alt.Chart:
    """Draw what draws predict of two held-out ratings: rating, share, of."""
    order = frame["of"].unique().tolist()
    return (
        alt.Chart(frame, height=HEIGHT)
        .mark_area(interpolate="step", opacity=0.35, line=True)
        .encode(
            x=alt.X("rating:Q").title(f"Predicted ({nouns.unit})").scale(nice=False, zero=False),
            y=alt.Y("share:Q").title("Share of draws").axis(format=".0%").stack(None),
            color=category("of", "Of all pairs watched, the", order),
            tooltip=[
                alt.Tooltip("of:N", title="Pair"),
                alt.Tooltip("rating:Q", title="Around", format=".2f"),
                alt.Tooltip("share:Q", title="Share of draws", format=".1%"),
            ],
        )
    )


class TourPicture(NamedTuple):
    """How what a step has found is drawn."""

    draw: Callable[[Any], alt.TopLevelMixin]
    alt_text: str
    """For those who cannot see it; `{thing}` and `{things}` are what is rated."""


PICTURES = {
    "habit": TourPicture(
        lambda found: rating_histogram(found.frame, found.nouns),
        "Histogram of all ratings",
    ),
    "empty": TourPicture(
        lambda found: matrix_heatmap(found.frame, found.nouns),
        "How densely blocks of the sorted matrix of users and {things} are filled",
    ),
    "plain": TourPicture(
        lambda found: method_bars(found.frame, found.nouns),
        "Train and test RMSE of each guess without a model",
    ),
    "factor": TourPicture(
        lambda found: ends_of_factor(found.frame, found.nouns),
        "The {things} with the largest and the smallest number",
    ),
    "map": TourPicture(
        lambda found: method_bars(found.frame, found.nouns),
        "Train and test RMSE of plain guesses and of the MAP",
    ),
    "size": TourPicture(
        lambda found: errors_by_size(found.frame, found.nouns),
        "RMSE on training and on held-out ratings by the number of factors",
    ),
    "prior": TourPicture(
        lambda found: rating_shares([found.prior, found.given], found.nouns),
        "Histograms of the ratings that the prior expects, and of those given",
    ),
    "posterior": TourPicture(
        lambda found: two_predictions(found.frame, found.nouns),
        "Histograms of what draws predict of the surest and of the least sure held-out pair",
    ),
    "average": TourPicture(
        lambda found: rmse_curves(found.curves, found.nouns, ("MAP", found.point)),
        "RMSE of single draws and of the mean of all draws so far, beside that of the MAP",
    ),
    "trust": TourPicture(
        lambda found: trace_chart(found.traces, found.nouns, TRACED, found.tune),
        "Trace of the size of the users' factors, of each chain",
    ),
    "promise": TourPicture(
        lambda found: coverage_curve(found.frame),
        "Share of held-out ratings in central intervals, against their probability",
    ),
    "list": TourPicture(
        lambda found: recommendation_intervals(
            found.frame.assign(pred_mean=found.frame["expected"]), found.nouns, found.scale
        ),
        "Your list: expected ratings with their 90% intervals",
    ),
}
"""By the name of the step."""
