"""A rating that is mapped beyond [0, 1]."""

from typing import NamedTuple

import numpy as np

from pmf_core.data.split import Split
from pmf_core.evaluation.demonstrations.base import Control, Demonstration, Shown, long
from pmf_core.evaluation.lessons import Lesson
from pmf_core.support.numbers import figure


class Scale(NamedTuple):
    """The scale of the ratings."""

    low: float
    high: float
    unit: str


def measure(split: Split) -> Scale:
    """Return the scale."""
    return Scale(*split.train.scale, split.train.nouns.unit)


def answer(found: Scale) -> int:
    """Return where the highest rating lands: at 1, above, or below."""
    top = (found.high + found.low) / (found.high - found.low)
    return 0 if top == 1 else 1 if top > 1 else 2


def show(found: Scale, percent: float) -> Shown:
    """Show where a rating so far up the scale lands by either formula."""
    low, high, unit = found
    span = high - low
    rating = low + span * percent / 100
    wrong, right = (rating + low) / span, (rating - low) / span
    holds = not 0 <= wrong <= 1
    text = f"{figure(rating, '.3g')} {unit}: (x + min) / range is {figure(wrong, '.3g')}, "
    text += f"(x \N{MINUS SIGN} min) / range is {figure(right, '.3g')}. "
    text += (
        "A logistic curve between 0 and 1 can never reach the first."
        if holds
        else "Here both are between 0 and 1, so nobody notices."
    )
    x = np.linspace(low, high, 21)
    frame = long(
        x, **{"(x + min) / range": (x + low) / span, "(x − min) / range": (x - low) / span}
    )
    lesson = Lesson("see_mapping", holds, text, {"wrong": wrong, "right": right})
    return Shown(frame, f"Rating ({unit})", "Mapped to", "line", lesson, rating)


DEMONSTRATION = Demonstration(
    name="mapping",
    title="(x + min) / range",
    claim="To bring ratings to [0, 1], the example writes (x + min) / range.",
    question="Where does the highest rating land?",
    guesses=("At 1", "Above 1", "Below 1"),
    control=Control("How far up the scale (%)", 0, 100, 5, 100),
    measure=measure,
    answer=answer,
    show=show,
)
