"""From a score ``eta = offset + U_i . V_j + ...`` to the distribution of a rating."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtr, ndtri

from pmf_core.data import Ratings
from pmf_core.models.config import PMFConfig

MAX_LEVELS = 21
"""Ratings with more different values are treated as continuous."""


def find_levels(config: PMFConfig, ratings: Ratings) -> NDArray[np.float64]:
    """Return the different ratings in ascending order; none where they are too many to be levels.

    A few ratings of any value have few values, too: levels are given several times each, or the
    link says that they are levels.
    """
    levels = np.unique(ratings.rating)
    repeat = config.link == "ordinal" or 3 * len(levels) <= ratings.n_ratings
    return levels if repeat and len(levels) <= MAX_LEVELS else np.empty(0)


def latent_unit(config: PMFConfig, ratings: Ratings) -> float:
    """Return how many stars one unit of the score is worth, near the middle of the scale."""
    low, high = ratings.scale
    match config.link:
        case "logistic":
            return (high - low) / 4
        case "ordinal":
            return (high - low) / (len(np.unique(ratings.rating)) - 1)
    return 1.0


def latent_offset(config: PMFConfig, ratings: Ratings) -> float:
    """Return the score to which factors and effects add: 0, or that of the mean if centred.

    With an ordinal link the lowest cut point is at 0, and the offset that of ratings which all
    have the same score.
    """
    if not config.center:
        return 0.0
    mean = ratings.rating.mean()
    match config.link:
        case "logistic":
            low, high = ratings.scale
            return float(logit((mean - low) / (high - low)))
        case "ordinal":
            return float(-ndtri((ratings.rating == ratings.rating.min()).mean()))
    return float(mean)


def cut_points(log_gap: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return cut points between levels, -inf and inf included: (..., n_levels + 1).

    Parameters
    ----------
    log_gap : ndarray of shape (..., n_levels - 2)
        The first cut point is 0, the others follow at these log distances.
    """
    inner = np.cumsum(np.exp(log_gap), axis=-1)
    ends = np.full((*log_gap.shape[:-1], 1), np.inf)
    return np.concatenate([-ends, np.zeros_like(ends), inner, ends], axis=-1)


def mean_rating(
    link: str,
    eta: NDArray,
    scale: tuple[float, float],
    levels: NDArray | None = None,
    cuts: NDArray | None = None,
    sd: NDArray | float = 1.0,
) -> NDArray[np.float64]:
    """Return the mean rating at each score, in stars.

    Parameters
    ----------
    link : str
        As in `PMFConfig`.
    eta : ndarray of shape (n_pairs,)
    levels : ndarray of shape (n_levels,)
    cuts : ndarray of shape (n_pairs or 1, n_levels + 1)
        As of `cut_points`; for an ordinal link.
    sd : ndarray of shape (n_pairs,), or float
        Of the noise on the score, for an ordinal link.
    """
    if link == "identity":
        return eta
    low, high = scale
    if link == "logistic":
        return low + (high - low) * expit(eta)
    # Summed by parts: the mean is the lowest level and, for each cut point that is passed, a step.
    mean = np.full(eta.shape, levels[0], np.float64)
    for k, step in enumerate(np.diff(levels), start=1):
        mean += step * ndtr((eta - cuts[..., k]) / sd)
    return mean
