"""Pictures of a class that rates together."""

import altair as alt
import pandas as pd

from pmf_core.charts.base import HEIGHT, MAP, by_name, category, labelled
from pmf_core.data.nouns import Nouns

CLASS, DATA = "This class", "Users of the data"
SETTLED = 12
"""Ratings from which on the course of a game sets its scale."""

INK = ("#db2777", "#64748b")
"""Colours of the class, and of the data."""


def class_histogram(shares: pd.DataFrame, nouns: Nouns) -> alt.Chart:
    """Draw how often a class gave each rating, beside the users of the data.

    Parameters
    ----------
    shares : pd.DataFrame
        Of `game.rating_shares`: rating, of, share.
    nouns : Nouns
    """
    return (
        alt.Chart(shares, height=HEIGHT)
        .mark_bar(cornerRadiusTopLeft=3, cornerRadiusTopRight=3)
        .encode(
            x=alt.X("rating:O").title(f"Rating ({nouns.unit})").axis(labelAngle=0, format="~g"),
            xOffset=alt.XOffset("of:N").sort([CLASS, DATA]),
            y=alt.Y("share:Q").title("Share of the ratings").axis(format=".0%", tickCount=4),
            color=category("of", None, [CLASS, DATA]).scale(domain=[CLASS, DATA], range=list(INK)),
            tooltip=[
                alt.Tooltip("of:N", title="Of"),
                alt.Tooltip("rating:Q", title="Rating", format="~g"),
                alt.Tooltip("share:Q", title="Share", format=".1%"),
            ],
        )
    )


def game_course(course: pd.DataFrame) -> alt.LayerChart:
    """Draw the share of ratings that fell inside, and the band of an honest model.

    Parameters
    ----------
    course : pd.DataFrame
        Of `game.course`.
    """
    x = alt.X("n:Q").title("Ratings so far").scale(nice=False)
    x = x.axis(tickMinStep=1, tickCount=alt.ExprRef("max(2, floor(width / 60))"))
    # The first ratings say nothing yet, and would leave the rest a strip.
    some = course[course["n"] >= min(SETTLED, course["n"].max())]
    low = float(some[["inside", "low"]].to_numpy().min()) - 0.02
    y = alt.Y("low:Q").title("Share inside").scale(domain=[max(0.0, low), 1], nice=True)
    y = y.axis(format=".0%")
    base = alt.Chart(course, height=HEIGHT)
    band = base.mark_area(opacity=0.25, color=INK[1], clip=True).encode(
        x=x, y=y, y2=alt.Y2("high:Q")
    )
    point = {"color": INK[0], "size": 16, "clip": True}
    line = base.mark_line(color=INK[0], strokeWidth=2.5, clip=True, point=point)
    line = line.encode(
        x=x,
        y=alt.Y("inside:Q"),
        tooltip=[
            alt.Tooltip("n:Q", title="Ratings", format=","),
            alt.Tooltip("inside:Q", title="Inside", format=".1%"),
            alt.Tooltip("low:Q", title="An honest model: from", format=".1%"),
            alt.Tooltip("high:Q", title="to", format=".1%"),
        ],
    )
    return band + line


def class_map(
    items: pd.DataFrame,
    people: pd.DataFrame,
    outlines: pd.DataFrame,
    nouns: Nouns,
    axes: tuple[str, str],
) -> alt.LayerChart:
    """Draw where members of a class are among items, and how sure that is.

    Parameters
    ----------
    items : pd.DataFrame
        title, n_ratings, x, y.
    people, outlines : pd.DataFrame
        Of `people.on_the_map`, the former `with_labels`.
    nouns : Nouns
    axes : tuple of str
        What the axes are called.
    """
    x = alt.X("x:Q").title(axes[0]).axis(grid=False, tickCount=alt.ExprRef("max(2, width / 80)"))
    y = alt.Y("y:Q").title(axes[1]).axis(grid=False)
    films = (
        alt.Chart(items[["title", "n_ratings", "x", "y"]], height=MAP)
        .mark_circle(size=36, color=INK[1], opacity=0.6)
        .encode(
            x=x,
            y=y,
            tooltip=[
                alt.Tooltip("title:N", title=nouns.thing.capitalize()),
                alt.Tooltip("n_ratings:Q", title="Ratings", format=","),
            ],
        )
    )
    rings = (
        alt.Chart(outlines[["nickname", "order", "x", "y"]])
        .mark_line(color=INK[0], strokeWidth=1, opacity=0.25, aria=False)
        .encode(
            x=alt.X("x:Q"),
            y=alt.Y("y:Q"),
            order=alt.Order("order:Q"),
            detail=alt.Detail("nickname:N"),
        )
    )
    base = alt.Chart(people).encode(
        x=alt.X("x:Q"),
        y=alt.Y("y:Q"),
        tooltip=[
            alt.Tooltip("nickname:N", title="Who"),
            alt.Tooltip("x:Q", title="To the right", format=".2f"),
            alt.Tooltip("x_sd:Q", title="sd", format=".2f"),
            alt.Tooltip("y:Q", title="Upwards", format=".2f"),
            alt.Tooltip("y_sd:Q", title="sd", format=".2f"),
        ],
    )
    dots = base.mark_circle(size=90, color=INK[0], opacity=1)
    names = base.mark_text(dy=-11, fontSize=12, fontWeight="bold").encode(text=alt.Text("label:N"))
    return films + rings + dots + names


def moved_films(films: pd.DataFrame, nouns: Nouns) -> alt.LayerChart:
    """Draw how far a class has moved items, with two sd either way.

    Parameters
    ----------
    films : pd.DataFrame
        Rows of `joined.Change.films`, in their order.
    nouns : Nouns
    """
    frame = labelled(films.rename(columns={"n_class": "n_ratings"}))
    frame = frame.assign(
        low=frame["change"] - 2 * frame["sd"], high=frame["change"] + 2 * frame["sd"]
    )
    title = f"Change of the mean rating expected ({nouns.unit}, ± 2 sd)"
    x = alt.X("change:Q").title(title).axis(tickCount=alt.ExprRef("max(3, width / 70)"))
    base = alt.Chart(frame, height=alt.Step(20))
    bars = base.mark_rule(strokeWidth=2, color="gray").encode(
        y=by_name(), x=alt.X("low:Q").title(title), x2=alt.X2("high:Q")
    )
    dots = base.mark_point(filled=True, size=52, opacity=1, color=INK[0]).encode(
        y=by_name(),
        x=x,
        tooltip=[
            alt.Tooltip("title:N", title=nouns.thing.capitalize()),
            alt.Tooltip("n_ratings:Q", title="Ratings of the class", format=","),
            alt.Tooltip("before:Q", title="Before", format=".3f"),
            alt.Tooltip("after:Q", title="After", format=".3f"),
            alt.Tooltip("change:Q", title="Change", format="+.3f"),
        ],
    )
    zero = alt.Chart(pd.DataFrame({"at": [0.0]})).mark_rule(color="gray", strokeDash=[4, 3])
    return zero.encode(x=alt.X("at:Q")) + bars + dots
