"""What ratings and baselines teach: sentences read off the numbers, each with its evidence.

A lesson is never fixed text. It has a condition, and where that does not hold it says what does;
pages only draw it. Those of fits are in `pmf_core.evaluation.lessons_of_fits`.
"""

from dataclasses import dataclass, field
from math import ceil, floor

import numpy as np
import pandas as pd

from pmf_core.data import Ratings, Split
from pmf_core.data.describe import RARE, extremes, half_rest_on, share_of_first
from pmf_core.data.nouns import Nouns
from pmf_core.evaluation.methods import CONSTANT, GUESS
from pmf_core.support.numbers import figure, percent

FEW_HELD_OUT = 30
"""Of fewer held-out ratings a single one can turn which method is best."""

COMMON, LONG_TAIL, DIFFERENT = 0.5, 0.2, 0.125
"""Share of ratings that makes a habit; share of the first tenth that makes a tail long; part of
the scale between two users' means that makes them differ."""

KNOW_NOBODY = (GUESS, CONSTANT)
"""Baselines that predict the same of every user and item."""


@dataclass(frozen=True)
class Lesson:
    """A sentence or two that is true of the numbers at hand."""

    name: str
    holds: bool
    """Whether it is what is usually taught; if not, the text says what is the case instead."""
    text: str
    """In Markdown; nothing in it but numbers, methods and nouns comes from data."""
    evidence: dict[str, float] = field(default_factory=dict)
    """The numbers on which it rests."""


def difference(value: float, other: float, unit: str) -> str:
    """Say how one error compares with another: less is better."""
    gain = round(other - value, 4)
    if gain == 0:
        return "as good as"
    return f"{abs(gain):.4f} {unit} {'better' if gain > 0 else 'worse'} than"


def rating_habit(ratings: Ratings, counts: pd.DataFrame | None = None) -> Lesson:
    """Say whether high ratings are the rule; they are counted anew, as `counts` may be of bins."""
    low, high = ratings.scale
    above = float((ratings.rating > (low + high) / 2).mean())
    values, given = np.unique(ratings.rating, return_counts=True)
    most, share = float(values[given.argmax()]), float(given.max() / ratings.n_ratings)
    quartiles = " / ".join(map(figure, np.quantile(ratings.rating, (0.25, 0.5, 0.75))))
    text = f"Quartiles {quartiles} on a scale from {figure(low)} to {figure(high)}; "
    text += f"{percent(above, 0, COMMON)} of the ratings are above its middle. "
    holds = above > COMMON
    if holds:
        text += "People rate what they chose, so high ratings are the rule."
    elif share > COMMON:
        text += f"{percent(share, 0, COMMON)} are {figure(most)}: if that means that nobody rated, "
        text += "leave them out."
    else:
        text += "High ratings are not the rule here."
    evidence = {"above_middle": above, "most_common": most, "share_of_most_common": share}
    return Lesson("rating_habit", holds, text, evidence)


def users_differ(ratings: Ratings, means: pd.DataFrame) -> Lesson:
    """Say whether a number means the same from everybody, given `user_means`."""
    (sternest, kindest), (low, high) = extremes(means), ratings.scale
    holds = kindest - sternest > DIFFERENT * (high - low)
    text = (
        f"The sternest user gives {figure(sternest, '.2f')} {ratings.nouns.unit} on average, the "
        f"kindest {figure(kindest, '.2f')}. "
    )
    middle = figure((low + high) / 2)
    text += f"A {middle} from one is not a {middle} from the other." if holds else (
        "Users give much the same on average: who rates says little."
    )  # fmt: skip
    return Lesson("users_differ", holds, text, {"sternest": sternest, "kindest": kindest})


def top_list(top: pd.DataFrame) -> Lesson:
    """Say what the first of `top_bottom` rests on."""
    half = half_rest_on(top)
    few = "1 rating each" if half == 1 else f"**{half} ratings** or fewer"
    holds = half < RARE
    text = f"Half of the top list rests on {few}. "
    if holds:
        text += (
            "A mean of so few is the opinion of a few: ask for more ratings, or shrink, and see "
            "who is left."
        )
    else:
        text += "The other half rest on as many or more, which is more than the opinion of a few."
    return Lesson("top_list", holds, text, {"half_rest_on": half})


def long_tail(ratings: Ratings, tail: pd.DataFrame) -> Lesson:
    """Say whether few items have most ratings, given `describe.long_tail`."""
    share, n, nouns = share_of_first(tail), max(1, int(len(tail) * 0.1)), ratings.nouns
    first = f"most rated tenth of the {nouns.things}" if len(tail) >= 10 else (
        f"most rated {nouns.thing}"
    )  # fmt: skip
    text = f"The {first} has {percent(share)} of the ratings. "
    holds = share > LONG_TAIL * max(1, 10 * n / len(tail))  # one of five is no tenth of them
    if n == len(tail):
        return Lesson("long_tail", False, text.strip(), {"share_of_first": share})
    rest = float(tail["n_ratings"].iloc[n:].median())
    if not holds:
        text += "No long tail: ratings are spread about evenly. "
    if rest < RARE:
        text += (
            f"Half of the others have {floor(rest)} or fewer: about them almost nothing is known, "
            "and a model should say so."
        )
    else:
        text += f"Half of the others have {ceil(rest)} ratings or more: something is known of most."
    return Lesson("long_tail", holds, text, {"share_of_first": share, "median_of_rest": rest})


def emptiness(ratings: Ratings, picture: pd.DataFrame | None = None) -> Lesson:
    """Say how much of the matrix is to be filled in, whatever its picture shows of it."""
    empty = ratings.n_users * ratings.n_items - ratings.n_ratings
    share, holds = ratings.sparsity, ratings.sparsity > COMMON
    if not empty:
        text = "Every pair has a rating: there is nothing to fill in but what is held out."
    elif holds:
        text = (
            f"{percent(share, 1, COMMON)} of all pairs have no rating. Filling them in is the "
            "task; "
            "the corner at the top left, where active users meet often rated "
            f"{ratings.nouns.things}, is the easy part."
        )
    else:
        text = f"Half of all pairs or more are rated: {empty:,}, "
        text += f"{percent(share, 1, COMMON)} of all, "
        text += f"{'is' if empty == 1 else 'are'} left to fill in."
    return Lesson("emptiness", holds, text, {"sparsity": share, "empty": empty})


def few_held_out(split: Split) -> Lesson | None:
    """Say that luck may decide what is best, where few ratings are held out; else None."""
    n = split.test.n_ratings
    if n >= FEW_HELD_OUT:
        return None
    text = f"Only {n:,} {'rating is' if n == 1 else 'ratings are'} held out: so few that luck may "
    text += "decide what is best. Hold out a larger share, or add ratings."
    return Lesson("few_held_out", True, text, {"held_out": n})


def errors_at_the_ends(by_rating: pd.DataFrame, best: str, nouns: Nouns) -> Lesson:
    """Say where `errors_by_rating` of the global mean and of the best baseline are largest."""
    table = by_rating.pivot(index="group", columns="method", values="rmse")
    table = table.loc[by_rating["group"].unique()]
    ends, middle = table.iloc[[0, -1]].min(), table.iloc[1:-1].min()
    if len(table) < 3:
        text = "Fewer than three different ratings are held out: they have ends and no middle."
        return Lesson("errors_at_the_ends", False, text)
    holds = bool(ends[best] > middle[best])
    text = (
        f"{best} misses by {_size(middle[best])} {nouns.unit} where it is best in the middle of "
        f"the held-out ratings, and by {_size(ends[best])} or more at both ends. "
    )
    if not holds:
        text = f"{best} misses by {_size(ends[best])} {nouns.unit} at one end of the held-out "
        text += f"ratings, which is no more than in the middle ({_size(middle[best])} or more). "
    gain = (table[CONSTANT] - table[best]).iloc[[0, -1]]
    helps = bool((gain > 0).all())
    if best in KNOW_NOBODY:
        text += f"No baseline that knows the user or the {nouns.thing} does better over all."
    elif helps:
        text += f"Knowing the user and the {nouns.thing} takes {_size(gain.min())} or more off the "
        text += "error of the global mean there."
    else:
        text += f"Knowing the user and the {nouns.thing} does not help at both ends."
    evidence = {"at_ends": ends[best], "in_middle": middle[best], "gain_at_ends": gain.min()}
    return Lesson("errors_at_the_ends", holds, text, {k: float(v) for k, v in evidence.items()})


def errors_of_rare(by_support: pd.DataFrame, best: str, nouns: Nouns) -> Lesson:
    """Say whether rarely rated items are predicted worse, in `errors_by_support`."""
    table = by_support[by_support["method"] == best]
    few, many = table.iloc[0], table.iloc[-1]
    if len(table) < 2:
        text = f"All held-out {nouns.things} have about as many ratings ({few['group']})."
        return Lesson("errors_of_rare", False, text)
    holds = bool(few["rmse"] > many["rmse"])
    text = (
        f"{best} misses by {_size(few['rmse'])} {nouns.unit} where the {nouns.thing} has "
        f"{few['group']} training ratings ({few['n_ratings']:,} held out) and by "
        f"{_size(many['rmse'])} where it has {many['group']}: "
    )
    if not holds:
        text += "here rarely rated ones are not predicted worse."
    elif best in KNOW_NOBODY:
        text += f"that is no matter of means, of which it knows none of a {nouns.thing}."
    else:
        text += "the fewer, the less its own mean is worth. Shrinking it costs little where there "
        text += "are many."
    evidence = {"few": float(few["rmse"]), "many": float(many["rmse"])}
    return Lesson("errors_of_rare", holds, text, evidence)


def _size(error: float) -> str:
    """Return an error in two decimals or, where that says too little, in two digits."""
    return figure(error, ".2f" if error >= 0.1 else ".2g")


def neighbours_help(around: pd.DataFrame, baselines: pd.DataFrame, nouns: Nouns) -> Lesson:
    """Say what neighbours are worth, given `evaluate_neighbours` and `evaluate_baselines`."""
    first = around.loc[around["test_rmse"].idxmin()]
    bar = baselines.loc[baselines["test_rmse"].idxmin()]
    holds = bool(first["test_rmse"] < bar["test_rmse"])
    text = (
        f"*{first['method']}* miss held-out ratings by {first['test_rmse']:.4f} {nouns.unit}, "
        f"{difference(first['test_rmse'], bar['test_rmse'], nouns.unit)} *{bar['method']}*. "
    )
    text += (
        "Who is alike knows more than an average does, without a single factor. But nobody says "
        "how sure it is, and where no two have much in common there is nobody to ask."
        if holds
        else "Here too few have enough in common: averages are as good. Factors pool what all "
        "have in common, and need no pair who rated the same."
    )
    evidence = {"neighbours": float(first["test_rmse"]), "baseline": float(bar["test_rmse"])}
    return Lesson("neighbours_help", holds, text, evidence)


def transductive(split: Split) -> Lesson:
    """Say what a split of pairs tests, and what it cannot: whom nobody has heard of."""
    train, test, nouns = split.train, split.test, split.train.nouns
    cold = ~np.isin(test.user_idx, train.user_idx) | ~np.isin(test.item_idx, train.item_idx)
    share, n = float(cold.mean()), int(cold.sum())
    text = (
        f"The split holds out ratings, not people: U has a row for each of the {train.n_users:,} "
        f"users and V one for each of the {train.n_items:,} {nouns.things}, those of held-out "
        "ratings included. So it is transductive: it scores how blanks of this one matrix are "
        "filled in, and says nothing of somebody new. "
    )
    holds = share < COMMON
    if not n:
        text += "Here every held-out rating is of a row and a column that training has seen."
    elif holds:
        text += (
            f"Here {share:.2%} of the held-out ratings ({n:,}) are of a user or {nouns.thing} of "
            "whom training has none: for these the prior alone answers."
        )
    else:
        text += (
            f"Here, though, {share:.0%} of the held-out ratings are of a user or {nouns.thing} "
            "of whom training has none, so what is scored is mostly the prior."
        )
    return Lesson("transductive", holds, text, {"share_cold": share, "cold": n})
