"""Levels and the cut points between them, as a page writes them; `ordinal` states the same."""

from pmf_core.models.ingredients.cut_points import GAP_SD, TAU_RATE, TAU_SHAPE
from pmf_core.models.ingredients.mathematics import Line, gamma, normal, number
from pmf_core.models.problem import Problem


def cuts_in_words(problem: Problem, precision: str) -> tuple[Line, ...]:
    """Write the probability of each level, and the prior of the distances of cut points.

    Parameters
    ----------
    problem : Problem
    precision : str
        Of the noise of a score, in LaTeX.
    """
    own = problem.config.cut_points == "user"
    whose, n = ("i," if own else ""), len(problem.levels)
    cut, gap = rf"c_{{{whose}k}}", rf"d_{{{whose}k}}"
    below = rf"P(r_{{ij}} \le \ell_k) = \Phi\big(({cut} - \eta_{{ij}})\sqrt{{{precision}}}\big)"
    after = rf"c_{{{whose}1}} = 0,\quad c_{{{whose}k+1}} = {cut} + e^{{{gap}}}"
    levels = rf"\ell_1 = {number(problem.levels[0])}, \dots, \ell_{{{n}}} = "
    levels += number(problem.levels[-1])
    first = (
        Line(
            "r_{ij}",
            below,
            "A rating is the level whose cut points a score and its normal noise fall between.",
            "rating",
            ("rating",),
            rf"\eta_{{ij}}, {cut}, {precision}",
        ),
        Line(r"\ell_k", levels, f"The {n} different ratings.", "rating"),
        Line(cut, after, "The first cut point is 0, the others follow at distances.", "rating"),
    )
    if not own:
        words = "Log distances of cut points, the same for everybody."
        latex = normal(gap, "0", number(GAP_SD**2))
        return *first, Line(gap, latex, words, "prior", ("log_gap",))
    mu, tau = r"\mu_{d_k}", r"\tau_{d_k}"
    words = "Log distances of cut points: each user's own way of using the scale."
    latex, given = normal(gap, mu, f"1/{tau}"), f"{mu}, {tau}"
    return (
        *first,
        Line(gap, latex, words, "prior", ("log_gap",), given),
        Line(
            mu,
            normal(mu, "0", number(GAP_SD**2)),
            "Their mean over users.",
            "hyperprior",
            ("mu_gap",),
        ),
        Line(
            tau,
            gamma(tau, TAU_SHAPE, TAU_RATE),
            "How alike users are in them.",
            "hyperprior",
            ("tau_gap",),
        ),
    )
