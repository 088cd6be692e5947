"""What a step of the tour is: something to know, a guess to make, and what is found instead."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, NamedTuple

import numpy as np

from pmf_core.data.nouns import Nouns
from pmf_core.data.ratings import Ratings
from pmf_core.data.split import Split, densest_part
from pmf_core.evaluation.lessons import Lesson
from pmf_core.fits.by_gibbs import sample_gibbs
from pmf_core.fits.fit import Fit
from pmf_core.models.config import PMFConfig
from pmf_core.models.presets import PRESETS
from pmf_core.support.numbers import figure

CLASS_MINUTES = 45
"""How long a class is: the minutes of all steps add up to it."""

ROWS = 450
"""Users and items together of the part on which steps fit: so few that all takes a second or two,
and enough that numbers of a person are worth something."""

MODEL = PMFConfig(n_factors=10, alpha=2.0, center=True)
"""Of which steps find the most probable factors: the example's, its mean subtracted."""

SAMPLED, LENGTH = replace(PRESETS["bpmf"], n_factors=3), {"draws": 200, "tune": 100, "chains": 4}
"""Of which they look at draws: few factors, so that short chains agree, and priors that are
learnt."""


class Choice(NamedTuple):
    """A guess among a few."""

    options: tuple[str, ...]


class Amount(NamedTuple):
    """A guess of a whole number from 0 to 100."""

    of: str
    """What it counts, after the number: "of 100 ratings"."""
    close: int
    """How far off a guess still is a good one."""


@dataclass(frozen=True)
class Step:
    """One step of the tour. In its texts `{thing}`, `{things}` and `{unit}` are what is rated."""

    name: str
    title: str
    minutes: int
    says: str
    """What to know before the guess."""
    question: str
    guess: Choice | Amount
    of: Literal["split", "draws"]
    """What it is measured on: a split, or a fit that has draws."""
    measure: Callable[..., Any]
    """All that takes time; a function with a name, by which pages keep what it returns."""
    answer: Callable[[Any], int]
    """Of what was measured: which of the options is right, or the number."""
    lesson: Callable[[Any], Lesson]
    """What was found, in a sentence or two."""
    page: str
    """Where the same is looked at closely."""
    notes: str
    """For a teacher: what to watch for."""
    discuss: str
    """For a class: a question without a number."""
    knobs: PMFConfig | None = None
    """The model that the step has set, where it fits one."""
    rates: bool = False
    """Whether a visitor's own ratings are measured as well, after the fit."""

    def in_words(self, nouns: Nouns) -> "Step":
        """Return the step as it is said of ratings that are called so."""
        words = asdict(nouns)
        texts = ("title", "says", "question", "notes", "discuss")
        guess = self.guess
        if isinstance(guess, Choice):
            guess = Choice(tuple(each.format(**words) for each in guess.options))
        else:
            guess = guess._replace(of=guess.of.format(**words))
        said = {name: getattr(self, name).format(**words) for name in texts}
        return replace(self, guess=guess, **said)


def compared(step: Step, found: Any, guess: str | int) -> Lesson:
    """Say, in Markdown, how a guess compares with what was found; `step` as it is in words.

    Parameters
    ----------
    step : Step
    found
        What `Step.measure` returned.
    guess : str or int
        One of the options, or a number.
    """
    right = step.answer(found)
    if isinstance(step.guess, Choice):
        truth = step.guess.options[right]
        holds = guess == truth
        text = f"You guessed it: *{_small(truth)}*." if holds else (
            f"You guessed *{_small(str(guess))}*. Here it is otherwise: *{_small(truth)}*."
        )  # fmt: skip
        return Lesson("tour_guess", holds, text, {"right": float(right)})
    off = abs(int(guess) - right)
    holds = off <= step.guess.close
    text = f"You guessed {guess}, and it is {right} {step.guess.of}: "
    text += "just so." if off == 0 else f"{off} too {'many' if guess > right else 'few'}"
    text += "" if off == 0 else ", a good guess." if holds else "."
    return Lesson("tour_guess", holds, text, {"right": float(right), "off": float(off)})


def whole(split: Split) -> Ratings:
    """Return all ratings of a split, the held-out ones after the others."""
    train, test = split.train, split.test
    names = ("user_idx", "item_idx", "rating", "timestamp")
    both = {name: (getattr(train, name), getattr(test, name)) for name in names}
    known = {name: parts for name, parts in both.items() if parts[0] is not None}
    return replace(train, **{name: np.concatenate(parts) for name, parts in known.items()})


def part(split: Split) -> Split:
    """Return the densest part of a split, with about `ROWS` users and items.

    Raises
    ------
    ValueError
        If that part has no training or no held-out rating.
    """
    return densest_part(split, min(1.0, ROWS / (split.train.n_users + split.train.n_items)))


def sampled(split: Split) -> Fit:
    """Return a short run of `SAMPLED` on the `part`."""
    return sample_gibbs(part(split), SAMPLED, **LENGTH, random_seed=0)


def of_what(split: Split, of: Split) -> str:
    """Say on which ratings something was fitted: all of `of`, or a `part` of it."""
    train, all_of_it = split.train, of.train
    n = f"{train.n_ratings:,} ratings by {train.n_users:,} users of {train.n_items:,} "
    n += train.nouns.things
    is_all = train.n_ratings == all_of_it.n_ratings
    return f"Fitted to {n}." if is_all else f"Fitted to the densest part, so that it is quick: {n}."


def stars(value: float, unit: str, form: str = ".3f") -> str:
    """Return an error, or a rating, with its unit."""
    return f"{figure(value, form)} {unit}"


def _small(text: str) -> str:
    return text[0].lower() + text[1:]
