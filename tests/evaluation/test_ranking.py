"""Scores of ranked lists, against a plain reading of their definitions on a small table."""

from dataclasses import replace
from math import log2

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.evaluation import ranking
from tests.support import tiny

K = 5


@pytest.fixture(scope="module")
def fit():
    ratings, _ = pmf.simulate_ratings(30, 25, 420, 2, 2.0, 0)
    split = pmf.split_ratings(ratings, 0.3, 0)
    config = replace(tiny.PRESETS["bpmf"], biases=True)
    return pmf.sample_gibbs(split, config, draws=10, tune=10, chains=2, keep=20)


def lists(fit, order):
    """Item ids of each user with something high held out, best first, and what is relevant."""
    train, test = fit.split.train, fit.split.test
    for user_id in train.user_ids:
        user = list(train.user_ids).index(user_id)
        relevant = {
            train.item_ids[item]
            for who, item, rating in zip(test.user_idx, test.item_idx, test.rating, strict=True)
            if who == user and rating >= 4
        }
        if not relevant:
            continue
        if order in ("mean", "lower", "prob"):
            yield list(pmf.recommend(fit, user_id, n=100, sort=order)["item_id"]), relevant
            continue
        values = {item_id: [] for item_id in train.item_ids}
        rated = set()
        for who, item, rating in zip(train.user_idx, train.item_idx, train.rating, strict=True):
            values[train.item_ids[item]].append(rating)
            if who == user:
                rated.add(train.item_ids[item])

        def key(item_id, values=values):
            given = values[item_id]
            mean = sum(given) / len(given) if given else -99.0
            return (len(given), mean) if order == "popularity" else (mean, len(given))

        yield sorted((i for i in train.item_ids if i not in rated), key=key, reverse=True), relevant


def naive(fit, order):
    train = fit.split.train
    n_rated = {
        item_id: sum(train.item_ids[at] == item_id for at in train.item_idx)
        for item_id in train.item_ids
    }
    rows, seen = [], set()
    for ranked, relevant in lists(fit, order):
        first = ranked[:K]
        seen |= set(first)
        gain = sum(1 / log2(place + 2) for place, i in enumerate(first) if i in relevant)
        most = sum(1 / log2(place + 2) for place in range(min(K, len(relevant))))
        hits = sum(i in relevant for i in first)
        place = next(place for place, i in enumerate(ranked, 1) if i in relevant)
        news = np.mean([-log2((n_rated[i] + 1) / (train.n_users + 1)) for i in first])
        rows.append((gain / most, hits / K, hits / len(relevant), 1 / place, news))
    ndcg, precision, recall, mrr, novelty = np.mean(rows, axis=0)
    spread = np.std([row[0] for row in rows]) / np.sqrt(len(rows))
    coverage = len(seen) / train.n_items
    return [ndcg, spread, precision, recall, mrr, coverage, novelty]


def found_users(fit):
    """Blocks of two users each."""
    test = fit.split.test
    return -(-len(np.unique(test.user_idx[test.rating >= 4])) // 2)


@pytest.mark.parametrize("block", [250_000, 60])
def test_every_score_is_what_its_definition_says(fit, monkeypatch, block):
    monkeypatch.setattr(ranking, "BLOCK", block)  # of all users, and of two at a time
    told = []
    found = pmf.evaluate_ranking(fit, k=K, progress=told.append).set_index("order")
    assert list(found.index) == ["mean", "lower", "prob", "popularity", "item_mean"]
    columns = ["ndcg", "ndcg_se", "precision", "recall", "mrr", "coverage", "novelty"]
    for order, row in found[columns].iterrows():
        np.testing.assert_allclose(row, naive(fit, order), rtol=1e-6, err_msg=order)
    assert told[-1] == 1 and len(told) == (1 if block > 1000 else found_users(fit))
    assert found["ndcg"].nunique() > 2  # orders differ here
    own, general = (found["ndcg"][order] for order in found.attrs["lead_of"])
    assert own == found["ndcg"][:3].max() and general == found["ndcg"][3:].max()
    assert found.attrs["lead"] == pytest.approx(own - general)
    assert 0 < found.attrs["lead_se"] < found["ndcg_se"].max() * 2


def test_the_best_order_there_is_scores_one_and_the_worst_nothing(fit):
    relevant = np.zeros(25, bool)
    relevant[[3, 8]] = True
    best, worst = (ranking._Found(3, np.ones(25)) for _ in range(2))
    others = np.delete(np.arange(25), [3, 8])
    best.add(np.concatenate([[8, 3], others]), relevant)
    worst.add(np.concatenate([others, [3, 8]]), relevant)
    scores = best.summary()
    assert (scores["ndcg"], scores["recall"], scores["mrr"]) == (1, 1, 1)
    assert scores["precision"] == pytest.approx(2 / 3)
    scores = worst.summary()
    assert (scores["ndcg"], scores["recall"], scores["precision"]) == (0, 0, 0)
    assert scores["mrr"] == pytest.approx(1 / 24)


def test_fewer_users_and_draws_are_taken_on_request(fit):
    found = pmf.evaluate_ranking(fit, k=K, at_most=4, most_users=7)
    assert found.attrs["n_users"] == 7 and found.attrs["k"] == 5 and found.attrs["high"] == 4
    whole = pmf.evaluate_ranking(fit, k=K).attrs
    test = fit.split.test
    assert whole["n_users"] == len(np.unique(test.user_idx[test.rating >= 4]))
    assert whole["n_without"] == len(np.unique(test.user_idx)) - whole["n_users"]
    assert 0 < whole["n_candidates"] < 25


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"k": 0}, "k is 0.* from 1 to 25"),
        ({"k": 26}, "k is 26.* from 1 to 25"),
        ({"at_most": 0}, "at_most is 0"),
        ({"most_users": -1}, "most_users is -1"),
    ],
)
def test_arguments_that_mean_nothing_are_refused(fit, arguments, message):
    with pytest.raises(ValueError, match=message):
        pmf.evaluate_ranking(fit, **arguments)


def test_without_a_high_rating_no_list_can_be_judged(fit):
    split = fit.split
    low = pmf.Split(split.train, split.test.take(np.flatnonzero(split.test.rating < 4)))
    with pytest.raises(ValueError, match="no held-out rating is 4 or more"):
        pmf.evaluate_ranking(pmf.fit_map(low, pmf.PMFConfig(2)))
