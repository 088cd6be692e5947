"""Neighbourhoods: what those who are alike thought, as in the PyMC example's tale of Bob and Alice.

Bob has not seen Monty's film. Users: ask those who agree with Bob on what they both rated. Items:
ask Bob himself, about films that were rated as Monty's was. Similarities are worked out a row at a
time, so memory is that of the ratings, however many users and items there are.
"""

from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmf_core.data import Ratings, Split
from pmf_core.kernels.similar import predict_from_similar, similar_to
from pmf_core.models.baselines import fit_biases
from pmf_core.models.problem import Rows
from pmf_core.stats.metrics import mae, rmse
from pmf_core.support.errors import require

Owner = Literal["user", "item"]

NEIGHBOURHOODS: dict[str, Owner] = {"Alike users": "user", "Alike items": "item"}
"""Label of each neighbourhood, and whose similarity it goes by."""

MOST = 40
"""Neighbours that are averaged, at most."""

SHRINKAGE = 100.0
"""Ratings in common at which a correlation counts half, as in Koren (2010). This, `MOST` and
`DOUBT` were chosen on a tenth of the training ratings of MovieLens 100K, held out for that."""

DOUBT = 0.3
"""Similarity's worth of neighbours who deviate from their biases by nothing."""

MOST_STEPS = 100_000_000
"""Pairs of ratings of a user, or of an item, that are compared: a few seconds on one core."""


_Biases = tuple[float, NDArray, NDArray]


class _Side(NamedTuple):
    """The deviations of one side's rows, as the kernel takes them, and by the other side."""

    own: tuple[NDArray, NDArray, NDArray]
    other: tuple[NDArray, NDArray, NDArray]
    biases: _Biases


def evaluate_neighbours(split: Split) -> pd.DataFrame:
    """Score both neighbourhoods, learnt from the training ratings alone.

    Returns
    -------
    pd.DataFrame
        Columns as of `evaluate_baselines`: method, train_rmse, test_rmse, test_mae, in stars. A
        training rating is predicted without itself.

    Raises
    ------
    ValueError
        If it would take more than `MOST_STEPS`.
    """
    train, test = split.train, split.test
    # All pairs at once: who is like a row is worked out once, and the biases for both sides.
    user_idx, item_idx = (
        np.concatenate([getattr(part, name) for part in (train, test)])
        for name in ("user_idx", "item_idx")
    )
    biases, rows = fit_biases(train), []
    for method, owner in NEIGHBOURHOODS.items():
        found = _predict(_arrange(train, owner, biases), train, user_idx, item_idx, owner)
        in_train, in_test = np.split(found, [train.n_ratings])
        rows.append(
            {
                "method": method,
                "train_rmse": rmse(train.rating, in_train),
                "test_rmse": rmse(test.rating, in_test),
                "test_mae": mae(test.rating, in_test),
            }
        )
    return pd.DataFrame(rows)


def predict_neighbours(
    train: Ratings, user_idx: NDArray[np.integer], item_idx: NDArray[np.integer], owner: Owner
) -> NDArray[np.float64]:
    """Predict pairs by what alike users gave the item, or the user gave alike items.

    With ``d = rating - global_mean - b_U - b_V`` (`fit_biases`), the prediction adds to the biases
    the mean of d over the `MOST` most alike that have the pair's other half, weighted by their
    similarity and shrunk by `DOUBT`. Who is unlike, of negative similarity, is not asked.

    Parameters
    ----------
    train : Ratings
    user_idx, item_idx : ndarray of shape (n_pairs,)
        Row positions of the pairs.
    owner : str
        ``user``: by alike users; ``item``: by alike items.

    Returns
    -------
    ndarray of shape (n_pairs,)
        In stars, on the scale.

    Raises
    ------
    ValueError
        If there is no such owner, nothing to learn from, or too much: more than `MOST_STEPS`.

    References
    ----------
    Koren (2010), Factor in the Neighbors, ACM TKDD 4(1), sec 2.2: correlations of deviations from
    biases, shrunk by their support; Sarwar et al. (2001), Item-based Collaborative Filtering,
    WWW 10; Herlocker et al. (1999), An Algorithmic Framework, SIGIR 22.
    """
    side = _arrange(train, owner)
    return _predict(side, train, np.asarray(user_idx), np.asarray(item_idx), owner)


def nearest_neighbours(train: Ratings, owner: Owner, row: int, n: int = 10) -> pd.DataFrame:
    """Return who, or what, is most alike to a row.

    Parameters
    ----------
    train : Ratings
    owner : str
        ``user`` or ``item``.
    row : int
        Position of the user or item.
    n : int
        How many, at most.

    Returns
    -------
    pd.DataFrame
        row (position), id, title (of items), similarity (-1 to 1), in_common (ratings that both
        have), n_ratings; the most alike first, only those of positive similarity.

    Raises
    ------
    ValueError
        If there is no such owner or row.
    """
    side = _arrange(train, owner)
    n_rows = len(side.own[0]) - 1
    require(0 <= row < n_rows, "row", row, f"from 0 to {n_rows - 1}")
    work, alike = np.zeros((n_rows, 4)), np.zeros(n_rows)
    met = np.zeros(n_rows + 1, np.int64)
    similar_to(row, side.own, side.other, SHRINKAGE, work, met, alike)
    order = np.argsort(-alike, kind="stable")[:n]
    order = order[alike[order] > 0]
    ids = train.user_ids if owner == "user" else train.item_ids
    found = pd.DataFrame({"row": order, "id": ids[order]})
    if owner == "item":
        found["title"] = train.titles[order]
    return found.assign(
        similarity=alike[order],
        in_common=work[order, 3].astype(np.int64),
        n_ratings=np.diff(side.own[0])[order],
    )


def most_rated(train: Ratings, owner: Owner, n: int) -> pd.DataFrame:
    """Return users who rated most, or what was rated most: row, id, title (of items), n_ratings."""
    require(owner in ("user", "item"), "owner", owner, "user or item")
    idx = train.user_idx if owner == "user" else train.item_idx
    ids = train.user_ids if owner == "user" else train.item_ids
    count = np.bincount(idx, minlength=len(ids))
    order = np.argsort(-count, kind="stable")[:n]
    order = order[count[order] > 0]
    titles = {"title": train.titles[order]} if owner == "item" else {}
    return pd.DataFrame({"row": order, "id": ids[order], **titles, "n_ratings": count[order]})


def steps_of(train: Ratings, owner: Owner) -> int:
    """Return how many pairs of ratings are compared to know all similarities of a side."""
    idx = train.item_idx if owner == "user" else train.user_idx
    return int((np.bincount(idx).astype(np.int64) ** 2).sum())


def _arrange(train: Ratings, owner: Owner, biases: _Biases | None = None) -> _Side:
    require(owner in ("user", "item"), "owner", owner, "user or item")
    require(train.n_ratings > 0, "train.n_ratings", train.n_ratings, "1 or more")
    biases = global_mean, b_U, b_V = biases or fit_biases(train)
    d = train.rating - global_mean - b_U[train.user_idx] - b_V[train.item_idx]
    shape = train.n_users, train.n_items
    by_user = Rows.of(train.user_idx, train.item_idx, shape)
    by_item = Rows.of(train.item_idx, train.user_idx, shape[::-1])
    of_users, of_items = ((rows.indptr, rows.indices, d[rows.order]) for rows in (by_user, by_item))
    own, other = (of_users, of_items) if owner == "user" else (of_items, of_users)
    return _Side(own, other, biases)


def _predict(
    side: _Side, train: Ratings, user_idx: NDArray, item_idx: NDArray, owner: Owner
) -> NDArray[np.float64]:
    steps = steps_of(train, owner)
    rule = f"at most {MOST_STEPS:,}; take fewer ratings, such as those of `densest_part`"
    require(steps <= MOST_STEPS, "pairs of ratings to compare", f"{steps:,}", rule)
    rows, across = (user_idx, item_idx) if owner == "user" else (item_idx, user_idx)
    order = np.argsort(rows, kind="stable")
    starts = np.searchsorted(rows[order], np.arange(len(side.own[0])))
    away = np.empty(len(rows))
    wanted = starts.astype(np.int64), across[order].astype(np.int32)
    found = np.empty(len(rows))
    predict_from_similar(wanted, side.own, side.other, MOST, SHRINKAGE, DOUBT, away)
    found[order] = away
    global_mean, b_U, b_V = side.biases
    return np.clip(global_mean + b_U[user_idx] + b_V[item_idx] + found, *train.scale)
