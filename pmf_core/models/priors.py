"""Prior precisions that are set from the data."""

import numpy as np
from numpy.typing import NDArray

from pmf_core.data import Ratings


def imputed_precisions(ratings: Ratings) -> tuple[float, float]:
    """Return (alpha_U, alpha_V) as the PyMC example sets them.

    With every missing entry of the user x item matrix filled with the mean rating, alpha_U is
    one over the mean variance of its rows and alpha_V one over that of its columns. The matrix
    is not built: with ``d = rating - mean``, the n entries of a row of length N that are
    observed give the variance ``sum(d^2) / N - (sum(d) / N)^2`` and the rest add nothing.

    Imputed entries have no variance, so the sparser the data, the larger both precisions and
    the stronger the shrinkage, whatever the ratings say.

    Returns
    -------
    tuple of float
        Precisions of one factor of a user and of an item.

    Raises
    ------
    ValueError
        If all ratings are equal, of everybody or of each, so that a variance is 0.
    """
    deviation = ratings.rating - ratings.rating.mean()
    variance_user = _mean_variance(ratings.user_idx, deviation, ratings.n_users, ratings.n_items)
    variance_item = _mean_variance(ratings.item_idx, deviation, ratings.n_items, ratings.n_users)
    if not (variance_user > 0 and variance_item > 0):
        values = np.unique(ratings.rating)
        what = f"are {values[0]:g}" if len(values) == 1 else "are equal in each row or column"
        raise ValueError(
            f"all {ratings.n_ratings} training ratings {what}; a prior set from their variance "
            "needs ratings that differ, so use other data or a larger sample"
        )
    return 1 / variance_user, 1 / variance_item


def _mean_variance(
    idx: NDArray[np.int32], deviation: NDArray[np.float64], n_rows: int, length: int
) -> float:
    square = np.bincount(idx, deviation**2, minlength=n_rows) / length
    mean = np.bincount(idx, deviation, minlength=n_rows) / length
    return float(np.mean(square - mean**2))
