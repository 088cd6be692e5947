"""What a link is: the ingredient that leads from a score to the distribution of a rating."""

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from pmf_core.data import Ratings
from pmf_core.kernels.randomness import Draws, Modes
from pmf_core.models.config import PMFConfig
from pmf_core.models.feature_matrix import Features
from pmf_core.models.ingredients.base import Ingredient, Scalar, Statement
from pmf_core.models.ingredients.mathematics import Line, Mathematics, normal
from pmf_core.models.ingredients.work import Work
from pmf_core.models.pairs import Pairs
from pmf_core.models.problem import Problem
from pmf_core.models.state import SideState, State

MAX_LEVELS = 21
"""Ratings with more different values are treated as continuous."""


class Rated(Protocol):
    """The ratings that a link leads to, as a `Problem` or a `Predictor` has them."""

    offset: float
    """Added to ``U_i . V_j``"""
    scale: tuple[float, float]
    """Lowest and highest rating, in units: see `Ratings.unit`"""
    levels: NDArray[np.float64]
    """ndarray of shape (n_levels,): the ratings that can be given; empty if continuous"""


class RowData(NamedTuple):
    """What the rows of one side meet, in their order: its ratings, and the other side."""

    indptr: NDArray[np.int64]
    """ndarray of shape (n_rows + 1,): the ratings of each row"""
    indices: NDArray[np.int32]
    """ndarray of shape (n_ratings,): row of `design`"""
    target: NDArray[np.float64]
    """ndarray of shape (n_ratings,): what rows explain"""
    weight: NDArray[np.float64] | None
    """ndarray of shape (n_ratings,): relative precision; None where all are 1"""
    design: NDArray[np.float64]
    """ndarray of shape (n_other, n_columns)"""
    alpha: float
    """Noise precision."""
    shift: NDArray[np.float64] | float
    """ndarray of shape (n_ratings,): added to what rows and design give"""


class DrawnRows(NamedTuple):
    """What a link draws of one side."""

    rows: NDArray[np.float64]
    """ndarray of shape (n_rows, n_columns)"""
    W: NDArray[np.float64]
    """ndarray of shape (n_features, n_columns)"""
    drift: NDArray[np.float64] | float
    """ndarray of shape (n_rows, n_columns): what features add to the rows"""
    accepted: float | None = None
    """Share of the rows that moved, of a Metropolis step."""
    square: float | None = None
    """Sum of squared errors that these rows leave, weighted; None where nobody worked it out."""


class Link(Ingredient):
    """How ratings come from scores: the part of the model that knows of stars.

    Every method beside those of `Ingredient` is required, but where one is given here.
    """

    name: str
    """As in `PMFConfig.link`."""
    is_latent = False
    """Whether noise is on a latent score, so that the mean rating depends on it."""

    @property
    def has_normal_rows(self) -> bool:
        """Whether a row is normal given ratings, or latent scores, and the other side."""
        return self.is_latent or not self.needs_rounds

    def is_in(self, config: PMFConfig) -> bool:
        """Return whether this is the link of a model."""
        return config.link == self.name

    def scalars(self, config: PMFConfig, n_levels: int) -> tuple[Scalar, ...]:
        """Declare how well the ratings are explained, and how far their scores spread."""
        return (
            Scalar(
                "total_log_likelihood",
                "Log likelihood of all ratings",
                "Log probability (density) of all training ratings given the draw, summed.",
                of_scores=True,
            ),
            Scalar(
                "sd_score",
                "Sd of the scores",
                "How far the scores of the training ratings spread: the sd of η.",
                of_scores=True,
            ),
        )

    def around(self, problem: Problem, mean: str, words: str) -> Mathematics:
        """Write that a rating is normal around `mean`."""
        precision = precision_of(problem)
        latex = normal("r_{ij}", mean, f"1/{precision}")
        given = rf"\eta_{{ij}}, {precision}"
        return Mathematics((Line("r_{ij}", latex, words, "rating", ("rating",), given),))

    def unit(self, ratings: Ratings) -> float:
        """Return how many units of ratings one of the score is worth, mid-scale."""
        return 1.0

    def offset(self, ratings: Ratings) -> float:
        """Return the score to which factors and effects add in a centred model."""
        raise NotImplementedError

    def target(self, problem: Problem) -> NDArray[np.float64]:
        """Return what rows and shares explain, of shape (n_ratings,): by default, the ratings.

        Where that is a latent score, less the offset, `step` puts it in their stead.
        """
        return problem.rating.copy()  # to read-only arrays kernels would be compiled anew

    def complete(self, random: Draws | Modes, problem: Problem, state: State, work: Work) -> None:
        """Draw what rows and shares explain, where that is latent, given all that is drawn."""

    def mean_of_target(self, problem: Problem, score: NDArray) -> NDArray[np.float64]:
        """Return the mean of the target given ``U_i . V_j``."""
        return score

    def draw_rows(
        self,
        random: Draws | Modes,
        problem: Problem,
        side: SideState,
        features: Features | None,
        data: RowData,
        noise: NDArray[np.float64],
    ) -> DrawnRows:
        """Draw the rows of a side and the weights of its features, given the other side.

        Parameters
        ----------
        side : SideState
            As it is; its mean and precision are the prior of a row.
        noise : ndarray of shape (n_rows, n_columns)
            Standard normals, or zeros.
        """
        raise NotImplementedError

    def observed(self, rated: Rated, rating: NDArray[np.float64]) -> NDArray:
        """Return what `log_density` is of: the ratings, or which level each is."""
        return rating

    def mean(
        self, rated: Rated, draw: State, pairs: Pairs, eta: NDArray, sd: NDArray | float
    ) -> NDArray:
        """Return the mean rating of every pair, in units.

        Parameters
        ----------
        eta : ndarray of shape (n_pairs,)
            Scores, the offset included.
        sd : ndarray of shape (n_pairs,), or float
            Of the noise on the score, where `is_latent`.
        """
        raise NotImplementedError

    def log_density(
        self,
        rated: Rated,
        draw: State,
        pairs: Pairs,
        observed: NDArray,
        eta: NDArray,
        precision: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Return the log density (probability) of every rating given a draw: (n_pairs,)."""
        error = observed - self.mean(rated, draw, pairs, eta.astype(np.float64), 0.0)
        return log_normal(error**2, precision)

    def draw_rating(
        self, rated: Rated, state: State, pairs: Pairs, eta: NDArray, noise: NDArray
    ) -> NDArray[np.float64]:
        """Return the rating, in units, that each score and its noise give."""
        return self.mean(rated, state, pairs, eta, 0.0) + noise

    def state_in_pymc(self, problem: Problem, statement: Statement) -> None:
        """State the ratings around their scores."""
        raise NotImplementedError


def precision_of(problem: Problem) -> str:
    """Write the noise precision of a rating: that of all where they share it."""
    return r"\alpha" if problem.config.noise == "shared" else r"\alpha_{ij}"


def log_normal(
    square: NDArray[np.float64] | float, precision: NDArray[np.float64] | float, n: int = 1
) -> NDArray[np.float64]:
    """Return the log density of `n` normal errors of one precision, given their squares' sum."""
    return 0.5 * (n * np.log(precision / (2 * np.pi)) - precision * square)
