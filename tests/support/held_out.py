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


def without_a_fifth(ratings, seed=11):
    """Split by users five times, so that each is held out once."""
    order = np.random.default_rng(seed).permutation(ratings.n_users)
    for fold in range(5):
        is_new = np.isin(ratings.user_idx, order[fold::5])
        yield pmf.Split(ratings.take(~is_new), ratings.take(is_new))


def chosen_against_random(fit, some, counts, halves=3, others=4, at_most=20):
    """Mean squared error from chosen ratings less that from as many random ones, by person.

    Both choose among one half of what somebody rated, at random; both are scored on the other half.
    Averaged over some halves, and for each over some random choices: (n_people, n_counts).
    """
    ids, found = fit.split.train.item_ids, []

    def error(items, rating, asked, given):
        own = own_rows(fit, items, rating, at_most=at_most)
        mean = np.clip(predictive(fit, own, 0.9).mean[asked], *fit.attrs["scale"])
        return np.mean((mean - given) ** 2)

    for person, (items, rating) in enumerate(some):
        differences = []
        for half in range(halves):
            rng = np.random.default_rng((person, half))
            order = rng.permutation(len(items))
            mine, rest = order[: len(items) // 2], order[len(items) // 2 :]
            pool, value, tested = items[mine], rating[mine], (items[rest], rating[rest])
            told = {}
            for _ in range(max(counts)):
                row = pmf.informative_items(fit, told, 1, among=ids[pool], at_most=at_most)
                [best] = row["item_id"]
                told[best] = value[ids[pool] == best][0]
            chosen = [int(np.flatnonzero(ids[pool] == item)[0]) for item in told]
            random = [rng.permutation(len(pool)) for _ in range(others)]
            row = []
            for k in counts:
                by_chance = [error(pool[r[:k]], value[r[:k]], *tested) for r in random]
                row.append(error(pool[chosen[:k]], value[chosen[:k]], *tested) - np.mean(by_chance))
            differences.append(row)
        found.append(np.mean(differences, axis=0))
    return np.array(found)
