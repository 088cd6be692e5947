"""Raw factors beside aligned ones: what turns from chain to chain, and what does not."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from pmf_core.fits.alignment import aligned_once, aligned_scores
from pmf_core.fits.fit import Fit
from pmf_core.prediction.pairs import positions
from pmf_core.stats.convergence import many_r_hats, without_rounding

MOST_ITEMS, MOST_USERS, MOST_PAIRS = 300, 50, 100
"""Items in a picture of two chains, users whose factors are judged, pairs whose predictions are."""

MOST_COLUMNS, MOST_FACTORS = 60, 8
"""Items and factors in a picture of a matrix."""

ANGLES = tuple(range(0, 361, 15))
"""Degrees by which one chain is turned."""

KINDS = ("raw", "aligned")


@dataclass(frozen=True)
class Agreement:
    """Median r_hat over the stored draws of all chains; nan where there are too few."""

    raw: float
    """Of entries of U as they were drawn."""
    aligned: float
    """Of the same entries after `align_factors`."""
    predictions: float
    """Of scores of held-out pairs, which no rotation changes."""
    raw_left: float
    """Share of the mean square of raw U that is left once the draws of each chain are averaged:
    1 where they are all the same, next to 0 where a chain turns its factors all the way round."""
    aligned_left: float
    """The same after `align_factors`."""


def agreement_of_factors(fit: Fit) -> Agreement:
    """Return how far chains agree on raw factors, on aligned ones, and on predictions."""
    aligned = aligned_once(fit)
    both, rows = (_raw(fit, aligned)["U"].values, aligned["U"].values), _some_users(aligned)
    entries = [U[:, :, rows].astype(np.float64) - U.mean(axis=2)[:, :, None] for U in both]
    r_hats = (many_r_hats(U[:, :, rows].reshape(*U.shape[:2], -1)) for U in both)
    scores = aligned_scores(aligned, *_some_pairs(fit))
    return Agreement(*map(_median, (*r_hats, many_r_hats(scores))), *map(_left, entries))


def two_chains(fit: Fit, factor: int) -> pd.DataFrame:
    """Return the mean of each item's factor in the first chain and in the second.

    Returns
    -------
    pd.DataFrame
        kind (`KINDS`), item_id, title, one, other; `MOST_ITEMS` items with most training ratings.
        Raw factors are taken by their column, which is what one would compare. Attrs ``raw`` and
        ``aligned`` are the correlations; nan where one does not vary. No row with one chain.
    """
    aligned, train = aligned_once(fit), fit.split.train
    rows = _popular(fit, MOST_ITEMS)
    parts, attrs = [], {}
    for kind, draws in zip(KINDS, (_raw(fit, aligned), aligned), strict=True):
        means = draws["V"].values[:2, :, rows, factor].mean(axis=1, dtype=np.float64)
        one, other = means if len(means) == 2 else np.empty((2, 0))
        titles, ids = train.titles[rows][: len(one)], train.item_ids[rows][: len(one)]
        columns = {"kind": kind, "item_id": ids, "title": titles, "one": one, "other": other}
        parts.append(pd.DataFrame(columns))
        attrs[kind] = _correlation(one, other)
    frame = pd.concat(parts, ignore_index=True)
    frame.attrs = attrs
    return frame


def turned(fit: Fit) -> pd.DataFrame:
    """Turn U and V of the second chain together, in the plane of the first two axes.

    Returns
    -------
    pd.DataFrame
        One row for each of `ANGLES`: angle (degrees), raw (median r_hat, over the first two chains,
        of those two factors of some users), predictions (the same of scores of held-out pairs), and
        change (largest of any of those scores from what it was, as a share of the scale of ratings
        where the link is the identity). No row with one chain or one factor.
    """
    aligned = aligned_once(fit).isel(chain=slice(2))
    columns = ["angle", "raw", "predictions", "change"]
    if aligned.sizes["chain"] < 2 or aligned.sizes["factor"] < 2:
        return pd.DataFrame(columns=columns)
    pairs, users = _some_pairs(fit), _some_users(aligned)
    before = aligned_scores(aligned, *pairs)
    low, high = fit.attrs["scale"]
    rows = []
    for angle in ANGLES:
        now = turn(aligned, angle)
        U = now["U"].values[:, :, users, :2]
        after = aligned_scores(now, *pairs)
        change = np.abs(after - before).max(initial=0) * fit.unit / (high - low)
        r_hats = many_r_hats(U.reshape(*U.shape[:2], -1)), many_r_hats(without_rounding(after))
        rows.append((angle, *map(_median, r_hats), change))
    return pd.DataFrame(rows, columns=columns)


def nearest(angle: float) -> int:
    """Return the one of `ANGLES` that is nearest to an angle in degrees."""
    return min(ANGLES, key=lambda known: abs(known - angle))


def at_angle(turned: pd.DataFrame, angle: int) -> dict[str, float]:
    """Return the row of `turned` at one of its angles."""
    return turned.set_index("angle").loc[angle].to_dict()


def turn(aligned: xr.Dataset, angle: float) -> xr.Dataset:
    """Return factors of which those of the second chain are turned in the plane of the first two.

    Parameters
    ----------
    aligned : xr.Dataset
        As of `align_factors`, of two factors or more.
    angle : float
        In degrees.
    """
    sine, cosine = np.sin(np.deg2rad(angle)), np.cos(np.deg2rad(angle))
    both = {}
    for name in ("U", "V"):
        rows = aligned[name].values.astype(np.float64)
        rows[1, ..., :2] = rows[1, ..., :2] @ np.array([[cosine, sine], [-sine, cosine]])
        both[name] = aligned[name].dims, rows
    return aligned.assign(both)


def matrices(fit: Fit, share: float) -> pd.DataFrame:
    """Return the items' factors in one draw of the first two chains, raw and aligned.

    Parameters
    ----------
    share : float
        How far into the stored draws, from 0 (the first) to 1 (the last).

    Returns
    -------
    pd.DataFrame
        kind (`KINDS`), factor and chain (from 0), row (what people read of both), place (of an
        item, from 1: in their order along the first axis), title, value. Of the `MOST_COLUMNS`
        items with most training ratings, and of `MOST_FACTORS`. Raw ones have the mean over items
        taken off, as aligned ones do. Attr ``step`` is the draw's number, from 1.
    """
    aligned, titles = aligned_once(fit), fit.split.train.titles
    at, items = round(share * (aligned.sizes["draw"] - 1)), _popular(fit, MOST_COLUMNS)
    along = aligned["V"].values[..., 0].mean(axis=(0, 1), dtype=np.float64)
    items = items[np.argsort(along[items], kind="stable")]
    parts = []
    for kind, draws in zip(KINDS, (_raw(fit, aligned), aligned), strict=True):
        V = draws["V"].values[:2, at].astype(np.float64)
        V = (V - V.mean(axis=1, keepdims=True))[:, items, :MOST_FACTORS].transpose(2, 0, 1)
        factor, chain, place = (index.ravel() for index in np.indices(V.shape))
        word = "Factor" if kind == "raw" else "Axis"
        rows = [f"{word} {k + 1}, chain {c}" for k, c in zip(factor, chain, strict=True)]
        part = {"kind": kind, "factor": factor, "chain": chain, "row": rows}
        part |= {"place": place + 1, "title": titles[items[place]], "value": V.ravel()}
        parts.append(pd.DataFrame(part))
    frame = pd.concat(parts, ignore_index=True)
    frame.attrs["step"] = int(aligned["draw"].values[at]) + 1
    return frame


def through_the_run(fit: Fit, item_id: Any, factor: int) -> pd.DataFrame:
    """Return one factor of an item in every stored draw: kind (`KINDS`), chain, step, value.

    In standard deviations of all items in that draw, from their mean: so raw and aligned are in one
    unit. Attr ``title`` is the item's.
    """
    aligned, train = aligned_once(fit), fit.split.train
    [at] = positions("item_id", np.array([item_id]), train.item_ids)
    parts = []
    for kind, draws in zip(KINDS, (_raw(fit, aligned), aligned), strict=True):
        V = draws["V"].values[..., factor].astype(np.float64)
        away, sd = V[:, :, at] - V.mean(axis=2), V.std(axis=2)
        V = np.divide(away, sd, out=np.zeros_like(away), where=sd > 0)
        chain, draw = (index.ravel() for index in np.indices(V.shape))
        step = aligned["draw"].values[draw] + 1
        part = {"kind": kind, "chain": chain, "step": step, "value": V.ravel()}
        parts.append(pd.DataFrame(part))
    frame = pd.concat(parts, ignore_index=True)
    frame.attrs["title"] = str(train.titles[at])
    return frame


def _raw(fit: Fit, aligned: xr.Dataset) -> xr.Dataset:
    """Return the raw draws of those that were aligned."""
    return fit.idata["posterior"].dataset.sel(draw=aligned["draw"])


def _some_users(aligned: xr.Dataset) -> NDArray[np.intp]:
    return np.unique(np.linspace(0, aligned.sizes["user"] - 1, MOST_USERS).astype(int))


def _some_pairs(fit: Fit) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return evenly spaced held-out pairs."""
    test = fit.split.test
    rows = np.unique(np.linspace(0, test.n_ratings - 1, MOST_PAIRS).astype(int))
    return test.user_idx[rows], test.item_idx[rows]


def _popular(fit: Fit, n: int) -> NDArray[np.intp]:
    train = fit.split.train
    count = np.bincount(train.item_idx, minlength=train.n_items)
    return np.argsort(-count, kind="stable")[:n]


def _correlation(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    if len(one) < 2 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return np.nan
    return float(np.corrcoef(one, other)[0, 1])


def _left(draws: NDArray[np.float64]) -> float:
    """Return the mean square of chains' means as a share of that of draws: (chain, draw, ...)."""
    size = float(np.square(draws).mean())
    return float(np.square(draws.mean(axis=1)).mean()) / size if size > 0 else np.nan


def _median(values: NDArray[np.float64]) -> float:
    """Return the median of what is known; nan if nothing is."""
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else np.nan
