"""Where items and people stand among the aligned factors of a fit, and how sure that is.

Every number is of `align_factors`: factors here are axes that all draws and chains share, counted
from 0, and called from 1 where people read of them.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmf_core.data import Ratings
from pmf_core.data.simulate import Truth
from pmf_core.evaluation.genres import main_genre
from pmf_core.fits.alignment import aligned_once
from pmf_core.fits.fit import Fit
from pmf_core.prediction.pairs import positions
from pmf_core.stats.metrics import CI_PROB, TAILS

MOST_ITEMS = 1_000
"""Items on a map, most rated first: a browser takes long over more."""

POINTS = 33
"""Of an outline, the first of which is the last."""


def axis_shares(fit: Fit) -> pd.DataFrame:
    """Return how much each axis moves predictions beyond the averages of users and items.

    Returns
    -------
    pd.DataFrame
        ``factor``, ``label`` and ``share``: of the sum, over axes, of the variance over all pairs
        that the mean factors give a score along each; nan where factors are all 0.
    """
    U, V = (mean.astype(np.float64) for mean in _means(fit))
    size = np.square(U).sum(axis=0) * np.square(V).sum(axis=0)
    total = size.sum()
    share = size / total if total > 0 else np.full(len(size), np.nan)
    labels = [f"Axis {factor + 1}" for factor in range(len(size))]
    return pd.DataFrame({"factor": range(len(size)), "label": labels, "share": share})


def item_map(fit: Fit, ratings: Ratings | None, _: Truth | None, x: int, y: int) -> pd.DataFrame:
    """Return where items are along two axes, those with most training ratings first.

    Parameters
    ----------
    fit : Fit
    ratings : Ratings or None
        Those that the fit learnt from, with the features of their items, which a fit does not have.
    x, y : int
        Axes.

    Returns
    -------
    pd.DataFrame
        item_id, title, n_ratings and mean_rating (of training, in stars; nan without one), genre
        (the first of the item's, ``other`` if it is none of the few commonest; empty
        where genres are not known), x, y (means over draws), x_sd, y_sd. `MOST_ITEMS` rows at most;
        attr ``n_items`` says of how many, ``genres`` in which order.
    """
    V, train = aligned_once(fit)["V"].values, fit.split.train
    count = np.bincount(train.item_idx, minlength=train.n_items)
    total = np.bincount(train.item_idx, train.rating, train.n_items)
    rows = np.argsort(-count, kind="stable")[:MOST_ITEMS]
    genre, order = main_genre(ratings, train.n_items)
    frame = pd.DataFrame(
        {
            "item_id": train.item_ids[rows],
            "title": train.titles[rows],
            "n_ratings": count[rows],
            "mean_rating": np.where(count, total / np.maximum(count, 1), np.nan)[rows],
            "genre": genre[rows],
        }
    )
    for name, axis in (("x", x), ("y", y)):
        along = V[:, :, rows, axis].astype(np.float64)
        frame[name], frame[f"{name}_sd"] = along.mean(axis=(0, 1)), along.std(axis=(0, 1))
    frame.attrs = {"n_items": train.n_items, "genres": order}
    return frame


def marked(items: pd.DataFrame, text: str) -> pd.DataFrame:
    """Return items with ``found``: whether a text is in the title, whatever the case.

    Of no text, none is.
    """
    text = text.strip().lower()
    titles = items["title"].astype(str).str.lower()
    return items.assign(found=titles.str.contains(text, regex=False) & bool(text))


def only_found(items: pd.DataFrame) -> pd.DataFrame:
    """Return the items that are `marked`, most rated first."""
    return items[items["found"]].reset_index(drop=True)


def to_outline(items: pd.DataFrame, at_most: int) -> tuple:
    """Return the identifiers of items that are `marked`, or else of those with most ratings."""
    some = items[items["found"]] if items["found"].any() else items
    return tuple(some["item_id"].tolist()[:at_most])


def box_of(selection: Any) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Return the box that a browser says was dragged, along x and y; None where it says none.

    Parameters
    ----------
    selection : mapping
        Of ``x`` and ``y``, each with two ends; whatever else it is, it is no box.
    """
    try:
        x, y = (tuple(map(float, selection[name])) for name in "xy")
    except (TypeError, ValueError, KeyError, OverflowError):
        return None
    return (x, y) if len(x) == len(y) == 2 and np.isfinite([*x, *y]).all() else None


def within(items: pd.DataFrame, box: tuple[tuple[float, float], ...]) -> pd.DataFrame:
    """Return the items of `item_map` in a box (`box_of`), most rated first."""
    x, y = (sorted(ends) for ends in box)
    inside = items["x"].between(*x) & items["y"].between(*y)
    return items[inside].reset_index(drop=True)


def item_outlines(fit: Fit, item_ids: tuple, x: int, y: int) -> pd.DataFrame:
    """Return what holds the draws of each item with a probability of `CI_PROB`, were they normal.

    Returns
    -------
    pd.DataFrame
        title, order, x, y and item_id: `POINTS` points of each ellipse. No row for a fit of one
        draw.
    """
    aligned, train = aligned_once(fit), fit.split.train
    at = positions("item_id", np.array(item_ids), train.item_ids) if len(item_ids) else []
    V = aligned["V"].values[:, :, at][..., [x, y]]
    parts = [
        outline(V[:, :, row]).assign(item_id=train.item_ids[item], title=train.titles[item])
        for row, item in enumerate(at)
    ]
    columns = ["order", "x", "y", "item_id", "title"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def person(fit: Fit, user_id: Any, x: int, y: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return where a user's taste points, and an outline of where else it may.

    Whoever points to an item gives it more than its average. Lengths are those at which a usual
    user is as far out as a usual item: factors of few users are larger than those of many items.

    Returns
    -------
    arrow : pd.DataFrame
        One row: user_id, x, y (means over draws).
    outline : pd.DataFrame
        order, x, y, as of `item_outlines`.
    """
    aligned, train = aligned_once(fit), fit.split.train
    [at] = positions("user_id", np.array([user_id]), train.user_ids)
    U = aligned["U"].values[:, :, at][..., [x, y]].astype(np.float64)
    U *= np.sqrt(train.n_users / train.n_items)
    mean = U.mean(axis=(0, 1))
    arrow = pd.DataFrame({"user_id": [user_id], "x": [mean[0]], "y": [mean[1]]})
    return arrow, outline(U)


def axis_ends(fit: Fit, factor: int, n: int = 10) -> pd.DataFrame:
    """Return the items at both ends of an axis, by their means over draws.

    Returns
    -------
    pd.DataFrame
        From the upper end down: end (``upper``, ``lower``), item_id, title, n_ratings, value,
        lower, upper (equal-tailed interval of `CI_PROB` over draws). Of few items, half are at
        each end.
    """
    V, train = aligned_once(fit)["V"].values[..., factor].astype(np.float64), fit.split.train
    mean, count = V.mean(axis=(0, 1)), np.bincount(train.item_idx, minlength=train.n_items)
    order, n = np.argsort(-mean, kind="stable"), min(n, train.n_items // 2)
    rows = np.r_[order[:n], order[len(order) - n :]]
    lower, upper = np.quantile(V[:, :, rows], TAILS, axis=(0, 1))
    return pd.DataFrame(
        {
            "end": np.repeat(["upper", "lower"], n),
            "item_id": train.item_ids[rows],
            "title": train.titles[rows],
            "n_ratings": count[rows],
            "value": mean[rows],
            "lower": lower,
            "upper": upper,
        }
    )


def with_counts(fit: Fit, items: pd.DataFrame) -> pd.DataFrame:
    """Return a frame of items (item_id) with their number of training ratings, n_ratings."""
    return items.merge(popular_items(fit)[["item_id", "n_ratings"]], on="item_id")


def popular_items(fit: Fit) -> pd.DataFrame:
    """Return all items, most training ratings first: item_id, title, n_ratings."""
    train = fit.split.train
    count = np.bincount(train.item_idx, minlength=train.n_items)
    rows = np.argsort(-count, kind="stable")
    ids, titles = train.item_ids[rows], train.titles[rows]
    return pd.DataFrame({"item_id": ids, "title": titles, "n_ratings": count[rows]})


def _means(fit: Fit) -> tuple[NDArray, NDArray]:
    aligned = aligned_once(fit)
    return tuple(aligned[name].values.mean(axis=(0, 1), dtype=np.float64) for name in ("U", "V"))


def outline(draws: NDArray[np.floating]) -> pd.DataFrame:
    """Return the ellipse of draws of two numbers, (chain, draw, 2): order, x, y."""
    flat = draws.reshape(-1, 2).astype(np.float64)
    if len(flat) < 2:
        return pd.DataFrame({"order": [], "x": [], "y": []})
    values, axes = np.linalg.eigh(np.cov(flat.T))
    turn = np.linspace(0, 2 * np.pi, POINTS)
    circle = np.column_stack([np.cos(turn), np.sin(turn)])
    # Of a normal in two dimensions, the squared distance is exponential with mean 2.
    out = circle * np.sqrt(-2 * np.log(1 - CI_PROB) * np.maximum(values, 0)) @ axes.T
    x, y = (flat.mean(axis=0) + out).T
    return pd.DataFrame({"order": range(POINTS), "x": x, "y": y})
