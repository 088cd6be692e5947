"""Predictions to which noise is added, and which are clipped."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from pmf_core.data.split import Split
from pmf_core.evaluation.demonstrations.base import (
    Control,
    Demonstration,
    Shown,
    heldout_draws,
    long,
    small_fit,
    within,
)
from pmf_core.evaluation.lessons import Lesson
from pmf_core.stats.metrics import rmse

NOISE = tuple(np.linspace(0, 1.5, 16).round(1).tolist())
"""Sd, in units of a quarter of the scale."""

USUAL = 0.7
"""About that of the example: alpha = 2 is a noise sd of 0.71."""


class Noisy(NamedTuple):
    """RMSE by the sd of the noise, of one draw and of the mean of all."""

    frame: pd.DataFrame
    """sd, one_draw, mean_of_all"""
    unit: str


def measure(split: Split) -> Noisy:
    """Add noise of each size to every prediction of every draw, and clip it, as the example."""
    fit = small_fit(split)
    draws, rating, rng = heldout_draws(fit), fit.split.test.rating, np.random.default_rng(0)
    noise = rng.standard_normal(draws.shape)
    rows = []
    for sd in NOISE:
        noisy = np.clip(draws + sd * fit.unit * noise, *fit.split.train.scale)
        one = np.sqrt(((noisy - rating) ** 2).mean())
        rows.append((sd, one, rmse(rating, noisy.mean(axis=(0, 1)))))
    frame = pd.DataFrame(rows, columns=["sd", "one_draw", "mean_of_all"])
    return Noisy(frame, fit.nouns.unit)


def answer(found: Noisy) -> int:
    """Return whether one draw looks worse by little, by some, or by all of the noise's sd."""
    table = found.frame.set_index("sd")["one_draw"]
    return within(table[USUAL] - table[0.0], (0.02, 0.8 * USUAL))


def show(found: Noisy, sd: float) -> Shown:
    """Show both errors beside what no noise gives."""
    table = found.frame.set_index("sd")
    row, without = table.loc[round(sd, 1)], table.loc[0.0]
    more, of_mean = (row[k] - without[k] for k in ("one_draw", "mean_of_all"))
    holds = bool(more > 2 * abs(of_mean))
    text = f"With noise of sd {sd:.1f} one draw misses by {row['one_draw']:.3f} {found.unit} "
    text += f"({more:+.3f}), the mean of all by {row['mean_of_all']:.3f} ({of_mean:+.3f}). "
    text += (
        "Squares add: the noise makes every draw look worse than it is, and the mean forgets it. "
        "So the gap between the two is no measure of what averaging is worth."
        if holds
        else "So little noise hardly shows."
    )
    lesson = Lesson("see_noise", holds, text.replace("-", "\N{MINUS SIGN}"), {"more": float(more)})
    frame = long(found.frame["sd"], One_draw=found.frame["one_draw"],
                 Mean_of_all_draws=found.frame["mean_of_all"])  # fmt: skip
    return Shown(frame, "Sd of the noise (units)", f"Test RMSE ({found.unit})", "line", lesson, sd)


DEMONSTRATION = Demonstration(
    name="noise",
    title="Noise that was added and clipped",
    claim="For the RMSE of each step the example draws a rating around every U·V, with noise of "
    "sd 0.71, and clips it to the scale.",
    question="What does that noise do to the RMSE of a single draw?",
    guesses=("Next to nothing", "Raises it, by less than 0.71", "Raises it by all of 0.71"),
    control=Control("Sd of the noise", 0.0, 1.5, 0.1, USUAL),
    measure=measure,
    answer=answer,
    show=show,
)
