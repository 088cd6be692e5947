"""What each stored draw makes of somebody new: not one row of theirs, but how it is distributed.

Given a draw of all else, and where a rating is its score and normal noise, the row of somebody new
is normal, and so is what they think of every item. Where it is so given latent scores, or a noise
of their own, these are drawn; under a logistic link the row is (see `newcomer`). How far it may
still move is then worked out around it, from what a rating tells of a score there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pmf_core.fits.draws import predictor_of
from pmf_core.fits.fit import Fit
from pmf_core.fits.predictor import Pairs, Predictor
from pmf_core.kernels.randomness import Draws
from pmf_core.models.state import State
from pmf_core.prediction.newcomer import (
    Conditional,
    conditionals,
    folded,
    has_normal_row,
    is_closed,
    newcomer_pairs,
)
from pmf_core.prediction.pairs import Predictive, Sums

STEP = 1e-3
"""Of the differences by which slopes of a link are found, in units of the score."""

AT_MOST = {True: 200, False: 160}
"""Draws that are worked with while somebody waits: where a row is normal, and elsewhere. There each
gives one row, drawn anew, so the mean of few is noisy."""


@dataclass(frozen=True, eq=False)
class OwnRow:
    """Somebody new as one stored draw has them, and all items as their row meets them."""

    conditional: Conditional
    """What is known of their row given the draw."""
    state: State
    """Predicts; its only user's row is `row`."""
    row: NDArray[np.float64]
    """ndarray of shape (n_columns,): mean of the row given the draw and what was drawn of somebody
    beside it; under a logistic link a draw of it"""
    covariance: NDArray[np.float64]
    """ndarray of shape (n_columns, n_columns): of the row given the draw; exact or around it"""
    undrawn: NDArray[np.float64]
    """ndarray of shape (n_columns, n_columns): of the row around `row`, given what `row` is the
    mean given; nothing where that was drawn"""
    design: NDArray[np.float64]
    """ndarray of shape (n_items, n_columns)"""
    score: NDArray[np.float64]
    """ndarray of shape (n_items,): without the offset"""
    slope: NDArray[np.float64]
    """ndarray of shape (n_items,): units of ratings by which the mean moves with the score"""
    information: NDArray[np.float64]
    """ndarray of shape (n_items,): precision that a rating would add to its score"""

    def spread(self) -> NDArray[np.float64]:
        """Return the variance of each item's score around `score`: (n_items,)."""
        return ((self.design @ self.undrawn) * self.design).sum(axis=1)


def some_draws(fit: Fit, at_most: int | None) -> list[int]:
    """Return positions of stored draws of each chain, evenly spaced, `at_most` in all chains."""
    sizes = fit.idata["posterior"].dataset.sizes
    if at_most is None or at_most >= sizes["chain"] * sizes["draw"]:
        return list(range(sizes["draw"]))
    each = max(at_most // sizes["chain"], 1)
    return np.unique(np.linspace(0, sizes["draw"] - 1, each).round().astype(int)).tolist()


def own_rows(
    fit: Fit,
    item_idx: NDArray[np.intp],
    rating: NDArray[np.float64],
    random_seed: int = 0,
    at_most: int | None = None,
    draws: Sequence[int] | None = None,
) -> Iterator[OwnRow]:
    """Yield somebody new as each stored draw has them.

    Under an identity link with no noise of their own this is exact, and nothing is drawn.

    Parameters
    ----------
    fit : Fit
    item_idx : ndarray of shape (n_ratings,)
        What they rated, as row positions.
    rating : ndarray of shape (n_ratings,)
        In stars; one of the levels if the link is ordinal.
    random_seed : int
        Of what is drawn.
    at_most : int, optional
        Draws to take, evenly spaced; all by default.
    draws : sequence of int, optional
        Or positions of those of each chain to take.
    """
    predictor, chosen = predictor_of(fit), some_draws(fit, at_most) if draws is None else draws
    every = newcomer_pairs(fit, np.arange(fit.split.train.n_items))
    if is_closed(fit):
        for conditional in conditionals(fit, item_idx, rating, chosen):
            row, precision = conditional.exact()
            state = conditional.end(conditional.start(None, None).replace(U=row[None]))
            design, shift = conditional.meets(every)
            information = predictor.noise_precision(state, every)
            C, score = np.linalg.inv(precision), design @ row + shift
            slope = np.ones(len(every))
            yield OwnRow(conditional, state, row, C, C, design, score, slope, information)
        return
    averages = has_normal_row(fit) and not fit.is_point_estimate
    random = Draws(np.random.default_rng((random_seed, 1)))
    for conditional, drawn in folded(fit, item_idx, rating, random_seed, chosen):
        row, undrawn = drawn.U[0], np.zeros_like(conditional.row.precision)
        if averages:
            drawn, row, precision = conditional.around(random, drawn)
            undrawn = np.linalg.inv(precision)
        state = conditional.end(drawn.replace(U=row[None]))
        design, shift = conditional.meets(every)
        score = design @ row + shift
        slope, information = _told(predictor, state, every, score)
        met = design[item_idx]
        precision = conditional.row.precision + (met.T * information[item_idx]) @ met
        C = np.linalg.inv(precision)
        yield OwnRow(conditional, state, row, C, undrawn, design, score, slope, information)


def predictive(fit: Fit, rows: Iterator[OwnRow], ci_prob: float) -> Predictive:
    """Return what `own_rows` together say of every item."""
    predictor = predictor_of(fit)
    every = newcomer_pairs(fit, np.arange(fit.split.train.n_items))
    sums = Sums(predictor, len(every))
    for own in rows:
        spread = own.spread()
        mean, levels = predictor.mean(own.state, every, own.score, spread), None
        if len(predictor.levels):
            levels = predictor.probability(own.state, every, own.score, spread)
        noise_sd = predictor.noise_sd(own.state, every)
        sums.add(slice(None), mean, noise_sd, levels, own.slope**2 * spread)
        sums.count += 1
    return sums.predictive(ci_prob)


def _told(
    predictor: Predictor, state: State, pairs: Pairs, score: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how the mean rating of pairs moves with their score, and what a rating tells of it.

    The second is Fisher's information of one rating: the squared slope over the variance of the
    noise or, under an ordinal link, the sum over levels of their probabilities' squared slopes
    over the probabilities.
    """
    around = [score - STEP, score + STEP]
    low, high = (predictor.mean(state, pairs, each) for each in around)
    slope = (high - low) / (2 * STEP)
    if predictor.link != "ordinal":
        return slope, slope**2 * predictor.noise_precision(state, pairs)
    low, high = (predictor.probability(state, pairs, each) for each in around)
    middle = np.maximum((low + high) / 2, 1e-12)
    return slope, (((high - low) / (2 * STEP)) ** 2 / middle).sum(axis=1)
