"""The closing discussion, of the run at hand: what it has shown, what it has not, what comes next.

Its questions are those with which the PyMC example ends; each answer is read off the run, and has
a counter-answer.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pmf_core.data.nouns import Nouns
from pmf_core.evaluation.lessons import Lesson, difference
from pmf_core.evaluation.methods import best_baseline
from pmf_core.evaluation.mixing import doubt
from pmf_core.evaluation.the_example import SECONDS
from pmf_core.models.config import PMFConfig
from pmf_core.models.ladder import LADDER, MEASURED, ON_RANDOM, Rung

HONEST = 0.02
"""How far from 90% the share of ratings in 90% intervals may be for them to be called honest."""

LARGE_GAP = 0.15
"""Share of the test RMSE by which training is missed less, from which on much is by heart."""


def closing(
    scores: Mapping[str, Any],
    config: PMFConfig,
    baselines: pd.DataFrame,
    point: Mapping[str, Any] | None,
    ladder: pd.DataFrame,
    nouns: Nouns,
    is_the_examples: bool = False,
) -> tuple[Lesson, ...]:
    """Say what a run amounts to.

    Parameters
    ----------
    scores : mapping
        `Fit.summary` of the run.
    config : PMFConfig
        Its model.
    baselines : pd.DataFrame
        As of `evaluate_baselines`, on the same split.
    point : mapping or None
        `Fit.summary` of the MAP of the same model, if there is one.
    ladder : pd.DataFrame
        As of `ladder_figures`.
    nouns : Nouns
    is_the_examples : bool
        Whether the ratings are those of the PyMC example, so that its figures compare.

    Returns
    -------
    tuple of Lesson
        Is it better than an average; what was sampling worth; how much is by heart; do its
        intervals keep their promise; what did it take; what would make it better.
    """
    found = [_worth_it(scores, baselines, nouns), _sampling(scores, point, nouns)]
    found += [_by_heart(scores, nouns, is_the_examples), _promise(scores)]
    if is_the_examples and scores["method"] != "map":
        found.append(_time(scores))
    return (*found, what_next(config, ladder))


def _worth_it(scores: Mapping[str, Any], baselines: pd.DataFrame, nouns: Nouns) -> Lesson:
    bar, test = best_baseline(baselines), scores["test_rmse"]
    why = doubt(scores, nouns)
    holds = why is None and test < bar["test_rmse"]
    text = f"**Is it better than an average?** Its test RMSE of {test:.4f} is "
    text += f"{difference(test, bar['test_rmse'], nouns.unit)} *{bar['method']}*"
    if why is not None:
        text += f", but not to be believed yet: {why}."
    elif holds:
        text += ": taste is more than being kind, and being good."
    else:
        text += ": so far, factors have earned nothing here."
    evidence = {"test_rmse": test, "baseline": float(bar["test_rmse"])}
    return Lesson("closing_worth_it", holds, text, evidence)


def _sampling(scores: Mapping[str, Any], point: Mapping[str, Any] | None, nouns: Nouns) -> Lesson:
    text, name = "**What was sampling worth?** ", "closing_sampling"
    if scores["method"] == "map":
        return Lesson(name, False, text + "This is a MAP: nothing was sampled yet.")
    if point is None:
        return Lesson(name, False, text + "There is no MAP of this model to hold against it.")
    mean, peak, why = scores["test_rmse"], point["test_rmse"], doubt(scores)
    holds = mean < peak and why is None
    text += f"The mean of the draws is {difference(mean, peak, nouns.unit)} the MAP of its model"
    text += (
        ", because it averages over all that the ratings leave open, where the MAP takes one "
        "answer for certain."
        if holds
        else "; its draws have not settled, so that is no figure of the posterior yet."
        if why is not None
        else ". Here the peak predicts as well: what a mean is not worth, its intervals may be."
    )
    return Lesson(name, holds, text, {"mean": mean, "peak": peak})


def _by_heart(scores: Mapping[str, Any], nouns: Nouns, is_the_examples: bool) -> Lesson:
    gap = scores["test_rmse"] - scores["train_rmse"]
    holds = gap < LARGE_GAP * scores["test_rmse"]
    text = f"**How much is learnt by heart?** Test and train differ by {abs(gap):.4f} {nouns.unit}"
    if gap <= 0:
        text += ", and training ratings are missed by more: nothing is."
    elif holds:
        text += ": little. Averaging over draws, or a prior, keeps factors from explaining noise."
    else:
        text += ": much. A stronger prior, fewer factors or more ratings would narrow it."
    if is_the_examples:
        text += " The example reports a difference of 0.1258."
    return Lesson("closing_by_heart", holds, text, {"gap": gap})


def _promise(scores: Mapping[str, Any]) -> Lesson:
    inside = scores["coverage_90"]
    holds = abs(inside - 0.9) <= HONEST
    text = f"**Do its intervals keep their promise?** {inside:.1%} of the held-out ratings are in "
    text += "their 90% interval: "
    if holds:
        text += "they do, which a single number per prediction could not even promise."
    elif inside < 0.9:
        text += "fewer than promised, so it is too sure of itself."
    else:
        text += "more than promised, so they are wider than they need be."
    return Lesson("closing_promise", holds, text, {"inside": inside})


def _time(scores: Mapping[str, Any]) -> Lesson:
    took = scores["seconds"]
    holds = took < SECONDS
    text = f"**What did it take?** {took:,.1f} s; the example's NUTS took {SECONDS:,.0f} s on a "
    text += "laptop of 2022. "
    text += (
        "Given V each row of U is one small regression, which Gibbs sweeps draw at once."
        if holds
        else "Here there was more to do, or less to do it with."
    )
    return Lesson("closing_time", holds, text, {"seconds": took})


def what_next(config: PMFConfig, ladder: pd.DataFrame) -> Lesson:
    """Say what would make a model better, by what its parts were worth on the ladder."""
    rung, gain, where = _largest_step(config, ladder)
    text, name = "**What would make it better?** ", "closing_next"
    if rung is None:
        text += "Every rung of the ladder is in it: more ratings, or another idea."
        return Lesson(name, False, text)
    text += f"Of what it does not have yet, *{rung.adds}* took most off the error on the ladder: "
    text += f"{gain:.4f}, {where}. {rung.why}"
    return Lesson(name, True, text, {"gain": gain})


def _largest_step(config: PMFConfig, ladder: pd.DataFrame) -> tuple[Rung | None, float, str]:
    """Return the rung that lowers the error most of those that a model has not, and where."""
    best, most, where = None, 0.0, ""
    for split, measured in (("here", "on these ratings"), ("random", ON_RANDOM)):
        rows = ladder[ladder["measured"] == MEASURED[split]].set_index("key")["test_rmse"]
        for below, rung in zip(LADDER, LADDER[1:], strict=False):
            if {below.key, rung.key} <= set(rows.index) and not _has(config, below, rung):
                gain = float(rows[below.key] - rows[rung.key])
                if gain > most:
                    best, most, where = rung, gain, measured
        if best is not None:
            break
    return best, most, where


def _has(config: PMFConfig, below: Rung, rung: Rung) -> bool:
    """Return whether a model has what a rung adds to the one below."""
    changed = [n for n in vars(rung.config) if getattr(below.config, n) != getattr(rung.config, n)]
    if changed == ["n_factors"]:
        return config.n_factors >= rung.config.n_factors
    # An ordinal link sets the noise, too, which nobody has to choose.
    changed = [n for n in changed if n != "alpha" or changed == ["alpha"]]
    if changed == ["alpha"]:
        return config.alpha is None or config.link == "ordinal"
    return all(getattr(config, n) == getattr(rung.config, n) for n in changed)
