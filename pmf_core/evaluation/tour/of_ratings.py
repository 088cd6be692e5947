"""Steps about the ratings themselves, and about guesses without a model."""

from typing import NamedTuple

import pandas as pd

from pmf_core.data.describe import matrix_picture, rating_counts
from pmf_core.data.nouns import Nouns
from pmf_core.data.split import Split
from pmf_core.evaluation.lessons import Lesson, difference, emptiness, rating_habit
from pmf_core.evaluation.methods import CONSTANT, GUESS, best_baseline, without
from pmf_core.evaluation.tour.base import Amount, Choice, Step, stars, whole
from pmf_core.models.baselines import evaluate_baselines


class Counted(NamedTuple):
    """A table of all ratings, and what it teaches."""

    frame: pd.DataFrame
    lesson: Lesson
    nouns: Nouns


def habit(split: Split) -> Counted:
    """Count how often each rating was given."""
    ratings = whole(split)
    counts = rating_counts(ratings)
    return Counted(counts, rating_habit(ratings, counts), ratings.nouns)


def above_middle(found: Counted) -> int:
    """Return how many of a hundred ratings are above the middle of the scale."""
    return round(100 * found.lesson.evidence["above_middle"])


def empty(split: Split) -> Counted:
    """Look at how densely the matrix is filled."""
    ratings = whole(split)
    picture = matrix_picture(ratings)
    return Counted(picture, emptiness(ratings, picture), ratings.nouns)


def filled(found: Counted) -> int:
    """Return how many of a hundred pairs are rated."""
    return round(100 * (1 - found.lesson.evidence["sparsity"]))


class Plain(NamedTuple):
    """Scores of guesses without a model, as `evaluate_baselines` returns them."""

    frame: pd.DataFrame
    nouns: Nouns


_PLAIN = (CONSTANT, "Mean of means", "User and item biases")
"""In the order of the options."""


def plain(split: Split) -> Plain:
    """Score guesses without a model on held-out ratings."""
    return Plain(evaluate_baselines(split), split.train.nouns)


def best_of_plain(found: Plain) -> int:
    """Return which of the options misses held-out ratings least."""
    return _PLAIN.index(best_baseline(without(found.frame, GUESS))["method"])


def plain_lesson(found: Plain) -> Lesson:
    """Say which plain guess sets the bar, and what knowing nobody costs."""
    best = best_baseline(without(found.frame, GUESS))
    constant = float(found.frame.set_index("method").loc[CONSTANT, "test_rmse"])
    holds = best["method"] != CONSTANT
    unit, error = found.nouns.unit, float(best["test_rmse"])
    text = f"*{best['method']}* misses held-out ratings by {stars(error, unit)} (RMSE, the size of "
    text += "a typical miss). "
    text += (
        f"That is {difference(error, constant, unit)} one mean for everybody. A model that does "
        "not pass this bar has learnt nothing that is worth its trouble."
        if holds
        else f"Who rates and which {found.nouns.thing} says nothing here that one mean does not."
    )
    return Lesson("tour_plain", holds, text, {"best": error, "global_mean": constant})


STEPS = (
    Step(
        name="habit",
        title="What do people rate?",
        minutes=3,
        says="All that we are given is a table: who rated which {thing}, and how. Nothing of what "
        "the {things} are about, nothing of who the people are.",
        question="Of 100 ratings, how many are above the middle of the scale?",
        guess=Amount("of 100 ratings", 10),
        of="split",
        measure=habit,
        answer=above_middle,
        lesson=lambda found: found.lesson,
        page="explore",
        notes="Let two or three say their guess before anybody looks. The point is selection: "
        "people rate what they chose to see, so the ratings are no sample of all opinions.",
        discuss="Whose opinion of a {thing} is missing from this table, and how would the picture "
        "change with it?",
    ),
    Step(
        name="empty",
        title="The empty matrix",
        minutes=3,
        says="Put a row for each user and a column for each {thing}: every pair has a cell, and "
        "a rating fills it. The task of this whole tour is to fill in the others.",
        question="Of 100 pairs of a user and a {thing}, how many have a rating?",
        guess=Amount("of 100 pairs", 3),
        of="split",
        measure=empty,
        answer=filled,
        lesson=lambda found: found.lesson,
        page="explore",
        notes="The corner at the top left is the densest. Ask where a held-out rating is most "
        "likely to come from: from where there are many, which flatters every method.",
        discuss="Could one fill in a cell of a row and a column without any rating? From what?",
    ),
    Step(
        name="plain",
        title="The simplest guesses",
        minutes=4,
        says="Before any model, some ratings are set aside, *held out*, and averages of the others "
        "guess them. The error is the RMSE, in {unit}: the root of the mean squared miss.",
        question="Which of these plain guesses misses held-out ratings least?",
        guess=Choice(
            (
                "The mean of all ratings, for everybody",
                "The mean of three means: all, the user's, the {thing}'s",
                "The mean, plus how kind the user and how good the {thing} is",
            )
        ),
        of="split",
        measure=plain,
        answer=best_of_plain,
        lesson=plain_lesson,
        page="baselines",
        notes="Have somebody say in words why a guess is scored on ratings that it has not seen. "
        "The random guess in the picture shows what no knowledge at all costs.",
        discuss="Two people have the same mean rating. What can none of these guesses tell apart?",
    ),
)
