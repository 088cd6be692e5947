"""What the draws of one scalar, of two, and predictions by what is known teach."""

from math import isinf, isnan

import pandas as pd

from pmf_core.evaluation.by_count import COVERED
from pmf_core.evaluation.lessons import Lesson
from pmf_core.evaluation.mixing import AGREE, DISAGREE, FEWEST
from pmf_core.evaluation.worst import Worst
from pmf_core.fits.fit import Fit
from pmf_core.support.numbers import figure

FORGOTTEN = 0.1
"""Autocorrelation below which a draw has forgotten another."""

ROOM, SHORT = 10, 20
"""Times as long as a chain remembers it should be, at least; draws that are too few to tell."""

TIED, LOOSE = 0.7, 0.2
"""Correlations of two scalars from which on they are one direction, and up to which two."""


def densities_meet(fit: Fit, curves: pd.DataFrame) -> Lesson:
    """Say whether the `density` of each chain lies on those of the others."""
    draws = fit.idata["sample_stats"].dataset[curves.attrs["quantity"]]
    sd = float(draws.std())
    means = draws.mean("draw")
    apart = float(means.max() - means.min()) / sd if sd else float("nan")
    still = draws.sizes["chain"] - curves["chain"].nunique()
    r_hat = float(_of(fit, curves)["r_hat"])
    evidence = {"apart": apart, "r_hat": r_hat, "still": float(still)}
    text = "A line is what one chain believes of it. "
    if still:
        which = "None moves" if curves.empty else f"{still} of them do not move"
        return Lesson("densities_meet", False, f"{text}{which}, and has no density.", evidence)
    if isnan(r_hat):
        return Lesson("densities_meet", False, f"{text}Draws are too few to tell.", evidence)
    holds = r_hat <= DISAGREE
    text += "They lie on each other" if holds else "They do not lie on each other"
    text += f": means of chains are up to {apart:.2f} sd apart."
    return Lesson("densities_meet", holds, text, evidence)


def draws_forget(fit: Fit, table: pd.DataFrame) -> Lesson:
    """Say after how many steps the draws of a scalar have forgotten, by its `autocorrelation`."""
    worst, n = (
        table.groupby("lag")["autocorrelation"].max(),
        fit.idata["sample_stats"].sizes["draw"],
    )
    if table["autocorrelation"].isna().any():
        return Lesson("draws_forget", False, "A chain stands still: it has nothing to forget.")
    if n < SHORT:
        return Lesson("draws_forget", False, "Draws are too few to tell.")
    below = worst[worst < FORGOTTEN]
    lag = int((worst if below.empty else below).index[-1 if below.empty else 0])
    holds = not below.empty and ROOM * lag <= n
    text = f"How much a draw still resembles the one so many steps before: after {lag} "
    text += "step " if lag == 1 else "steps "
    if below.empty:
        text += f"{figure(worst.iloc[-1], '.2f')} is left in one chain: it crawls, and its draws "
        text += "are worth few."
    else:
        text += f"less than {FORGOTTEN:g} is left in every chain"
        if not holds:
            text += f", and each has but {n}: it crawls, and its draws are worth few."
        else:
            text += ", so nearly every draw counts." if lag <= 2 else "."
    return Lesson("draws_forget", holds, text, {"lag": float(lag), "left": float(worst[lag])})


def draws_add_up(fit: Fit, table: pd.DataFrame) -> Lesson:
    """Say whether the ess of a scalar grows with its draws, by `so_far`."""
    known = table.dropna(subset=["ess_bulk"])
    if len(known) < 2:
        return Lesson("draws_add_up", False, "Draws are too few to tell.")
    half = known.iloc[(known["draw"] - known["draw"].iloc[-1] / 2).abs().argmin()]
    last = known.iloc[-1]
    growth = float(last["ess_bulk"] / half["ess_bulk"])
    ideal = float(last["draw"] / half["draw"])
    holds = growth > 1 + 0.5 * (ideal - 1)
    text = f"Twice as many draws should be worth twice as much: from {half['draw']:,.0f} to "
    text += f"{last['draw']:,.0f} of each chain the ess goes from {half['ess_bulk']:,.0f} to "
    text += f"{last['ess_bulk']:,.0f}"
    text += "" if holds else ", which is hardly more: chains still find new ground, so sample on"
    text += "." if last["ess_bulk"] >= FEWEST else f"; from {FEWEST} on it says something."
    evidence = {"half": float(half["ess_bulk"]), "all": float(last["ess_bulk"])}
    return Lesson("draws_add_up", holds, text, evidence)


def chains_come_together(fit: Fit, table: pd.DataFrame) -> Lesson:
    """Say from how many draws on r_hat stays small, by `so_far`."""
    known = table.dropna(subset=["r_hat"])
    if known.empty:
        return Lesson("chains_come_together", False, "Draws are too few to tell.")
    last, above = float(known["r_hat"].iloc[-1]), known[known["r_hat"] > DISAGREE]
    holds = last <= DISAGREE
    if isinf(last):
        text = "A chain stands still, so r_hat has no bound."
    elif not holds:
        text = f"At the end r_hat is {last:.3f}, above {DISAGREE:g}: chains have not met yet."
    elif above.empty:
        text = f"It is below {DISAGREE:g} from the first {known['draw'].iloc[0]:,.0f} draws on, and"
        text += f" ends at {last:.3f}."
    else:
        text = f"It is above {DISAGREE:g} up to {above['draw'].iloc[-1]:,.0f} draws of each chain "
        text += f"and ends at {last:.3f}: fewer draws would not have done."
    text += f" Dashed: {AGREE:g}, below which chains agree."
    return Lesson("chains_come_together", holds, text, {"r_hat": last})


def goes_together(table: pd.DataFrame) -> Lesson:
    """Say whether two scalars vary together over the draws, by `two_scalars`."""
    r = table.attrs["correlation"]
    holds = abs(r) > TIED
    if isnan(r):
        return Lesson("goes_together", False, "One of the two does not vary.")
    text = f"Correlation over draws {figure(r, '.2f')}: "
    if holds:
        text += "the ratings hardly tell them apart, so the sampler walks along a narrow ridge."
    elif abs(r) > LOOSE:
        text += f"where one is high, the other tends to be {'high' if r > 0 else 'low'}."
    else:
        text += "each goes its own way."
    return Lesson("goes_together", holds, text, {"correlation": r})


def worst_agrees(worst: Worst) -> Lesson:
    """Say what the worst prediction is worth; whose it is, a page says."""
    holds = worst.r_hat <= DISAGREE
    at = "no bound" if isinf(worst.r_hat) else f"{worst.r_hat:.3f}"
    text = f"Of {worst.monitored:,} predictions that are watched it is the one on which chains "
    text += f"agree least: its r_hat is {at}"
    text += "" if isnan(worst.ess) else f", its draws are worth {worst.ess:,.0f} independent ones"
    text += "; the others do at least as well." if holds else ". Sample longer before you use it."
    evidence = {"r_hat": worst.r_hat, "ess": worst.ess}
    return Lesson("worst_agrees", holds, text, evidence)


def few_ratings_cost(fit: Fit, table: pd.DataFrame) -> Lesson:
    """Say how errors differ between those of few and of many ratings, by `user_errors`."""
    groups = table[table["kind"] == "group"]
    who = _owners(fit, table)
    if len(groups) < 2:
        return Lesson("few_ratings_cost", False, f"All {who} have about as many ratings.")
    few, many = groups.iloc[0], groups.iloc[-1]
    apart = (few["rmse_se"] ** 2 + many["rmse_se"] ** 2) ** 0.5
    gap = few["rmse"] - many["rmse"]
    holds = gap > 2 * apart
    text = f"Held-out ratings of {who} with {_span(few)} training ratings are missed by "
    text += f"{few['rmse']:.3f} {fit.nouns.unit}, of those with {_span(many)} by {many['rmse']:.3f}"
    if holds and many["n_train"] < 2 * few["n_train"]:
        text += ": more than chance would do, though they have nearly as many."
    elif holds:
        text += f": {'who has' if who == 'users' else 'what is'} rated little is known little."
    elif gap < -2 * apart:
        text += ": here more ratings do not help."
    else:
        text += ": no more than chance would do."
    evidence = {"few": float(few["rmse"]), "many": float(many["rmse"])}
    return Lesson("few_ratings_cost", holds, text, evidence)


def honest_for_all(fit: Fit, table: pd.DataFrame) -> Lesson:
    """Say whether intervals hold what they promise for few and many ratings, by `user_errors`."""
    groups, who = table[table["kind"] == "group"], _owners(fit, table)
    strays = ~groups["coverage"].between(groups["honest_low"], groups["honest_top"])
    worst = groups.loc[(groups["coverage"] - COVERED).abs().where(strays, -1.0).idxmax()]
    holds = not strays.any()
    lowest, highest = (f"{share:.1%}" for share in groups["coverage"].agg(["min", "max"]))
    span = lowest if lowest == highest else f"between {lowest} and {highest}"
    where = "" if len(groups) == 1 else f" in {'each group' if lowest == highest else 'groups'}"
    text = f"90% intervals hold {span} of the held-out ratings"
    text += f"{where} of {who}"
    if holds:
        text += ": as promised, but for chance."
    else:
        side = "narrow" if worst["coverage"] < COVERED else "wide"
        text += f"; too {side} for those with {_span(worst)} training ratings."
    evidence = {
        "lowest": float(groups["coverage"].min()),
        "highest": float(groups["coverage"].max()),
    }
    return Lesson("honest_for_all", holds, text, evidence)


def _owners(fit: Fit, table: pd.DataFrame) -> str:
    return "users" if table.attrs["owner"] == "user" else fit.nouns.things


def _span(group: pd.Series) -> str:
    low, high = int(group["n_from"]), int(group["n_to"])
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def _of(fit: Fit, frame: pd.DataFrame) -> pd.Series:
    return fit.convergence.set_index("quantity").loc[frame.attrs["quantity"]]
