"""Where chains start, and draws from the prior."""

import numpy as np
from numpy.typing import NDArray

from pmf_core.kernels.randomness import Draws
from pmf_core.models.ingredients import ingredients_of, link_of, steps_of
from pmf_core.models.ingredients.work import score, total_precision, total_share
from pmf_core.models.problem import Problem
from pmf_core.models.state import State
from pmf_core.sampling.sweep import chain_rng


def initial_state(problem: Problem, random_seed: int, chain: int) -> State:
    """Start a chain: rows drawn from the fixed prior, everything else at a plain guess."""
    parts, random = _no_steps(problem), Draws(chain_rng(random_seed, chain, -1))
    for ingredient in ingredients_of(problem.config):
        parts |= ingredient.start(random, problem)
    return State(parts)


def draw_prior(problem: Problem, rng: np.random.Generator) -> State:
    """Draw every part of the model from its prior; the ratings of the problem are not looked at.

    Parameters
    ----------
    problem : Problem
    rng : numpy.random.Generator
    """
    parts, random = _no_steps(problem), Draws(rng)
    for ingredient in ingredients_of(problem.config):
        parts |= ingredient.draw_prior(random, problem)
    return State(parts)


def draw_ratings(problem: Problem, state: State, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw the ratings of the problem's pairs given every part of the model.

    Returns
    -------
    ndarray of shape (n_ratings,)
        In units, in the order of the users; levels if the link is ordinal, else neither rounded
        nor clipped to the scale.
    """
    ingredients, pairs = ingredients_of(problem.config), problem.pairs
    share = total_share(ingredients, state, pairs)
    weight = total_precision(ingredients, state, pairs)
    eta = problem.offset + score(problem, state) + (0.0 if share is None else share)
    sd = 1 / np.sqrt(state.alpha * (1.0 if weight is None else weight))
    noise = rng.standard_normal(len(eta)) * sd
    return link_of(problem.config).draw_rating(problem, state, pairs, eta, noise)


def _no_steps(problem: Problem) -> dict[str, NDArray]:
    """Return the rates of Metropolis steps before the first."""
    return {step.trace: np.asarray(0.0) for step in steps_of(problem.config)}
