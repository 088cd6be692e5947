"""Are ranked lists any good? Scores of lists, on held-out ratings, for every order and baseline.

For each user with a high held-out rating, all items that they have not rated in training are
ranked: every one of them, not a sample, of which measures are biased (Krichene & Rendle 2020).
Relevant are those that they gave a high rating in the held-out part. All others count as not
relevant, also those that nobody knows about: lists are better than these figures say, but all
orders are judged alike. With ``rel_r`` 1 where the r-th of a list is relevant and m relevant items:

- ``ndcg``: ``sum_r rel_r / log2(r + 1)`` over the first k, divided by the most that it could be,
  ``sum_{r <= min(k, m)} 1 / log2(r + 1)`` (Järvelin & Kekäläinen 2002).
- ``precision``: ``sum_r rel_r / k`` over the first k; ``recall``: the same sum over m.
- ``mrr``: 1 over the place of the first that is relevant, in the whole list (Voorhees 1999).
- ``coverage``: share of all items that are among anybody's first k (Ge et al. 2010).
- ``novelty``: mean over users and first k of ``-log2`` of the share of training users who rated
  the item, in bits (Vargas & Castells 2011), with one rating added to each item and one user to
  all, so that what nobody rated is not infinitely new.

The first four are means over users.
"""

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmf_core.data.split import Split
from pmf_core.fits.draws import predictor_of, stored_draws, unseen_pairs
from pmf_core.fits.fit import Fit
from pmf_core.prediction.own_row import some_draws
from pmf_core.prediction.pairs import average, high_rating
from pmf_core.prediction.recommendation import SORTS
from pmf_core.support.errors import is_whole, require

ORDERS = {
    "mean": "Mean",
    "lower": "Lower bound",
    "prob": "Probability",
    "popularity": "Most rated",
    "item_mean": "Highest mean",
}
"""What is compared, and what people call it: three orders of a fit, two that know no user."""

BLOCK = 250_000
"""Pairs that are predicted at a time: users in a block times all items."""

SCORES = ("ndcg", "precision", "recall", "mrr")
"""Means over users."""


def evaluate_ranking(
    fit: Fit,
    k: int = 10,
    *,
    at_most: int | None = None,
    most_users: int | None = None,
    random_seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> pd.DataFrame:
    """Score lists of what users have not rated in training, by what they rated high in the test.

    The docstring of the module has the definitions.

    Parameters
    ----------
    fit : Fit
    k : int
        Length of a list.
    at_most : int, optional
        Stored draws to predict from, evenly spaced; all by default.
    most_users : int, optional
        Users to take, at random where there are more; all by default.
    random_seed : int
        Of which users.
    progress : callable, optional
        Told the share that is done, from 0 to 1.

    Returns
    -------
    pd.DataFrame
        One row for each of `ORDERS`: order, ndcg, ndcg_se (its standard error over users),
        precision, recall, mrr, coverage, novelty. Attrs: ``k``, ``high`` (from where on a rating is
        high), ``n_users`` (who are scored), ``n_without`` (who have held-out ratings, none of them
        high, and are not), ``n_candidates`` (mean length of a whole list), ``lead_of`` (the best
        order of the fit and the best that knows no user), ``lead`` and ``lead_se`` (by how much
        nDCG of the first is more, user by user, and its standard error).

    Raises
    ------
    ValueError
        If an argument breaks its rule, or nobody has a high held-out rating.
    """
    train = fit.split.train
    require(is_whole(k, 1, train.n_items), "k", k, f"a whole number from 1 to {train.n_items}")
    for name, value in (("at_most", at_most), ("most_users", most_users)):
        require(value is None or is_whole(value, 1, 10**9), name, value, "None, or 1 or more")
    high = high_rating(train.scale, fit.levels)
    users, n_without = _judges(fit.split, high)
    if most_users is not None and len(users) > most_users:
        chosen = np.random.default_rng(random_seed).choice(len(users), most_users, replace=False)
        users = users[np.sort(chosen)]
    count = np.bincount(train.item_idx, minlength=train.n_items)
    news = -np.log2((count + 1) / (train.n_users + 1))
    found = {order: _Found(k, news) for order in ORDERS}
    general, n_candidates, done = _general(fit.split, count), 0, 0
    for block in _blocks(users, train.n_items):
        for user, scores in zip(block, _orders(fit, block, at_most, general), strict=True):
            candidates, relevant = _list_of(fit.split, user, high)
            n_candidates += candidates.sum()
            for order, keys in scores.items():
                found[order].add(_ranked(keys, candidates), relevant)
        done += len(block)
        if progress is not None:
            progress(done / len(users))
    table = pd.DataFrame([{"order": order} | each.summary() for order, each in found.items()])
    best = [_best(table, orders) for orders in (SORTS, general)]
    lead = np.subtract(*(np.array(found[order].scores)[:, 0] for order in best))
    table.attrs = {
        "lead_of": best,
        "lead": float(lead.mean()),
        "lead_se": float(lead.std() / np.sqrt(len(lead))),
        "k": k,
        "high": high,
        "n_users": len(users),
        "n_without": n_without,
        "n_candidates": float(n_candidates / len(users)),
    }
    return table


def _best(table: pd.DataFrame, orders: Iterable[str]) -> str:
    among = table[table["order"].isin(list(orders))]
    return str(among.loc[among["ndcg"].idxmax(), "order"])


class _Found:
    """What lists of one order were worth, user by user."""

    def __init__(self, k: int, news: NDArray[np.float64]) -> None:
        self.k, self.news = k, news
        self.listed = np.zeros(len(news), bool)
        self.scores: list[tuple[float, ...]] = []

    def add(self, ranked: NDArray[np.intp], relevant: NDArray[np.bool_]) -> None:
        """Add the whole list of a user: items, best first, and which of all are relevant."""
        first = ranked[: self.k]
        self.listed[first] = True
        places = np.flatnonzero(relevant[ranked])
        worth = 1 / np.log2(np.arange(2, self.k + 2))
        hits, m = places[places < self.k], len(places)
        self.scores.append(
            (
                worth[hits].sum() / worth[: min(m, self.k)].sum(),
                len(hits) / self.k,
                len(hits) / m,
                1 / (places[0] + 1),
                self.news[first].mean(),
            )
        )

    def summary(self) -> dict[str, float]:
        """Return what all lists were worth."""
        scores = np.array(self.scores)
        means = dict(zip((*SCORES, "novelty"), scores.mean(axis=0).tolist(), strict=True))
        spread = float(scores[:, 0].std() / np.sqrt(len(scores)))
        share = {"coverage": float(self.listed.mean()), "novelty": means.pop("novelty")}
        return {"ndcg": means.pop("ndcg"), "ndcg_se": spread} | means | share


def _judges(split: Split, high: float) -> tuple[NDArray[np.intp], int]:
    """Return users with a high held-out rating, and how many have held-out ratings but none."""
    test = split.test
    users = np.unique(test.user_idx[test.rating >= high])
    if not len(users):
        raise ValueError(
            f"no held-out rating is {high:g} or more, so no list can be judged; hold out more "
            "ratings, or others"
        )
    return users, len(np.unique(test.user_idx)) - len(users)


def _blocks(users: NDArray[np.intp], n_items: int) -> Iterator[NDArray[np.intp]]:
    size = max(BLOCK // n_items, 1)
    for at in range(0, len(users), size):
        yield users[at : at + size]


def _list_of(split: Split, user: int, high: float) -> tuple[NDArray, NDArray]:
    """Return which items a user has not rated in training, and which of all are relevant."""
    train, test = split.train, split.test
    candidates, relevant = np.ones(train.n_items, bool), np.zeros(train.n_items, bool)
    candidates[train.item_idx[train.user_idx == user]] = False
    relevant[test.item_idx[(test.user_idx == user) & (test.rating >= high)]] = True
    return candidates, relevant


def _general(split: Split, count: NDArray[np.intp]) -> dict[str, tuple[NDArray, ...]]:
    """Return by what each order that knows no user ranks items, the first key first."""
    train = split.train
    total = np.bincount(train.item_idx, train.rating, train.n_items)
    mean = np.divide(total, count, out=np.full(len(count), -np.inf), where=count > 0)
    return {"popularity": (count, mean), "item_mean": (mean, count)}


def _orders(
    fit: Fit, block: NDArray[np.intp], at_most: int | None, general: dict[str, tuple[NDArray, ...]]
) -> Iterator[dict[str, tuple[NDArray, ...]]]:
    """Yield by what each order ranks all items, user by user; as `recommend` does."""
    n = fit.split.train.n_items
    draws = stored_draws(fit, user_idx=block, draws=some_draws(fit, at_most))
    rows = np.repeat(np.arange(len(block)), n)
    pairs = unseen_pairs(fit, rows, np.tile(np.arange(n), len(block)))
    said = average(predictor_of(fit), draws, pairs, 0.9)
    for row in range(len(block)):
        own = slice(row * n, (row + 1) * n)
        keys = {sort: (getattr(said, name)[own], said.mean[own]) for sort, name in SORTS.items()}
        yield keys | general


def _ranked(keys: tuple[NDArray, ...], candidates: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return candidates, best first; where all keys are equal, as they come."""
    at = np.flatnonzero(candidates)
    return at[np.lexsort([-key[at] for key in reversed(keys)])]
