"""The game: the model writes down what somebody will rate, then they do.

Every claim is a set of ratings with its own probability, near 90%, made from the ratings that the
member gave before. If these probabilities are honest, the number of ratings that fall inside is a
sum of independent events, each with the probability of its set: its distribution is exact.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmf_core.classroom.records import Answer, Claim
from pmf_core.fits.draws import predictor_of, some_draws
from pmf_core.fits.fit import Fit
from pmf_core.prediction.newcomer import fold_in, newcomer_pairs
from pmf_core.prediction.pairs import average
from pmf_core.stats.poisson_binomial import band_of, count_band, count_distributions

WANTED = 0.9
"""Probability that a set is to have, as near as sets of whole ratings come to it."""

DRAWS = 100
"""Of a run, from which a claim is made: a phone waits for it."""

BAND = 0.95
"""Probability of the band in which an honest model lies."""

LEAST = 1e-9
"""A claim's probability of a rating counts for no less in the log score."""

MOST_LEVELS = 11
"""Ratings that a phone has buttons for."""

POINTS = 80
"""Of a line through the game, at most."""


def can_play(levels: Sequence[float]) -> bool:
    """Return whether a class can play against a run, by the ratings that its users gave."""
    return 2 <= len(levels) <= MOST_LEVELS


def forecast(
    fit: Fit,
    item_idx: NDArray[np.intp],
    rating: NDArray[np.float64],
    next_idx: int,
    random_seed: int = 0,
) -> Claim:
    """Return what a model claims of somebody's next rating, from those that they gave.

    Parameters
    ----------
    fit : Fit
        Of ratings that take few values.
    item_idx, rating : ndarray of shape (n_ratings,)
        What they rated, as row positions, and how, in stars.
    next_idx : int
        Row position of the item that they rate next.
    """
    draws = fold_in(fit, item_idx, rating, random_seed, some_draws(fit, DRAWS))
    pair = newcomer_pairs(fit, np.array([next_idx]))
    return claim_of(average(predictor_of(fit), draws, pair, WANTED).probability[0])


def forecast_from(
    fit: Fit, answers: Sequence[Answer], next_idx: int, random_seed: int = 0
) -> Claim:
    """Return `forecast` from the ratings that hold among a member's answers.

    The seed is to be the member's own, so that no chance of the draws is common to a class.
    """
    rated = [each for each in answers if each.rating is not None]
    item_idx = np.array([each.item_idx for each in rated], np.intp)
    rating = np.array([each.rating for each in rated], float)
    return forecast(fit, item_idx, rating, next_idx, random_seed)


def claim_of(probability: NDArray[np.floating]) -> Claim:
    """Return the ratings next to each other whose probability is nearest to `WANTED`.

    Of equally near ones the fewest, then the lowest; never all ratings, which would claim nothing.

    Parameters
    ----------
    probability : ndarray of shape (n_levels,)
        Of each level; two or more.
    """
    p = np.asarray(probability, np.float64)
    upto, n = np.concatenate([[0.0], np.cumsum(p)]), len(p)
    sets = [(low, high) for low in range(n) for high in range(low, n) if high - low + 1 < n]

    def misses(ends: tuple[int, int]) -> tuple[float, int, int]:
        low, high = ends
        return round(abs(upto[high + 1] - upto[low] - WANTED), 9), high - low, low

    low, high = min(sets, key=misses)
    mass = float(np.clip(upto[high + 1] - upto[low], 0, 1))
    return Claim(tuple(p.tolist()), low, high, mass)


def training_shares(fit: Fit) -> NDArray[np.float64]:
    """Return how often each level was given in training: (n_levels,), which adds up to 1."""
    given = fit.split.train.rating
    at = np.abs(given[:, None] - fit.levels).argmin(axis=1)
    return np.bincount(at, minlength=len(fit.levels)) / len(given)


def hits(answers: Sequence[Answer], levels: Sequence[float]) -> int:
    """Return how many first ratings fell into the set that was claimed."""
    rated = (each for each in answers if each.first is not None)
    return sum(each.claim.holds(list(levels).index(each.first)) for each in rated)


@dataclass(frozen=True)
class Standing:
    """How the game stands; first ratings count."""

    n: int
    """Ratings."""
    inside: int
    """Those that fell into the claimed set."""
    expected: float
    """How many should, by what was claimed."""
    low: int
    high: int
    """Band in which an honest model lies with a probability of `BAND` or more."""
    log_score: float
    """Mean log probability that the model gave to the rating that came; nan without one."""
    log_base: float
    """The same of who says of every rating what users of the data gave."""

    @property
    def is_within(self) -> bool:
        """Whether the model lies in the band."""
        return self.low <= self.inside <= self.high


def standing(
    answers: Sequence[Answer], levels: Sequence[float], base: NDArray[np.floating]
) -> Standing:
    """Return how the game stands.

    Parameters
    ----------
    answers : sequence of Answer
    levels : sequence of float
        Of the room.
    base : ndarray of shape (n_levels,)
        As of `training_shares`.
    """
    rated = [each for each in answers if each.first is not None]
    at = [list(levels).index(each.first) for each in rated]
    pairs = list(zip(rated, at, strict=True))
    mass = np.array([each.claim.mass for each in rated])
    low, high = count_band(mass, BAND)
    own = np.array([each.claim.probability[k] for each, k in pairs])
    nothing = float("nan")
    return Standing(
        len(rated),
        hits(rated, levels),
        float(mass.sum()),
        low,
        high,
        float(np.log(np.maximum(own, LEAST)).mean()) if rated else nothing,
        float(np.log(np.maximum(np.asarray(base)[at], LEAST)).mean()) if rated else nothing,
    )


def rating_shares(
    answers: Sequence[Answer],
    levels: Sequence[float],
    base: NDArray[np.floating],
    names: tuple[str, str],
) -> pd.DataFrame:
    """Return how often each rating holds in a class, and how often in training: rating, of, share.

    Of a class that has rated nothing, only the latter; `names` are what the two are called.
    """
    given = [each.rating for each in answers if each.rating is not None]
    parts = [(names[1], list(base))]
    if given:
        parts.insert(0, (names[0], [given.count(level) / len(given) for level in levels]))
    rows = [(level, of, part[k]) for of, part in parts for k, level in enumerate(levels)]
    return pd.DataFrame(rows, columns=["rating", "of", "share"])


def course(answers: Sequence[Answer], levels: Sequence[float]) -> pd.DataFrame:
    """Return the game rating by rating: n, inside, low, high, as shares of n; few rows."""
    rated = [each for each in answers if each.first is not None]
    hits = np.cumsum([each.claim.holds(list(levels).index(each.first)) for each in rated])
    mass, n = np.array([each.claim.mass for each in rated]), len(rated)
    some = set(np.linspace(1, n, min(n, POINTS)).round().astype(int).tolist()) if n else ()
    rows = [
        (k, hits[k - 1] / k, *(end / k for end in band_of(chance, BAND)))
        for k, chance in enumerate(count_distributions(mass))
        if k in some
    ]
    return pd.DataFrame(rows, columns=["n", "inside", "low", "high"])
