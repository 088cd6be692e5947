"""Neighbourhoods against plain NumPy over the whole matrix, and against known likeness."""

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.models import neighbours
from pmf_core.models.baselines import fit_biases

K, SHRINKAGE, DOUBT = 40, 100.0, 0.3


def dense(train):
    """Return deviations as a full matrix, nan where there is none, and the biases."""
    mean, b_U, b_V = fit_biases(train)
    bias = mean + b_U[:, None] + b_V[None]
    rating = np.full(bias.shape, np.nan)
    rating[train.user_idx, train.item_idx] = train.rating
    return rating - bias, bias


def similarity(d):
    """Return how alike rows are: pair by pair, by hand."""
    n = len(d)
    found = np.zeros((n, n))
    for a in range(n):
        for b in range(n):
            both = ~np.isnan(d[a]) & ~np.isnan(d[b])
            if a != b and both.any():
                x, y = d[a, both], d[b, both]
                size = np.sqrt((x**2).sum() * (y**2).sum())
                if size > 0:
                    found[a, b] = (x * y).sum() / size * both.sum() / (both.sum() + SHRINKAGE)
    return found


def by_hand(train, pairs, owner, k=K):
    d, bias = dense(train)
    if owner == "item":
        d = d.T
    alike, found = similarity(d), []
    for user, item in pairs:
        row, across = (user, item) if owner == "user" else (item, user)
        s = np.where(np.isnan(d[:, across]), 0, alike[row])
        ranked = np.sort(s)[::-1]  # of a tie, either may be the last
        if len(ranked) > k and ranked[k - 1] - ranked[k] < 1e-9 < ranked[k - 1]:
            found.append(np.nan)
            continue
        order = [b for b in np.argsort(-s, kind="stable")[:k] if s[b] > 0]
        top = sum(s[b] * d[b, across] for b in order)
        away = top / (DOUBT + s[order].sum()) if order else 0
        found.append(np.clip(bias[user, item] + away, *train.scale))
    return np.array(found)


@pytest.fixture(scope="module")
def small():
    ratings, _ = pmf.simulate_ratings(30, 25, 300, 2, random_seed=1)
    return pmf.split_ratings(ratings, 0.2, 0)


@pytest.mark.parametrize("owner", ["user", "item"])
@pytest.mark.parametrize("k", [2, K])
def test_predictions_are_those_of_the_formula_on_the_whole_matrix(small, owner, k, monkeypatch):
    monkeypatch.setattr(neighbours, "MOST", k)
    for part in (small.test, small.train):  # a training rating is predicted without itself
        pairs = part.user_idx, part.item_idx
        found = pmf.predict_neighbours(small.train, *pairs, owner)
        expected = by_hand(small.train, np.transpose(pairs), owner, k)
        known = ~np.isnan(expected)
        assert known.mean() > 0.9
        np.testing.assert_allclose(found[known], expected[known], atol=1e-10)


@pytest.mark.parametrize("owner", ["user", "item"])
def test_the_nearest_are_the_most_alike(small, owner):
    d, _ = dense(small.train)
    d = d if owner == "user" else d.T
    alike = similarity(d)
    for row in (0, 7):
        found = pmf.nearest_neighbours(small.train, owner, row, n=5)
        order = np.argsort(-alike[row], kind="stable")[:5]
        order = order[alike[row, order] > 0]
        assert list(found["row"]) == list(order)
        np.testing.assert_allclose(found["similarity"], alike[row, order])
        both = (~np.isnan(d[row]) & ~np.isnan(d[order])).sum(axis=1)
        assert list(found["in_common"]) == list(both)
        assert list(found["n_ratings"]) == list((~np.isnan(d[order])).sum(axis=1))
        ids = small.train.user_ids if owner == "user" else small.train.item_ids
        assert list(found["id"]) == list(ids[order]) and ("title" in found) == (owner == "item")


def camps(mixed):
    """Two camps of users who like what the other dislikes; or, as a control, none."""
    rng = np.random.default_rng(0)
    n_users, n_items = 80, 60
    taste, kind = np.resize([1, -1], n_users), np.resize([1, 1, -1], n_items)
    user, item = np.nonzero(rng.random((n_users, n_items)) < 0.4)
    liked = rng.choice([1, -1], len(user)) if mixed else taste[user] * kind[item]
    rating = np.clip(3 + 1.2 * liked + 0.3 * rng.standard_normal(len(user)), 1, 5)
    ratings = pmf.Ratings(user, item, rating, np.arange(n_users), np.arange(n_items), (1, 5))
    return pmf.split_ratings(ratings, 0.2, 0), taste


def test_who_is_alike_is_found_and_helps_and_not_where_nobody_is():
    split, taste = camps(mixed=False)
    nearest = pmf.nearest_neighbours(split.train, "user", 0)
    assert len(nearest) == 10 and (taste[nearest["row"]] == taste[0]).all()
    around, bar = pmf.evaluate_neighbours(split), pmf.evaluate_baselines(split)["test_rmse"].min()
    assert (around["test_rmse"] < 0.8 * bar).all()
    split, taste = camps(mixed=True)
    around, bar = pmf.evaluate_neighbours(split), pmf.evaluate_baselines(split)["test_rmse"].min()
    assert (around["test_rmse"] > 0.98 * bar).all()
    nearest = pmf.nearest_neighbours(split.train, "user", 0)
    assert not (taste[nearest["row"]] == taste[0]).all()


def test_the_table_is_as_that_of_the_baselines(small):
    table = pmf.evaluate_neighbours(small)
    assert list(table) == list(pmf.evaluate_baselines(small))
    assert list(table["method"]) == ["Alike users", "Alike items"]
    pairs = small.test.user_idx, small.test.item_idx
    for row, owner in zip(table.itertuples(), ("user", "item"), strict=True):
        found = pmf.predict_neighbours(small.train, *pairs, owner)
        assert row.test_rmse == pmf.rmse(small.test.rating, found)
        assert row.test_mae == pmf.mae(small.test.rating, found)


def test_the_cold_are_predicted_by_their_biases():
    train = pmf.Ratings([0, 0, 1], [0, 1, 1], [1, 2, 4], [1, 2, 3], [1, 2, 3], (1, 5))
    mean, b_U, b_V = fit_biases(train)
    found = pmf.predict_neighbours(train, np.array([2, 0]), np.array([2, 2]), "user")
    np.testing.assert_allclose(found, [mean, mean + b_U[0]])
    assert pmf.nearest_neighbours(train, "user", 2).empty


def test_refuses_what_would_take_too_long_and_what_is_not_there(small, monkeypatch):
    steps = (np.bincount(small.train.item_idx) ** 2).sum()
    assert neighbours.steps_of(small.train, "user") == steps
    monkeypatch.setattr(neighbours, "MOST_STEPS", 100)
    with pytest.raises(ValueError, match=r"at most 100; take fewer ratings, such as those of `den"):
        pmf.evaluate_neighbours(small)
    with pytest.raises(ValueError, match="owner is 'film'; it must be user or item"):
        pmf.nearest_neighbours(small.train, "film", 0)
    with pytest.raises(ValueError, match="row is 99; it must be from 0 to 29"):
        pmf.nearest_neighbours(small.train, "user", 99)
    with pytest.raises(ValueError, match="n_ratings is 0"):
        pmf.predict_neighbours(small.train.take(np.array([], int)), [0], [0], "user")


def test_those_with_most_ratings_come_first(small):
    found = neighbours.most_rated(small.train, "item", 5)
    count = np.bincount(small.train.item_idx)
    assert list(found["n_ratings"]) == sorted(count, reverse=True)[:5]
    assert list(count[found["row"]]) == list(found["n_ratings"])


@pytest.mark.slow
def test_on_movielens_alike_items_beat_averages(movielens):
    split = pmf.split_ratings(movielens, 0.1, 0)
    table = pmf.evaluate_neighbours(split).set_index("method")["test_rmse"]
    assert table["Alike items"] == pytest.approx(0.8901, abs=5e-4)
    assert table["Alike users"] == pytest.approx(0.8965, abs=5e-4)
