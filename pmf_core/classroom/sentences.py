"""What the numbers of a class say."""

import math

from pmf_core.classroom.game import BAND, Standing
from pmf_core.evaluation.lessons import Lesson
from pmf_core.support.numbers import percent


def honesty(now: Standing) -> Lesson:
    """Say whether as many ratings fell inside as should, if the model is honest."""
    if not now.n:
        text = (
            "Before anybody sees the scale, the model writes down which ratings it expects, from "
            "what they rated before. Nobody has rated yet."
        )
        return Lesson("honesty", True, text)
    text = (
        f"**{now.inside} of {now.n}** ratings fell into the set that the model had written down "
        f"before; by its own probabilities {now.expected:.1f} should. An honest model lies from "
        f"{now.low} to {now.high} with a probability of {percent(BAND)}: "
    )
    if now.is_within:
        text += "so does this one."
    elif now.inside < now.low:
        text += "this one is below. You surprise it more than it thinks: it is too sure of itself."
    else:
        text += "this one is above. You surprise it less than it thinks: it is too cautious."
    numbers = {"inside": now.inside, "low": now.low, "high": now.high}
    return Lesson("honesty", now.is_within, text, numbers)


def knows_more(now: Standing) -> Lesson:
    """Say whether the model gave more probability to what came than the habits of all do."""
    if not now.n:
        return Lesson("knows_more", True, "")
    times = math.exp(now.log_score - now.log_base)
    text = f"To the ratings that came it gave {times:.2f} times the probability "
    text += "(geometric mean) that *everybody rates like the average* gives them: "
    holds = now.log_score > now.log_base
    text += "it knows something about you." if holds else "of you it knows nothing of use yet."
    return Lesson("knows_more", holds, text, {"times": times})
