"""What somebody might like: items that they have not rated, ranked, with how sure that is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmf_core.data.describe import RARE
from pmf_core.fits.draws import predictor_of, stored_draws, unseen_pairs
from pmf_core.fits.fit import Fit
from pmf_core.prediction.newcomer import fold_in, newcomer_pairs
from pmf_core.prediction.pairs import Predictive, average, high_rating, positions
from pmf_core.support.errors import check_probability, is_whole, require

SORTS = {"mean": "expected", "lower": "lower", "prob": "high"}
"""What items can be ranked by, and which part of a `Predictive` that is."""


def recommend(
    fit: Fit,
    user_id: Any = None,
    *,
    ratings: Mapping[Any, float] | None = None,
    n: int = 10,
    sort: str = "mean",
    ci_prob: float = 0.9,
    min_ratings: int = 0,
    exclude_heldout: bool = False,
    random_seed: int = 0,
) -> pd.DataFrame:
    """Rank the items that somebody has not rated in training.

    Parameters
    ----------
    fit : Fit
    user_id : scalar
        Raw identifier of a user in the data; or, instead:
    ratings : mapping of item_id to rating, in stars
        Of somebody who is not: their factors are drawn given these ratings and each stored draw
        of the items (see `pmf_core.prediction.newcomer`). An empty one is somebody of whom nothing
        is known.
    n : int
        Items to return, at most.
    sort : str
        ``mean`` of the predictive distribution; ``lower`` bound of the interval, which passes over
        what is uncertain; or ``prob``, the probability of a high rating.
    ci_prob : float
        Probability of the interval of a rating.
    min_ratings : int
        Items with fewer training ratings are left out.
    exclude_heldout : bool
        Also leave out what the user rated in the held-out part.
    random_seed : int
        Of the draws for somebody new.

    Returns
    -------
    pd.DataFrame
        Best first: item_id, title, n_ratings (in training), expected, pred_mean, pred_sd,
        pred_lower, pred_upper (as of `predict`), is_capped (whether the mean of the scores is
        beyond the scale, so that `pred_mean` is its end), prob_high (probability of a high
        rating), is_cold_item and is_cold_user (without a training rating, so that the prior is all
        that is known). Attr
        ``high`` is from where on a rating is high, as `high_rating` says.

    Raises
    ------
    ValueError
        If an argument breaks its rule; the message gives the value, the rule and the next step.
    """
    require(sort in SORTS, "sort", sort, f"one of {', '.join(SORTS)}")
    require(is_whole(n, 1, 10**9), "n", n, "a whole number from 1")
    require(is_whole(min_ratings, 0, 10**9), "min_ratings", min_ratings, "a whole number from 0")
    check_probability(ci_prob)
    if (user_id is None) == (ratings is None):
        raise ValueError(
            f"user_id is {user_id!r} and ratings is {ratings!r}; give one of them: the identifier "
            "of a user in the data, or the ratings of somebody who is not"
        )
    train = fit.split.train
    count = np.bincount(train.item_idx, minlength=train.n_items)
    wanted = count >= min_ratings
    if ratings is None:
        [user_idx] = positions("user_id", np.array([user_id]), train.user_ids)
        is_cold_user = user_idx not in train.user_idx
        for part in (train, fit.split.test) if exclude_heldout else (train,):
            wanted[part.item_idx[part.user_idx == user_idx]] = False
    else:
        rated, rating = own_ratings(fit, ratings)
        wanted[rated] = False
        is_cold_user = not len(rated)
    item_idx = np.flatnonzero(wanted)
    if ratings is None:
        draws = stored_draws(fit, np.array([user_idx]), item_idx)
        pairs = unseen_pairs(fit, np.zeros_like(item_idx), np.arange(len(item_idx)))
    else:
        draws = fold_in(fit, rated, rating, random_seed)
        pairs = newcomer_pairs(fit, item_idx)
    found = average(predictor_of(fit), draws, pairs, ci_prob)
    # Where equal, as bounds at the end of the scale are, the mean decides, before it is clipped.
    best = np.lexsort((-found.mean, -getattr(found, SORTS[sort])))[:n]
    frame = as_table(fit, found, item_idx, best).assign(is_cold_user=is_cold_user)
    frame.attrs["high"] = high_rating(fit.attrs["scale"], fit.levels)
    return frame


def as_table(
    fit: Fit, found: Predictive, item_idx: NDArray[np.intp], rows: NDArray[np.intp]
) -> pd.DataFrame:
    """Return what is predicted of items as lists have it: all columns of `recommend` but the last.

    Parameters
    ----------
    fit : Fit
    found : Predictive
        Of one person with each of some items.
    item_idx : ndarray of shape (n_pairs,)
        Those items, as row positions.
    rows : ndarray of shape (n_rows,)
        Which pairs, in the order of the list.
    """
    train, items = fit.split.train, item_idx[rows]
    count, mean = np.bincount(train.item_idx, minlength=train.n_items)[items], found.mean[rows]
    low, high = fit.attrs["scale"]
    return pd.DataFrame(
        {
            "item_id": train.item_ids[items],
            "title": train.titles[items],
            "n_ratings": count,
            "expected": found.expected[rows],
            "pred_mean": np.clip(mean, low, high),
            "is_capped": (mean < low) | (mean > high),
            "pred_sd": found.sd[rows],
            "pred_lower": found.lower[rows],
            "pred_upper": found.upper[rows],
            "prob_high": found.high[rows],
            "is_cold_item": count == 0,
        }
    )


@dataclass(frozen=True)
class Support:
    """What the rows of `recommend` rest on."""

    n_cold: int
    """Items without a training rating."""
    n_rare: int
    """Items with fewer than `RARE`."""
    n_capped: int
    """Items whose score is beyond the scale."""


def support(ranked: pd.DataFrame) -> Support:
    """Count the items of `recommend` of which little is known."""
    rare = ranked["n_ratings"] < RARE
    capped = int(ranked["is_capped"].sum())
    return Support(int(ranked["is_cold_item"].sum()), int(rare.sum()), capped)


def rated_items(fit: Fit, user_id: Any) -> pd.DataFrame:
    """Return what a user rated in training, best first: item_id, title, rating, n_ratings."""
    train = fit.split.train
    [user_idx] = positions("user_id", np.array([user_id]), train.user_ids)
    own = train.take(np.flatnonzero(train.user_idx == user_idx))
    count = np.bincount(train.item_idx, minlength=train.n_items)
    frame = own.to_frame()[["item_id", "title", "rating"]]
    frame = frame.assign(n_ratings=count[own.item_idx])
    return frame.sort_values(["rating", "n_ratings"], ascending=False, ignore_index=True)


def mean_rating(rated: pd.DataFrame) -> float:
    """Return the mean of `rated_items`, in stars."""
    return float(rated["rating"].mean())


def active_users(fit: Fit) -> pd.DataFrame:
    """Return all users with their number of training ratings, most active first."""
    train = fit.split.train
    count = np.bincount(train.user_idx, minlength=train.n_users)
    order = np.argsort(-count, kind="stable")
    return pd.DataFrame({"user_id": train.user_ids[order], "n_ratings": count[order]})


def own_ratings(fit: Fit, ratings: Mapping[Any, float]) -> tuple[NDArray, NDArray[np.float64]]:
    """Return what somebody new rated, as row positions and in stars, once it is checked.

    Raises
    ------
    ValueError
        If an item is unknown, or a rating beyond the scale or no level of an ordinal link.
    """
    low, high = fit.attrs["scale"]
    rating = np.array(list(ratings.values()), np.float64)
    known = ", ".join(f"{level:g}" for level in fit.levels)
    for value in rating.tolist():
        rule = f"from {low:g} to {high:g}, the scale of this fit"
        require(low <= value <= high, "rating", value, rule)
        rule = f"one of {known}: this fit's link is ordinal, so it knows no other"
        require(fit.config.link != "ordinal" or value in fit.levels, "rating", value, rule)
    if not len(rating):
        return np.zeros(0, np.intp), rating
    return positions("item_id", np.array(list(ratings)), fit.split.train.item_ids), rating
