"""Steps about many answers instead of one: a posterior, and the mean of its draws."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from pmf_core.data.nouns import Nouns
from pmf_core.evaluation.demonstrations.base import within
from pmf_core.evaluation.lessons import Lesson, difference
from pmf_core.evaluation.mixing import averaging
from pmf_core.evaluation.running import running_rmse
from pmf_core.evaluation.tour.base import MODEL, Choice, Step, stars
from pmf_core.fits.by_map import fit_map
from pmf_core.fits.fit import Fit
from pmf_core.support.numbers import figure

BINS = 30
"""Across what the draws of two predictions cover."""

LITTLE = 0.1
"""Part of the scale below which draws that differ, by their sd, differ by little."""


class Many(NamedTuple):
    """What draws say of two held-out ratings, the surest and the least sure of the monitored."""

    frame: pd.DataFrame
    """rating, share, of"""
    names: tuple[str, str]
    """Users and items of both, the surest first."""
    sds: tuple[float, float]
    median_sd: float
    """Of all that are monitored, in stars."""
    width: float
    """Of the scale."""
    n_draws: int
    nouns: Nouns


def many_answers(fit: Fit) -> Many:
    """Look at how far the predictions of draws are apart."""
    draws = fit.idata["predictions"].dataset["prediction"].transpose("pair", "chain", "draw")
    values = draws.values.reshape(draws.sizes["pair"], -1).astype(float)
    sd, test = values.std(axis=1), fit.split.test
    order = np.argsort(sd, kind="stable")
    ends = order[[0, -1]]
    pairs = draws["pair"].values[ends].astype(int)
    names = [f"{test.user_ids[test.user_idx[k]]}, {test.titles[test.item_idx[k]]}" for k in pairs]
    edges = np.linspace(values[ends].min(), values[ends].max() + 1e-9, BINS + 1)
    parts = [
        pd.DataFrame(
            {
                "rating": (edges[:-1] + edges[1:]) / 2,
                "share": np.histogram(values[end], edges)[0] / values.shape[1],
                "of": of,
            }
        )
        for end, of in zip(ends, ("surest", "least sure"), strict=True)
    ]
    low, high = fit.split.train.scale
    return Many(
        pd.concat(parts, ignore_index=True),
        (names[0], names[1]),
        (float(sd[ends[0]]), float(sd[ends[1]])),
        float(np.median(sd)),
        high - low,
        values.shape[1],
        fit.nouns,
    )


def how_far_apart(found: Many) -> int:
    """Return whether draws agree on a prediction, differ by little, or by much."""
    return within(found.median_sd / found.width, (1e-6, LITTLE))


def many_lesson(found: Many) -> Lesson:
    """Say what a posterior is, and that it is surer of one pair than of another."""
    unit, (sure, unsure) = found.nouns.unit, found.sds
    text = f"{found.n_draws:,} draws, each a whole set of factors that is probable given the "
    text += "ratings, make the **posterior**: what is believed after seeing them. Their "
    text += f"predictions of a held-out rating differ by {stars(found.median_sd, unit, '.2f')} "
    text += f"(sd, median), of the surest pair by {figure(sure, '.2f')}, of the least sure by "
    text += f"{figure(unsure, '.2f')}. "
    holds = unsure > 1.5 * sure
    text += (
        "A single answer hides which of the two it is."
        if holds
        else "Here all are known about equally well."
    )
    return Lesson("tour_many", holds, text, {"median": found.median_sd, "surest": sure})


class Averaged(NamedTuple):
    """Errors of the MAP, of one draw and of the mean of all, as draws come."""

    curves: pd.DataFrame
    """As `running_rmse` returns it."""
    point: float
    """Test RMSE of the MAP of `MODEL` on the same ratings."""
    nouns: Nouns


def averaged(fit: Fit) -> Averaged:
    """Average the draws, and find the most probable factors of the same ratings.

    Of `MODEL`, whose prior is fixed: where priors are learned, too, the most probable factors of
    all are those of no spread at all.
    """
    point = fit_map(fit.split, MODEL).summary()["test_rmse"]
    return Averaged(running_rmse(fit), point, fit.nouns)


def best_of_three(found: Averaged) -> int:
    """Return which misses held-out ratings least: the MAP, one draw, or the mean of all."""
    worth = averaging(found.curves)
    return int(np.argmin([found.point, worth.one_draw, worth.all_draws]))


def averaged_lesson(found: Averaged) -> Lesson:
    """Say what averaging is worth, and why."""
    worth, unit = averaging(found.curves), found.nouns.unit
    one, mean = worth.one_draw, worth.all_draws
    text = f"The mean of all draws misses held-out ratings by {stars(mean, unit)}, "
    text += f"{difference(mean, one, unit)} a single draw and "
    text += f"{difference(mean, found.point, unit)} the MAP. "
    cancels, holds = mean < one, best_of_three(found) == 2
    if cancels:
        text += "Each draw errs in its own way: what it gets wrong differs from draw to draw and "
        text += "cancels, what all agree on stays. "
    if holds:
        text += "That is why averaging draws overfits less than any one set of factors."
    elif cancels:
        text += "Here the MAP is no worse all the same; how sure it is, it cannot say."
    else:
        text += "Here that is worth nothing: the draws hardly differ, or are too few."
    evidence = {"mean": mean, "one_draw": one, "map": found.point}
    return Lesson("tour_average", holds, text, evidence)


STEPS = (
    Step(
        name="posterior",
        title="Many answers instead of one",
        minutes=4,
        says="The MAP is the single most probable set of factors. But many others are nearly as "
        "probable. A sampler (*MCMC*) walks among them and writes down where it was: each note is "
        "a *draw*.",
        question="How far apart do draws predict the same held-out rating?",
        guess=Choice(
            (
                "Not at all: the ratings decide",
                "By less than a tenth of the scale (sd)",
                "By a tenth of the scale or more",
            )
        ),
        of="draws",
        measure=many_answers,
        answer=how_far_apart,
        lesson=many_lesson,
        page="playground",
        notes="On the Playground, switch from MAP to Gibbs at the end of a climb: the points begin "
        "to wander. Nothing is broken, that is the answer.",
        discuss="For which decision is the mean of the draws enough, and for which is it not?",
    ),
    Step(
        name="average",
        title="Averaging over what is not known",
        minutes=4,
        says="Three ways to predict: the MAP, found as in step 5 but of the ratings that the draws "
        "are of; one draw of the posterior; or the mean of what all draws predict.",
        question="Which of them misses held-out ratings least?",
        guess=Choice(("The MAP", "A single draw", "The mean of all draws")),
        of="draws",
        measure=averaged,
        answer=best_of_three,
        lesson=averaged_lesson,
        page="diagnose",
        notes="A single draw is usually worse than the MAP, and the mean of many better than both: "
        "let the class explain how that can be.",
        discuss="Where else is a mean of many guesses better than most of them? When is it not?",
    ),
)
