"""Which items are alike: those that the same people are predicted to like, whatever their mean."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmf_core.fits.fit import Fit
from pmf_core.prediction.pairs import positions
from pmf_core.support.errors import check_probability, is_whole, require


def similar_items(fit: Fit, item_id: Any, n: int = 10, ci_prob: float = 0.9) -> pd.DataFrame:
    """Rank items by how alike they are to one of them, and say how sure that is.

    The similarity of two items is the correlation, over all users, of what factors make of them:
    of ``(U_i - m) . (V_j - n)``, with the means m and n of all rows taken off, so that neither good
    items nor generous users make anything alike. No turn or stretch of U and V together changes
    it, so it may be averaged over draws and chains. An item of which little is known has another
    one in every draw, which averages to about 0.

    Parameters
    ----------
    fit : Fit
    item_id : scalar
        Raw identifier.
    n : int
        Items to return, at most.
    ci_prob : float
        Probability of the interval.

    Returns
    -------
    pd.DataFrame
        Most alike first, itself left out: item_id, title, ``similarity`` (mean over the stored
        draws, from -1 to 1), ``lower`` and ``upper`` (equal-tailed interval over draws; both are
        the similarity where there is one draw, as in a MAP).

    Raises
    ------
    ValueError
        If an argument breaks its rule; the message gives the value, the rule and the next step.
    """
    require(is_whole(n, 1, 10**9), "n", n, "a whole number from 1")
    check_probability(ci_prob)
    train = fit.split.train
    [at] = positions("item_id", np.array([item_id]), train.item_ids)
    draws = _similarities(fit, at)
    mean = draws.mean(axis=0, dtype=np.float64)
    best = np.argsort(-mean, kind="stable")
    best = best[best != at][:n]
    tails = (1 - ci_prob) / 2, (1 + ci_prob) / 2
    lower, upper = np.quantile(draws[:, best], tails, axis=0)
    return pd.DataFrame(
        {
            "item_id": train.item_ids[best],
            "title": train.titles[best],
            "similarity": mean[best],
            "lower": lower,
            "upper": upper,
        }
    )


def _similarities(fit: Fit, at: int) -> NDArray[np.float32]:
    """Return the similarity of every item to one in each stored draw: (draws, items).

    0 where a draw has nothing to tell an item by.
    """
    posterior = fit.idata["posterior"].dataset
    stored = posterior["U"].values, posterior["V"].values
    draws = list(np.ndindex(stored[0].shape[:2]))
    found = np.zeros((len(draws), stored[1].shape[2]), np.float32)
    for row, draw in enumerate(draws):
        U, V = (rows[draw].astype(np.float64) for rows in stored)
        U, V = U - U.mean(axis=0), V - V.mean(axis=0)
        common = V @ (U.T @ U)  # times V' it is what each two items have in common
        size = np.sqrt(np.maximum((common * V).sum(axis=1), 0))
        scale = size * size[at]
        np.divide(common @ V[at], scale, out=found[row], where=scale > 0, casting="same_kind")
    return found.clip(-1, 1)
