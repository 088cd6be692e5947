"""Steps about what one answer learns by heart, and about the prior that holds it back."""

from dataclasses import replace
from typing import NamedTuple

import pandas as pd

from pmf_core.data.nouns import Nouns
from pmf_core.data.split import Split
from pmf_core.evaluation.lessons import Lesson
from pmf_core.evaluation.lessons_of_checks import prior_and_ratings
from pmf_core.evaluation.rating_check import given_ratings, prior_ratings
from pmf_core.evaluation.tour.base import MODEL, Choice, Step, of_what, part, stars
from pmf_core.fits.by_map import fit_map

SIZES = (1, 2, 3, 5, 8, 12, 20)
"""Factors of the fits that show overfitting."""

AT_ZERO = replace(MODEL, center=False)
"""`MODEL` as the example has it, without the mean subtracted."""


class BySize(NamedTuple):
    """Errors of MAP fits by the number of factors."""

    frame: pd.DataFrame
    """n_factors, train, test (RMSE)."""
    nouns: Nouns
    note: str


def by_size(split: Split) -> BySize:
    """Fit more and more factors, all else as in `MODEL`."""
    small = part(split)
    rows = []
    for n in SIZES:
        scores = fit_map(small, replace(MODEL, n_factors=n)).summary()
        rows.append((n, scores["train_rmse"], scores["test_rmse"]))
    frame = pd.DataFrame(rows, columns=["n_factors", "train", "test"])
    return BySize(frame, small.train.nouns, of_what(small, split))


def what_grows(found: BySize) -> int:
    """Return whether both errors fall, training's alone, or neither."""
    train, test = found.frame["train"], found.frame["test"]
    if train.iloc[-1] >= train.iloc[0]:
        return 2
    return 1 if test.iloc[-1] > test.min() * 1.005 else 0


def size_lesson(found: BySize) -> Lesson:
    """Say from where on more factors do harm."""
    table, unit = found.frame.set_index("n_factors"), found.nouns.unit
    best, last = int(table["test"].idxmin()), SIZES[-1]
    holds = what_grows(found) == 1
    text = f"Held-out ratings are guessed best with {best} of {last} factors"
    text += f" ({stars(table.loc[best, 'test'], unit)}). "
    text += f"With {last}, training ratings are missed by {stars(table.loc[last, 'train'], unit)} "
    text += f"and held-out ones by {stars(table.loc[last, 'test'], unit)}"
    text += (
        ": the model learns noise by heart, which is **overfitting**. "
        if holds
        else ". Here more factors do no harm: there are ratings enough for them. "
    )
    evidence = {"best": float(best), "test": float(table.loc[last, "test"])}
    return Lesson("tour_size", holds, text + found.note, evidence)


class Expected(NamedTuple):
    """Ratings that a prior around 0 expects, those given, and what that costs."""

    prior: pd.DataFrame
    given: pd.DataFrame
    """Both as `pmf_core.evaluation.rating_check.shares`."""
    uncentred: float
    centred: float
    """Test RMSE of the MAP without and with the mean subtracted."""
    nouns: Nouns
    note: str


def expected(split: Split) -> Expected:
    """Look at what a prior around 0 expects, and fit with and without the mean subtracted."""
    small = part(split)
    errors = [fit_map(small, config).summary()["test_rmse"] for config in (AT_ZERO, MODEL)]
    prior, given = prior_ratings(small, AT_ZERO), given_ratings(small)
    return Expected(prior, given, *errors, small.train.nouns, of_what(small, split))


def where_it_expects(found: Expected) -> int:
    """Return where a prior around 0 expects ratings: at the mean of those given, or at 0."""
    median, given = found.prior.attrs["median"], found.given.attrs
    return 0 if abs(median - given["mean"]) < given["sd"] / 4 else 1


def prior_lesson(found: Expected) -> Lesson:
    """Say where it expects them, and what the mean is worth."""
    said = prior_and_ratings(found.prior, found.given, AT_ZERO, found.nouns)
    unit = found.nouns.unit
    text = f"{said.text} The MAP then misses held-out ratings by {stars(found.uncentred, unit)}; "
    text += f"with the mean subtracted, by {stars(found.centred, unit)}. The **prior** is what is "
    text += "believed before a rating is seen: it pulls every factor towards 0, the more the fewer "
    text += f"ratings speak against it. {found.note}"
    evidence = said.evidence | {"uncentred": found.uncentred, "centred": found.centred}
    return Lesson("tour_prior", found.centred < found.uncentred, text, evidence)


STEPS = (
    Step(
        name="size",
        title="More factors, more of everything?",
        minutes=4,
        says="Ten factors were a choice. With more of them, D, the model can say more about "
        "everybody; all else stays as it was.",
        question="From 1 to 20 factors: what happens to the errors?",
        guess=Choice(
            (
                "Both fall, on training and on held-out ratings",
                "Training error falls, held-out error turns and grows",
                "Neither falls",
            )
        ),
        of="split",
        measure=by_size,
        answer=what_grows,
        lesson=size_lesson,
        page="fit",
        notes="The gap between the lines is the point, not where exactly the lower one turns: "
        "that changes with the split.",
        discuss="Who sees only the training error, and what would they decide?",
        knobs=replace(MODEL, n_factors=SIZES[-1]),
    ),
    Step(
        name="prior",
        title="What the prior believes",
        minutes=4,
        says="What holds factors back is the **prior**: before it has seen a rating, the model "
        "believes that all of them are near 0. The example does not subtract the mean rating.",
        question="Where does such a model expect ratings, before it has seen one?",
        guess=Choice(("Around the mean rating", "Around 0", "Anywhere on the scale alike")),
        of="split",
        measure=expected,
        answer=where_it_expects,
        lesson=prior_lesson,
        page="fit",
        notes="A prior is a claim about data, and can be checked before there are any: draw "
        "ratings from it and look at them.",
        discuss="Is a prior at the mean rating less of a prejudice than one at 0?",
        knobs=AT_ZERO,
    ),
)
