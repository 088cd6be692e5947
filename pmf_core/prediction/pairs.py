"""Predictions of any user and item: the mean rating, how sure it is, and where a rating falls."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from pmf_core.data.limits import shown
from pmf_core.fits.draws import predictor_of, stored_draws, unseen_pairs
from pmf_core.fits.fit import Fit
from pmf_core.fits.predictor import Pairs, Predictor
from pmf_core.models.state import State
from pmf_core.stats.metrics import level_interval
from pmf_core.support.errors import check_probability

CHUNK = 65_536
"""Pairs that are worked on at a time: memory grows with pairs, never with pairs times draws."""


@dataclass(frozen=True, eq=False)
class Predictive:
    """What draws say of ratings, pair by pair; arrays of shape (n_pairs,) but for one."""

    mean: NDArray[np.float64]
    """Mean of the scores of a rating over draws, in stars, not clipped to the scale."""
    expected: NDArray[np.float64]
    """Mean of the predictive distribution of a rating, in stars: noise that would lead beyond the
    scale ends there, so it is at an end only where every rating is."""
    sd: NDArray[np.float64]
    """Of that mean, over draws, in stars."""
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    """Equal-tailed interval of a rating, noise included, in stars, clipped to the scale."""
    probability: NDArray[np.float64]
    """ndarray of shape (n_pairs, n_levels): of each level; no columns if ratings are continuous"""
    high: NDArray[np.float64]
    """Probability of a rating that is `high_rating` or more."""


def high_rating(scale: tuple[float, float], levels: NDArray[np.floating]) -> float:
    """Return from where on a rating is called high: in the top 40% of the scale; 4 of 1 to 5.

    Parameters
    ----------
    scale : tuple of float
        Lowest and highest rating.
    levels : ndarray of shape (n_levels,)
        The ratings that are given, of which the answer is one; empty where any is.
    """
    low, high = scale
    limit = high - 0.4 * (high - low)
    above = levels[levels >= limit - 1e-9 * (high - low)]
    return float(above[0]) if len(above) else limit


def predict(fit: Fit, user_id: ArrayLike, item_id: ArrayLike, ci_prob: float = 0.9) -> xr.Dataset:
    """Predict ratings from the stored draws of a fit.

    A rating is taken to be given on a day that training has not seen, if days matter to the model.

    Parameters
    ----------
    fit : Fit
    user_id, item_id : scalar or array_like
        Raw identifiers, as many of one as of the other; a scalar goes with each of the other's.
    ci_prob : float
        Probability of the interval.

    Returns
    -------
    xr.Dataset
        Over ``pair``: ``pred_mean`` (mean rating, clipped to the scale), ``pred_sd`` (of the mean,
        over draws: 0 for a MAP, which is one), ``pred_lower`` and ``pred_upper`` (equal-tailed
        interval of a *rating*, noise included; but for an ordinal link, of a normal with the
        variance of the mean over draws plus that of the noise), in stars; where ratings take
        few values ``probability`` over (pair, level); ``expected`` (mean of the predictive
        distribution of a rating, which is within the scale, in stars); ``is_cold_user`` and
        ``is_cold_item``, without a training rating, whose predictions rest on the prior.

    Raises
    ------
    ValueError
        If an identifier is unknown, the lengths differ, or `ci_prob` is no probability.
    """
    check_probability(ci_prob)
    users, items = np.atleast_1d(np.asarray(user_id)), np.atleast_1d(np.asarray(item_id))
    are_flat = users.ndim == items.ndim == 1
    if not are_flat or (len(users) != len(items) and 1 not in (len(users), len(items))):
        raise ValueError(
            f"user_id has shape {users.shape} and item_id {items.shape}; give one item for each "
            "user, in flat arrays"
        )
    train = fit.split.train
    user_idx = positions("user_id", users, train.user_ids)
    item_idx = positions("item_id", items, train.item_ids)
    user_idx, item_idx = np.broadcast_arrays(user_idx, item_idx)
    some_users, user_row = np.unique(user_idx, return_inverse=True)
    some_items, item_row = np.unique(item_idx, return_inverse=True)
    draws, pairs = stored_draws(fit, some_users, some_items), unseen_pairs(fit, user_row, item_row)
    found = average(predictor_of(fit), draws, pairs, ci_prob)
    data = {
        "pred_mean": ("pair", np.clip(found.mean, *fit.attrs["scale"])),
        "expected": ("pair", found.expected),
        "pred_sd": ("pair", found.sd),
        "pred_lower": ("pair", found.lower),
        "pred_upper": ("pair", found.upper),
        "is_cold_user": ("pair", ~np.isin(user_idx, train.user_idx)),
        "is_cold_item": ("pair", ~np.isin(item_idx, train.item_idx)),
    }
    coords = {
        "user_id": ("pair", train.user_ids[user_idx]),
        "item_id": ("pair", train.item_ids[item_idx]),
    }
    if len(fit.levels):
        data["probability"] = (("pair", "level"), found.probability)
        coords["level"] = fit.levels
    return xr.Dataset(data, coords, {"ci_prob": ci_prob, "ci_kind": "eti"})


def average(
    predictor: Predictor, draws: Iterable[State], pairs: Pairs, ci_prob: float
) -> Predictive:
    """Return what draws together say of pairs; their rows are those of the draws."""
    n = len(pairs.user_idx)
    parts = [np.arange(at, min(at + CHUNK, n)) for at in range(0, n, CHUNK)]
    sums = Sums(predictor, n)
    for draw in draws:
        for rows in parts:
            some = pairs.take(rows)
            score = predictor.score(draw, some)
            mean, noise_sd = predictor.mean(draw, some, score), predictor.noise_sd(draw, some)
            levels = predictor.probability(draw, some, score) if len(predictor.levels) else None
            sums.add(rows, mean, noise_sd, levels)
        sums.count += 1
    return sums.predictive(ci_prob)


class Sums:
    """What is added up over draws, pair by pair, in units.

    Parameters
    ----------
    predictor : Predictor
    n : int
        Pairs.
    """

    def __init__(self, predictor: Predictor, n: int) -> None:
        self.predictor, self.count = predictor, 0
        self.first, self.total, self.square, self.within, self.noise = np.zeros((5, n))
        # Where ratings take few values, a high one is one of the upper levels; else it is a tail.
        self.probability, self.tail = np.zeros((n, len(predictor.levels))), np.zeros(n)
        self.limit = high_rating(predictor.scale, predictor.levels)

    def add(
        self,
        rows: NDArray[np.intp] | slice,
        mean: NDArray[np.float64],
        noise_sd: NDArray[np.float64],
        levels: NDArray[np.float64] | None,
        within: NDArray[np.float64] | float = 0.0,
    ) -> None:
        """Add what one draw says of some pairs; `count` is for whoever has added all of them.

        Parameters
        ----------
        rows : ndarray of int, or slice
            Which pairs.
        mean, noise_sd : ndarray of shape (n_some,)
            Of a rating; under an ordinal link the sd is that of its latent score.
        levels : ndarray of shape (n_some, n_levels), or None
            Probability of each level; None where ratings are continuous.
        within : ndarray of shape (n_some,), or 0
            Variance of the mean that the draw leaves, where it gives a distribution of it.
        """
        if not self.count:
            self.first[rows] = mean  # squares of what differs from it keep their digits
        self.total[rows] += mean - self.first[rows]
        self.square[rows] += (mean - self.first[rows]) ** 2
        self.within[rows] += within
        if self.predictor.link != "ordinal":
            self.noise[rows] += noise_sd**2
        if levels is not None:
            self.probability[rows] += levels
        else:
            self.tail[rows] += ndtr((mean - self.limit) / np.sqrt(noise_sd**2 + within))

    def predictive(self, ci_prob: float) -> Predictive:
        """Return what all draws together say, in stars."""
        predictor, count, levels = self.predictor, self.count, self.predictor.levels
        mean, probability = self.first + self.total / count, self.probability / count
        between = np.maximum(self.square / count - (self.total / count) ** 2, 0)
        sd = np.sqrt(between + self.within / count)
        spread = np.sqrt(sd**2 + self.noise / count)
        if predictor.link == "ordinal":
            lower, upper = level_interval(probability, levels, ci_prob)
        else:
            half = ndtri(0.5 + ci_prob / 2) * spread
            lower, upper = (np.clip(mean + side * half, *predictor.scale) for side in (-1, 1))
        if len(levels):
            high = probability[:, levels >= self.limit].sum(axis=1)
            expected = probability @ levels
        else:
            high = self.tail / count
            expected = _mean_within(mean, spread, *predictor.scale)
        in_stars = (each * predictor.unit for each in (mean, expected, sd, lower, upper))
        return Predictive(*in_stars, probability, high)


def _mean_within(mean: NDArray, sd: NDArray, low: float, high: float) -> NDArray[np.float64]:
    """Return the mean of normal ratings of which what is beyond the scale is at its end."""
    a, b = (low - mean) / sd, (high - mean) / sd
    within = mean * (ndtr(b) - ndtr(a)) + sd * (_density(a) - _density(b))
    return within + low * ndtr(a) + high * ndtr(-b)


def _density(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the density of standard normals; importing SciPy's takes half a second."""
    return np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)


def positions(name: str, ids: NDArray, known: NDArray) -> NDArray[np.intp]:
    """Return where identifiers are among those that are known.

    Raises
    ------
    ValueError
        If one of them is not.
    """
    at = pd.Index(known).get_indexer(pd.Index(ids))
    if (at < 0).any():
        new = "; for somebody new, call recommend(fit, ratings={item_id: rating, ...})"
        raise ValueError(
            f"{name} is {shown(ids[at < 0].tolist()[0])}, which the ratings of this fit do not "
            f"have; choose one of fit.split.train.{name}s, such as {shown(known[:1].tolist()[0])}"
            f"{new if name == 'user_id' else ''}"
        )
    return at
