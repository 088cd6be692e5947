"""How much biases differ, with the biases integrated out."""

import numpy as np

from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients import link_of
from pmf_core.models.ingredients.work import total_precision
from pmf_core.models.problem import Problem
from pmf_core.models.state import SIDES, State
from pmf_core.sampling.moves.base import Move, completed
from pmf_core.sampling.moves.cells import Cells


class Biases(Move):
    """Draw the precision of biases given factors, then all biases of a side, given all else.

    Biases of whom little is rated follow their prior, and their prior follows them; so it is drawn
    without them, as `Cells` says. Those of users are left to `Sessions` where users' days have
    effects: these would have to be left out, too. Latent scores, where ratings are levels, are
    drawn first, anew.

    References
    ----------
    Liu (1994), The collapsed Gibbs sampler in Bayesian computations.
    """

    name = "biases"

    def applies(self, config: PMFConfig) -> bool:
        """Return whether there are biases, and rows are normal given ratings or latent scores."""
        link = link_of(config)
        return config.biases and (link.is_latent or not link.needs_rounds)

    def step(self, rng: np.random.Generator, problem: Problem, state: State) -> State:
        """Draw those of one side after the other."""
        for owner in SIDES:
            if owner == "item" or "user:day" not in problem.config.effects:
                state = _step(rng, problem, state, owner)
        return state


def _step(rng: np.random.Generator, problem: Problem, state: State, owner: str) -> State:
    work, half = completed(rng, problem, state), state.side(owner)
    weight, error = total_precision(work.ingredients, state, problem.pairs), work.error(state)
    said = float(state.alpha) * (np.ones(len(error)) if weight is None else weight)
    row = problem.user_idx if owner == "user" else problem.item_idx
    rated, cell = np.unique(row, return_inverse=True)
    known = np.bincount(cell, said)
    at = np.bincount(cell, said * error) / known + half.rows[rated, -1]
    cells = Cells(problem.sides[owner], half, rated, known, at)
    half = cells.draw_prior(rng, problem.config, np.inf)
    rows = half.rows.copy()
    rows[:, -1] = cells.draw_biases(rng, np.inf)
    return state.with_side(owner, half._replace(rows=rows))
