"""What charts share: heights, names that fit, encodings of stars, counts and methods."""

from collections.abc import Iterable

import altair as alt
import pandas as pd

HEIGHT = 220
"""Of a plot without its legend and titles, in pixels; fixed, because charts that size themselves
jump while they are redrawn."""

TALL = 300
"""Of a plot that stands alone, or is looked at closely."""

MAP = 440
"""Of a map, on which many things have their place."""

STARS = ".3f"
"""Format of an RMSE or a mean rating."""

METHODS = {
    "Uniform random": "#64748b",
    "Global mean": "#a16207",
    "Mean of means": "#0d9488",
    "User and item biases": "#db2777",
    "MAP": "#d97706",
    "The example: MCMC": "#d946ef",
    "The example: MAP": "#b48460",
}
"""A colour for each method that is always there; all can be told from white and from black."""

RUNS = ("#6366f1", "#16a34a", "#0284c7", "#9333ea", "#dc2626", "#65a30d")
"""Colours of runs, in the order in which they were made."""

SHORT_NAME = "truncate(datum.label, containerSize()[0] < 480 ? 24 : 32, 'center', '…')"
"""Expression of Vega for a label with a name that may be long; its end, which often tells it from
others, stays."""


def chains(frame: pd.DataFrame) -> alt.Color:
    """Encode the column ``chain`` of a frame by colour."""
    labels = map(str, frame["chain"].unique())
    return alt.Color("chain:N").legend(legend("Chain", labels))


def stars(field: str, title: str, zero: bool = False) -> alt.Y:
    """Encode an error or a rating on the vertical axis; `title` names the unit."""
    return alt.Y(field, type="quantitative").title(title).scale(zero=zero, nice=True)


def steps(field: str, title: str) -> alt.X:
    """Encode steps or draws on the horizontal axis, with as many ticks as there is room for."""
    few = alt.ExprRef("max(2, floor(width / 60))")
    # From 0: between 1 and 300 a narrow axis has one tick, which gives no scale.
    x = alt.X(field, type="quantitative").title(title).scale(nice=False, zero=True)
    return x.axis(tickCount=few, tickMinStep=1)


def level(value: float) -> alt.Chart:
    """Draw a dashed line at a height. What it is says a legend or a sentence.

    A name beside it would lie on one of the lines that it is for.
    """
    line = alt.Chart(pd.DataFrame({"level": [value]}))
    return line.mark_rule(strokeDash=[5, 4], color="gray").encode(y=alt.Y("level:Q"))


def how_many(field: str, title: str) -> alt.Y:
    """Encode how many there are of something on the vertical axis: no part of one."""
    return alt.Y(field, type="quantitative").title(title).axis(tickMinStep=1)


def ranks(field: str, title: str) -> alt.X:
    """Encode places in an order on the horizontal axis."""
    return alt.X(field, type="quantitative").title(title).scale(nice=False).axis(tickMinStep=1)


def legend(title: str | None, labels: Iterable[str]) -> alt.Legend:
    """Return a legend below the plot, in as many columns as fit the width that the plot has."""
    # Beside the plot, it would take half of a narrow one's width.
    longest = min(max((len(label) for label in labels), default=1), 32)
    left = 42 if title else 0
    columns = alt.ExprRef(f"max(1, floor((width - {left}) / {5.4 * longest + 34}))")
    return alt.Legend(
        orient="bottom", columns=columns, title=title, titleOrient="left", labelExpr=SHORT_NAME
    )


def labelled(frame: pd.DataFrame) -> pd.DataFrame:
    """Name each item by its title and its number of ratings, which tells equal titles apart."""
    named = zip(frame["title"], frame["n_ratings"], strict=True)
    frame = frame.assign(label=[f"{title} ({n:,})" for title, n in named])
    again = frame.groupby("label").cumcount()
    return frame.assign(label=frame["label"] + again.map(lambda n: f" #{n + 1}" if n else ""))


def by_name() -> alt.Y:
    """Encode the label of `labelled` on the vertical axis, in the order of the frame."""
    return (
        alt.Y("label:N")
        .sort(None)
        .title(None)
        .axis(labelExpr=SHORT_NAME, ticks=False, labelOverlap=False)
    )


def category(field: str, title: str | None, domain: list[str]) -> alt.Color:
    """Encode a category by colour in a fixed order, so that a colour means one thing."""
    color = alt.Color(f"{field}:N").scale(domain=domain).sort(domain)
    return color.legend(legend(title, domain))


def method(names: Iterable[str], runs: Iterable[str] = ()) -> alt.Color:
    """Encode a method by its own colour, whichever others are shown.

    Parameters
    ----------
    names : iterable of str
        Methods that are shown, in the order of the legend.
    runs : iterable of str
        All runs there are, in the order in which they were made, also those that are not shown: a
        run keeps its colour when another one joins or leaves the chart.
    """
    names = list(names)
    # There is one MAP in a chart; what follows the word says of which model.
    words = {name: "MAP" if name.startswith("MAP ") else name for name in names}
    colors = {name: METHODS[word] for name, word in words.items() if word in METHODS}
    # The oldest first, so that it is the newer of two that gives way.
    for number, name in enumerate(dict.fromkeys([*runs, *names])):
        if name in words and name not in colors:
            order = RUNS[number % len(RUNS) :] + RUNS
            free = [color for color in order if color not in colors.values()]
            colors[name] = (free or order)[0]
    color = category("method", None, names)
    return color.scale(domain=names, range=[colors[name] for name in names])


def thin(frame: pd.DataFrame, column: str, at_most: int = 300) -> pd.DataFrame:
    """Return the rows of at most `at_most` evenly spaced values of `column`, the last included."""
    values = frame[column].unique()
    if len(values) <= at_most:
        return frame
    every = -(-len(values) // at_most)
    return frame[frame[column].isin(values[::-1][::every])]
