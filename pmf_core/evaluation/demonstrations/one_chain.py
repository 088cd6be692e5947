"""A running error over one of four chains."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pmf_core.data.split import Split
from pmf_core.evaluation.demonstrations.base import (
    LENGTH,
    Control,
    Demonstration,
    Shown,
    heldout_draws,
    long,
    small_fit,
)
from pmf_core.evaluation.lessons import Lesson


class Running(NamedTuple):
    """Running test RMSE of the mean over the first chains: (chains, draws)."""

    rmse: NDArray[np.float64]
    unit: str


def measure(split: Split) -> Running:
    """Average the predictions of one chain, of two, and so on."""
    fit = small_fit(split)
    draws, rating = heldout_draws(fit), fit.split.test.rating
    steps = np.arange(1, draws.shape[1] + 1)[:, None]
    means = np.cumsum(draws, axis=1) / steps
    errors = [
        np.sqrt(((means[:n].mean(axis=0) - rating) ** 2).mean(axis=1))
        for n in range(1, len(draws) + 1)
    ]
    return Running(np.array(errors), fit.nouns.unit)


def answer(found: Running) -> int:
    """Return how soon all chains have the error with which one ends: at once, midway, not."""
    needed, length = _needed(found.rmse[-1], found.rmse[0, -1]), found.rmse.shape[1]
    if needed is None:
        return 2
    return 0 if needed <= length / 2 else 1


def _needed(running: NDArray[np.float64], target: float) -> int | None:
    """Return from how many draws on an error stays at a target or below; None where it does not."""
    above = np.flatnonzero(running > target)
    needed = 1 if not len(above) else int(above[-1]) + 2
    return needed if needed <= len(running) else None


def show(found: Running, chains: float) -> Shown:
    """Show the error of one chain beside that of so many."""
    n = int(chains)
    one, several, length = found.rmse[0], found.rmse[n - 1], found.rmse.shape[1]
    needed = _needed(several, one[-1])
    holds = n > 1 and needed is not None
    text = f"One chain ends at {one[-1]:.4f} {found.unit} after {length} draws"
    if n == 1:
        text += ". Take more of the chains that were drawn all the same."
    elif holds:
        text += f"; {n} chains are as good from draw {needed} of each on, and end at "
        text += f"{several[-1]:.4f}. Who follows one throws the work of the others away."
    else:
        text += f"; {n} chains end at {several[-1]:.4f}: here one chain was lucky, or enough."
    evidence = {"one": float(one[-1]), "several": float(several[-1])}
    series = {"One chain": one} | ({f"{n} chains": several} if n > 1 else {})
    frame = long(np.arange(1, length + 1), **series)
    lesson = Lesson("see_chains", holds, text, evidence)
    return Shown(frame, "Draws of each chain", f"Test RMSE ({found.unit})", "line", lesson)


DEMONSTRATION = Demonstration(
    name="chains",
    title="An error of one chain in four",
    claim="The example samples four chains, and follows the RMSE of the mean prediction over the "
    "draws of one of them.",
    question="How many draws of each do four chains need to be as good as one at its end?",
    guesses=("Fewer than half", "More than half", "They never are"),
    control=Control("Chains averaged", 1, LENGTH["chains"], 1, 1),
    measure=measure,
    answer=answer,
    show=show,
)
