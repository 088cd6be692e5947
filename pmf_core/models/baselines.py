"""Predictions without factors: what every factorization has to beat.

The first three are those of the PyMC example; the fourth is the strongest that treats users and
items apart. No array is larger than the ratings or the pairs asked for.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmf_core.data import Ratings, Split
from pmf_core.stats.metrics import mae, rmse
from pmf_core.support.errors import require

SHRINKAGE = 4.0
"""Ratings' worth of zeros with which a bias is averaged: noise variance over bias variance."""
_MAX_SWEEPS = 1000

Predictions = NDArray[np.float64]


def evaluate_baselines(split: Split, random_seed: int = 0) -> pd.DataFrame:
    """Score every baseline, learnt from the training ratings alone.

    Returns
    -------
    pd.DataFrame
        One row per baseline, in the order of `BASELINES`: method, train_rmse, test_rmse,
        test_mae, in stars.
    """
    train, test = split.train, split.test
    rows = []
    for method in BASELINES:
        in_train, in_test = (
            predict_baseline(method, train, part.user_idx, part.item_idx, random_seed)
            for part in (train, test)
        )
        rows.append(
            {
                "method": method,
                "train_rmse": rmse(train.rating, in_train),
                "test_rmse": rmse(test.rating, in_test),
                "test_mae": mae(test.rating, in_test),
            }
        )
    return pd.DataFrame(rows)


def predict_baseline(
    method: str,
    train: Ratings,
    user_idx: NDArray[np.integer],
    item_idx: NDArray[np.integer],
    random_seed: int = 0,
) -> Predictions:
    """Predict pairs by the baseline called `method`.

    Parameters
    ----------
    method : str
        A key of `BASELINES`.
    train : Ratings
        What the baseline learns from.
    user_idx, item_idx : ndarray of shape (n_pairs,)
        Row positions of the pairs.
    random_seed : int
        Seed of the uniform random baseline; the others do not use it.

    Returns
    -------
    ndarray of shape (n_pairs,)
        In stars.

    Raises
    ------
    ValueError
        If there is no such method, or nothing to learn from.
    """
    require(method in BASELINES, "method", method, f"one of {', '.join(BASELINES)}")
    require(train.n_ratings > 0, "train.n_ratings", train.n_ratings, "1 or more")
    rng = np.random.default_rng(random_seed)
    return BASELINES[method](train, np.asarray(user_idx), np.asarray(item_idx), rng)


def fit_biases(train: Ratings) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """Fit ``global_mean + b_U[i] + b_V[j]`` by least squares with ridge penalty `SHRINKAGE`.

    The global mean is that of the training ratings. The two sets of biases take turns, each the
    shrunk mean of what the other leaves, ``sum(residuals) / (count + SHRINKAGE)``, until none
    moves by more than a millionth of the range of the scale. One never seen is zero.

    Returns
    -------
    global_mean : float
    b_U : ndarray of shape (n_users,)
    b_V : ndarray of shape (n_items,)

    Raises
    ------
    RuntimeError
        If the biases still move after 1,000 turns.

    References
    ----------
    Y. Koren (2010). Factor in the Neighbors: Scalable and Accurate Collaborative Filtering. ACM
    Transactions on Knowledge Discovery from Data 4(1).
    """
    global_mean = train.rating.mean()
    count_U = np.bincount(train.user_idx, minlength=train.n_users)
    count_V = np.bincount(train.item_idx, minlength=train.n_items)
    b_U, b_V = np.zeros(train.n_users), np.zeros(train.n_items)
    low, high = train.scale
    for _ in range(_MAX_SWEEPS):
        rest = train.rating - global_mean - b_U[train.user_idx]
        new_V = np.bincount(train.item_idx, rest, train.n_items) / (count_V + SHRINKAGE)
        rest = train.rating - global_mean - new_V[train.item_idx]
        new_U = np.bincount(train.user_idx, rest, train.n_users) / (count_U + SHRINKAGE)
        moved = max(np.abs(new_U - b_U).max(), np.abs(new_V - b_V).max())
        b_U, b_V = new_U, new_V
        if moved <= 1e-6 * (high - low):
            return float(global_mean), b_U, b_V
    raise RuntimeError(
        f"the biases still move by {moved:g} after {_MAX_SWEEPS} turns; check the ratings for "
        "values far outside the rest"
    )


def _uniform_random(
    train: Ratings, user_idx: NDArray, item_idx: NDArray, rng: np.random.Generator
) -> Predictions:
    return rng.uniform(train.rating.min(), train.rating.max(), len(user_idx))


def _global_mean(
    train: Ratings, user_idx: NDArray, item_idx: NDArray, rng: np.random.Generator
) -> Predictions:
    return np.full(len(user_idx), train.rating.mean())


def _mean_of_means(
    train: Ratings, user_idx: NDArray, item_idx: NDArray, rng: np.random.Generator
) -> Predictions:
    """Average the global, the user's and the item's mean: those of the three that exist."""
    means = np.column_stack(
        [
            np.full(len(user_idx), train.rating.mean()),
            _means(train.user_idx, train.rating, train.n_users)[user_idx],
            _means(train.item_idx, train.rating, train.n_items)[item_idx],
        ]
    )
    return np.nanmean(means, axis=1)


def _means(idx: NDArray, rating: NDArray, size: int) -> NDArray[np.float64]:
    count = np.bincount(idx, minlength=size)
    total = np.bincount(idx, rating, minlength=size)
    return np.divide(total, count, out=np.full(size, np.nan), where=count > 0)


def _biases(
    train: Ratings, user_idx: NDArray, item_idx: NDArray, rng: np.random.Generator
) -> Predictions:
    global_mean, b_U, b_V = fit_biases(train)
    return np.clip(global_mean + b_U[user_idx] + b_V[item_idx], *train.scale)


BASELINES: dict[str, Callable[..., Predictions]] = {
    "Uniform random": _uniform_random,
    "Global mean": _global_mean,
    "Mean of means": _mean_of_means,
    "User and item biases": _biases,
}
"""Label of each baseline, from the weakest to the strongest, and the function that predicts."""
