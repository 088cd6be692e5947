"""From one draw of the model to the distribution of ratings at given pairs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from pmf_core.data import Ratings
from pmf_core.kernels.scores import pair_scores
from pmf_core.models.links import cut_points, mean_rating
from pmf_core.models.problem import Problem, effect_positions
from pmf_core.models.state import State


@dataclass(frozen=True, eq=False)
class Pairs:
    """Users and items to predict."""

    user_idx: NDArray[np.int32]
    item_idx: NDArray[np.int32]
    effect_idx: NDArray[np.int32]
    """ndarray of shape (n_effects, n_pairs): positions in `State.effect`"""

    @classmethod
    def of(cls, problem: Problem, ratings: Ratings) -> "Pairs":
        """Return the pairs of ratings."""
        effects = effect_positions(problem.effects, ratings)
        return cls(ratings.user_idx, ratings.item_idx, effects)

    def take(self, rows: NDArray[np.intp]) -> "Pairs":
        """Return the pairs at `rows`."""
        return Pairs(self.user_idx[rows], self.item_idx[rows], self.effect_idx[:, rows])


@dataclass(frozen=True, eq=False)
class Predictor:
    """What it takes, beside a draw, to predict."""

    link: str
    n_factors: int
    offset: float
    scale: tuple[float, float]
    levels: NDArray[np.float64]
    """ndarray of shape (n_levels,): the ratings that can be given; empty if continuous"""

    @classmethod
    def of(cls, problem: Problem) -> "Predictor":
        """Return the predictor of a problem."""
        config = problem.config
        return cls(config.link, config.n_factors, problem.offset, problem.scale, problem.levels)

    def score(self, draw: State, pairs: Pairs) -> NDArray:
        """Return ``U_i . V_j``, biases and effects of every pair, without the offset."""
        eta = np.empty(len(pairs.user_idx), draw.U.dtype)
        pair_scores(draw.U, draw.V, pairs.user_idx, pairs.item_idx, self.n_factors, eta)
        for idx in pairs.effect_idx:
            eta += draw.effect[idx]
        return eta

    def mean(self, draw: State, pairs: Pairs, score: NDArray) -> NDArray[np.float64]:
        """Return the mean rating of every pair, in stars, given its `score`."""
        if self.link == "identity":
            return self.offset + score
        eta = self.offset + score.astype(np.float64)
        cuts = self.cuts(draw, pairs) if self.link == "ordinal" else None
        return mean_rating(
            self.link, eta, self.scale, self.levels, cuts, self.noise_sd(draw, pairs)
        )

    def noise_sd(self, draw: State, pairs: Pairs) -> NDArray[np.float64]:
        """Return the sd of the noise of every pair's rating (or of its latent score)."""
        precision = np.full(len(pairs.user_idx), float(draw.alpha))
        if draw.noise_scale_user.size:
            precision *= draw.noise_scale_user[pairs.user_idx]
        if draw.noise_scale_item.size:
            precision *= draw.noise_scale_item[pairs.item_idx]
        return precision**-0.5

    def probability(self, draw: State, pairs: Pairs, score: NDArray) -> NDArray[np.float64]:
        """Return the probability of each level, of shape (n_pairs, n_levels).

        Where the link is not ordinal, a level gets all that lies nearer to it than to another.
        """
        sd = self.noise_sd(draw, pairs)[:, None]
        if self.link == "ordinal":
            inner = self.cuts(draw, pairs)[:, 1:-1]
            centre = self.offset + score.astype(np.float64)
        else:
            inner = 0.5 * (self.levels[1:] + self.levels[:-1])
            centre = self.mean(draw, pairs, score)
        below = ndtr((inner - centre[:, None]) / sd)
        ends = np.zeros((len(below), 1)), np.ones((len(below), 1))
        return np.diff(np.concatenate([ends[0], below, ends[1]], axis=1), axis=1)

    def cuts(self, draw: State, pairs: Pairs) -> NDArray[np.float64]:
        """Return the cut points of an ordinal link, of shape (n_pairs or 1, n_levels + 1)."""
        cuts = cut_points(draw.log_gap.astype(np.float64))
        return cuts[pairs.user_idx] if len(cuts) > 1 else cuts
