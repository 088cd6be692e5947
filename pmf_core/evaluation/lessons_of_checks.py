"""What ratings that a model would give teach, and how it fares where little is known."""

import pandas as pd

from pmf_core.data.nouns import Nouns
from pmf_core.evaluation.calibration import stays_in_band
from pmf_core.evaluation.lessons import Lesson
from pmf_core.evaluation.ranking import ORDERS
from pmf_core.evaluation.rating_check import FITTED, GIVEN
from pmf_core.fits.fit import Fit
from pmf_core.models.config import PMFConfig
from pmf_core.support.numbers import figure

WIDE, LEAKS, PILED = 2.0, 0.01, 0.5
"""How many times as wide as the ratings a prior is called wide; share outside the scale that is
worth a word; share at its ends that is a heap."""


def prior_and_ratings(
    prior: pd.DataFrame, given: pd.DataFrame, config: PMFConfig, nouns: Nouns
) -> Lesson:
    """Say where a prior expects ratings, given its `shares` and those of the ratings."""
    expects, are = prior.attrs, given.attrs
    # Of a heavy tail the mean says nothing; of ratings on the scale, at whose ends they may pile
    # up, the median.
    stays = expects["outside"] == 0
    centre = expects["mean" if stays else "median"]
    holds = abs(centre - are["mean"]) > are["sd"]
    text = "Before it has seen one, the model expects ratings "
    text += "that average " if stays else "half of which are above "
    text += f"{figure(centre, '.2f')}, {_percent(expects['outside'])} outside the scale; those "
    text += f"given average {figure(are['mean'], '.2f')} {nouns.unit}. "
    if holds and not config.center:
        text += "So the ratings must first pull it to where they are: *Subtract the mean rating* "
        text += "puts it there."
    elif holds:
        text += "It sits elsewhere although the mean is subtracted."
    elif stays and expects["at_ends"] > PILED:
        text += f"It sits around them, but {expects['at_ends']:.0%} of what it expects are at the "
        text += "ends of the scale: its scores are wide."
    elif expects["sd"] > WIDE * are["sd"]:
        text += f"It sits where they are, but is {figure(expects['sd'] / are['sd'], '.2g')} times "
        text += "as wide: it holds for possible what nobody can give."
    else:
        text += "It sits where they are."
    evidence = {name: expects[name] for name in ("mean", "sd", "median", "outside")}
    return Lesson("prior_and_ratings", holds, text, evidence | {"given": are["mean"]})


def fitted_and_ratings(fitted: pd.DataFrame, given: pd.DataFrame, link: str) -> Lesson:
    """Say what ratings a fitted model gives, by its `shares`, and how far they leave the scale."""
    gives, are = fitted.attrs, given.attrs
    text = f"Fitted, it gives ratings of mean {figure(gives['mean'], '.2f')} and sd "
    text += f"{gives['sd']:.2f}; those given have {figure(are['mean'], '.2f')} and {are['sd']:.2f}."
    holds = gives["outside"] > LEAKS
    if holds:
        text += f" {_percent(gives['outside'])} are outside the scale, where nobody can rate"
        text += ": an ordinal link never leaves it." if link != "ordinal" else "."
    evidence = {name: gives[name] for name in ("mean", "sd", "outside")}
    return Lesson("fitted_and_ratings", holds, text, evidence)


def gives_such_ratings(fit: Fit, check: pd.DataFrame) -> Lesson:
    """Say in how many bins of `rating_check` draws of a fit give as many ratings as were given."""
    given, fitted = (check[check["of"] == of].reset_index() for of in (GIVEN, FITTED))
    some = (given["share"] > 0) | (fitted["share"] > 0)
    inside = given["share"].between(fitted["lower"], fitted["upper"])[some]
    gap = (given["share"] - fitted["share"])[some]
    worst = int(gap.abs().idxmax())
    holds = bool(inside.all())
    text = "Points are the share of ratings that draws of the fit give, bars of nine draws in ten; "
    if holds:
        text += f"in all {len(inside)} bins those given are within it: it would give such ratings."
    else:
        text += f"in {int(inside.sum())} of {len(inside)} bins those given are within it. It gives "
        text += f"too {'few' if gap[worst] > 0 else 'many'} around "
        text += f"{figure(given['rating'][worst])}: {fitted['share'][worst]:.1%} for "
        text += f"{given['share'][worst]:.1%}."
        if fit.config.link != "ordinal" and len(fit.levels):
            text += " It takes ratings for any number, where only some can be given."
    evidence = {"bins": float(len(inside)), "inside": float(inside.sum())}
    return Lesson("gives_such_ratings", holds, text, evidence)


def intervals_hold(pit: pd.DataFrame) -> str:
    """Say what pictures of `honesty` show, and whether its `pit_ecdf` stays in its band."""
    return (
        "An interval is honest if it holds as many held-out ratings as it promises: points on the "
        "dashed lines, and in the middle a curve inside its 95% band"
        + (", as here. " if stays_in_band(pit) else "; here it leaves it. ")
        + "A curve first above 0 and then below means intervals too narrow, the reverse too wide; "
        "all on one side, predictions too high (above) or too low (below). The more ratings are "
        "held out, the narrower the band: leaving it a little matters little."
    )


def _percent(share: float) -> str:
    return "none" if share == 0 else f"{share:.0%}" if share >= LEAKS else "less than 1%"


def lists_know_users(table: pd.DataFrame, nouns: Nouns) -> Lesson:
    """Say whether lists of a fit are better than those that are the same for all."""
    found, rows = table.attrs, table.set_index("order")
    own, general = found["lead_of"]
    lead, error = found["lead"], found["lead_se"]
    text = f"Of the orders of this fit *{ORDERS[own]}* lists best: nDCG "
    text += f"{figure(rows['ndcg'][own], '.3f')}, and {figure(rows['ndcg'][general], '.3f')} for "
    text += f"*{ORDERS[general]}*, which knows no user. The difference, "
    text += f"{figure(lead, '+.3f')} ± {figure(error, '.3f')} (standard error over users), is "
    holds = lead > 2 * error
    if holds:
        text += "more than chance gives: the model knows what each would like."
    elif lead < -2 * error:
        text += "more than chance gives: to predict ratings well and to list well are two things. "
        text += "People rate what many know, and a model of ratings does not ask how likely "
        text += f"somebody is to meet a {nouns.thing}."
    else:
        text += "within what chance gives."
    evidence = {"lead": lead, "lead_se": error, "ndcg": float(rows["ndcg"][own])}
    return Lesson("lists_know_users", bool(holds), text, evidence)
