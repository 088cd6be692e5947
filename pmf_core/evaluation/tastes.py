"""The tastes of a simulated world beside what a fit has learnt of them."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmf_core.data import Ratings
from pmf_core.data.simulate import Truth
from pmf_core.evaluation.factor_map import item_map
from pmf_core.fits.alignment import aligned_once
from pmf_core.fits.fit import Fit
from pmf_core.prediction.pairs import positions

COLUMN = "true_taste"
"""Of `with_true_taste`."""


def map_to_truth(fit: Fit, truth: Truth) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the linear map from aligned mean factors to the true ones, and its inverse transpose.

    Ratings do not say which way factors point, only ``U V'``; so one map for the items, and for the
    users the one that leaves ``U V'`` as it is. It is the least squares fit of the items, of which
    most is known. Where a fit has more factors than the truth, the inverse is the pseudo-inverse.

    Returns
    -------
    of_users, of_items : ndarray of shape (n_factors, n_tastes)
    """
    V = aligned_once(fit)["V"].values.mean(axis=(0, 1), dtype=np.float64)
    of_items = np.linalg.lstsq(V, truth.V - truth.V.mean(axis=0), rcond=None)[0]
    return np.linalg.pinv(of_items).T, of_items


def tastes_found(fit: Fit, _: Ratings | None, truth: Truth) -> pd.DataFrame:
    """Return how well each true taste is found in the aligned mean factors.

    Returns
    -------
    pd.DataFrame
        taste, items and users: correlation of the true numbers of all items (of all users) with
        those to which `map_to_truth` maps the learnt ones; nan where either does not vary.
    """
    rows = learnt_and_true(fit, truth)
    found = rows.groupby(["taste", "side"], sort=False)[["true", "learnt"]].apply(_correlation)
    frame = found.unstack("side").reindex(columns=["items", "users"]).reset_index()
    return frame.rename_axis(columns=None)


def learnt_and_true(fit: Fit, truth: Truth) -> pd.DataFrame:
    """Return every true number beside the learnt one: taste, side (items, users), true, learnt.

    Both are differences from the mean over the side.
    """
    aligned, parts = aligned_once(fit), []
    maps = dict(zip(("users", "items"), map_to_truth(fit, truth), strict=True))
    for side, name, rows in (("items", "V", truth.V), ("users", "U", truth.U)):
        learnt = aligned[name].values.mean(axis=(0, 1), dtype=np.float64) @ maps[side]
        true = rows - rows.mean(axis=0)
        for k, taste in enumerate(names_of(truth)):
            part = {"taste": taste, "side": side, "true": true[:, k], "learnt": learnt[:, k]}
            parts.append(pd.DataFrame(part))
    return pd.concat(parts, ignore_index=True)


def taste_arrows(fit: Fit, _: Ratings | None, truth: Truth, x: int, y: int) -> pd.DataFrame:
    """Return which way each true taste grows among the items, along two axes of the learnt ones.

    Returns
    -------
    pd.DataFrame
        taste, x, y (an arrow as long as items are far out, times the share of the taste that is
        in this plane) and share.
    """
    V = aligned_once(fit)["V"].values.mean(axis=(0, 1), dtype=np.float64)
    steepest = map_to_truth(fit, truth)[1]
    # Along each axis in standard deviations of the items: a taste that is all on an axis is long.
    sd = V.std(axis=0)
    by_axis = steepest * sd[:, None]
    length = np.linalg.norm(by_axis, axis=0)
    unit = np.divide(by_axis, length, out=np.zeros_like(by_axis), where=length > 0)
    plane = unit[[x, y]] if x != y else unit[[x, x]]
    far = np.abs(V).max(axis=0, initial=0)
    return pd.DataFrame(
        {
            "taste": names_of(truth),
            "x": plane[0] * far[x],
            "y": plane[1] * far[y],
            "share": np.square(plane).sum(axis=0),
        }
    )


def one_taste(fit: Fit, _: Ratings | None, truth: Truth, taste: str) -> pd.DataFrame:
    """Return the rows of `learnt_and_true` of one taste."""
    rows = learnt_and_true(fit, truth)
    return rows[rows["taste"] == taste].reset_index(drop=True)


def with_true_taste(
    fit: Fit, ratings: Ratings, truth: Truth, x: int, y: int, taste: str
) -> pd.DataFrame:
    """Return `item_map` with the true number of one taste of each item, `COLUMN`."""
    items = item_map(fit, ratings, truth, x, y)
    at = positions("item_id", items["item_id"].to_numpy(), fit.split.train.item_ids)
    return items.assign(**{COLUMN: truth.V[at, names_of(truth).index(taste)]})


def names_of(truth: Truth) -> list[str]:
    """Return what the true factors are called: by number where they stand for nothing."""
    return list(truth.factor_names) or [f"true {k + 1}" for k in range(truth.U.shape[1])]


def _correlation(pair: pd.DataFrame) -> float:
    if len(pair) < 2 or np.ptp(pair["true"]) == 0 or np.ptp(pair["learnt"]) < 1e-12:
        return np.nan
    return float(np.corrcoef(pair["true"], pair["learnt"])[0, 1])
