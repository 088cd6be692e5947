"""What a model makes of one of several people who rate together, draw by draw."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from pmf_core.fits.alignment import aligned_once
from pmf_core.fits.draws import predictor_of
from pmf_core.fits.fit import Fit
from pmf_core.prediction.newcomer import fold_in, newcomer_pairs
from pmf_core.prediction.pairs import Sums
from pmf_core.prediction.recommendation import own_ratings
from pmf_core.stats.least_squares import row_that_says

DRAWS = 100
"""Of a run, from which a portrait is made."""

ITEMS = 300
"""Those with most training ratings, among which people look for something to watch together."""

MOST_KEPT = 400
"""Portraits of a fit that are kept."""

type Rated = tuple[tuple[int, float], ...]
"""Row positions of items, ascending, and ratings in stars: what a portrait is made of."""


@dataclass(frozen=True, eq=False)
class Portrait:
    """One person, as some draws of a fit have them."""

    place: NDArray[np.float64]
    """ndarray of shape (n_draws, n_factors): their row, along the axes of `align_factors`"""
    expected: NDArray[np.float64]
    """ndarray of shape (n_items,): rating expected of each item of `popular`, in stars"""
    log_fine: NDArray[np.float32]
    """ndarray of shape (n_draws, n_items): log probability of a rating that is not low"""
    opinion: NDArray[np.float32]
    """ndarray of shape (n_draws, n_items): mean rating, without noise, in stars, on the scale"""


def as_rated(fit: Fit, ratings: Mapping[Any, float]) -> Rated:
    """Return what somebody rated, by row positions of items.

    Parameters
    ----------
    fit : Fit
    ratings : mapping of item_id to rating, in stars

    Raises
    ------
    ValueError
        If an item is unknown, or a rating breaks its rule.
    """
    items, rating = own_ratings(fit, ratings)
    return tuple(sorted(zip(items.tolist(), rating.tolist(), strict=True)))


def popular(fit: Fit) -> NDArray[np.intp]:
    """Return the row positions of the `ITEMS` items with most training ratings, these first."""
    train = fit.split.train
    count = np.bincount(train.item_idx, minlength=train.n_items)
    return np.argsort(-count, kind="stable")[:ITEMS]


def low_rating(fit: Fit) -> float:
    """Return up to where a rating is called low: in the bottom 40% of the scale; 2 of 1 to 5."""
    low, high = fit.attrs["scale"]
    limit = low + 0.4 * (high - low)
    if not len(fit.levels):
        return float(limit)
    below = fit.levels[fit.levels <= limit + 1e-9]
    return float(below[-1] if len(below) else fit.levels[0])


def portrait(fit: Fit, rated: Rated, random_seed: int = 0) -> Portrait:
    """Return what a fit makes of somebody; kept for as long as the fit lives, `MOST_KEPT` at most.

    Parameters
    ----------
    fit : Fit
    rated : tuple
        What they rated; without a rating they are anybody.
    random_seed : int
        Of its draws: another one for each person. Those who share it share what is drawn of them,
        and would seem alike where nothing is known of either.
    """
    if (found := kept_portrait(fit, rated, random_seed)) is not None:
        return found
    found = _portrait(fit, rated, random_seed)
    with _DRAWING:
        kept = _KEPT.setdefault(fit, OrderedDict())
        kept[rated, random_seed] = found
        while len(kept) > MOST_KEPT:
            kept.popitem(last=False)
    return found


def kept_portrait(fit: Fit, rated: Rated, random_seed: int = 0) -> Portrait | None:
    """Return a portrait if it is kept already; None if it would have to be drawn."""
    with _DRAWING:
        kept = _KEPT.setdefault(fit, OrderedDict())
        if (rated, random_seed) in kept:
            kept.move_to_end((rated, random_seed))
        return kept.get((rated, random_seed))


_KEPT: WeakKeyDictionary[Fit, OrderedDict[tuple[Rated, int], Portrait]] = WeakKeyDictionary()
_DRAWING = Lock()


def places_among(fit: Fit) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return which draws portraits are made of: positions among stored draws, and aligned ones."""
    stored, aligned = fit.idata["posterior"]["draw"].values, aligned_once(fit)["draw"].values
    chains = fit.idata["posterior"].sizes["chain"]
    each = max(1, min(len(aligned), DRAWS // chains))
    some = np.unique(np.linspace(len(aligned) - 1, 0, each).round().astype(np.intp))
    return np.searchsorted(stored, aligned[some]), some


def _portrait(fit: Fit, rated: Rated, random_seed: int) -> Portrait:
    items, predictor, pairs = popular(fit), predictor_of(fit), newcomer_pairs(fit, popular(fit))
    draws, aligned_at = places_among(fit)
    aligned = aligned_once(fit).isel(draw=aligned_at, item=items)
    V = aligned["V"].values.reshape(-1, len(items), aligned.sizes["factor"]).astype(np.float64)
    b_V = aligned["b_V"].values.reshape(-1, len(items))
    low = low_rating(fit) / fit.unit
    item_idx = np.array([item for item, _ in rated], np.intp)
    rating = np.array([given for _, given in rated], np.float64)
    places, fine, opinions, sums = [], [], [], Sums(predictor, len(items))
    for k, state in enumerate(fold_in(fit, item_idx, rating, random_seed, draws)):
        score = predictor.score(state, pairs).astype(np.float64)
        # Their score of items is linear in the aligned rows of these: so that is their own row.
        against = np.column_stack([V[k], np.ones(len(items))])
        places.append(row_that_says(against, score - b_V[k])[:-1])
        mean, noise_sd = predictor.mean(state, pairs, score), predictor.noise_sd(state, pairs)
        opinions.append(np.clip(mean, *predictor.scale).astype(np.float32) * predictor.unit)
        if len(predictor.levels):
            levels = predictor.probability(state, pairs, score)
            high_enough = levels[:, predictor.levels > low + 1e-9].sum(axis=1)
        else:
            levels, high_enough = None, ndtr((mean - low) / noise_sd)
        sums.add(slice(None), mean, noise_sd, levels)
        sums.count += 1
        fine.append(np.log(np.maximum(high_enough, 1e-12)).astype(np.float32))
    expected = sums.predictive(0.9).expected
    return Portrait(np.array(places), expected, np.array(fine), np.array(opinions))
