"""From one draw of the model to the distribution of ratings at given pairs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pmf_core.kernels.normal import probabilities_below
from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients import ingredients_of, link_of
from pmf_core.models.ingredients.cut_points import pair_cuts
from pmf_core.models.ingredients.link import log_normal
from pmf_core.models.pairs import Pairs, row_scores
from pmf_core.models.problem import Problem
from pmf_core.models.state import State


@dataclass(frozen=True, eq=False)
class Predictor:
    """What it takes, beside a draw, to predict; ratings are in units of `unit` stars."""

    config: PMFConfig
    offset: float
    """Added to scores."""
    scale: tuple[float, float]
    """Lowest and highest rating."""
    unit: float
    """How many stars a unit is: see `Ratings.unit`."""
    levels: NDArray[np.float64]
    """ndarray of shape (n_levels,): the ratings that can be given; empty if continuous"""

    @classmethod
    def of(cls, problem: Problem) -> "Predictor":
        """Return the predictor of a problem."""
        return cls(problem.config, problem.offset, problem.scale, problem.unit, problem.levels)

    @property
    def link(self) -> str:
        """Name of the link."""
        return self.config.link

    def score(self, draw: State, pairs: Pairs) -> NDArray:
        """Return ``U_i . V_j``, biases and effects of every pair, without the offset: (n_pairs,).

        In the precision of the draw.
        """
        eta = row_scores(draw, pairs, self.config.n_factors)
        for ingredient in ingredients_of(self.config):
            for share in ingredient.shares(draw, pairs):
                eta += share
        return eta

    def mean(
        self, draw: State, pairs: Pairs, score: NDArray, spread: NDArray | None = None
    ) -> NDArray[np.float64]:
        """Return the mean rating of every pair, in units, given its `score`: (n_pairs,).

        Parameters
        ----------
        spread : ndarray of shape (n_pairs,), optional
            Variance of a score that is normal around `score` rather than there; not under a
            logistic link, where the mean has no closed form.
        """
        link = link_of(self.config)
        if self.link != "identity":
            score = score.astype(np.float64)
        sd = self.noise_sd(draw, pairs, spread) if link.is_latent else 0.0
        return link.mean(self, draw, pairs, self.offset + score, sd)

    def noise_precision(self, draw: State, pairs: Pairs) -> NDArray[np.float64]:
        """Return the precision of every pair's rating, or of its latent score: (n_pairs,).

        In 1 / stars squared, or in the score's unit to the power -2.
        """
        precision = np.full(len(pairs), float(draw.alpha))
        for ingredient in ingredients_of(self.config):
            for factor in ingredient.precisions(draw, pairs):
                precision *= factor
        return precision

    def noise_sd(
        self, draw: State, pairs: Pairs, spread: NDArray | None = None
    ) -> NDArray[np.float64]:
        """Return the sd of the noise of every pair's rating, or of its latent score: (n_pairs,).

        In stars, or in the unit of the score; with a variance added, if there is a `spread`.
        """
        sd = self.noise_precision(draw, pairs) ** -0.5
        return sd if spread is None else np.sqrt(sd**2 + spread)

    def probability(
        self, draw: State, pairs: Pairs, score: NDArray, spread: NDArray | None = None
    ) -> NDArray[np.float64]:
        """Return the probability of each level, of shape (n_pairs, n_levels).

        Where the link is not ordinal, a level gets all that lies nearer to it than to another.
        `spread` as in `mean`.
        """
        sd = self.noise_sd(draw, pairs, spread)[:, None]
        if self.link == "ordinal":
            inner = self.cuts(draw, pairs)[:, 1:-1]
            centre = self.offset + score.astype(np.float64)
            return _between(inner, centre, sd)
        limits = 0.5 * (self.levels[1:] + self.levels[:-1])
        return _between(limits, self.mean(draw, pairs, score), sd)

    def cuts(self, draw: State, pairs: Pairs) -> NDArray[np.float64]:
        """Return the cut points of an ordinal link, of shape (n_pairs or 1, n_levels + 1)."""
        return pair_cuts(draw.log_gap, pairs.user_idx)

    def observed(self, rating: NDArray[np.float64]) -> NDArray:
        """Return what `log_density` is of: the ratings, in stars, or which level each is.

        Both of shape (n_pairs,).
        """
        return link_of(self.config).observed(self, rating)

    def log_density(
        self, draw: State, pairs: Pairs, score: NDArray, observed: NDArray
    ) -> NDArray[np.float64]:
        """Return the log density (probability) of every pair's rating given a draw: (n_pairs,).

        Parameters
        ----------
        score : ndarray of shape (n_pairs,)
            As of `score`; the result has its precision.
        observed : ndarray of shape (n_pairs,)
            As of `observed`.
        """
        precision = self.noise_precision(draw, pairs)
        eta = self.offset + score
        return link_of(self.config).log_density(self, draw, pairs, observed, eta, precision)

    def log_likelihood(
        self, draw: State, pairs: Pairs, score: NDArray, observed: NDArray, squared_error: float
    ) -> float:
        """Return the sum of `log_density`; where the noise is one for all, it has a closed form.

        Parameters
        ----------
        score, observed : ndarray of shape (n_pairs,)
            As of `log_density`.
        squared_error : float
            Of mean ratings, summed over the pairs.
        """
        ingredients = ingredients_of(self.config)
        is_shared = not any(True for each in ingredients for _ in each.precisions(draw, pairs))
        if is_shared and not link_of(self.config).is_latent:
            return float(log_normal(squared_error, float(draw.alpha), len(pairs)))
        return float(self.log_density(draw, pairs, score, observed).sum())


def _between(inner: NDArray, centre: NDArray, sd: NDArray) -> NDArray[np.float64]:
    """Return the probability of a normal between inner limits: (n_pairs, n_limits + 1)."""
    limits = (inner - centre[:, None]) / sd
    below = np.empty(limits.shape)
    probabilities_below(limits.ravel(), below.reshape(-1))
    ends = np.zeros((len(below), 1)), np.ones((len(below), 1))
    return np.diff(np.concatenate([ends[0], below, ends[1]], axis=1), axis=1)
