"""The log density of everything that a model draws, which a MAP climbs."""

from pmf_core.models.ingredients import ingredients_of
from pmf_core.models.problem import Problem
from pmf_core.models.state import State


def log_prior(problem: Problem, state: State) -> float:
    """Return the log prior density of a state, up to a constant.

    With the log likelihood of the ratings it is the log posterior density, of which no step of a
    sweep with `Modes` goes down.
    """
    return float(sum(each.log_prior(problem, state) for each in ingredients_of(problem.config)))
