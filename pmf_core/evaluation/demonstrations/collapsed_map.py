"""The MAP that had stopped at a collapsed point."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pmf_core.data.split import Split
from pmf_core.evaluation.demonstrations.base import (
    Control,
    Demonstration,
    Shown,
    long,
    small_part,
)
from pmf_core.evaluation.lessons import Lesson
from pmf_core.kernels.randomness import Modes
from pmf_core.models.arrange import arrange
from pmf_core.models.config import PMFConfig
from pmf_core.sampling.start import initial_state
from pmf_core.sampling.sweep import sweep
from pmf_core.stats.metrics import rmse

SWEEPS, TINY = 30, 1e-8
"""Steps of the climb, and how small all factors are at its start."""


class Climb(NamedTuple):
    """Test RMSE after each sweep, and that of the mean rating."""

    test_rmse: NDArray[np.float64]
    global_mean: float
    unit: str


def measure(split: Split) -> Climb:
    """Climb from factors that are all but 0."""
    part = small_part(split)
    problem, test = arrange(PMFConfig(n_factors=3), part.train), part.test
    state = initial_state(problem, 0, chain=0)
    state = state.replace(U=state.U * TINY, V=state.V * TINY)
    errors = []
    for turn in range(SWEEPS + 1):
        score = (state.U[test.user_idx] * state.V[test.item_idx]).sum(axis=1)
        errors.append(rmse(test.rating, problem.unit * score))
        state = sweep(problem, state, Modes(turn))
    mean = np.full(test.n_ratings, part.train.rating.mean())
    return Climb(np.array(errors), rmse(test.rating, mean), part.train.nouns.unit)


def answer(found: Climb) -> int:
    """Return where the top is: below the error of the mean rating, about there, or above."""
    ratio = found.test_rmse[-1] / found.global_mean
    return 0 if ratio < 0.99 else 1 if ratio <= 1.01 else 2


def show(found: Climb, sweeps: float) -> Shown:
    """Show the error after so many sweeps."""
    n = int(sweeps)
    here, top = found.test_rmse[n], found.test_rmse[-1]
    holds = bool(here > found.global_mean > top)
    text = f"After {n} sweeps a MAP on its way misses by {here:.3f} {found.unit}; after {SWEEPS}, "
    text += f"by {top:.3f}. The global mean misses by {found.global_mean:.3f}. "
    text += (
        "Around 0 the slope is almost flat: an optimiser that stops there reports a collapsed "
        "point, and calls it the MAP."
        if holds
        else "Stopped here, it is no collapsed point any more."
        if top < found.global_mean
        else "On these ratings the top itself is no better than the mean rating: the prior "
        "around 0 is too strong."
    )
    evidence = {"here": float(here), "top": float(top), "global_mean": found.global_mean}
    level = np.full(SWEEPS + 1, found.global_mean)
    frame = long(np.arange(SWEEPS + 1), MAP_on_its_way=found.test_rmse, Global_mean=level)
    title = f"Test RMSE ({found.unit})"
    return Shown(frame, "Sweeps", title, "line", Lesson("see_map", holds, text, evidence), n)


DEMONSTRATION = Demonstration(
    name="map",
    title="The MAP that had collapsed",
    claim="The example finds a MAP with a test RMSE of 2.635, where the global mean has 1.115, and "
    "reports that sampling improves on it by 1.728.",
    question="How good is the MAP of that model once the climb has come to its top?",
    guesses=("Better than the global mean", "About as the global mean", "Worse, as reported"),
    control=Control("Stop after sweeps", 0, SWEEPS, 1, 2),
    measure=measure,
    answer=answer,
    show=show,
)
