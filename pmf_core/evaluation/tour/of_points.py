"""Steps about one answer: what a factor is, and the most probable factors."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmf_core.data.nouns import Nouns
from pmf_core.data.split import Split
from pmf_core.evaluation.lessons import Lesson, difference
from pmf_core.evaluation.methods import GUESS, best_baseline, with_fits, without
from pmf_core.evaluation.tour.base import MODEL, Choice, Step, of_what, part, stars
from pmf_core.fits.by_map import fit_map
from pmf_core.models.baselines import evaluate_baselines

ENDS, FEWEST = 4, 5
"""Items shown at each end of a factor; training ratings that one of them has, if some have."""

CLEAR = 0.02
"""Part of an error from which on another is clearly less."""


ONE = replace(MODEL, n_factors=1)
"""`MODEL` with one factor."""


class OneFactor(NamedTuple):
    """What one number for each user and item makes of held-out ratings."""

    frame: pd.DataFrame
    """Items at both ends: title, value."""
    both_below: int
    """Held-out pairs of which both numbers are negative."""
    above: int
    """How many of these are predicted above the mean."""
    error: float
    """Test RMSE."""
    of_mean: float
    """That of the mean rating."""
    nouns: Nouns
    note: str


def factor(split: Split) -> OneFactor:
    """Fit one number for each user and item."""
    small = part(split)
    fit = fit_map(small, ONE)
    posterior, test = fit.idata["posterior"].dataset, small.test
    U, V = (posterior[name].values[0, 0, :, 0].astype(float) for name in "UV")
    u, v = U[test.user_idx], V[test.item_idx]
    below = (u < 0) & (v < 0)
    return OneFactor(
        _ends(V, small),
        int(below.sum()),
        int((u * v > 0)[below].sum()),
        fit.summary()["test_rmse"],
        _error_of_mean(small),
        small.train.nouns,
        of_what(small, split),
    )


def _ends(V: NDArray[np.float64], split: Split) -> pd.DataFrame:
    """Return the items at both ends of a factor, of those that are rated often enough."""
    train = split.train
    count = np.bincount(train.item_idx, minlength=train.n_items)
    known = np.flatnonzero(count >= min(FEWEST, count.max()))
    order = known[np.argsort(-V[known], kind="stable")]
    at = np.unique(np.r_[np.arange(len(order))[:ENDS], np.arange(len(order))[-ENDS:]])
    frame = pd.DataFrame({"title": train.titles[order[at]], "value": V[order[at]]})
    return frame.assign(n_ratings=count[order[at]])


def _error_of_mean(split: Split) -> float:
    mean = split.train.rating.mean()
    return float(np.sqrt(np.mean((split.test.rating - mean) ** 2)))


def sign_of_product(found: OneFactor) -> int:
    """Return what two negative numbers make: less than the mean, the mean, or more."""
    if not found.both_below:
        return 2  # as of any two of them
    return 2 if 2 * found.above > found.both_below else 0


def factor_lesson(found: OneFactor) -> Lesson:
    """Say what the signs do, and what one factor is worth."""
    unit = found.nouns.unit
    text = f"Of {found.both_below:,} held-out pairs with two negative numbers, {found.above:,} are "
    text += "predicted above the mean: minus times minus is plus. A **latent factor** is just such "
    text += "a number. Nobody names it: it is whatever explains the ratings best, and with all "
    text += "signs turned no prediction changes. With one factor the error is "
    holds = found.error < found.of_mean
    text += f"{stars(found.error, unit)}, {difference(found.error, found.of_mean, unit)} the mean "
    text += f"alone. {found.note}"
    return Lesson("tour_factor", holds, text, {"error": found.error, "of_mean": found.of_mean})


class Point(NamedTuple):
    """Scores of plain guesses, and of the most probable factors."""

    frame: pd.DataFrame
    """method, train_rmse, test_rmse, test_mae; the MAP last."""
    nouns: Nouns
    note: str


def most_probable(split: Split) -> Point:
    """Fit the most probable factors beside plain guesses, all to one `part`."""
    small = part(split)
    baselines = without(evaluate_baselines(small), GUESS)
    scores = with_fits(baselines, {"MAP": fit_map(small, MODEL).summary()})
    return Point(scores.reset_index(drop=True), small.train.nouns, of_what(small, split))


def beats_the_bar(found: Point) -> int:
    """Return whether the MAP is clearly better than the best plain guess, about as good, worse."""
    bar, error = _bar_and_map(found)
    gain = (bar - error) / bar
    return 0 if gain >= CLEAR else 1 if gain > -CLEAR else 2


def _bar_and_map(found: Point) -> tuple[float, float]:
    errors = found.frame.set_index("method")["test_rmse"]
    return float(errors.drop("MAP").min()), float(errors["MAP"])


def map_lesson(found: Point) -> Lesson:
    """Say what the MAP is worth, and how much of it was learnt by heart."""
    bar, error = _bar_and_map(found)
    train = float(found.frame.set_index("method").loc["MAP", "train_rmse"])
    best, unit = best_baseline(without(found.frame, "MAP"))["method"], found.nouns.unit
    holds = error < bar
    text = (
        f"The MAP misses held-out ratings by {stars(error, unit)}, {difference(error, bar, unit)} "
    )
    text += f"*{best}*. Ratings that it has learnt from it misses by {stars(train, unit)}"
    text += ": the gap is what it knows by heart. " if train < error else ". "
    text += "It is one set of factors, the single most probable; how sure it is, it cannot say. "
    return Lesson("tour_map", holds, text + found.note, {"map": error, "bar": bar, "train": train})


STEPS = (
    Step(
        name="factor",
        title="What is a factor?",
        minutes=4,
        says="Now a model: each user has a number, each {thing} has one, and their product is "
        "added to the mean rating. The numbers are learnt from the ratings alone.",
        question="A user's number and a {thing}'s are both negative. What is predicted?",
        guess=Choice(("Less than the mean rating", "The mean rating", "More than the mean rating")),
        of="split",
        measure=factor,
        answer=sign_of_product,
        lesson=factor_lesson,
        page="playground",
        notes="On the Playground, play row by row and let the class follow one product with "
        "pencil and paper.",
        discuss="Look at the {things} at both ends. What would you call this factor, and how would "
        "you find out that you are wrong?",
        knobs=ONE,
    ),
    Step(
        name="map",
        title="The most probable answer",
        minutes=4,
        says="Ten numbers each, moved until no other values are more probable given the ratings: "
        "the *maximum a posteriori*, or **MAP**.",
        question="How does it guess held-out ratings, beside the best plain guess?",
        guess=Choice(("Clearly better (by 2% or more)", "About as well", "Clearly worse")),
        of="split",
        measure=most_probable,
        answer=beats_the_bar,
        lesson=map_lesson,
        page="fit",
        notes="Ask which of the two bars of a method one would report to a customer, and why.",
        discuss="The MAP gives one number for each cell. What would you like to know beside it?",
        knobs=MODEL,
    ),
)
