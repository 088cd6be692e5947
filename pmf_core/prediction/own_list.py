"""The list of somebody who has just rated: what they might like, and what to ask them next."""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmf_core.fits.fit import Fit
from pmf_core.prediction.informative import Narrowing
from pmf_core.prediction.newcomer import is_closed
from pmf_core.prediction.own_row import AT_MOST, own_rows, predictive
from pmf_core.prediction.pairs import high_rating
from pmf_core.prediction.recommendation import as_table, own_ratings
from pmf_core.support.errors import check_probability, require

KEYS = {"mean": "expected", "lower": "pred_lower", "prob": "prob_high"}
"""What lists can be ranked by, and the column that is."""

WELL_KNOWN = 200
"""Items with most ratings, among which somebody new most likely knows some."""


def own_list(
    fit: Fit,
    ratings: Mapping[Any, float],
    ci_prob: float = 0.9,
    at_most: int | None = None,
    random_seed: int = 0,
) -> pd.DataFrame:
    """Predict all that somebody has not rated, and say what each rating would tell.

    Parameters
    ----------
    fit : Fit
    ratings : mapping of item_id to rating, in stars
        Theirs; an empty one is somebody of whom nothing is known.
    ci_prob : float
        Probability of the interval of a rating.
    at_most : int, optional
        Stored draws to work with, evenly spaced; by default `own_row.AT_MOST`, so that somebody can
        wait for it.
    random_seed : int
        Of rows that have to be drawn.

    Returns
    -------
    pd.DataFrame
        One row for each item that is not rated, in the order of the items: item_id, title,
        n_ratings (in training), expected, pred_mean, pred_sd, pred_lower, pred_upper, is_capped,
        prob_high and is_cold_item as of `recommend`, but that under an identity link the row is not
        drawn; ``reduction`` and ``share`` as of `informative_items`; ``novelty`` (minus log2 of
        the share of training users who rated it, with one more of each). Attrs: ``high`` (from
        where on a rating is high), ``width`` (mean width of intervals, in stars), ``sd`` (mean
        ``pred_sd``).

    Raises
    ------
    ValueError
        If an item is unknown, or a rating breaks its rule.
    """
    check_probability(ci_prob)
    rated, rating = own_ratings(fit, ratings)
    at_most = AT_MOST[is_closed(fit)] if at_most is None else at_most
    narrowing = Narrowing(fit, rated)
    rows = narrowing.watch(own_rows(fit, rated, rating, random_seed, at_most))
    said, train = predictive(fit, rows, ci_prob), fit.split.train
    left, gain, now = np.flatnonzero(narrowing.left), narrowing.gain, narrowing.now
    frame = as_table(fit, said, np.arange(train.n_items), left)
    frame = frame.assign(
        reduction=gain[left],
        share=gain[left] / now if now > 0 else 0.0,
        novelty=-np.log2((frame["n_ratings"] + 1) / (train.n_users + 1)),
    )
    width = frame["pred_upper"] - frame["pred_lower"]
    frame.attrs = {
        "high": high_rating(train.scale, fit.levels),
        "width": float(width.mean()) if len(frame) else 0.0,
        "sd": float(frame["pred_sd"].mean()) if len(frame) else 0.0,
    }
    return frame


def best_of(
    frame: pd.DataFrame,
    n: int,
    sort: str = "mean",
    novelty: float = 0.0,
    fewest: int = 0,
    kept: NDArray[np.bool_] | None = None,
) -> pd.DataFrame:
    """Return the first rows of a list: of `own_list`, or of what is like it.

    Parameters
    ----------
    frame : pd.DataFrame
    n : int
        Rows to return, at most.
    sort : str
        ``mean``, ``lower`` or ``prob``, as of `recommend`.
    novelty : float
        From 0 to 1: places are the weighted mean of the place by `sort` (weight 1 - novelty) and of
        the place by novelty (weight novelty), both counted from the best.
    fewest : int
        Items with fewer training ratings are left out.
    kept : ndarray of bool, of shape (n_rows,), optional
        Rows that pass other filters; all by default.
    """
    require(sort in KEYS, "sort", sort, f"one of {', '.join(KEYS)}")
    require(0 <= novelty <= 1, "novelty", novelty, "from 0 to 1")
    passes = frame["n_ratings"].to_numpy() >= fewest
    frame = frame[passes if kept is None else passes & kept]
    by_worth = _places(-frame[KEYS[sort]], -frame["pred_mean"])
    by_news = _places(-frame["novelty"], -frame[KEYS[sort]])
    order = np.lexsort((by_worth, (1 - novelty) * by_worth + novelty * by_news))[:n]
    best = frame.iloc[order].reset_index(drop=True)
    best.attrs = frame.attrs
    return best


def to_ask(frame: pd.DataFrame, n: int, skipped: Collection[Any] = ()) -> pd.DataFrame:
    """Return what to rate next: what tells most, among what is well known and not skipped."""
    left = frame[~frame["item_id"].isin(list(skipped))]
    known = left.nlargest(WELL_KNOWN, "n_ratings")
    return known.sort_values("reduction", ascending=False, kind="stable").head(n)


def of_items(frame: pd.DataFrame, most: int) -> tuple[list[Any], list[str]]:
    """Return identifiers and titles of what has most ratings, at most so many, to choose from."""
    first = frame.sort_values("n_ratings", ascending=False, kind="stable").head(most)
    return first["item_id"].tolist(), first["title"].tolist()


def narrowed(
    before: Mapping[str, float] | None, now: Mapping[str, float]
) -> tuple[float | None, float | None]:
    """Return by how much ``width`` and ``sd`` have changed; None where nothing was before."""
    if before is None:
        return None, None
    return now["width"] - before["width"], now["sd"] - before["sd"]


def _places(*keys: pd.Series) -> NDArray[np.intp]:
    """Return the place of each row, from 0, by the first key; where equal, by the next."""
    order = np.lexsort([key.to_numpy() for key in reversed(keys)])
    places = np.empty(len(order), np.intp)
    places[order] = np.arange(len(order))
    return places
