"""Pictures of the ratings themselves: what `describe` computes, drawn."""

import altair as alt
import pandas as pd

from pmf_core.charts.base import HEIGHT, STARS, TALL, by_name, how_many, labelled, ranks
from pmf_core.charts.picture import Picture
from pmf_core.data import Ratings, describe
from pmf_core.data.nouns import Nouns
from pmf_core.evaluation import lessons


def rating_histogram(counts: pd.DataFrame, nouns: Nouns) -> alt.Chart:
    """Draw how often each rating was given, from `describe.rating_counts`."""
    angle = 0 if len(counts) <= 11 else -90  # so that each has its label on a phone, too
    return (
        alt.Chart(counts, height=HEIGHT)
        .mark_bar(cornerRadiusTopLeft=3, cornerRadiusTopRight=3)
        .encode(
            x=alt.X("rating:O").title(f"Rating ({nouns.unit})").axis(labelAngle=angle, format="~g"),
            y=how_many("n_ratings", "Ratings"),
            tooltip=[
                alt.Tooltip("rating:Q", title="Rating", format="~g"),
                alt.Tooltip("n_ratings:Q", title="Ratings", format=","),
                alt.Tooltip("share:Q", title="Share", format=".1%"),
            ],
        )
    )


def item_mean_bars(
    frame: pd.DataFrame, nouns: Nouns, global_mean: float, scale: tuple[float, float]
) -> alt.LayerChart:
    """Draw the mean rating of each item in the given order, beside the global mean."""
    domain = [min(0, scale[0]), scale[1]]
    bars = (
        alt.Chart(labelled(frame), height=alt.Step(18))
        .mark_bar()
        .encode(
            x=alt.X("mean:Q").scale(domain=domain, nice=False).title(_mean_rating(nouns)),
            y=by_name(),
            tooltip=_item_tooltip(nouns),
        )
    )
    line = (
        alt.Chart(pd.DataFrame({"mean": [global_mean]}))
        .mark_rule(strokeDash=[5, 4], color="gray")
        .encode(
            x=alt.X("mean:Q"), tooltip=[alt.Tooltip("mean:Q", title="Global mean", format=STARS)]
        )
    )
    return bars + line


def ranked_items(frame: pd.DataFrame, nouns: Nouns, scale: tuple[float, float]) -> alt.LayerChart:
    """Draw a top or bottom list: the plain mean hollow, the shrunk mean filled, a line between."""
    x = alt.X("shrunk_mean:Q").scale(domain=list(scale)).title(_mean_rating(nouns))
    x = x.axis(format="~f", tickCount=alt.ExprRef("min(6, width / 40)"))
    base = alt.Chart(labelled(frame), height=alt.Step(18))
    y = by_name()
    line = base.mark_rule(color="gray").encode(y=y, x=x, x2=alt.X2("mean:Q"))
    tooltip = _item_tooltip(nouns)
    plain = base.mark_point(opacity=0.7, size=28).encode(y=y, x=alt.X("mean:Q"), tooltip=tooltip)
    shrunk = base.mark_point(filled=True, opacity=1, size=50).encode(y=y, x=x, tooltip=tooltip)
    return line + plain + shrunk


def user_mean_curve(frame: pd.DataFrame, nouns: Nouns) -> alt.Chart:
    """Draw the users' mean ratings, sorted, from `describe.user_means`."""
    return (
        alt.Chart(frame, height=HEIGHT)
        .mark_area(line=True, opacity=0.35)
        .encode(
            x=ranks("rank", "User, sorted by mean rating"),
            y=alt.Y("mean:Q").title(_mean_rating(nouns)),
            tooltip=[
                alt.Tooltip("user_id:N", title="User"),
                alt.Tooltip("n_ratings:Q", title="Ratings"),
                alt.Tooltip("mean:Q", title="Mean", format=STARS),
            ],
        )
    )


def long_tail_curve(frame: pd.DataFrame, nouns: Nouns) -> alt.Chart:
    """Draw how many ratings each item has, most rated first, from `describe.long_tail`."""
    return (
        alt.Chart(frame, height=HEIGHT)
        .mark_area(line=True, opacity=0.35)
        .encode(
            x=ranks("rank", f"{nouns.thing.capitalize()}, most rated first"),
            y=how_many("n_ratings", "Ratings"),
            tooltip=[
                alt.Tooltip("title:N", title=nouns.thing.capitalize()),
                alt.Tooltip("n_ratings:Q", title="Ratings", format=","),
                alt.Tooltip("cumulative_share:Q", title="Share of all up to here", format=".1%"),
            ],
        )
    )


def matrix_heatmap(frame: pd.DataFrame, nouns: Nouns) -> alt.Chart:
    """Draw how densely blocks of the sorted matrix are filled (`describe.matrix_picture`)."""
    return (
        alt.Chart(frame, height=TALL)
        .mark_rect()
        .encode(
            x=alt.X("item_from:Q")
            .title(f"{nouns.things.capitalize()}, most rated first")
            .scale(nice=False)
            .axis(grid=False, tickMinStep=1),
            x2=alt.X2("item_to:Q"),
            y=alt.Y("user_from:Q")
            .title("Users, most active first")
            .scale(nice=False, reverse=True)
            .axis(grid=False, tickMinStep=1),
            y2=alt.Y2("user_to:Q"),
            # Not by colour: what is empty is to look so on white and on black.
            opacity=alt.Opacity("density:Q")
            .title("Share rated")
            .scale(type="sqrt", range=[0, 1])
            .legend(orient="bottom", format=".0%", tickCount=4),
            tooltip=[
                alt.Tooltip("n_ratings:Q", title="Ratings in this block", format=","),
                alt.Tooltip("density:Q", title="Share of pairs rated", format=".1%"),
            ],
        )
    )


def dot_product_bars(terms: pd.DataFrame) -> alt.Chart:
    """Draw the terms of a dot product: feature, user, item, product."""
    return (
        alt.Chart(terms, height=alt.Step(34))
        .mark_bar(cornerRadius=3)
        .encode(
            y=alt.Y("feature:N").sort(None).title(None),
            x=alt.X("product:Q").title("What the feature adds to the rating (stars)"),
            color=alt.condition("datum.product < 0", alt.value("#d97706"), alt.value("#6366f1")),
            tooltip=[
                alt.Tooltip("feature:N", title="Feature"),
                alt.Tooltip("user:Q", title="User", format=".2f"),
                alt.Tooltip("item:Q", title="Movie", format=".2f"),
                alt.Tooltip("product:Q", title="Product", format=STARS),
            ],
        )
    )


def _mean_rating(nouns: Nouns) -> str:
    return f"Mean rating ({nouns.unit})"


def _item_tooltip(nouns: Nouns) -> list[alt.Tooltip]:
    return [
        alt.Tooltip("title:N", title=nouns.thing.capitalize()),
        alt.Tooltip("n_ratings:Q", title="Ratings"),
        alt.Tooltip("mean:Q", title="Mean", format=STARS),
        alt.Tooltip("shrunk_mean:Q", title="Shrunk mean", format=STARS),
    ]


PICTURES: tuple[Picture[Ratings], ...] = (
    Picture(
        "How people rate",
        "Histogram of the ratings",
        describe.rating_counts,
        rating_histogram,
        lessons.rating_habit,
    ),
    Picture(
        "How users differ",
        "Mean rating of each user, sorted",
        describe.user_means,
        user_mean_curve,
        lessons.users_differ,
    ),
    Picture(
        "What gets the ratings",
        "Number of ratings of each {thing}, most rated first",
        describe.long_tail,
        long_tail_curve,
        lessons.long_tail,
    ),
    Picture(
        "How full the matrix is",
        "Share of pairs of a user and a {thing} that are rated, both sorted by activity",
        describe.matrix_picture,
        matrix_heatmap,
        lessons.emptiness,
    ),
)
"""What Explore shows of any ratings, in its order."""
