"""Rows once more, given the weights of the features that move them."""

import numpy as np
from numpy.typing import NDArray

from pmf_core.data import Ratings
from pmf_core.kernels.randomness import Draws
from pmf_core.kernels.scores import pair_scores
from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients import link_of
from pmf_core.models.ingredients.factors import row_data
from pmf_core.models.ingredients.link import RowData
from pmf_core.models.problem import Problem
from pmf_core.models.state import State
from pmf_core.sampling.moves.base import Move, completed, learns_weights
from pmf_core.sampling.moves.overrelax import CORRELATION


class Rows(Move):
    """Draw latent scores, where ratings are levels, and the rows of both sides again.

    With features a sweep takes longest over their weights; rows, and the scores that they explain,
    walk slowest of what predicts. To draw these by themselves takes a fifth of it. Each row is
    drawn against where it was (`Overrelax`).

    With ``U = Y + X W`` and W held, what ``X W`` adds to the scores is taken off the targets, and Y
    has the full conditional of rows without features (Salakhutdinov & Mnih 2008, eqs 11 to 13).
    """

    name = "rows"

    def applies(self, config: PMFConfig) -> bool:
        """Return whether features move rows, which are normal given ratings or latent scores."""
        return learns_weights(config) and link_of(config).has_normal_rows

    def nanoseconds(self, config: PMFConfig, train: Ratings) -> float:
        """Return about what it takes of one core."""
        return (40.0 + 1.4 * config.n_columns**1.5) * train.n_ratings

    def step(self, rng: np.random.Generator, problem: Problem, state: State) -> State:
        """Draw the users' rows, then the items'."""
        work, random = completed(rng, problem, state), Draws(rng, CORRELATION)
        for owner, side in problem.sides.items():
            half, data = state.side(owner), row_data(problem, owner, state, work)
            drift = side.features.times(half.W)
            data = data._replace(target=data.target - _scores(drift, data))
            noise, beside = random.normal(*half.rows.shape), half._replace(rows=half.rows - drift)
            drawn = work.link.draw_rows(random, problem, beside, None, data, noise)
            state = state.with_side(owner, half._replace(rows=drawn.rows + drift))
        return state


def _scores(rows: NDArray[np.float64], data: RowData) -> NDArray[np.float64]:
    """Return what rows give their ratings: (n_ratings,)."""
    out = np.empty(len(data.indices))
    idx = np.repeat(np.arange(len(rows), dtype=np.int32), np.diff(data.indptr))
    pair_scores(rows, data.design, idx, data.indices, rows.shape[1], out)
    return out
