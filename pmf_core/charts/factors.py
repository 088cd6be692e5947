"""Pictures of aligned factors: a map of items, ends of axes, neighbours, tastes."""

import altair as alt
import pandas as pd

from pmf_core.charts.base import (
    MAP,
    STARS,
    TALL,
    by_name,
    category,
    labelled,
)
from pmf_core.data.nouns import Nouns

PERSON, TASTE, FOUND = "#db2777", "#d97706", "#dc2626"
"""Colours of arrows, and of what is searched for."""

FROM_LOW_TO_HIGH = ["#4f46e5", "#0d9488", "#eab308"]


def item_map_chart(
    items: pd.DataFrame,
    nouns: Nouns,
    color: str,
    axes: tuple[str, str],
    outlines: pd.DataFrame,
    person: tuple[pd.DataFrame, pd.DataFrame] | None = None,
    taste: pd.DataFrame | None = None,
) -> alt.LayerChart:
    """Draw where items are along two axes.

    Parameters
    ----------
    items : pd.DataFrame
        Of `factor_map.item_map`, and ``found``: whether it is searched for.
    color : str
        Column of `items`: ``genre``, or numbers.
    axes : tuple of str
        What the axes are called.
    outlines : pd.DataFrame
        Of `factor_map.item_outlines`.
    person : tuple of pd.DataFrame, optional
        Of `factor_map.person`.
    taste : pd.DataFrame, optional
        A row of `tastes.taste_arrows`.
    """
    x = alt.X("x:Q").title(axes[0]).axis(grid=False, tickCount=alt.ExprRef("max(2, width / 80)"))
    y = alt.Y("y:Q").title(axes[1]).axis(grid=False)
    brush = alt.selection_interval(name="brush", encodings=["x", "y"])
    searched = bool(items["found"].any())
    faint = alt.condition("datum.found", alt.value(1.0), alt.value(0.25))
    columns = ["title", "n_ratings", "mean_rating", "genre", "x", "x_sd", "y", "y_sd", "found"]
    points = (
        alt.Chart(items[list(dict.fromkeys([*columns, color]))], height=MAP)
        .mark_circle()
        .encode(
            x=x,
            y=y,
            color=_colored(items, color, nouns),
            size=alt.Size("n_ratings:Q").scale(type="sqrt", range=[14, 260]).legend(None),
            opacity=faint if searched else alt.value(0.75),
            tooltip=_tooltip(nouns, color),
        )
        .add_params(brush)
    )
    rings = (
        alt.Chart(items.loc[items["found"], ["x", "y", "title"]])
        .mark_point(size=320, color=FOUND, strokeWidth=2, aria=False)  # there may be none
        .encode(
            x=alt.X("x:Q"),
            y=alt.Y("y:Q"),
            tooltip=alt.Tooltip("title:N", title=nouns.thing.capitalize()),
        )
    )
    layers = [_zero("x"), _zero("y"), _ellipses(outlines, "gray", "item_id:N"), points, rings]
    for arrow, ink in ((person and person[0], PERSON), (taste, TASTE)):
        if arrow is not None:
            layers.append(_arrow(arrow, ink))
    if person is not None:
        layers.insert(2, _ellipses(person[1], PERSON))
    return alt.layer(*layers)


def ends_chart(ends: pd.DataFrame, nouns: Nouns, axis: str) -> alt.LayerChart:
    """Draw the items at both ends of an axis (`factor_map.axis_ends`), with intervals."""
    return _intervals(labelled(ends), "value", f"{axis} (mean, 90%)", nouns)


def genres_chart(loadings: pd.DataFrame, axis: str) -> alt.LayerChart:
    """Draw how far genres are from all others along an axis (`factor_map.genre_loadings`)."""
    frame = loadings.rename(columns={"genre": "title", "n_items": "n_ratings"})
    title = f"From others, {axis.lower()} (sd)"
    return _intervals(labelled(frame), "loading", title, Nouns("genre", "genres"), "Number")


def neighbours_chart(similar: pd.DataFrame, nouns: Nouns) -> alt.LayerChart:
    """Draw `similar_items`, with intervals; `similar` has ``n_ratings`` as well."""
    return _intervals(labelled(similar), "similarity", "Similarity (mean, 90%)", nouns)


def tastes_chart(found: pd.DataFrame, nouns: Nouns) -> alt.LayerChart:
    """Draw how well each true taste is found (`tastes.tastes_found`)."""
    names = {"items": nouns.things.capitalize(), "users": "Users"}
    long = found.melt("taste", list(names), "side", "correlation")
    long["side"] = long["side"].map(names)
    base = alt.Chart(long.dropna(), height=alt.Step(34))
    return (
        base.mark_point(filled=True, size=70, opacity=1).encode(
            y=alt.Y("taste:N").sort(None).title(None),
            x=alt.X("correlation:Q")
            .title("Correlation of learnt and true")
            .scale(domain=[min(0.0, float(long["correlation"].min())), 1])
            .axis(tickCount=alt.ExprRef("max(2, width / 60)")),
            color=category("side", None, list(names.values())),
            tooltip=[
                alt.Tooltip("taste:N"),
                alt.Tooltip("side:N"),
                alt.Tooltip("correlation:Q", format=STARS),
            ],
        )
        + rule_at_one()
    )


def rule_at_one() -> alt.Chart:
    """Draw where a correlation is perfect."""
    one = alt.Chart(pd.DataFrame({"correlation": [1.0]}))
    return one.mark_rule(color="gray", strokeDash=[4, 3]).encode(x=alt.X("correlation:Q"))


def true_against_learnt(rows: pd.DataFrame, nouns: Nouns, taste: str) -> alt.Chart:
    """Draw the true numbers of a taste against the learnt ones (`tastes.one_taste`)."""
    names = {"items": nouns.things.capitalize(), "users": "Users"}
    rows = rows.assign(side=rows["side"].map(names))
    return (
        alt.Chart(rows[["side", "true", "learnt"]], height=TALL)
        .mark_circle(size=18, opacity=0.5)
        .encode(
            x=alt.X("true:Q").title(f"True: {taste}").scale(nice=False),
            y=alt.Y("learnt:Q").title("Learnt, mapped"),
            color=category("side", None, list(names.values())),
            tooltip=[
                alt.Tooltip("true:Q", format=STARS),
                alt.Tooltip("learnt:Q", format=STARS),
            ],
        )
    )


def _colored(items: pd.DataFrame, color: str, nouns: Nouns) -> alt.Color:
    if color == "genre":
        return category("genre", None, items.attrs["genres"])
    title = f"Mean rating ({nouns.unit})" if color == "mean_rating" else "True taste"
    low, high = float(items[color].min()), float(items[color].max())
    return (
        alt.Color(f"{color}:Q")
        .scale(domain=[low, (low + high) / 2, high], range=FROM_LOW_TO_HIGH)
        .legend(orient="bottom", title=title, titleLimit=0, format="~f", tickCount=3)
    )


def _tooltip(nouns: Nouns, color: str) -> list[alt.Tooltip]:
    tips = [
        alt.Tooltip("title:N", title=nouns.thing.capitalize()),
        alt.Tooltip("n_ratings:Q", title="Ratings", format=","),
        alt.Tooltip("mean_rating:Q", title="Mean", format=".2f"),
    ]
    if color == "genre":
        tips.append(alt.Tooltip("genre:N", title="Genre"))
    for axis in "xy":
        tips.append(alt.Tooltip(f"{axis}:Q", title=axis, format=".2f"))
        tips.append(alt.Tooltip(f"{axis}_sd:Q", title=f"{axis}, sd", format=".2f"))
    return tips


def _zero(axis: str) -> alt.Chart:
    line = alt.Chart(pd.DataFrame({axis: [0.0]})).mark_rule(color="gray", opacity=0.4)
    return line.encode({"x": alt.X, "y": alt.Y}[axis](f"{axis}:Q"))


def _ellipses(outlines: pd.DataFrame, ink: str, detail: str | None = None) -> alt.Chart:
    columns = [name for name in ("order", "x", "y", "item_id") if name in outlines]
    lines = alt.Chart(outlines[columns]).mark_line(
        color=ink, strokeWidth=1, opacity=0.55, aria=False
    )
    lines = lines.encode(x=alt.X("x:Q"), y=alt.Y("y:Q"), order=alt.Order("order:Q"))
    return lines if detail is None else lines.encode(detail=detail)


def _arrow(arrow: pd.DataFrame, ink: str) -> alt.Chart:
    """Draw an arrow from the middle: a trail whose width makes the head, in whatever window."""
    x, y = float(arrow["x"].iloc[0]), float(arrow["y"].iloc[0])
    rows = [(0.0, 2.0), (0.88, 2.0), (0.881, 11.0), (1.0, 0.5)]
    frame = pd.DataFrame({"at": [t for t, _ in rows], "width": [w for _, w in rows]})
    frame = frame.assign(x=frame["at"] * x, y=frame["at"] * y)
    size = alt.Size("width:Q").scale(None).legend(None)
    trail = alt.Chart(frame).mark_trail(color=ink)
    return trail.encode(x=alt.X("x:Q"), y=alt.Y("y:Q"), order=alt.Order("at:Q"), size=size)


def _intervals(
    frame: pd.DataFrame, value: str, title: str, nouns: Nouns, count: str = "Ratings"
) -> alt.LayerChart:
    base = alt.Chart(
        frame[["label", "title", "n_ratings", value, "lower", "upper"]], height=alt.Step(18)
    )
    x = alt.X(f"{value}:Q").title(title).axis(tickCount=alt.ExprRef("max(3, width / 60)"))
    tooltip = [
        alt.Tooltip("title:N", title=nouns.thing.capitalize()),
        alt.Tooltip("n_ratings:Q", title=count, format=","),
        *(alt.Tooltip(f"{name}:Q", format=".2f") for name in (value, "lower", "upper")),
    ]
    bars = base.mark_rule(strokeWidth=2, color="gray").encode(
        y=by_name(), x=alt.X("lower:Q").title(title), x2=alt.X2("upper:Q")
    )
    dots = base.mark_point(filled=True, size=46, opacity=1).encode(y=by_name(), x=x)
    zero = alt.Chart(pd.DataFrame({"at": [0.0]})).mark_rule(color="gray", strokeDash=[4, 3])
    return zero.encode(x=alt.X("at:Q")) + bars + dots.encode(tooltip=tooltip)
