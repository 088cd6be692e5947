"""Top lists of what was rated once or twice."""

from typing import NamedTuple

import pandas as pd

from pmf_core.data import describe
from pmf_core.data.split import Split
from pmf_core.evaluation.demonstrations.base import Control, Demonstration, Shown, within
from pmf_core.evaluation.lessons import Lesson
from pmf_core.support.numbers import figure

N, FEW, MOST = 30, 2, 50
"""Of a list; ratings that are the opinion of nobody in particular; most that can be asked for."""


class Lists(NamedTuple):
    """How many ratings, and which mean, each of the first has: by the fewest asked for."""

    tops: dict[int, pd.DataFrame]
    """mean, n_ratings of the first `N`, by the fewest ratings"""
    thing: str
    unit: str


def measure(split: Split) -> Lists:
    """Sort by mean rating, and ask for more and more ratings."""
    train, tops = split.train, {}
    for fewest in range(1, MOST + 1):
        top, _ = describe.top_bottom(train, N, fewest)
        if top.empty:
            break
        tops[fewest] = top[["mean", "n_ratings"]]
    return Lists(tops, train.nouns.things, train.nouns.unit)


def answer(found: Lists) -> int:
    """Return how many of the first rest on `FEW` or fewer: hardly any, some, most."""
    few = (found.tops[1]["n_ratings"] <= FEW).mean()
    return within(float(few), (0.1, 0.5))


def show(found: Lists, fewest: float) -> Shown:
    """Show the list where at least so many ratings are asked for."""
    asked = min(int(fewest), max(found.tops))
    top = found.tops[asked]
    few, n = int((top["n_ratings"] <= FEW).sum()), len(top)
    holds = few > n / 10
    ratings = "1 rating" if asked == 1 else f"{asked} ratings"
    text = f"Of the first {n} {found.thing} with {ratings} or more, {few} rest on {FEW} "
    ends = (figure(end, ".2f") for end in (top["mean"].min(), top["mean"].max()))
    text += f"ratings or fewer; their means are from {' to '.join(ends)} {found.unit}. "
    text += (
        "Extremes are where there are few ratings: one enthusiast makes a perfect mean."
        if holds
        else "Now the list says something about them. A model that shrinks needs no such limit."
    )
    lesson = Lesson("see_top", holds, text, {"few": few, "listed": n})
    frame = top.rename(columns={"n_ratings": "x", "mean": "y"}).assign(series="Top of the list")
    return Shown(frame, "Ratings (log scale)", f"Mean ({found.unit})", "point", lesson)


DEMONSTRATION = Demonstration(
    name="top",
    title="Top lists of next to no ratings",
    claim="The example shows the thirty movies with the highest mean rating, and the thirty with "
    "the lowest.",
    question=f"How many of the first {N} rest on one or two ratings?",
    guesses=("Hardly any", "Up to a half", "More than half"),
    control=Control("Fewest ratings", 1, MOST, 1, 1),
    measure=measure,
    answer=answer,
    show=show,
)
