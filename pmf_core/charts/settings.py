"""Pictures of many runs: their settings beside their scores, and which settings matter."""

import altair as alt
import pandas as pd

from pmf_core.charts.base import HEIGHT, RUNS, category, legend, stars, steps
from pmf_core.data.nouns import Nouns

BEST, WORST = "#4f46e5", "#d97706"
"""Of the lowest and the highest error; all between can be told from white and from black."""

_LINE = "truncate(split(datum.label, '\\n')[{}], 24, 'center', '…')"
TWO_LINES = f"[{_LINE.format(0)}, {_LINE.format(1)}]"
"""Expression of Vega for the name of an axis over what it goes through, cut to fit."""

MEASURES = {"alone": "Alone", "beside": "Beside the others"}
"""Columns of `pmf_core.runs.importance.Importance.table`, as people read them."""


def _error(nouns: Nouns, title: str = "Test RMSE") -> alt.Color:
    """Encode an error by colour, with a legend below the plot."""
    color = alt.Color("test_rmse:Q").title(f"{title} ({nouns.unit})")
    color = color.scale(range=[BEST, WORST], zero=False, nice=False)
    # Of few, and under its title: a phone has room for that.
    return color.legend(orient="bottom", format=".3f", tickCount=3)


def parallel_coordinates(
    places: pd.DataFrame, nouns: Nouns, title: str = "Test RMSE"
) -> alt.LayerChart:
    """Draw each run as a line over parallel axes, its settings and scores, one below the other.

    Lying, they have room for their names and values, also on a phone, and no line crosses a word.

    Parameters
    ----------
    places : pd.DataFrame
        id, name, order, axis, place, shown, test_rmse.
    nouns : Nouns
        Of the ratings.
    title : str
        Of the error.
    """
    y = alt.Y("axis:N").sort(alt.EncodingSortField("order", order="ascending", op="min"))
    y = y.title(None).axis(
        labelExpr=TWO_LINES, labelOverlap=False, grid=True, gridColor="gray", ticks=False
    )
    x = alt.X("place:Q").title("Low to high, first to last")
    x = x.scale(domain=[0, 1], nice=False).axis(labels=False, ticks=False, grid=False)
    near = alt.selection_point(
        name="near", fields=["id"], on="pointerover", clear="pointerout", empty=True
    )
    base = alt.Chart(places, height=alt.Step(42)).encode(
        x=x,
        y=y,
        detail=alt.Detail("id:N"),
        order=alt.Order("order:Q"),
        color=_error(nouns, title),
        opacity=alt.when(near).then(alt.value(0.85)).otherwise(alt.value(0.08)),
        tooltip=[
            alt.Tooltip("name:N", title="Run"),
            alt.Tooltip("axis:N", title="Of"),
            alt.Tooltip("shown:N", title="Value"),
            alt.Tooltip("test_rmse:Q", title=title, format=".4f"),
        ],
    )
    return base.mark_line(strokeWidth=1.8) + base.mark_circle(size=60).add_params(near)


def importance_bars(table: pd.DataFrame, title: str = "Test RMSE") -> alt.Chart:
    """Draw what of an error, called `title`, goes with each setting: label, alone, beside."""
    long = table.melt("label", list(MEASURES), "measure", "share").dropna(subset=["share"])
    long["measure"] = long["measure"].map(MEASURES)
    used = [name for name in MEASURES.values() if name in set(long["measure"])]
    color = category("measure", None, used)
    if len(used) == 1:
        color = color.legend(None)
    return (
        alt.Chart(long, height=alt.Step(15))
        .mark_bar()
        .encode(
            y=alt.Y("label:N").sort(list(table["label"])).title(None),
            yOffset=alt.YOffset("measure:N").sort(used),
            x=alt.X("share:Q")
            .title(f"Share of the variance of {title}")
            .axis(format="%", titleAnchor="end")
            .scale(domainMin=0),
            color=color,
            tooltip=[
                alt.Tooltip("label:N", title="Setting"),
                alt.Tooltip("measure:N", title="Measured"),
                alt.Tooltip("share:Q", title="Share", format=".1%"),
            ],
        )
    )


def best_so_far(trials: pd.DataFrame, nouns: Nouns) -> alt.LayerChart:
    """Draw the error of each trial of a search and the lowest until then.

    Parameters
    ----------
    trials : pd.DataFrame
        number (from 1), name, rmse and best, in the unit of the ratings.
    nouns : Nouns
        Of the ratings.
    """
    title = f"Validation RMSE ({nouns.unit})"
    long = trials.melt(["number", "name"], ["rmse", "best"], "of", "error")
    long["of"] = long["of"].map({"rmse": "A trial", "best": "Best so far"})
    tips = [
        alt.Tooltip("number:Q", title="Trial"),
        alt.Tooltip("name:N", title="Settings"),
        alt.Tooltip("error:Q", title=title, format=".4f"),
    ]
    words = ["A trial", "Best so far"]
    color = alt.Color("of:N").scale(domain=words, range=[RUNS[2], "#d97706"])
    base = alt.Chart(long, height=HEIGHT).encode(
        x=steps("number", "Trial"),
        y=stars("error", title),
        color=color.legend(legend(None, words)),
        tooltip=tips,
    )
    dots = base.transform_filter(alt.datum.of == words[0]).mark_circle(size=55, opacity=0.8)
    line = base.transform_filter(alt.datum.of == words[1]).mark_line(
        interpolate="step-after", strokeWidth=2
    )
    return dots + line
