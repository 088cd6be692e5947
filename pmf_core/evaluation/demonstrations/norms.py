"""A norm that is labelled as its square."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pmf_core.data.split import Split
from pmf_core.evaluation.demonstrations.base import (
    Control,
    Demonstration,
    Shown,
    long,
    small_fit,
)
from pmf_core.evaluation.lessons import Lesson

SCALES = np.round(np.arange(0.5, 3.01, 0.25), 2)


class Norm(NamedTuple):
    """The Frobenius norm of U after each scaling of it, worked out anew."""

    norm: NDArray[np.float64]


def measure(split: Split) -> Norm:
    """Scale the users' factors of a draw."""
    U = small_fit(split).idata["posterior"].dataset["U"].values[0, -1].astype(np.float64)
    return Norm(np.array([np.linalg.norm(c * U) for c in SCALES]))


def answer(found: Norm) -> int:
    """Return by how much twice the factors raise the norm: not, twofold or fourfold."""
    one, two = (found.norm[np.flatnonzero(SCALES == c)[0]] for c in (1.0, 2.0))
    return int(np.abs(np.array([1, 2, 4]) - two / one).argmin())


def show(found: Norm, scale: float) -> Shown:
    """Show the norm and its square, both relative to what they were."""
    n = int(np.abs(SCALES - scale).argmin())
    unscaled = found.norm[np.flatnonzero(SCALES == 1.0)[0]]
    norm, c = found.norm[n], SCALES[n]
    holds = bool(c != 1)
    text = f"Factors times {c:g}: the norm is {norm:.1f}, {norm / unscaled:.2f} times what it was; "
    text += f"its square is {norm**2:.1f}, {(norm / unscaled) ** 2:.2f} times. "
    text += (
        "Who reads one for the other believes that a chain has moved by far more, or less."
        if holds
        else "Scale the factors, and see the two part."
    )
    lesson = Lesson("see_norm", holds, text, {"norm": float(norm), "square": float(norm**2)})
    ratio = found.norm / unscaled
    frame = long(SCALES, Norm=ratio, Its_square=ratio**2)
    return Shown(frame, "Factors times", "Relative to U as it is", "line", lesson, float(c))


DEMONSTRATION = Demonstration(
    name="norm",
    title="A norm called its square",
    claim="The example plots the Frobenius norms of U and V against the step, and labels them "
    "as squares of norms.",
    question="If every factor of U doubles, the Frobenius norm of U is how many times as large?",
    guesses=("As large as before", "Twice", "Four times"),
    control=Control("Factors times", 0.5, 3.0, 0.25, 1.0),
    measure=measure,
    answer=answer,
    show=show,
)
