"""What the numbers of a class say."""

import math

from pmf_core.classroom.game import BAND, Standing
from pmf_core.classroom.joined import Change
from pmf_core.data.nouns import Nouns
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


def class_gains(found: Change, nouns: Nouns) -> Lesson:
    """Say what joining the data changed, and what of it is more than the draws' own noise."""
    text, holds = "", True
    if found.n_heldout:
        holds = found.rmse_after < found.rmse_before
        gain = abs(found.rmse_before - found.rmse_after)
        text = (
            f"Of {found.n_heldout} of your ratings that neither fit has seen, the one with you in "
            f"it misses by {gain:.3f} {nouns.unit} {'less' if holds else 'more'}: "
        )
        text += "of so few ratings, a hint and no proof. "
    else:
        text = "Nobody rated enough for some to be held out, so no error can be compared. "
    n, moved = len(found.films), found.n_moved
    text += (
        f"Of {n} {nouns.things} that you rated, {moved} moved by more than two sd of what both "
        "fits say of them: "
    )
    text += (
        "a few ratings among many move little."
        if moved < n / 2
        else "of these, the others had said little, or something else."
    )
    return Lesson("class_gains", holds, text, {"moved": moved, "n": n})
