"""What fits teach: sentences read off their numbers, each with its evidence; see `lessons`."""

from collections.abc import Mapping
from math import isnan
from typing import Any

import pandas as pd

from pmf_core.data.nouns import MOVIES, Nouns
from pmf_core.evaluation.lessons import Lesson, difference
from pmf_core.evaluation.mixing import (
    DISAGREE,
    FEWEST,
    Averaging,
    choices,
    trace,
    tuning_steps,
)
from pmf_core.fits.fit import Fit
from pmf_core.models.ladder import MEASURED, ON_RANDOM
from pmf_core.support.numbers import figure, percent, unlike

TURNED = 1.1
"""r_hat of raw factors above which chains have turned their factors differently."""

NOISE = 0.5
"""Share of an interval's variance from which on it is mostly the noise of a rating."""


def map_and_mean(
    point: Mapping[str, Any] | None, scores: Mapping[str, Any], worth: Averaging, nouns: Nouns
) -> Lesson:
    """Say what averaging over draws is worth beside the MAP of the same model.

    Parameters
    ----------
    point : mapping or None
        `Fit.summary` of the run's own MAP, if there is one.
    scores : mapping
        `Fit.summary` of the run.
    worth : Averaging
        Of the run.
    """
    mean, one, unit = scores["test_rmse"], worth.one_draw, nouns.unit
    evidence = {"mean_of_draws": mean, "one_draw": one, "train": scores["train_rmse"]}
    text = f"On held-out ratings the mean of the draws is {difference(mean, one, unit)} a single "
    cancels = mean < one and "as good as" not in text
    text += "draw" + (": wrong guesses cancel. " if cancels else ". ")
    if point is None:
        return Lesson("map_and_mean", mean < one, text.strip(), evidence)
    evidence |= {"map_test": point["test_rmse"], "map_train": point["train_rmse"]}
    holds = mean < point["test_rmse"]
    text += f"It is {difference(mean, point['test_rmse'], unit)} the MAP of the same model. "
    trains = f"{point['train_rmse']:.4f} {unit} against {scores['train_rmse']:.4f}"
    if point["train_rmse"] < scores["train_rmse"] and holds:
        text += f"The MAP explains its training ratings too well ({trains})."
    elif point["train_rmse"] > scores["train_rmse"] and holds:
        text += f"The MAP explains even its training ratings less well ({trains}): it underfits."
    else:
        text += f"On training ratings the MAP misses by {trains}."
    return Lesson("map_and_mean", holds, text, evidence)


def norms_settle(table: pd.DataFrame, prior: str) -> Lesson:
    """Say whether the sizes of U and V have settled, given `diagnose`."""
    norms = table[table["quantity"].isin(("norm_U", "norm_V"))].set_index("quantity")["r_hat"]
    worst = float(norms.max())
    if isnan(worst):
        return Lesson("norms_settle", False, "Too few draws to tell whether they meet.")
    holds = worst <= DISAGREE
    words = f"Here {'they do' if holds else 'they do not'}: the larger r_hat is {_r_hat(worst)}."
    if prior == "hierarchical":
        words += (
            " Under a hierarchical prior U may grow while V shrinks and no prediction changes, so "
            "norms can be the last to agree; the figures above count them all the same."
        )
    return Lesson("norms_settle", holds, words, {"r_hat": worst})


def chains_began(fit: Fit) -> Lesson:
    """Say where chains began, what that is worth, and how soon they were among their draws."""
    if fit.sampler.start == "map":
        text = (
            "All chains begin at the one MAP, as those of the PyMC example do. They should part, "
            "and then wander around one level without a trend; that they agree says less than it "
            "seems, as they never were apart."
        )
    else:
        text = (
            "Chains start apart, should meet, and then wander around one level without a trend: "
            "that they agree although they began far from each other is what r_hat rests on."
        )
    tune, name = tuning_steps(fit), "total_log_likelihood"
    if not tune or name not in choices(fit):
        return Lesson("chains_began", False, text)
    steps = trace(fit, name)
    low, high = steps.loc[steps["step"] > tune, name].quantile([0.05, 0.95])
    among = steps[steps[name].between(low, high)].groupby("chain")["step"].min()
    arrived = int(among.max())
    holds = arrived <= tune
    text += (
        f" Here the last of them was among the draws, by its log likelihood, after about {arrived} "
        f"of {tune} tuning steps."
        if holds
        else f" Here not every chain was among the draws, by its log likelihood, in its {tune} "
        "tuning steps: tune for longer."
    )
    return Lesson("chains_began", holds, text, {"arrived": arrived, "tune": tune})


def averaging_helps(worth: Averaging, nouns: Nouns) -> Lesson:
    """Say what averaging takes off the error, and how far train and test are apart."""
    holds = worth.all_draws < worth.one_draw
    text = (
        f"One draw misses held-out ratings by {worth.one_draw:.4f} {nouns.unit}, the mean of all "
        f"by {worth.all_draws:.4f}{'' if holds else ': averaging does not help here'}. "
    )
    text += (
        f"Held-out ratings are missed by {worth.gap:.4f} more than training ratings: so much was "
        "learnt by heart."
        if worth.gap > 0
        else f"Training ratings are missed by {-worth.gap:.4f} more than held-out ones: nothing "
        "was learnt by heart."
    )
    evidence = {"one_draw": worth.one_draw, "all_draws": worth.all_draws, "gap": worth.gap}
    return Lesson("averaging_helps", holds, text, evidence)


def chains_mix(fit: Fit, histogram: pd.DataFrame) -> Lesson:
    """Say whether chains visit the same values of the scalar of which these are the `ranks`."""
    r_hat = float(_row(fit, histogram)["r_hat"])
    around = "Lines around the dashed level mean that no chain keeps to high or to low values. "
    if isnan(r_hat):
        return Lesson("chains_mix", False, around + "Here draws are too few to tell.")
    holds = r_hat <= DISAGREE
    text = f"{around}Here {'none does' if holds else 'some do'}: r_hat is {_r_hat(r_hat)}."
    return Lesson("chains_mix", holds, text, {"r_hat": r_hat})


def scalar_settles(fit: Fit, frame: pd.DataFrame) -> Lesson:
    """Say what a scalar is, of which this is the `trace`, and what its draws are worth."""
    row, name = _row(fit, frame), frame.attrs["quantity"]
    [words] = [scalar.help for scalar in fit.scalars if scalar.name == name]
    r_hat, ess = float(row["r_hat"]), float(row["ess_bulk"])
    if isnan(r_hat):
        return Lesson("scalar_settles", False, f"{words} Here draws are too few to tell.")
    holds = r_hat <= DISAGREE and ess >= FEWEST
    text = f"{words} Its r_hat is {_r_hat(r_hat)}"
    text += "" if isnan(ess) else f", and its draws are worth {_ess(ess)} independent ones"
    text += "." if holds else ": longer chains are needed."
    return Lesson("scalar_settles", holds, text, {"r_hat": r_hat, "ess": ess})


def raw_factors(raw: float, predictions: float) -> Lesson:
    """Say what the r_hat of raw factors is worth beside that of predictions; both medians."""
    why = "Rotate U and V together and no prediction changes, so each chain may turn its own way. "
    holds = raw > TURNED and predictions <= DISAGREE
    if isnan(raw) or isnan(predictions):
        text = "Draws are too few to show it here."
    elif holds:
        text = (
            "The r_hat of a raw factor is far from 1 although that of most predictions is not. "
            "Judge norms, the likelihood and predictions; they do not depend on the rotation."
        )
    elif raw > TURNED:
        text = "Here predictions do not agree either, so something is wrong beside the rotation."
    else:
        text = "Here all have turned about the same way, so the r_hat of raw factors is low."
    return Lesson("raw_factors", holds, why + text, {"raw": raw, "predictions": predictions})


def one_walks(mixing: pd.DataFrame) -> Lesson:
    """Say which of two samplers gets on, given `mixing_of_both`."""
    plain, moved = mixing["r_hat"]
    fewer, more = mixing["ess_bulk"]
    draws = int(mixing["draws"].iloc[0])
    evidence = {"r_hat_plain": plain, "r_hat_moved": moved, "ess_plain": fewer, "ess_moved": more}
    if any(map(isnan, evidence.values())):
        return Lesson("one_walks", False, "The norm does not vary, so nothing is told.", evidence)
    text = f"{draws} draws of the norm of U are worth {figure(fewer, ',.0f')} independent ones by "
    text += f"sweeps alone (r_hat {figure(plain, '.2f')}) and {figure(more, ',.0f')} with the move "
    text += f"(r_hat {figure(moved, '.2f')}). "
    holds = more > 2 * fewer
    if not holds:
        text += "Here the move makes little difference: sweeps alone get on as well."
    elif moved <= DISAGREE:
        text += "Same model, same posterior, same ratings: one sampler walks, the other crawls."
    else:
        text += "The move helps, though its chains have not met either in so few steps."
    return Lesson("one_walks", holds, text, evidence)


def intervals_of_a_point(coverage: float) -> Lesson:
    """Say what it costs a MAP to take its factors for certain; `coverage` of its 90% intervals."""
    holds = coverage < 0.9
    text = (
        "This run is a MAP: one point and no chain, so there is nothing to converge. Its intervals "
        "are those of the noise alone, as if its factors were certain: of held-out ratings, "
        f"{percent(coverage, 1, 0.9)} are in their 90% interval"
    )
    text += "; the rest of the uncertainty is missing." if holds else ", enough of them."
    return Lesson("intervals_of_a_point", holds, text, {"coverage": coverage})


def mostly_noise(ranked: pd.DataFrame, noise_sd: float) -> Lesson:
    """Say what the bars of `recommend` are made of, given the usual noise of a rating."""
    doubt = float((ranked["pred_sd"] ** 2).median())
    share = noise_sd**2 / (noise_sd**2 + doubt)
    holds = share > NOISE
    text = "Dots are means, bars where nine ratings of ten would fall: "
    text += (
        "mostly the noise of a rating, which no list can take away."
        if holds
        else "mostly doubt about the mean, which more ratings would take away."
    )
    return Lesson("mostly_noise", holds, text, {"share_of_noise": share})


def ladder_climb(figures: pd.DataFrame, nouns: Nouns = MOVIES) -> Lesson:
    """Say whether every rung of `ladder_figures` lowers the error: here, or as stored.

    Parameters
    ----------
    figures : pd.DataFrame
        With its attr ``rungs``: of one that stands on none of them nothing is said.
    nouns : Nouns
        Of the ratings here; the stored figures are of MovieLens.
    """
    rows, where, unit = figures[figures["measured"] == MEASURED["here"]], "here", nouns.unit
    if len(rows) < 2:
        rows = figures[figures["measured"] == MEASURED["random"]]
        where, unit = ON_RANDOM, MOVIES.unit
    intro = "Each rung adds one ingredient to the one below and keeps everything else. "
    if len(rows) < 2:
        return Lesson("ladder_climb", False, intro + "Climb to see what each is worth here.")
    errors = rows["test_rmse"]
    order = rows["rung"].map({name: place for place, name in enumerate(figures.attrs["rungs"])})
    # Only of a rung that stands on the one below is it known what it adds.
    steps = errors.diff()[order.diff() == 1]
    worse, n_gaps = rows["rung"][steps.index[steps > 0]].tolist(), len(rows) - 1 - len(steps)
    holds = not worse and bool(len(steps))
    text = f"From *{rows['rung'].iloc[0]}* to *{rows['rung'].iloc[-1]}* the test RMSE goes from "
    text += f"{errors.iloc[0]:.4f} to {errors.iloc[-1]:.4f} {unit} {where}"
    if worse:
        text += f"; {_listed(worse)} made it larger. "
    elif n_gaps:
        text += "; rungs between are missing. "
    else:
        text += ", lower at every rung. " if (steps < 0).all() else ", larger at no rung. "
    first, last = rows["coverage_90"].iloc[0], rows["coverage_90"].iloc[-1]
    text += f"{percent(first, 1)} and {percent(last, 1)} of the ratings are in their 90% interval."
    evidence = {"first": float(errors.iloc[0]), "last": float(errors.iloc[-1]), "worse": len(worse)}
    return Lesson("ladder_climb", holds, intro + text, evidence)


def _row(fit: Fit, frame: pd.DataFrame) -> pd.Series:
    """Return the convergence of the scalar that is named in an attr of a frame."""
    return fit.convergence.set_index("quantity").loc[frame.attrs["quantity"]]


def _listed(names: list[str]) -> str:
    """Return names, in which there may be commas, as a list."""
    *first, last = (f"*{name}*" for name in names)
    return f"{', '.join(first)} and {last}" if first else last


def _r_hat(value: float) -> str:
    if value == float("inf"):
        return "beyond all bounds, as a chain stands still"
    return unlike(value, ".3f", DISAGREE)


def _ess(value: float) -> str:
    return unlike(value, ",.0f", FEWEST)


def nothing_left(fit: Fit, rated: pd.DataFrame, fewest: int) -> str:
    """Say why there is nothing to recommend to somebody, and what to do.

    Parameters
    ----------
    fit : Fit
    rated : pd.DataFrame
        What they have rated, as `rated_items` returns it.
    fewest : int
        Training ratings that an item must have to be recommended.
    """
    nouns, n_items = fit.nouns, fit.split.train.n_items
    if len(rated) == n_items:
        return f"This user has rated all {n_items:,} {nouns.things}: choose another."
    return (
        f"No {nouns.thing} that this user has not rated has {fewest:,} training ratings or more; "
        "lower the slider."
    )
