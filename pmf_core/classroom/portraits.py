"""What a model makes of the members of a class, from the ratings that they gave."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from pmf_core.classroom.records import Answer
from pmf_core.fits.alignment import aligned_once
from pmf_core.fits.draws import predictor_of
from pmf_core.fits.fit import Fit
from pmf_core.prediction.newcomer import fold_in, newcomer_pairs

DRAWS = 100
"""Of a run, from which a portrait is made."""

ITEMS = 300
"""Those with most training ratings, among which a class looks for something to watch."""

MOST_KEPT = 400
"""Portraits of a fit that are kept."""

type Rated = tuple[tuple[int, float], ...]
"""Row positions of items, ascending, and ratings in stars: what a portrait is made of."""


@dataclass(frozen=True, eq=False)
class Portrait:
    """One member, as some draws of a fit have them."""

    place: NDArray[np.float64]
    """ndarray of shape (n_draws, n_factors): their row, along the axes of `align_factors`"""
    expected: NDArray[np.float64]
    """ndarray of shape (n_items,): rating expected of each item of `popular`, in stars"""
    log_fine: NDArray[np.float32]
    """ndarray of shape (n_draws, n_items): log probability of a rating that is not low"""


def rated_by(answers: Sequence[Answer]) -> dict[int, Rated]:
    """Return what each member rated, by member; nobody is in it who rated nothing."""
    found: dict[int, dict[int, float]] = {}
    for each in answers:
        if each.rating is not None:
            found.setdefault(each.member_id, {})[each.item_idx] = each.rating
    return {member: tuple(sorted(rated.items())) for member, rated in found.items()}


def popular(fit: Fit) -> NDArray[np.intp]:
    """Return the row positions of the `ITEMS` items with most training ratings, these first."""
    train = fit.split.train
    count = np.bincount(train.item_idx, minlength=train.n_items)
    return np.argsort(-count, kind="stable")[:ITEMS]


def low_rating(fit: Fit) -> float:
    """Return up to where a rating is called low: in the bottom 40% of the scale; 2 of 1 to 5."""
    low, high = fit.attrs["scale"]
    below = fit.levels[fit.levels <= low + 0.4 * (high - low) + 1e-9]
    return float(below[-1] if len(below) else fit.levels[0])


def portrait(fit: Fit, rated: Rated, random_seed: int = 0) -> Portrait:
    """Return what a fit makes of somebody; kept for as long as the fit lives, `MOST_KEPT` at most.

    Parameters
    ----------
    fit : Fit
        Of ratings that take few values.
    rated : tuple
        As of `rated_by`.
    random_seed : int
        Of its draws: another one for each member. Those who share it share what is drawn of them,
        and would seem alike where nothing is known of either.
    """
    key = rated, random_seed
    with _DRAWING:
        kept = _KEPT.setdefault(fit, OrderedDict())
        if key in kept:
            kept.move_to_end(key)
            return kept[key]
    found = _portrait(fit, rated, random_seed)
    with _DRAWING:
        kept[key] = found
        while len(kept) > MOST_KEPT:
            kept.popitem(last=False)
    return found


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
    places, fine, total = [], [], np.zeros((len(items), len(predictor.levels)))
    for k, state in enumerate(fold_in(fit, item_idx, rating, random_seed, draws)):
        score = predictor.score(state, pairs).astype(np.float64)
        # Their score of items is linear in the aligned rows of these: so that is their own row.
        against = np.column_stack([V[k], np.ones(len(items))])
        places.append(np.linalg.lstsq(against, score - b_V[k])[0][:-1])
        probability = predictor.probability(state, pairs, score)
        total += probability
        high_enough = probability[:, predictor.levels > low + 1e-9].sum(axis=1)
        fine.append(np.log(np.maximum(high_enough, 1e-12)).astype(np.float32))
    expected = total / len(places) @ predictor.levels * predictor.unit
    return Portrait(np.array(places), expected, np.array(fine))
