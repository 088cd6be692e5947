"""Somebody who has only begun to rate: what they will have rated moves their row, too.

Who rated what is known of training users in whole, of somebody new in part. Taken for the whole, a
first rating would make them somebody who rates once and no more, whom training has hardly met.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pmf_core.data import Ratings
from pmf_core.models.config import PMFConfig
from pmf_core.models.state import State


def habits(ratings: Ratings) -> dict[str, NDArray[np.float64]]:
    """Return how many items users have rated, and which.

    Returns
    -------
    dict
        ``rated_counts``, ascending, of shape (n_users_with_ratings,), and ``rated_shares``, of all
        ratings, of shape (n_items,).
    """
    counts = np.bincount(ratings.user_idx)
    share = np.bincount(ratings.item_idx, minlength=ratings.n_items) / max(ratings.n_ratings, 1)
    return {"rated_counts": np.sort(counts[counts > 0]), "rated_shares": share}


def usual_weights(draw: State, known: Mapping[str, NDArray]) -> dict[str, NDArray[np.float64]]:
    """Return what the next rated item adds, as far as `habits` are known.

    Returns
    -------
    dict
        ``rated_mean``, of shape (n_columns,), and ``rated_covariance``, (n_columns, n_columns), of
        the weights of a draw over all ratings.
    """
    if "rated_shares" not in known:
        return {}
    W, share = draw.W_U[: len(draw.V)].astype(np.float64), known["rated_shares"]
    mean = share @ W
    covariance = (W * share[:, None]).T @ W - np.outer(mean, mean)
    return {"rated_mean": mean, "rated_covariance": covariance}


def moved_by_rated(
    config: PMFConfig, draw: State, item_idx: NDArray[np.integer], constants: Mapping[str, NDArray]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and covariance of what rated items add to a row.

    With k items known of n in the end, it is ``n^-power (r + s)``: r the sum of the known weights,
    s that of n - k others, and the power 1/2 or 1 as `config` says. As far as `habits` are known,
    n is as of any user with k or more, and each of the others as of any rating; otherwise n is k.

    Parameters
    ----------
    config : PMFConfig
    draw : State
        Whose first weights of users are those of items.
    item_idx : ndarray of shape (k,)
        Those that are known.
    constants : mapping
        `habits` and `usual_weights`, or nothing.

    Returns
    -------
    mean : ndarray of shape (n_columns,)
    covariance : ndarray of shape (n_columns, n_columns)
    """
    power = 0.5 if config.implicit_norm == "sqrt" else 1.0
    k, rated = len(item_idx), draw.W_U[item_idx].sum(axis=0, dtype=np.float64)
    counts = constants.get("rated_counts", np.zeros(0))
    counts = counts[np.searchsorted(counts, k) :]
    if not len(counts) or counts[-1] == k:
        size = len(rated)
        return rated * float(max(k, 1)) ** -power, np.zeros((size, size))
    each, among = counts.astype(np.float64) ** -power, constants["rated_covariance"]
    factors = np.stack([each, (counts - k) * each])
    both = np.stack([rated, constants["rated_mean"]])
    spread = both.T @ np.cov(factors, bias=True) @ both
    return factors.mean(axis=1) @ both, spread + ((counts - k) * each**2).mean() * among
