"""Whether chains agree, as a page says and draws it: a judgement, and numbers behind pictures."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isinf, isnan
from typing import Any, Literal

import pandas as pd

from pmf_core.data.nouns import Nouns
from pmf_core.evaluation.diagnosis import factor_r_hat, step_traces
from pmf_core.fits.fit import Fit
from pmf_core.models.ingredients import all_scalars
from pmf_core.stats.ranks import rank_histogram
from pmf_core.support.numbers import unlike

DISAGREE, AGREE = 1.05, 1.01
"""Chains disagree where the largest r_hat is above the first, and agree up to the second."""

FEWEST = 100
"""Effective draws below which nothing is believed, however well chains agree."""

COLUMNS = {
    "mean": ("Mean", ",.6g"),
    "sd": ("Sd", ".3g"),
    "r_hat": ("r_hat", ".4f"),
    "ess_bulk": ("ess, bulk", ",.0f"),
    "ess_tail": ("ess, tails", ",.0f"),
    "mcse": ("mcse of the mean", ".2g"),
}
"""Title and format of what `diagnose` says of each quantity."""

ITEMS = Nouns()
"""Of ratings of which nothing is known."""

Agreement = Literal["unknown", "stuck", "none", "few", "nearly", "full"]


def agreement(r_hat: float, ess: float) -> Agreement:
    """Return how far chains agree whose largest r_hat and smallest ess these are.

    Of nan nobody knows; an infinite r_hat is that of a chain that stands still.

    References
    ----------
    Vehtari, Gelman, Simpson, Carpenter & Burkner (2021), Rank-normalization, folding, and
    localization: an improved R-hat, sec 4: below 1.01.
    """
    if isnan(r_hat):
        return "unknown"
    if isinf(r_hat):
        return "stuck"
    if r_hat > DISAGREE:
        return "none"
    if ess < FEWEST:
        return "few"
    return "nearly" if r_hat > AGREE else "full"


def doubt(summary: Mapping[str, Any], nouns: Nouns = ITEMS) -> str | None:
    """Return why a run is not to be believed, with the number; None where it may be, as a MAP.

    Parameters
    ----------
    summary : mapping
        `Fit.summary`.
    nouns : Nouns
        Of its ratings.
    """
    if summary["method"] == "map":
        return None
    match agreement(summary["r_hat"], summary["ess"]):
        case "unknown":
            return "its draws are too few to tell whether its chains agree"
        case "stuck":
            return "a chain stands still: what it draws does not move at all"
        case "none":
            r_hat = unlike(summary["r_hat"], ".2f", DISAGREE)
            why = f"its chains do not agree: r_hat is {r_hat}, above {DISAGREE:g}"
            return why + of_what(summary, "r_hat", nouns)
        case "few":
            ess = unlike(summary["ess"], ".0f", FEWEST)
            why = f"its draws are worth too few: ess is {ess}, below {FEWEST}"
            return why + of_what(summary, "ess", nouns)
    return None


def label_of(quantity: str, nouns: Nouns = ITEMS) -> str:
    """Return what people read of a row of `diagnose`: a scalar, or else a prediction."""
    scalar = all_scalars().get(quantity)
    return scalar.called(nouns).label if scalar else "prediction"


def of_what(summary: Mapping[str, Any], figure: str, nouns: Nouns = ITEMS) -> str:
    """Return, in brackets, what the ``r_hat`` or ``ess`` of `Fit.summary` is of.

    Empty where that is not known, as of runs that an earlier version stored.
    """
    quantity = summary.get(f"{figure}_of")
    return f" ({label_of(quantity, nouns)})" if quantity else ""


def ess_per_second(summary: Mapping[str, Any]) -> float:
    """Return the effective draws that a fit made in a second, of `Fit.summary`."""
    return summary["ess"] / summary["seconds"]


def tuning_steps(fit: Fit) -> int:
    """Return how many steps of each chain were recorded before its first draw."""
    return fit.idata["warmup_sample_stats"].sizes["draw"]


def choices(fit: Fit) -> dict[str, str]:
    """Return the scalars of a fit by name, and what people read of each."""
    return {scalar.name: scalar.label for scalar in fit.scalars}


def trace(fit: Fit, quantity: str) -> pd.DataFrame:
    """Return a scalar at every step at which it is known: step, chain, and itself.

    It is named in attr ``quantity``; ``tune`` are the steps of tuning.
    """
    frame = step_traces(fit)[["step", "chain", quantity]].dropna(ignore_index=True)
    frame.attrs = {"quantity": quantity, "tune": tuning_steps(fit)}
    return frame


def ranks(fit: Fit, quantity: str) -> pd.DataFrame:
    """Return `rank_histogram` of a scalar of ``sample_stats``, named in attr ``quantity``."""
    frame = rank_histogram(fit.idata["sample_stats"].dataset[quantity].values)
    frame.attrs["quantity"] = quantity
    return frame


def scalars(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `diagnose` that are no single predictions."""
    return table[table["quantity"] != "prediction"].drop(columns="pair")


def median_r_hat(table: pd.DataFrame) -> float:
    """Return the median r_hat of the predictions in `diagnose`; nan if all are."""
    return float(table.loc[table["quantity"] == "prediction", "r_hat"].median())


def median_raw_r_hat(fit: Fit) -> float:
    """Return the median of `factor_r_hat`, by which no fit may be judged; nan if all are."""
    return float(pd.Series(factor_r_hat(fit).ravel()).median())


def unusual(accepted: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `acceptance` whose share of proposals taken is not what is usual."""
    usual = accepted["accepted"].between(accepted["usual_from"], accepted["usual_to"])
    return accepted[~usual]


@dataclass(frozen=True)
class Averaging:
    """What averaging over draws is worth: RMSE at the end of `running_rmse`, in stars."""

    one_draw: float
    all_draws: float
    """Of the mean prediction over all of them."""
    gap: float
    """Test minus train, which is what the model has learnt by heart."""


def averaging(curves: pd.DataFrame) -> Averaging:
    """Return what the last row of `running_rmse` says."""
    last = curves.iloc[-1]
    gap = last["running_test"] - last["running_train"]
    return Averaging(float(last["per_step_test"]), float(last["running_test"]), float(gap))
