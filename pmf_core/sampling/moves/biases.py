"""How much biases differ, with the biases integrated out."""

import numpy as np

from pmf_core.data import Ratings
from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients import link_of
from pmf_core.models.ingredients.work import Work, total_precision
from pmf_core.models.problem import Problem
from pmf_core.models.state import SIDES, State
from pmf_core.sampling.moves.base import Move, completed, unexplained, with_biases
from pmf_core.sampling.moves.cells import Cells


class Biases(Move):
    """Draw the precision of biases given factors, then all biases of a side, given all else.

    Biases of whom little is rated follow their prior, and their prior follows them; so it is drawn
    without them, as `Cells` says. Where days have effects, `Sessions` does so, which leaves these
    out, too. Latent scores, where ratings are levels, are drawn first, anew.

    References
    ----------
    Liu (1994), The collapsed Gibbs sampler in Bayesian computations.
    """

    name = "biases"

    def applies(self, config: PMFConfig) -> bool:
        """Return whether there are biases, and rows are normal given ratings or latent scores."""
        return config.biases and not config.effects and link_of(config).has_normal_rows

    def nanoseconds(self, config: PMFConfig, train: Ratings) -> float:
        """Return about what it takes of one core."""
        return 40.0 * train.n_ratings

    def step(self, rng: np.random.Generator, problem: Problem, state: State) -> State:
        """Draw those of one side after the other."""
        work = completed(rng, problem, state)
        for owner in SIDES:
            state = draw_biases(rng, problem, state, work, owner)
        return state


def draw_biases(
    rng: np.random.Generator, problem: Problem, state: State, work: Work, owner: str
) -> State:
    """Draw the precision of biases of a side, then the biases."""
    half = state.side(owner)
    weight = total_precision(work.ingredients, state, problem.pairs)
    error = unexplained(problem, state, work)
    said = float(state.alpha) * (np.ones(len(error)) if weight is None else weight)
    row, n_rows = problem.user_idx if owner == "user" else problem.item_idx, len(half.rows)
    known = np.bincount(row, said, minlength=n_rows)
    total = np.bincount(row, said * error, minlength=n_rows)
    rated = np.flatnonzero(known)
    at = total[rated] / known[rated] + half.rows[rated, -1]
    cells = Cells(problem.sides[owner], half, rated, known[rated], at)
    half = cells.draw_prior(rng, problem.config, np.inf)
    return state.with_side(owner, with_biases(half, cells.draw_biases(rng, np.inf)))
