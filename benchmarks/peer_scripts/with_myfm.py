"""Bayesian factorization machines by myFM, with the features of its MovieLens examples."""

import myfm
import numpy as np
import scipy.sparse as sp
from exchange import Found, Pairs, answer, normal_interval

N_FACTORS = 10


def fit(pairs: Pairs, model: str, quick: bool) -> Found:
    """Sample ``ids`` (no other features), ``implicit`` (who rated what) or its ``probit`` form."""
    tune, draws = (10, 10) if quick else (112, 400)  # 512 in all, as in the examples
    rows, groups = _features(pairs, implicit=model != "ids")
    train = _blocks(rows, pairs.user_idx, pairs.item_idx)
    test = _blocks(rows, pairs.test_user_idx, pairs.test_item_idx)
    levels, target = np.unique(pairs.rating, return_inverse=True)
    if model == "probit":
        method, means = myfm.MyFMOrderedProbit(N_FACTORS, random_seed=0), _Probabilities(tune, test)
    else:
        target = pairs.rating
        method, means = myfm.MyFMRegressor(N_FACTORS, random_seed=0), _Scores(tune, test)
    # The callback sees every draw, so no draws need to be kept for predicting afterwards.
    settings = {"n_iter": tune + draws, "n_kept_samples": 1, "group_shapes": groups}
    method.fit(None, target, X_rel=train, callback=means, **settings)
    return means.found(levels) | {"sweeps": tune + draws}


def _features(pairs: Pairs, implicit: bool) -> tuple[list[sp.csr_matrix], list[int]]:
    """Return the features of each user and of each item, and the sizes of their groups.

    Implicit features of a user are the items rated in training, each 1 / sqrt(their number), and
    of an item likewise its users. A group shares the mean and precision of its weights.
    """
    n_users, n_items = map(int, pairs.shape)
    users, items = sp.identity(n_users, format="csr"), sp.identity(n_items, format="csr")
    if not implicit:
        return [users, items], [n_users, n_items]
    ones = np.ones(len(pairs.rating))
    rated = sp.csr_matrix((ones, (pairs.user_idx, pairs.item_idx)), (n_users, n_items))
    rows = [sp.hstack([users, _scaled(rated)]), sp.hstack([items, _scaled(rated.T)])]
    return [each.tocsr() for each in rows], [n_users, n_items, n_items, n_users]


def _scaled(rated: sp.spmatrix) -> sp.spmatrix:
    counts = np.asarray(rated.sum(axis=1)).ravel()
    return sp.diags(1 / np.sqrt(np.maximum(counts, 1))) @ rated


def _blocks(
    rows: list[sp.csr_matrix], user_idx: np.ndarray, item_idx: np.ndarray
) -> list[myfm.RelationBlock]:
    return [
        myfm.RelationBlock(idx.tolist(), table)
        for idx, table in zip((user_idx, item_idx), rows, strict=True)
    ]


class _Scores:
    """Moments of the predicted ratings, over the draws after the first `tune`."""

    def __init__(self, tune: int, test: list[myfm.RelationBlock]) -> None:
        self.tune, self.test, self.draws = tune, test, 0
        self.empty = sp.csr_matrix((test[0].mapper_size, 0))  # no features outside the blocks
        self.total, self.squares, self.noise = 0.0, 0.0, 0.0

    def __call__(self, i, fm, hyper, history) -> tuple[bool, None]:
        if i >= self.tune:
            self.draws += 1
            self.add(fm, hyper)
        return False, None  # go on, and print nothing

    def add(self, fm, hyper) -> None:
        score = fm.predict_score(self.empty, self.test)  # (n_pairs,)
        self.total = self.total + score
        self.squares = self.squares + score**2
        self.noise += 1 / hyper.alpha

    def found(self, levels: np.ndarray) -> Found:
        mean = self.total / self.draws
        variance = self.squares / self.draws - mean**2 + self.noise / self.draws
        return {"prediction": mean} | normal_interval(mean, variance)


class _Probabilities(_Scores):
    """Mean probabilities of the ratings, over the draws after the first `tune`."""

    def add(self, fm, hyper) -> None:
        probability = fm.oprobit_predict_proba(self.empty, self.test, 0)  # (n_pairs, n_levels)
        self.total = self.total + probability

    def found(self, levels: np.ndarray) -> Found:
        """Return expected ratings, and the ratings between the 5% and 95% quantiles."""
        probability = self.total / self.draws
        below = np.cumsum(probability, axis=1)[:, :-1]  # the last is 1, but for rounding
        lower, upper = (levels[(below < q).sum(axis=1)] for q in (0.05, 0.95))
        return {"prediction": probability @ levels, "lower": lower, "upper": upper}


if __name__ == "__main__":
    answer(fit)
