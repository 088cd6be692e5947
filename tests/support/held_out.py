"""People whom a fit has never seen: how they are predicted from a few of their ratings."""

import numpy as np
import pandas as pd

import pmf_core as pmf
from pmf_core.models.baselines import fit_biases
from pmf_core.prediction.own_row import own_rows, predictive
from pmf_core.stats.metrics import central_coverage

SHRINKAGE = 4.0


def without_some_users(ratings, share, seed=0):
    """Split by users: a share of them is held out, with all their ratings."""
    chosen = np.random.default_rng(seed)
    new = chosen.choice(ratings.n_users, int(share * ratings.n_users), replace=False)
    is_new = np.isin(ratings.user_idx, new)
    return pmf.Split(ratings.take(~is_new), ratings.take(is_new))


def people(split, at_least, most, seed=0):
    """Items and ratings of each held-out user, in random order; of those with enough."""
    rng, test, found = np.random.default_rng(seed), split.test, []
    for user in rng.permutation(np.unique(test.user_idx)):
        rows = rng.permutation(np.flatnonzero(test.user_idx == user))
        if len(rows) >= at_least:
            found.append((test.item_idx[rows], test.rating[rows]))
    return found[:most]


def baselines(train):
    """Functions of what somebody rated and of what is asked for: predictions of each baseline."""
    count = np.bincount(train.item_idx, minlength=train.n_items)
    total = np.bincount(train.item_idx, train.rating, train.n_items)
    overall = train.rating.mean()
    item_mean = np.where(count > 0, total / np.maximum(count, 1), overall)
    global_mean, _, b_V = fit_biases(train)

    def biases(items, rating, asked):
        own = (rating - global_mean - b_V[items]).sum() / (len(rating) + SHRINKAGE)
        return global_mean + own + b_V[asked]

    return {
        "item mean": lambda items, rating, asked: item_mean[asked],
        "mean of means": lambda items, rating, asked: (
            (overall + rating.mean() + item_mean[asked]) / 3
        ),
        "biases": biases,
    }


def by_revealed(fit, some, revealed, at_most):
    """RMSE and coverage of the ratings after the last revealed, for each number revealed."""
    train, last = fit.split.train, max(revealed)
    others, rows = baselines(train), []
    for k in revealed:
        errors = {name: [] for name in ("fit", *others)}
        below, upto = [], []
        for items, rating in some:
            asked, given = items[last:], rating[last:]
            known = items[:k], rating[:k]
            said = predictive(fit, own_rows(fit, *known, at_most=at_most), 0.9)
            errors["fit"].append(np.clip(said.mean[asked], *train.scale) - given)
            for name, other in others.items():
                errors[name].append(np.clip(other(*known, asked), *train.scale) - given)
            level = np.searchsorted(fit.levels, given)
            cdf = np.cumsum(said.probability[asked], axis=1)
            at = np.arange(len(asked))
            upto.append(cdf[at, level])
            below.append(cdf[at, level] - said.probability[asked, level])
        found = {name: np.sqrt(np.mean(np.concatenate(e) ** 2)) for name, e in errors.items()}
        covered = central_coverage(np.concatenate(below), np.concatenate(upto), 0.9)
        rows.append({"k": k} | found | {"coverage": covered})
    return pd.DataFrame(rows).set_index("k")


def chosen_against_random(fit, some, k, at_most):
    """Mean squared error from k chosen ratings less that from k random ones, of each person.

    Both choose among the first half of what somebody rated; both are scored on the other half.
    """
    ids, found = fit.split.train.item_ids, []
    for items, rating in some:
        half = len(items) // 2
        value = dict(zip(items[:half].tolist(), rating[:half], strict=True))
        asked, given = items[half:], rating[half:]
        chosen = {}
        for _ in range(k):
            told = {ids[item]: value[item] for item in chosen}
            [best] = pmf.informative_items(fit, told, 1, among=ids[items[:half]], at_most=at_most)[
                "item_id"
            ]
            chosen[int(np.flatnonzero(ids == best)[0])] = True
        errors = []
        for some_items in (np.array(list(chosen)), items[:k]):
            own = own_rows(
                fit, some_items, np.array([value[int(i)] for i in some_items]), at_most=at_most
            )
            errors.append(np.mean((predictive(fit, own, 0.9).mean[asked] - given) ** 2))
        found.append(errors[0] - errors[1])
    return np.array(found)
