"""r_hat of factors that are known only up to a rotation."""

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
    within,
)
from pmf_core.evaluation.lessons import Lesson
from pmf_core.stats.convergence import convergence, without_rounding

ANGLES, USERS, PAIRS = tuple(range(0, 181, 15)), 12, 24
"""Degrees; users whose factors, and held-out pairs whose predictions, are judged."""


class Turned(NamedTuple):
    """Median r_hat by the angle by which one chain is turned."""

    raw: NDArray[np.float64]
    predictions: NDArray[np.float64]
    largest_change: float
    """Of any prediction, by any turn."""


def measure(split: Split) -> Turned:
    """Take one chain twice, turn the factors of the second, and compare."""
    fit = small_fit(split)
    posterior, test = fit.idata["posterior"].dataset, fit.split.test
    users, items = test.user_idx[:PAIRS], test.item_idx[:PAIRS]
    U, V = (posterior[name].values[0].astype(np.float64) for name in ("U", "V"))
    half = len(U) // 2  # two stretches of one chain: nobody has turned anything yet
    raw, predictions, change = [], [], 0.0
    for angle in np.radians(ANGLES):
        turn = np.eye(U.shape[2])
        turn[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
        U_2, V_2 = U[half:] @ turn, V[half:] @ turn
        both = np.stack([U[:half, :USERS], U_2[:half, :USERS]])
        raw.append(_median_r_hat(both[..., :2]))
        score = [_scores(A, B, users, items) for A, B in ((U[:half], V[:half]), (U_2, V_2))]
        settled = without_rounding(np.stack([score[0], score[1][:half]]))
        predictions.append(_median_r_hat(settled))
        same = _scores(U[half:], V[half:], users, items)
        change = max(change, float(np.abs(same - score[1]).max()))
    return Turned(np.array(raw), np.array(predictions), change)


def answer(found: Turned) -> int:
    """Return what turning does to the r_hat of predictions: nothing, a little, a lot."""
    moved = float(found.predictions.max() - found.predictions.min())
    return within(moved, (1e-3, 0.1))


def show(found: Turned, degrees: float) -> Shown:
    """Show both after a turn by so many degrees."""
    n = ANGLES.index(int(degrees))
    raw, predictions = found.raw[n], found.predictions[n]
    holds = bool(raw > predictions + 0.1)
    text = f"Turned by {int(degrees)}°, raw factors have an r_hat of {raw:.2f} (median), "
    text += f"predictions one of {predictions:.3f}. "
    text += (
        "Nothing is wrong with either half of the chain: both say the same of every rating, in "
        "other coordinates."
        if holds
        else "Turn further, and watch which of the two follows."
    )
    text += f" No prediction has moved by more than {found.largest_change:.0e}."
    text = text.replace("e-", "e\N{MINUS SIGN}")
    evidence = {"raw": float(raw), "predictions": float(predictions)}
    frame = long(ANGLES, Raw_factors=found.raw, Predictions=found.predictions)
    lesson = Lesson("see_rotation", holds, text, evidence)
    return Shown(frame, "Turn (degrees)", "r_hat (median)", "line", lesson, degrees)


def _scores(U: NDArray, V: NDArray, users: NDArray, items: NDArray) -> NDArray[np.float64]:
    return np.einsum("dpf,dpf->dp", U[:, users], V[:, items])


def _median_r_hat(draws: NDArray[np.float64]) -> float:
    """Return the median r_hat of quantities of two chains: (chain, draw, ...)."""
    return float(np.nanmedian(convergence(draws.reshape(*draws.shape[:2], -1))["r_hat"]))


DEMONSTRATION = Demonstration(
    name="rotation",
    title="r_hat of raw factors",
    claim="The example judges convergence by U and V themselves. Turn both by the same rotation "
    "and every product U·V stays what it was.",
    question="Turn the factors of half a chain. What happens to the r_hat of its predictions?",
    guesses=("Nothing", "It grows a little", "It grows as that of the factors does"),
    control=Control("Turn by (degrees)", 0, 180, 15, 0),
    measure=measure,
    answer=answer,
    show=show,
)
