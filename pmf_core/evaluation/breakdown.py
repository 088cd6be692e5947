"""Where predictions of held-out ratings go wrong: by rating given, by what is known of the item."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmf_core.data.describe import groups
from pmf_core.data.split import Split
from pmf_core.fits.fit import Fit
from pmf_core.models.baselines import BASELINES, predict_baseline
from pmf_core.stats.metrics import rmse
from pmf_core.support.errors import require
from pmf_core.support.numbers import figure

SUPPORT = (0, 1, 6, 21, 101)
"""Lower ends of the groups of items, in training ratings."""

Predictions = Mapping[str, NDArray[np.floating]]
"""Predictions of the held-out ratings, in stars, by the name of their method."""


def baseline_predictions(split: Split) -> dict[str, NDArray[np.float64]]:
    """Return every baseline's predictions of the held-out ratings, in stars."""
    test = split.test
    return {
        method: predict_baseline(method, split.train, test.user_idx, test.item_idx)
        for method in BASELINES
    }


def heldout_table(fit: Fit) -> pd.DataFrame:
    """Return `Fit.heldout` with user_id, item_id and title in the place of row positions."""
    frame, train = fit.heldout(), fit.split.train
    users, items = frame.pop("user_idx"), frame.pop("item_idx")
    frame.insert(0, "user_id", train.user_ids[users])
    frame.insert(1, "item_id", train.item_ids[items])
    frame.insert(2, "title", train.titles[items])
    return frame


def errors_by_rating(split: Split, predictions: Predictions, max_groups: int = 10) -> pd.DataFrame:
    """Return the RMSE of each method among held-out ratings of each value.

    A scale finer than `max_groups` different ratings is cut into that many bins of equal width.

    Returns
    -------
    pd.DataFrame
        method, group (the rating, or a bin's ends), n_ratings, rmse (stars); attr ``groups``, all
        of them between the first and the last in which a rating is held out.
    """
    rating = split.test.rating
    if len(np.unique(rating)) <= max_groups:
        values = groups(rating, split.test.scale, max_groups, max_groups)
        labels = [figure(value) for value in values]
        return _errors(rating, np.searchsorted(values, rating), labels, predictions)
    edges = np.linspace(*split.test.scale, max_groups + 1)
    group = np.clip(np.searchsorted(edges, rating, side="right") - 1, 0, max_groups - 1)
    labels = [f"{figure(a)} to {figure(b)}" for a, b in zip(edges, edges[1:], strict=False)]
    return _errors(rating, group, labels, predictions)


def errors_by_support(split: Split, predictions: Predictions) -> pd.DataFrame:
    """Return the RMSE of each method among items with few and with many training ratings.

    Returns
    -------
    pd.DataFrame
        method, group (training ratings of the item), n_ratings (held out), rmse (stars). Groups
        without a held-out rating are left out; attr ``groups`` as of `errors_by_rating`.
    """
    train, test = split.train, split.test
    support = np.bincount(train.item_idx, minlength=train.n_items)[test.item_idx]
    group = np.searchsorted(SUPPORT, support, side="right") - 1
    ends = zip(SUPPORT, SUPPORT[1:], strict=False)
    labels = [f"{low}" if low == high - 1 else f"{low} to {high - 1}" for low, high in ends]
    return _errors(test.rating, group, [*labels, f"{SUPPORT[-1]} or more"], predictions)


def residual_counts(rating: NDArray, prediction: NDArray, n_bins: int = 40) -> pd.DataFrame:
    """Count the residuals ``rating - prediction`` in bins of equal width.

    Returns
    -------
    pd.DataFrame
        residual_from, residual_to (stars), n_ratings.
    """
    rmse(rating, prediction)  # refuses missing and mismatched predictions
    counts, edges = np.histogram(np.asarray(rating) - np.asarray(prediction), n_bins)
    return pd.DataFrame(
        {"residual_from": edges[:-1], "residual_to": edges[1:], "n_ratings": counts}
    )


def _errors(
    rating: NDArray, group: NDArray, labels: list[str], predictions: Predictions
) -> pd.DataFrame:
    require(len(predictions) > 0, "predictions", dict(predictions), "those of a method or more")
    rows = []
    for method, prediction in predictions.items():
        for position, label in enumerate(labels):
            members = group == position
            if members.any():
                error = rmse(rating[members], np.asarray(prediction)[members])
                rows.append((method, label, int(members.sum()), error))
    frame = pd.DataFrame(rows, columns=["method", "group", "n_ratings", "rmse"])
    frame.attrs["groups"] = labels[group.min() : group.max() + 1]
    return frame
