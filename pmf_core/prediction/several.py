"""Several people: how like each other they are, what would suit them all, and where they differ."""

from collections.abc import Collection, Mapping
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmf_core.fits.alignment import aligned_once
from pmf_core.fits.fit import Fit
from pmf_core.prediction.portrait import Portrait, places_among, popular
from pmf_core.stats.metrics import TAILS

BY = {"Mean": "mean", "Least misery": "misery", "Nobody minds": "fine"}
"""Ways to choose for several, as people read them, and the columns of `together`."""

_LIKENESS = ["similarity", "lower", "upper"]


def likeness(fit: Fit, portraits: Mapping[str, Portrait]) -> pd.DataFrame:
    """Return of each two people how like each other they are.

    Two are alike if, draw by draw, what they think of all items beyond what everybody does goes
    together: the cosine of the two over the items, which no rotation of factors changes.

    Parameters
    ----------
    fit : Fit
    portraits : mapping of str to Portrait
        By name.

    Returns
    -------
    pd.DataFrame
        name, other (who comes first is named first), similarity (mean over draws), lower, upper
        (90%, equal-tailed); most alike first. Without two people, no row.
    """
    names = list(portraits)
    rows = []
    if len(names) > 1:
        cosine = _cosines(fit, portraits)
        mean, (lower, upper) = cosine.mean(axis=0), np.quantile(cosine, TAILS, axis=0)
        for a, b in combinations(range(len(names)), 2):
            rows.append((names[a], names[b], mean[a, b], lower[a, b], upper[a, b]))
    frame = pd.DataFrame(rows, columns=["name", "other", *_LIKENESS])
    return frame.sort_values("similarity", ascending=False, ignore_index=True, kind="stable")


def alike(fit: Fit, portraits: Mapping[str, Portrait]) -> pd.DataFrame:
    """Return for each person the one who is most like them, of `likeness`.

    Returns
    -------
    pd.DataFrame
        name, like, similarity, lower, upper, in the order of similarity. Without two people, no
        row.
    """
    pairs = likeness(fit, portraits)
    turned = pairs.rename(columns={"name": "other", "other": "name"})
    first = pd.concat([pairs, turned]).sort_values("similarity", ascending=False, kind="stable")
    first = first.drop_duplicates("name").rename(columns={"other": "like"})
    return first[["name", "like", *_LIKENESS]].reset_index(drop=True)


def together(
    fit: Fit, portraits: Mapping[str, Portrait], seen: Collection[int], by: str, n: int = 10
) -> pd.DataFrame:
    """Rank what several people might watch together, of the items with most ratings.

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
        Best first: item_id, title, n_ratings, mean, misery (in stars), fine. Given a draw, people
        rate independently of each other; what they share are the draws.
    """
    every = list(portraits.values())
    expected = np.array([each.expected for each in every]).reshape(-1, len(popular(fit)))
    frame = _items(fit).assign(
        mean=expected.mean(axis=0) if every else np.nan,
        misery=expected.min(axis=0) if every else np.nan,
        fine=np.exp(sum(each.log_fine.astype(float) for each in every)).mean(axis=0)
        if every
        else np.nan,
    )
    frame = frame[~np.isin(popular(fit), list(seen))]
    return frame.sort_values(by, ascending=False, kind="stable").head(n).reset_index(drop=True)


def apart(fit: Fit, first: Portrait, second: Portrait, n: int = 10) -> pd.DataFrame:
    """Return where two people differ most, of the items with most ratings.

    Parameters
    ----------
    fit : Fit
    first, second : Portrait
    n : int

    Returns
    -------
    pd.DataFrame
        item_id, title, n_ratings, first and second (mean ratings, in stars), difference (first
        less second), lower and upper (90%, equal-tailed, over draws: noise left out); the `n` with
        the largest differences, from what the first likes more to what the second does.
    """
    away = (first.opinion - second.opinion).astype(np.float64)  # draw by draw: of one pair of draws
    lower, upper = np.quantile(away, TAILS, axis=0)
    frame = _items(fit).assign(
        first=first.opinion.mean(axis=0, dtype=float),
        second=second.opinion.mean(axis=0, dtype=float),
        difference=away.mean(axis=0),
        lower=lower,
        upper=upper,
    )
    most = np.argsort(-np.abs(frame["difference"].to_numpy()), kind="stable")[:n]
    return frame.iloc[most].sort_values("difference", ascending=False, ignore_index=True)


def _items(fit: Fit) -> pd.DataFrame:
    train, items = fit.split.train, popular(fit)
    count = np.bincount(train.item_idx, minlength=train.n_items)
    return pd.DataFrame(
        {
            "item_id": train.item_ids[items],
            "title": train.titles[items],
            "n_ratings": count[items],
        }
    )


def _cosines(fit: Fit, portraits: Mapping[str, Portrait]) -> NDArray[np.float64]:
    """Return cosines of what each two think of all items: (n_draws, n_people, n_people)."""
    _, some = places_among(fit)
    aligned = aligned_once(fit)["V"].values[:, some].astype(np.float64)
    V = aligned.reshape(-1, *aligned.shape[2:])
    common = np.einsum("dif,dig->dfg", V, V)
    places = np.array([each.place for each in portraits.values()])  # (person, draw, factor)
    both = np.einsum("adf,dfg,bdg->dab", places, common, places)
    size = np.sqrt(np.maximum(np.einsum("daa->da", both), 1e-300))
    return (both / size[:, :, None] / size[:, None]).clip(-1, 1)
