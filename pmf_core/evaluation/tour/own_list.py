"""The last step: a few ratings of one's own, and a list that says how sure it is."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from pmf_core.data.nouns import Nouns
from pmf_core.data.ratings import Ratings
from pmf_core.evaluation.calibration import usual_noise
from pmf_core.evaluation.closing import what_next
from pmf_core.evaluation.demonstrations.base import within
from pmf_core.evaluation.lessons import Lesson
from pmf_core.evaluation.lessons_of_fits import mostly_noise
from pmf_core.evaluation.tour.base import Choice, Step, stars
from pmf_core.fits.fit import Fit
from pmf_core.models.ladder import ladder_figures
from pmf_core.prediction.recommendation import recommend
from pmf_core.support.errors import require
from pmf_core.support.numbers import figure

OFFERED, LISTED = 6, 10
"""Items that can be rated, the most rated ones, and those of the list."""

MOST_LEVELS = 9
"""Ratings to choose from: of more, every second or so is left out."""

NOT_RATED = "0"


class Offer(NamedTuple):
    """What a visitor is asked to rate."""

    item_ids: list
    titles: list[str]
    levels: list[float]
    """What they can give, in stars."""


class OwnList(NamedTuple):
    """What somebody might like who has given these ratings."""

    frame: pd.DataFrame
    """As of `recommend`, best first."""
    n_rated: int
    before: float
    after: float
    """Sd of the score without and with their ratings, in stars: the median over all items."""
    noise: Lesson
    better: Lesson
    """What would make the model better."""
    scale: tuple[float, float]
    nouns: Nouns


def offer(train: Ratings) -> Offer:
    """Return the most rated items, and what can be given to them."""
    count = np.bincount(train.item_idx, minlength=train.n_items)
    first = np.argsort(-count, kind="stable")[:OFFERED]
    levels = np.unique(train.rating)
    if len(levels) > MOST_LEVELS:
        low, high = train.scale
        wanted = np.linspace(low, high, 5)
        levels = np.unique([levels[np.abs(levels - each).argmin()] for each in wanted])
    return Offer(train.item_ids[first].tolist(), train.titles[first].tolist(), levels.tolist())


def read_mine(mine: str, offered: Offer) -> dict:
    """Return ratings by item_id of a text with a digit for each item that is offered.

    The digit is the place of the rating among the levels, from 1; 0 where none is given. An empty
    text gives none.

    Raises
    ------
    ValueError
        If it is no such text.
    """
    n_items, n_levels = len(offered.item_ids), len(offered.levels)
    known = {str(k) for k in range(n_levels + 1)}
    valid = not mine or (len(mine) == n_items and set(mine) <= known)
    rule = f"{n_items} digits from 0 (no rating) to {n_levels}, one for each that is offered"
    require(valid, "the ratings", mine[:40], rule)
    places = zip(offered.item_ids, mine, strict=False)
    return {item: offered.levels[int(k) - 1] for item, k in places if k != NOT_RATED}


def write_mine(given: list[int]) -> str:
    """Return the text of places among the levels, 0 where nothing is given; empty without any."""
    return "".join(map(str, given)) if any(given) else ""


def own_list(fit: Fit, mine: str = "") -> OwnList:
    """Rank what somebody has not rated who has given the ratings `mine`, as `read_mine` reads it.

    Raises
    ------
    ValueError
        If it is no such text.
    """
    train = fit.split.train
    ratings = read_mine(mine, offer(train))
    every = recommend(fit, ratings=ratings, n=train.n_items)
    before = recommend(fit, ratings={}, n=train.n_items) if ratings else every
    sds = [float(frame["pred_sd"].median()) for frame in (before, every)]
    ranked = every.head(LISTED)
    ranked.attrs = every.attrs
    noise = mostly_noise(ranked, usual_noise(fit))
    better = what_next(fit.config, ladder_figures({}))
    return OwnList(ranked, len(ratings), *sds, noise, better, train.scale, fit.nouns)


def how_wide(found: OwnList) -> int:
    """Return whether the interval of the first is below a quarter of the scale, a half, or more."""
    first, (low, high) = found.frame.iloc[0], found.scale
    return within((first["pred_upper"] - first["pred_lower"]) / (high - low), (0.25, 0.5))


def list_lesson(found: OwnList) -> Lesson:
    """Say how sure the list is, and what one's own ratings have narrowed."""
    first, unit = found.frame.iloc[0], found.nouns.unit
    text = (
        f"The first of the list is expected to get {stars(first['expected'], unit, '.2f')}; nine "
    )
    text += f"ratings of ten would be from {figure(first['pred_lower'], '.1f')} to "
    text += f"{figure(first['pred_upper'], '.1f')}. {found.noise.text} "
    holds = found.n_rated > 0 and found.after < found.before
    n = f"{found.n_rated} rating{'' if found.n_rated == 1 else 's'}"
    if not found.n_rated:
        text += "You have rated nothing, so this is what the model would tell anybody: rate some "
        text += "above, and see what moves."
    elif holds:
        text += f"Your {n} narrowed what is not known of your taste: the sd of a score went from "
        text += f"{figure(found.before, '.2f')} to {figure(found.after, '.2f')} (median over all "
        text += f"{found.nouns.things})."
    else:
        text += f"Your {n} did not narrow it here: the sd of a score is "
        text += f"{figure(found.after, '.2f')}, and was {figure(found.before, '.2f')}."
    text += f"\n\n{found.better.text}"
    return Lesson("tour_list", holds, text, {"before": found.before, "after": found.after})


STEPS = (
    Step(
        name="list",
        title="A list of your own",
        minutes=3,
        says="Rate some of these {things}. The model has never seen you: it draws your factors "
        "given your ratings, once for every draw of the {things}’ factors.",
        question="How wide is the 90% interval of the first on your list?",
        guess=Choice(
            (
                "Less than a quarter of the scale",
                "From a quarter to half of it",
                "More than half of it",
            )
        ),
        of="draws",
        measure=own_list,
        answer=how_wide,
        lesson=list_lesson,
        page="recommend",
        notes="Let two people with opposite tastes rate in turn, and compare the lists. Then ask "
        "what would make this model better: more ratings of the same person, what is known of "
        "the {things}, each user’s own way of using the scale.",
        discuss="Would you rather be shown what is probably good, or what the model is unsure of?",
        rates=True,
    ),
)
