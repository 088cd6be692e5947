"""One sweep through all full conditionals, what follows it, and a segment of a chain of them."""

from collections.abc import Iterable

import numpy as np

from pmf_core.kernels.randomness import Draws, Modes
from pmf_core.models.ingredients import ingredients_of, link_of
from pmf_core.models.ingredients.work import Work
from pmf_core.models.problem import Problem
from pmf_core.models.state import State
from pmf_core.sampling.moves import moves_of
from pmf_core.sampling.moves.base import Move
from pmf_core.sampling.moves.overrelax import correlations
from pmf_core.sampling.moves.schedule import due


def sweep(problem: Problem, state: State, random: Draws | Modes) -> State:
    """Draw every part of the model once, given the others; or, with `Modes`, climb."""
    ingredients, link = ingredients_of(problem.config), link_of(problem.config)
    work = Work(ingredients, link, problem, state)
    for ingredient in (link, *ingredients[:-1]):
        state = ingredient.step(random, problem, state, work)
    return state


def step(
    rng: np.random.Generator, problem: Problem, state: State, moves: Iterable[Move], turn: int
) -> State:
    """Take one step of a chain: a sweep, then the moves whose turn it is."""
    now = tuple(due(moves, turn))
    state = sweep(problem, state, Draws(rng, *correlations(now)))
    for move in now:
        state = move.step(rng, problem, state)
    return state


def chain_rng(random_seed: int, chain: int, sweep: int) -> np.random.Generator:
    """Return the generator of one sweep of one chain.

    Every sweep has a stream of its own (the first, number -1, is that of the starting point):
    draws depend neither on how a chain is cut into segments nor on which thread or machine runs
    them, and a chain can be taken up again from its state alone.
    """
    return np.random.default_rng((random_seed, chain, sweep + 1))


def run_segment(
    problem: Problem,
    state: State,
    random_seed: int,
    chain: int,
    start: int,
    stop: int,
    moves: tuple[str, ...] = (),
) -> tuple[State, State]:
    """Run sweeps `start` to `stop` of a chain, each with the moves of these names.

    Returns
    -------
    state : State
        Where the chain stands after sweep ``stop - 1``.
    draws : State
        What each sweep drew, in float32, with one more axis in front of every part.
    """
    length, along = stop - start, moves_of(problem.config, moves)
    draws = state.map(lambda part: np.empty((length, *part.shape), np.float32))
    for t in range(start, stop):
        state = step(chain_rng(random_seed, chain, t), problem, state, along, t)
        for name, part in state.items():
            draws[name][t - start] = part
    return state, draws
