"""What aligned factors teach: sentences read off their numbers, each with its evidence.

See `lessons`; the numbers are of `factor_map`, `turning` and `tastes`.
"""

from math import isnan

import pandas as pd

from pmf_core.data.nouns import Nouns
from pmf_core.evaluation.lessons import Lesson
from pmf_core.evaluation.lessons_of_fits import TURNED
from pmf_core.evaluation.mixing import DISAGREE
from pmf_core.evaluation.turning import Agreement
from pmf_core.support.numbers import figure

MOST = 0.5
"""Share of what axes say from which on two of them are most of it."""

UNSURE = 2.0
"""How many times less sure of rarely rated items makes it worth saying."""

WHOLLY = 0.999
"""Similarity from which on two items are as one: with one factor, they are so or opposite."""

FOUND = 0.9
"""Correlation from which on a true taste counts as found."""

ROUND = 0.5
"""Part of what averaging leaves of aligned factors: where less is left of raw ones, they turn."""

UNTOLD = 1e-6
"""Share of the scale by which predictions may differ before it is a change."""


def two_axes(shares: pd.DataFrame, x: int, y: int) -> Lesson:
    """Say how much of what all axes say is on this map, given `axis_shares`."""
    here = float(shares["share"].iloc[[x, y]].sum(skipna=False))
    name, n = "two_axes", len(shares)
    if isnan(here):
        return Lesson(name, False, "All factors are 0: this run has learnt averages and no more.")
    of = f"Of what all {n} axes say beyond averages, these two say {here:.0%}. "
    if n == 2:
        return Lesson(name, True, "There are no other axes: this is all of it.", {"share": here})
    holds = here >= MOST
    text = of + (
        "So close together here mostly means liked by the same people."
        if holds
        else "So close together here may still be far apart along the others: look at those, too."
    )
    return Lesson(name, holds, text, {"share": here})


def rare_are_unsure(items: pd.DataFrame, nouns: Nouns, is_point: bool) -> Lesson:
    """Say whether the places of rarely rated items are less sure, given `item_map`.

    `is_point` says that the run is one draw, of which nothing is known about that.
    """
    name = "rare_are_unsure"
    if is_point:
        text = "A MAP is one point: it draws no outlines, as if every place were certain."
        return Lesson(name, False, text)
    quarter = max(1, len(items) // 4)
    sd = (items["x_sd"] + items["y_sd"]) / 2
    many, few = float(sd.iloc[:quarter].mean()), float(sd.iloc[-quarter:].mean())
    evidence = {"many": many, "few": few}
    text = f"Outlines hold nine draws of ten. The most rated quarter of these {nouns.things} are "
    text += f"placed to within {figure(many, '.2g')}, the least rated to within "
    text += f"{figure(few, '.2g')} (sd over draws): "
    holds = many > 0 and few >= UNSURE * many
    if holds:
        text += "where something rarely rated stands is mostly a guess."
    elif few > many:
        text += "the fewer ratings, the less sure, though here by less than twice."
    else:
        text += "here few ratings make nothing less sure."
    return Lesson(name, holds, text, evidence)


def person_points(arrow: pd.DataFrame, items: pd.DataFrame, nouns: Nouns) -> Lesson:
    """Say what a person's arrow (`person`) means, and how far it points."""
    x, y = float(arrow["x"].iloc[0]), float(arrow["y"].iloc[0])
    length, usual = (x**2 + y**2) ** 0.5, float((items["x"] ** 2 + items["y"] ** 2).mean()) ** 0.5
    text = "The arrow is this user's taste: what lies that way gets more from them than its "
    text += "average, what lies opposite less, and what lies across no more and no less. "
    if not usual:
        return Lesson(
            "person_points", False, text + "Here nothing lies anywhere but in the middle."
        )
    times = length / usual
    holds = times > 1.5
    text += f"It is {figure(times, '.1f')} times as long as a usual {nouns.thing} is far out: "
    if holds:
        text += "a strong taste, along these axes."
    elif times > 1 / 1.5:
        text += "a taste as marked as most."
    else:
        text += "along these axes they are near the average user, or little is known of them."
    return Lesson("person_points", holds, text, {"length": length, "usual": usual})


def genres_tell(loadings: pd.DataFrame, axis: int, told: bool) -> Lesson:
    """Say how many genres an axis tells apart, given `genre_loadings`; `axis` counts from 1.

    `told` says that features of items move the factors of this model. The names of genres come
    from data, so whoever shows them does so from the frame.
    """
    sure = loadings[(loadings["lower"] > 0) | (loadings["upper"] < 0)]
    n, of = len(sure), len(loadings)
    evidence = {"sure": n, "of": of}
    if not of:
        text = "No genre has enough in it, and enough outside it, to say anything."
        return Lesson("genres_tell", False, text, evidence)
    holds = n > 0
    text = f"Of {of} {'genre' if of == 1 else 'genres'}, {n} {'is' if n == 1 else 'are'} surely to "
    text += f"one side of the others along axis {axis}: the 90% interval leaves 0 out. "
    if not holds:
        text += "So whatever this axis tells apart, it is not these genres."
    elif told:
        text += "This model is told of genres, as its settings let features move factors."
    else:
        text += "The model was never told of genres: it read them off the ratings."
    return Lesson("genres_tell", holds, text, evidence)


def neighbours_are_sure(neighbours: pd.DataFrame, nouns: Nouns, is_point: bool) -> Lesson:
    """Say whether the first of `similar_items` is surely alike, and surely the first."""
    name = "neighbours_are_sure"
    if neighbours.empty:
        return Lesson(name, False, f"There is no other {nouns.thing}.")
    first, last = neighbours.iloc[0], neighbours.iloc[-1]
    evidence = {"first": float(first["similarity"]), "lower": float(first["lower"])}
    what = "Similarity is the correlation, over all users, of what factors make of two "
    what += f"{nouns.things}. "
    if is_point:
        text = what + "A MAP gives one number for each pair, and not how sure it is."
        return Lesson(name, False, text, evidence)
    holds = bool(first["lower"] > 0)
    if last["lower"] > WHOLLY:
        text = "All of these are wholly alike: so few factors know of no difference between them."
    elif not holds:
        text = "Even of the nearest the interval holds 0: of this one too little is known."
    elif len(neighbours) > 1 and first["lower"] > last["upper"]:
        text = f"The nearest is surely alike, and surely nearer than number {len(neighbours)}."
    else:
        text = "The nearest is surely alike; in which order the others follow is not sure."
        if len(neighbours) == 1:
            text = "It is surely alike."
    return Lesson(name, holds, what + text, evidence)


def alignment_agrees(found: Agreement) -> Lesson:
    """Say what aligning does for r_hat, beside predictions, which it leaves alone."""
    raw, aligned, predictions = found.raw, found.aligned, found.predictions
    left = {"raw_left": found.raw_left, "aligned_left": found.aligned_left}
    evidence = {"raw": raw, "aligned": aligned, "predictions": predictions} | left
    name = "alignment_agrees"
    if any(map(isnan, evidence.values())):
        text = "It takes two chains, of four draws or more, and factors that are not 0, to see it."
        return Lesson(name, False, text)
    text = f"Median r_hat is {_r_hat(raw)} for raw factors, {_r_hat(aligned)} for aligned ones, "
    text += f"and {_r_hat(predictions)} for predictions. "
    holds = raw > TURNED and aligned <= TURNED and predictions <= DISAGREE
    if holds:
        text += "The chains had found the same and called it differently."
    elif predictions > DISAGREE:
        text += "These chains do not agree on predictions either: no rotation can help that."
    elif aligned > TURNED:
        text += "Predictions agree, and aligned factors do not quite: axes of about the same size, "
        text += "or of next to none, turn into each other within a chain, too."
    elif found.raw_left < ROUND * found.aligned_left:
        text += "Raw factors raise no alarm here, and yet say nothing: each chain turns them round "
        text += f"as it goes. Averaged over a chain, {found.raw_left:.0%} of their mean square is "
        text += f"left; of that of aligned factors, {found.aligned_left:.0%}."
    else:
        text += "Here the chains had turned about the same way, so there was little to align."
    return Lesson(name, holds, text, evidence)


def turning_changes_nothing(turned: pd.DataFrame, angle: int) -> Lesson:
    """Say what one angle of `turned` does to r_hat of raw factors, and to predictions."""
    name = "turning_changes_nothing"
    if turned.empty:
        text = "It takes two chains and two factors to turn one against the other."
        return Lesson(name, False, text)
    row, start = turned.set_index("angle").loc[angle], turned.iloc[0]
    raw, before, change = float(row["raw"]), float(start["raw"]), float(row["change"])
    evidence = {"raw": raw, "before": before, "change": change}
    evidence["predictions"] = float(row["predictions"])
    if isnan(raw) or isnan(row["predictions"]):
        return Lesson(name, False, "Draws are too few to tell r_hat.", evidence)
    if angle % 360 == 0:
        text = "Nothing is turned yet: move the slider. "
    else:
        text = f"Turned by {angle}°, U and V together. "
    text += f"Median r_hat of these factors is {_r_hat(raw)}, that of predictions "
    text += f"{_r_hat(evidence['predictions'])}; "
    same = change < UNTOLD
    text += (
        "no prediction has changed. "
        if same
        else f"predictions changed by {figure(change, '.2g')}. "
    )
    holds = same and raw > TURNED
    if angle % 360 and holds:
        text += "An alarm about nothing: r_hat of a raw factor tells how chains are turned, not "
        text += "whether they agree."
    elif angle % 360 and same:
        text += "At this angle r_hat of these factors raises no alarm; try another."
    return Lesson(name, holds, text.strip(), evidence)


def tastes_are_found(found: pd.DataFrame, n_factors: int, nouns: Nouns) -> Lesson:
    """Say how many true tastes the learnt factors hold, given `tastes_found`."""
    items, name, of = found["items"], "tastes_are_found", len(found)
    n = int((items >= FOUND).sum())
    evidence = {"found": n, "of": of, "worst": float(items.min()), "users": found["users"].median()}
    text = f"One linear map lays the learnt axes over the true tastes: for {n} of {of}, learnt and "
    text += f"true numbers of all {nouns.things} correlate by {FOUND:g} or more (least "
    text += f"{figure(evidence['worst'], '.2f')}); for users, of whom less is known, by "
    text += f"{figure(evidence['users'], '.2f')} in the middle. "
    holds = n == of
    if holds:
        text += "No rating said what a taste is; that they are these, it said."
    elif n_factors < of:
        text += f"With {n_factors} {'factor' if n_factors == 1 else 'factors'} it cannot tell {of} "
        text += "tastes apart."
    else:
        text += "More ratings, or longer chains, would tell more."
    return Lesson(name, holds, text, {k: float(v) for k, v in evidence.items()})


def doubt_was_turning(values: pd.DataFrame) -> Lesson:
    """Say how much of what one factor moves by is turning, given `through_the_run`."""
    name, sd = "doubt_was_turning", values.groupby("kind")["value"].std()
    if sd.isna().any():
        return Lesson(name, False, "With one draw there is nothing to compare.")
    raw, aligned = float(sd["raw"]), float(sd["aligned"])
    holds = aligned < raw / 2
    text = "From draw to draw and chain to chain, the raw factor moves by "
    text += f"{figure(raw, '.2f')} (sd; 1 is the sd of all places in a draw), the aligned one by "
    text += f"{figure(aligned, '.2f')}: "
    text += (
        "most of what seemed to be doubt was turning."
        if holds
        else "here little of it was turning; the rest is doubt."
    )
    return Lesson(name, holds, text, {"raw": raw, "aligned": aligned})


def _r_hat(value: float) -> str:
    return "beyond all bounds" if value == float("inf") else figure(value, ".2f")
