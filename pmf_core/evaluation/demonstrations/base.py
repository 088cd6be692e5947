"""What a demonstration is: a claim, a guess to make, a control, and what happens."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmf_core.data.split import Split, densest_part
from pmf_core.evaluation.lessons import Lesson
from pmf_core.fits.by_gibbs import sample_gibbs
from pmf_core.fits.fit import Fit
from pmf_core.models.config import PMFConfig

ROWS = 200
"""Users and items together of the part on which demonstrations fit: so few that all takes a second
or two."""

CONFIG, LENGTH = PMFConfig(n_factors=3, center=True), {"draws": 60, "tune": 60, "chains": 4}
"""The small fit that some of them are about; every draw of it is stored."""


class Control(NamedTuple):
    """The one thing to turn."""

    label: str
    low: float
    high: float
    step: float
    start: float
    """Where it stands before somebody turns it."""


class Shown(NamedTuple):
    """What happens at one position of the control."""

    frame: pd.DataFrame
    """x, y, series"""
    x: str
    """Title of an axis."""
    y: str
    mark: Literal["line", "bar", "point"]
    lesson: Lesson
    at: float | None = None
    """Where on the horizontal axis the control stands, if it is there."""


@dataclass(frozen=True)
class Demonstration:
    """One point where the PyMC example misleads, to be seen for oneself."""

    name: str
    title: str
    claim: str
    """What the example says or does."""
    question: str
    guesses: tuple[str, ...]
    control: Control
    measure: Callable[[Split], Any]
    """All that takes time: of a split, whatever the control says; a function with a name."""
    answer: Callable[[Any], int]
    """Which of the guesses is right, of what was measured."""
    show: Callable[[Any, float], Shown]
    """Of what was measured, at a position of the control."""


def small_part(split: Split) -> Split:
    """Return the densest part of a split, with about `ROWS` users and items.

    Raises
    ------
    ValueError
        If that part has no training or no held-out rating.
    """
    rows = split.train.n_users + split.train.n_items
    return densest_part(split, min(1.0, ROWS / rows))


def small_fit(split: Split) -> Fit:
    """Return a short run of a small model on the `small_part`."""
    n = LENGTH["draws"] * LENGTH["chains"]
    return sample_gibbs(small_part(split), CONFIG, **LENGTH, keep=n, random_seed=0)


def heldout_draws(fit: Fit) -> NDArray[np.float64]:
    """Return what each draw predicts of the held-out ratings: (chain, draw, pair), in stars.

    Of a model of factors alone, under an identity link.
    """
    posterior, test = fit.idata["posterior"].dataset, fit.split.test
    U = posterior["U"].values[:, :, test.user_idx]
    V = posterior["V"].values[:, :, test.item_idx]
    score = np.einsum("cdpf,cdpf->cdp", U, V, dtype=np.float64)
    return (fit.attrs["offset"] + score) * fit.unit


def long(x: Any, **series: Any) -> pd.DataFrame:
    """Return series over the same x as one frame: x, y, series."""
    parts = [
        pd.DataFrame({"x": x, "y": y, "series": name.replace("_", " ")})
        for name, y in series.items()
    ]
    return pd.concat(parts, ignore_index=True)


def within(value: float, edges: tuple[float, ...]) -> int:
    """Return between which of ascending edges a value lies: 0 below the first."""
    return int(np.searchsorted(edges, value, side="right"))
