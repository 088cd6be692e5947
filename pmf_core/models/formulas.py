"""A model as a page writes it: every line with the numbers of its settings and its ratings.

The lines are the ingredients' own; here they are put together, and what follows from them is added:
what the MAP minimises, and how much is unknown.
"""

from typing import NamedTuple

from pmf_core.data import Split
from pmf_core.models.arrange import arrange
from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients import ingredients_of
from pmf_core.models.ingredients.mathematics import Line, number
from pmf_core.models.problem import Problem

ENOUGH = 30
"""Ratings for each unknown from which on a prior says little."""


class Formulas(NamedTuple):
    """All that is written of a model."""

    lines: tuple[Line, ...]
    """Of the model: from a rating to the priors of priors."""
    objective: tuple[Line, ...]
    """What the most probable state (MAP) minimises, or maximises, and what is in it."""
    unknowns: "Unknowns"
    left_out: tuple[str, ...]
    """What the ratings lack, in sentences."""


class Unknowns(NamedTuple):
    """How much there is to learn, and from how much."""

    n_users: int
    n_items: int
    n_columns: int
    """Numbers that describe each user and each item: the factors and, with biases, one more."""
    n_ratings: int
    """Training ratings."""

    @property
    def in_rows(self) -> int:
        """Numbers in U and V: D (N + M)."""
        return self.n_columns * (self.n_users + self.n_items)

    @property
    def ratings_for_each(self) -> float:
        """Training ratings for each of these numbers."""
        return self.n_ratings / self.in_rows

    @property
    def line(self) -> Line:
        """What it comes to, and what that means."""
        D, N, M = map(number, (self.n_columns, self.n_users, self.n_items))
        latex = rf"D\,(N + M) = {D}\,({N} + {M}) = {number(self.in_rows)}"
        words = (
            f"Unknown numbers in U and V, {D} of each user and of each item, to be learned from "
            f"{self.n_ratings:,} ratings: {self.ratings_for_each:.2g} for each. "
        )
        words += (
            "There are fewer ratings than unknowns: without a prior there is no one answer."
            if self.ratings_for_each < 1
            else "Some users and items have far fewer than that: there the prior speaks."
            if self.ratings_for_each < ENOUGH
            else "Most of them are told by ratings, whatever the prior says."
        )
        return Line("D", latex, words.replace("{,}", ","), "objective")


def formulas_of(split: Split, config: PMFConfig) -> Formulas:
    """Write down a model of the training ratings of a split.

    Parameters
    ----------
    split : Split
    config : PMFConfig
        What the ratings cannot feed is left out, as `available` says.

    Returns
    -------
    Formulas

    References
    ----------
    Mnih & Salakhutdinov (2007), eqs 1 to 4; Salakhutdinov & Mnih (2008), eqs 1 to 7.
    """
    return formulas(arrange(config, split.train))


def formulas(problem: Problem) -> Formulas:
    """Write down an arranged model."""
    lines = tuple(_model(problem))
    n_users, n_items = (side.n_rows for side in problem.sides.values())
    unknowns = Unknowns(n_users, n_items, problem.n_columns, len(problem.rating))
    return Formulas(lines, tuple(_objective(problem, lines)), unknowns, problem.left_out)


def _model(problem: Problem) -> list[Line]:
    said = [each.mathematics(problem) for each in ingredients_of(problem.config)]
    score = [term for each in said for term in each.score]
    precision = [factor for each in said for factor in each.precision]
    if problem.config.center:
        score.insert(0, number(problem.offset))
    eta = Line(
        r"\eta_{ij}",
        rf"\eta_{{ij}} = {' + '.join(score)}",
        _score_in_words(problem, len(score)),
        "score",
    )
    *others, link = [list(each.lines) for each in said]
    if problem.unit != 1:
        latex = rf"r_{{ij}} = \text{{rating}} / {number(problem.unit)}"
        link.insert(1, Line("r_{ij}", latex, "In units of a quarter of the scale.", "rating"))
    if len(precision) > 1:
        latex = rf"\alpha_{{ij}} = {r'\,'.join(precision)}"
        words = "How precise a rating is: the precision of all, times whose it is or of what."
        link.append(Line(r"\alpha_{ij}", latex, words, "rating"))
    lines = [*link, *(line for each in others for line in each), eta]
    order = "rating", "score", "prior", "hyperprior"
    return sorted(lines, key=lambda line: order.index(line.place))


def _score_in_words(problem: Problem, n_terms: int) -> str:
    words = "the product of its two rows"
    if problem.config.center:
        identity = problem.config.link == "identity"
        mean = "the mean rating" if identity else "the score of the mean rating"
        words = f"{mean}, plus {words}"
    more = ", and what is added to it" if n_terms > 1 + problem.config.center else ""
    return f"The score of a pair is {words}{more}."


def _objective(problem: Problem, lines: tuple[Line, ...]) -> list[Line]:
    config = problem.config
    if _is_least_squares(config):
        return _least_squares(problem)
    terms = [
        rf"\log p({line.symbol}{rf' \mid {line.given}' if line.given else ''})"
        for line in lines
        if line.names
    ]
    words = (
        "The MAP is where this is largest: the log density of the ratings and of everything that "
        "is learned, each summed over all that there are of it."
    )
    latex = rf"-E = {' + '.join(terms)}"
    return [Line("E", latex, words, "objective"), *_strengths(problem)]


def _is_least_squares(config: PMFConfig) -> bool:
    """Return whether the MAP minimises squares of errors and of factors, and nothing else."""
    plain = not (config.biases or config.effects) and config.prior == "fixed"
    plain = plain and config.implicit == config.side_info == "none" and config.noise == "shared"
    return plain and config.alpha is not None and config.link != "ordinal"


def _least_squares(problem: Problem) -> list[Line]:
    mean = r"g(\eta_{ij})" if problem.config.link == "logistic" else r"\eta_{ij}"
    error = rf"\big(r_{{ij}} - {mean}\big)^2"
    lambda_U, lambda_V = strengths(problem)
    sizes = (
        rf"\frac{{{number(lambda_U)}}}{{2}}\sum_i \lVert U_i \rVert^2",
        rf"\frac{{{number(lambda_V)}}}{{2}}\sum_j \lVert V_j \rVert^2",
    )
    latex = rf"E = \frac12 \sum_{{(i,j)}} {error} + {' + '.join(sizes)}"
    words = (
        "The MAP is where this is smallest: squared errors of the training ratings, and a penalty "
        "on the size of the factors. It is minus the log posterior, over α, up to a constant."
    )
    return [Line("E", latex, words, "objective"), *_strengths(problem)]


def strengths(problem: Problem) -> tuple[float, float]:
    """Return ``(lambda_U, lambda_V)``: what a factor's square costs beside a squared error.

    ``lambda_U = alpha_U / alpha``, of a model with a fixed prior and a given noise precision.
    """
    alpha = problem.config.alpha
    return problem.user.alpha / alpha, problem.item.alpha / alpha


def _strengths(problem: Problem) -> list[Line]:
    config = problem.config
    if config.prior != "fixed":
        return []
    lines = []
    for rows, side in (("U", problem.user), ("V", problem.item)):
        symbol = rf"\lambda_{rows}"
        ratio = rf"{symbol} = \frac{{\alpha_{rows}}}{{\alpha}}"
        if config.alpha is None:
            latex = rf"{ratio} = \frac{{{number(side.alpha)}}}{{\alpha}}"
        else:
            result = number(side.alpha / config.alpha)
            latex = rf"{ratio} = \frac{{{number(side.alpha)}}}{{{number(config.alpha)}}} = {result}"
        owner, whose = {"U": ("user", "a user's"), "V": ("item", "an item's")}[rows]
        words = f"What the square of {whose} factor costs beside a squared error."
        lines.append(Line(symbol, latex, words, "objective", owner=owner))
    return lines
