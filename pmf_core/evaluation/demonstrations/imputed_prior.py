"""A prior that is set after missing entries were filled with the mean."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from pmf_core.data.split import Split
from pmf_core.evaluation.demonstrations.base import (
    Control,
    Demonstration,
    Shown,
    long,
    small_part,
    within,
)
from pmf_core.evaluation.lessons import Lesson
from pmf_core.fits.by_map import fit_map
from pmf_core.models.baselines import predict_baseline
from pmf_core.models.config import PMFConfig
from pmf_core.models.priors import imputed_precisions
from pmf_core.stats.metrics import rmse

KEPT = (10, 20, 30, 40, 50, 60, 70, 80, 90, 100)
"""Percent of the training ratings."""


class Thinned(NamedTuple):
    """What is left, by the share of the training ratings that is kept."""

    frame: pd.DataFrame
    """kept (percent), alpha_U, MAP and means (test RMSE)"""
    unit: str


def measure(split: Split) -> Thinned:
    """Keep fewer and fewer of the training ratings, of the same users and items."""
    part = small_part(split)
    order = np.random.default_rng(0).permutation(part.train.n_ratings)
    rows, test = [], part.test
    for percent in KEPT:
        train = part.train.take(np.sort(order[: max(2, len(order) * percent // 100)]))
        try:
            alpha_U, _ = imputed_precisions(train)
        except ValueError:  # so few that all are equal
            continue
        error = fit_map(Split(train, test), PMFConfig(n_factors=3)).summary()["test_rmse"]
        means = predict_baseline("Mean of means", train, test.user_idx, test.item_idx)
        rows.append((percent, alpha_U, error, rmse(test.rating, means)))
    frame = pd.DataFrame(rows, columns=["kept", "alpha_U", "MAP", "means"])
    return Thinned(frame, part.train.nouns.unit)


def answer(found: Thinned) -> int:
    """Return how the prior's precision changes from all ratings to the fewest."""
    by = found.frame.set_index("kept")["alpha_U"]
    return within(float(by.iloc[0] / by.iloc[-1]), (0.9, 2.0))


def show(found: Thinned, percent: float) -> Shown:
    """Show the prior and the error where so much is kept."""
    table = found.frame.set_index("kept")
    kept = min(table.index, key=lambda each: abs(each - percent))
    row, full = table.loc[kept], table.loc[table.index.max()]
    times = row["alpha_U"] / full["alpha_U"]
    holds = bool(times > 1.2)
    text = f"With {kept}% of the ratings alpha_U is {row['alpha_U']:.2f}, {times:.1f} times that "
    text += f"of all, though users are as they were. The MAP misses by {row['MAP']:.3f} "
    text += f"{found.unit}, the mean of means by {row['means']:.3f}. "
    text += (
        "Filled-in entries have no variance: the less is known, the surer the rule is that there "
        "is nothing to know."
        if holds
        else "Keep fewer, and see what the rule makes of it."
    )
    evidence = {"alpha_U": float(row["alpha_U"]), "times": float(times), "MAP": float(row["MAP"])}
    frame = long(found.frame["kept"], MAP=found.frame["MAP"], Mean_of_means=found.frame["means"])
    lesson = Lesson("see_imputed", holds, text, evidence)
    title = f"Test RMSE ({found.unit})"
    return Shown(frame, "Training ratings kept (%)", title, "line", lesson, kept)


DEMONSTRATION = Demonstration(
    name="imputed",
    title="A prior from filled-in entries",
    claim="The example fills every missing rating with the mean, takes the variance of the users' "
    "rows, and makes its inverse the precision alpha_U of the prior.",
    question="Take nine in ten ratings away from the same users. What becomes of alpha_U?",
    guesses=("It falls", "It stays about the same", "It more than doubles"),
    control=Control("Training ratings kept (%)", 10, 100, 10, 100),
    measure=measure,
    answer=answer,
    show=show,
)
