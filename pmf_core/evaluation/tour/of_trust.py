"""Steps about trust: whether chains agree, and whether intervals keep what they promise."""

from math import isinf
from typing import NamedTuple

import numpy as np
import pandas as pd

from pmf_core.data.nouns import Nouns
from pmf_core.evaluation.calibration import calibration_table
from pmf_core.evaluation.diagnosis import step_traces
from pmf_core.evaluation.lessons import Lesson
from pmf_core.evaluation.mixing import AGREE, DISAGREE, agreement, label_of, tuning_steps
from pmf_core.evaluation.tour.base import Amount, Choice, Step
from pmf_core.fits.fit import Fit
from pmf_core.support.numbers import figure, percent, unlike


class Trust(NamedTuple):
    """Whether chains agree."""

    traces: pd.DataFrame
    """As `step_traces` returns it."""
    tune: int
    r_hat: float
    ess: float
    of: str
    """What the largest r_hat is of."""
    chains: int
    nouns: Nouns


TRACED = "norm_U"
"""What the picture follows, the size of U: every model has it, and no rotation changes it."""


def trust(fit: Fit) -> Trust:
    """Compare the chains."""
    scores = fit.summary()
    return Trust(
        step_traces(fit),
        tuning_steps(fit),
        scores["r_hat"],
        scores["ess"],
        label_of(scores["r_hat_of"], fit.nouns),
        scores["chains"],
        fit.nouns,
    )


_AGREE = {"full": 0, "nearly": 1, "few": 1}


def how_they_agree(found: Trust) -> int:
    """Return how far chains agree: by all that is monitored, nearly, or not."""
    return _AGREE.get(agreement(found.r_hat, found.ess), 2)


def trust_lesson(found: Trust) -> Lesson:
    """Say what r_hat is here, what it says and what it does not."""
    how = agreement(found.r_hat, found.ess)
    holds = how in ("full", "nearly")
    text = f"The largest **r_hat** is {_number(found.r_hat)} ({found.of}), and the draws of "
    text += f"what is known least are worth {figure(found.ess, ',.0f')} independent ones (ess). "
    text += {
        "full": "The chains tell the same story, wherever they began.",
        "nearly": "Nearly there: longer chains would make it below 1.01.",
        "few": "They agree, but so few draws are worth little: sample longer.",
    }.get(how, "They do not agree yet: nothing that rests on them is to be believed. Go on longer.")
    text += " r_hat compares how far chains are apart with how far each wanders. It does not say "
    text += "that the model is right, nor that there is no place which no chain has found."
    return Lesson("tour_trust", holds, text, {"r_hat": found.r_hat, "ess": found.ess})


def _number(r_hat: float) -> str:
    return "beyond all bounds" if isinf(r_hat) else unlike(r_hat, ".3f", AGREE, DISAGREE)


class Promised(NamedTuple):
    """How many held-out ratings intervals hold."""

    frame: pd.DataFrame
    """As `calibration_table` returns it."""
    coverage: float
    """Of 90% intervals."""
    n_ratings: int


def promised(fit: Fit) -> Promised:
    """Count held-out ratings in their intervals."""
    return Promised(calibration_table(fit), fit.summary()["coverage_90"], fit.split.test.n_ratings)


def in_ninety(found: Promised) -> int:
    """Return how many of a hundred held-out ratings are in their 90% interval."""
    return round(100 * found.coverage)


def promised_lesson(found: Promised) -> Lesson:
    """Say what a 90% interval promises, and whether it is kept."""
    se = float(np.sqrt(0.9 * 0.1 / found.n_ratings))
    off = found.coverage - 0.9
    holds = abs(off) <= 2 * se
    text = "A **90% interval** promises to hold nine of ten ratings that come, and is checked by "
    text += f"counting: of {found.n_ratings:,} held-out ratings, {percent(found.coverage, 1, 0.9)} "
    text += "are in theirs. "
    if holds:
        text += "That is as many as it promises, up to chance."
    elif off < 0:
        text += "That is fewer than chance would leave out: its intervals are too narrow."
    else:
        text += "That is more than it promises: its intervals are too wide."
    return Lesson("tour_promise", holds, text, {"coverage": found.coverage, "se": se})


STEPS = (
    Step(
        name="trust",
        title="Can chains be trusted?",
        minutes=4,
        says="A sampler always returns numbers. So several *chains* begin far apart; r_hat "
        "compares how far apart they are with how far each wanders. At 1 they cannot be told "
        "apart.",
        question="What is the largest r_hat of all that is watched here?",
        guess=Choice(
            (
                "Up to 1.01: they agree",
                "Up to 1.05, or of few draws: nearly",
                "Above: they disagree",
            )
        ),
        of="draws",
        measure=trust,
        answer=how_they_agree,
        lesson=trust_lesson,
        page="diagnose",
        notes="Have somebody say which part of the picture is thrown away (left of the dashed "
        "line) and why. If chains disagree here, that is a lesson, too: do not hide it.",
        discuss="Four chains agree. Name something that can still be wrong.",
    ),
    Step(
        name="promise",
        title="What does a 90% interval promise?",
        minutes=4,
        says="With every prediction comes an interval in which the rating is to fall with "
        "probability 90%: what the draws disagree about, and the noise of a rating.",
        question="Of 100 held-out ratings, how many are in their interval?",
        guess=Amount("of 100 held-out ratings", 3),
        of="draws",
        measure=promised,
        answer=in_ninety,
        lesson=promised_lesson,
        page="diagnose",
        notes="An interval that holds all of them is not a better one: from 1 to 5 stars is always "
        "right and says nothing.",
        discuss="Who is worse off with intervals that are too narrow: a cinema, or a doctor?",
    ),
)
