"""What somebody should rate next: the item whose rating would tell most of all the others."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmf_core.fits.fit import Fit
from pmf_core.prediction.own_row import OwnRow, own_rows
from pmf_core.prediction.pairs import positions
from pmf_core.prediction.recommendation import own_ratings
from pmf_core.support.errors import is_whole, require


def informative_items(
    fit: Fit,
    ratings: Mapping[Any, float] | None = None,
    n: int = 10,
    *,
    among: Collection[Any] | None = None,
    min_ratings: int = 0,
    at_most: int | None = None,
    random_seed: int = 0,
) -> pd.DataFrame:
    """Rank items that somebody has not rated by how much a rating would narrow what is predicted.

    What is summed is the variance of what they think of every other item not yet rated: that which
    a stored draw of the model leaves, averaged over draws. Given a draw, the row has a precision P
    of its conditional, and a rating of item j, of noise precision ``a_j`` and design ``v_j``, adds
    ``a_j v_j v_j'`` to it, whatever the rating is. So, with ``C = inv(P)``, the sum over the other
    items k of ``v_k' C v_k`` falls by::

        sum_k (v_k' C v_j)^2 / (1 / a_j + v_j' C v_j)

    by the formula of Sherman and Morrison. Under an identity link with no noise of the user's own
    this is exact, given the draws. Elsewhere it is an approximation around each draw of the row:
    ``a_j`` is Fisher's information of one rating on its score there, and a variance of scores is
    brought to stars by the slope of the link. What a rating would tell of the model's other parts,
    by which draws differ, is left out everywhere, and what it tells by being there at all, where
    who rated what moves users.

    What is narrowed is what the model does not know of all items, also of those that few ever meet,
    and a model that does not know how noisy ratings of an item are takes those on which people
    differ for those that tell most. On MovieLens 100K, of 645 people whom a fit had not seen, 1 to
    5 ratings so chosen among their own predicted their others better than as many random ones
    where the noise of items is learned (``bpmf`` with biases and ``noise="item"``: mean squared
    errors differ by 0.009, standard error 0.004), and as well by ``bpmf`` (0.001, 0.004).

    Parameters
    ----------
    fit : Fit
    ratings : mapping of item_id to rating, in stars
        What they have rated; by default nothing.
    n : int
        Items to return, at most.
    among : collection of item_id, optional
        Items that may be asked for; by default all that are not rated.
    min_ratings : int
        Items with fewer training ratings are not asked for.
    at_most : int, optional
        Stored draws to work with, evenly spaced; all by default.
    random_seed : int
        Of the rows that are drawn, where they have no closed form.

    Returns
    -------
    pd.DataFrame
        What narrows most first: item_id, title, n_ratings (in training), ``reduction`` (of the
        summed variance, in stars squared), ``share`` (of that sum as it is, from 0 to 1).

    Raises
    ------
    ValueError
        If an argument breaks its rule; the message gives the value, the rule and the next step.

    References
    ----------
    Cohn, Ghahramani & Jordan (1996), Active learning with statistical models, JAIR 4, sec 2:
    to choose what makes the expected variance least. MacKay (1992), Information-based objective
    functions for active data selection, Neural Computation 4.
    """
    require(is_whole(n, 1, 10**9), "n", n, "a whole number from 1")
    require(is_whole(min_ratings, 0, 10**9), "min_ratings", min_ratings, "a whole number from 0")
    rated, rating = own_ratings(fit, ratings or {})
    train = fit.split.train
    count = np.bincount(train.item_idx, minlength=train.n_items)
    asked = count >= min_ratings
    if among is not None:
        allowed = np.zeros(train.n_items, bool)
        if len(among):
            allowed[positions("item_id", np.array(list(among)), train.item_ids)] = True
        asked &= allowed
    asked[rated] = False
    narrowing = Narrowing(fit, rated)
    for _ in narrowing.watch(own_rows(fit, rated, rating, random_seed, at_most)):
        pass
    gain, now = narrowing.gain, narrowing.now
    best = np.flatnonzero(asked)[np.argsort(-gain[asked], kind="stable")][:n]
    return pd.DataFrame(
        {
            "item_id": train.item_ids[best],
            "title": train.titles[best],
            "n_ratings": count[best],
            "reduction": gain[best],
            "share": gain[best] / now if now > 0 else np.zeros(len(best)),
        }
    )


class Narrowing:
    """By how much a rating of each item would narrow all others, added up over draws.

    Parameters
    ----------
    fit : Fit
    rated : ndarray of int
        What somebody has rated, which is not summed over.
    """

    def __init__(self, fit: Fit, rated: NDArray[np.intp]) -> None:
        self.unit, self.n_draws = fit.unit, 0
        self.left = np.ones(fit.split.train.n_items, bool)
        self.left[rated] = False
        self._gain, self._now = np.zeros(len(self.left)), 0.0

    def watch(self, rows: Iterable[OwnRow]) -> Iterator[OwnRow]:
        """Yield what each draw makes of somebody, and add up what it says."""
        for own in rows:
            gain, now = _of_draw(own, self.left)
            self._gain, self._now, self.n_draws = (
                self._gain + gain,
                self._now + now,
                self.n_draws + 1,
            )
            yield own

    @property
    def gain(self) -> NDArray[np.float64]:
        """Ndarray of shape (n_items,), in stars squared, 0 for what is rated."""
        return self._gain * self.unit**2 / max(self.n_draws, 1)

    @property
    def now(self) -> float:
        """Summed variance as it is, in stars squared."""
        return self._now * self.unit**2 / max(self.n_draws, 1)


def _of_draw(own: OwnRow, left: NDArray[np.bool_]) -> tuple[NDArray[np.float64], float]:
    """Return gain and sum of one draw, in units squared."""
    design, slope = own.design[left], own.slope[left]
    moved = design @ own.covariance
    variance = (moved * design).sum(axis=1)
    scaled = design * slope[:, None]
    # All items, less the item itself: once rated, it is no longer among those that are guessed.
    others = ((moved @ (scaled.T @ scaled)) * moved).sum(axis=1) - (slope * variance) ** 2
    gain = np.zeros(len(left))
    information = own.information[left]
    gain[left] = information * others / (1 + information * variance)
    return gain, float((slope**2 * variance).sum())
