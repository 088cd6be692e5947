"""A class among the films: who is where, who is like whom, what to watch together."""

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from pmf_core.classroom.portraits import Portrait, places_among, popular
from pmf_core.evaluation.factor_map import item_map, outline
from pmf_core.evaluation.genres import TAILS
from pmf_core.fits.alignment import aligned_once
from pmf_core.fits.fit import Fit

MAPPED = 60
"""Items on the map: those with most training ratings."""

PLOT, LETTER, LINE = (300, 440), 7.5, 15
"""Width and height of a map on a phone, width of a letter, and height of a line, in pixels."""

BY = {"Mean": "mean", "Least misery": "misery", "Nobody minds": "fine"}
"""Ways to choose for several, as people read them, and the columns of `together`."""


def films_on_the_map(fit: Fit, x: int = 0, y: int = 1) -> pd.DataFrame:
    """Return `factor_map.item_map` of the `MAPPED` items with most training ratings."""
    return item_map(fit, None, None, x, y).head(MAPPED)


def on_the_map(
    fit: Fit, portraits: Mapping[str, Portrait], x: int = 0, y: int = 1
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return where members are along two axes, and outlines of where else they may be.

    Lengths are those of `factor_map.person`, beside those of items.

    Parameters
    ----------
    fit : Fit
    portraits : mapping of str to Portrait
        By nickname.

    Returns
    -------
    people : pd.DataFrame
        nickname, x, y (means over draws), x_sd, y_sd.
    outlines : pd.DataFrame
        nickname, order, x, y: of each an ellipse that holds 90% of the draws, were they normal.
    """
    train, rows, parts = fit.split.train, [], []
    for name, each in portraits.items():
        at = each.place[:, [x, y]] * np.sqrt(train.n_users / train.n_items)
        rows.append((name, *at.mean(axis=0), *at.std(axis=0)))
        parts.append(outline(at[None]).assign(nickname=name))
    people = pd.DataFrame(rows, columns=["nickname", "x", "y", "x_sd", "y_sd"])
    none = pd.DataFrame(columns=["order", "x", "y", "nickname"])
    return people, pd.concat(parts, ignore_index=True) if parts else none


def with_labels(people: pd.DataFrame, *others: pd.DataFrame) -> pd.DataFrame:
    """Return people with ``label``: the nickname where it has room on the map, also on a phone.

    Those who came first are labelled first; whose name would lie on another has none.

    Parameters
    ----------
    people : pd.DataFrame
        Of `on_the_map`.
    *others : pd.DataFrame
        What else is on the map, at x and y.
    """
    every = pd.concat([each[["x", "y"]].astype(float) for each in (people, *others) if len(each)])
    span = np.maximum(every.max().to_numpy() - every.min().to_numpy(), 1e-9)
    at = people[["x", "y"]].to_numpy(float) / span * PLOT
    labels, placed = [], []
    for (x, y), name in zip(at, people["nickname"], strict=True):
        half = LETTER * len(name) / 2
        has_room = all(
            abs(x - other) > half + width or abs(y - line) > LINE for other, line, width in placed
        )
        if has_room:
            placed.append((x, y, half))
        labels.append(name if has_room else "")
    return people.assign(label=labels)


def alike(fit: Fit, portraits: Mapping[str, Portrait]) -> pd.DataFrame:
    """Return for each member the one who is most like them.

    Two are alike if, draw by draw, what they think of all items beyond what everybody does goes
    together: the cosine of the two over the items, which no rotation of factors changes.

    Returns
    -------
    pd.DataFrame
        nickname, like, similarity (mean over draws), lower, upper (90%, equal-tailed), in the
        order of similarity. Without two members, no row.
    """
    columns = ["nickname", "like", "similarity", "lower", "upper"]
    names = list(portraits)
    if len(names) < 2:
        return pd.DataFrame(columns=columns)
    _, some = places_among(fit)
    aligned = aligned_once(fit)["V"].values[:, some].astype(np.float64)
    V = aligned.reshape(-1, *aligned.shape[2:])
    common = np.einsum("dif,dig->dfg", V, V)
    places = np.array([portraits[name].place for name in names])  # (member, draw, factor)
    both = np.einsum("adf,dfg,bdg->dab", places, common, places)
    size = np.sqrt(np.maximum(np.einsum("daa->da", both), 1e-300))
    cosine = (both / size[:, :, None] / size[:, None]).clip(-1, 1)
    mean = cosine.mean(axis=0)
    np.fill_diagonal(mean, -np.inf)
    rows = []
    for k, name in enumerate(names):
        other = int(mean[k].argmax())
        lower, upper = np.quantile(cosine[:, k, other], TAILS)
        rows.append((name, names[other], mean[k, other], lower, upper))
    frame = pd.DataFrame(rows, columns=columns)
    return frame.sort_values("similarity", ascending=False, ignore_index=True, kind="stable")


def together(
    fit: Fit, portraits: Mapping[str, Portrait], seen: Collection[int], by: str, n: int = 10
) -> pd.DataFrame:
    """Rank what a class might watch together, of the items with most ratings.

    Parameters
    ----------
    fit : Fit
    portraits : mapping of str to Portrait
    seen : collection of int
        Row positions of items that are left out: somebody has rated them.
    by : str
        ``mean`` of the expected ratings of all; ``misery``, the rating expected of whom it suits
        least; or ``fine``, the probability that nobody rates it low.
    n : int

    Returns
    -------
    pd.DataFrame
        Best first: item_id, title, n_ratings, mean, misery (in stars), fine. Given a draw, members
        rate independently of each other; what they share are the draws.
    """
    train, items = fit.split.train, popular(fit)
    count = np.bincount(train.item_idx, minlength=train.n_items)
    every = list(portraits.values())
    expected = np.array([each.expected for each in every]).reshape(-1, len(items))
    frame = pd.DataFrame(
        {
            "item_id": train.item_ids[items],
            "title": train.titles[items],
            "n_ratings": count[items],
            "mean": expected.mean(axis=0) if every else np.nan,
            "misery": expected.min(axis=0) if every else np.nan,
            "fine": np.exp(sum(each.log_fine.astype(float) for each in every)).mean(axis=0)
            if every
            else np.nan,
        }
    )
    frame = frame[~np.isin(items, list(seen))]
    return frame.sort_values(by, ascending=False, kind="stable").head(n).reset_index(drop=True)
