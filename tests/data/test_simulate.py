"""Simulated ratings: their shape, and that they are what their truth says."""

import numpy as np
import pytest

import pmf_core as pmf


@pytest.fixture(scope="module")
def large():
    return pmf.simulate_ratings(random_seed=1)


def n_pairs(ratings):
    return len(np.unique(ratings.user_idx.astype(int) * ratings.n_items + ratings.item_idx))


def test_the_default_looks_like_movielens(large):
    ratings, _ = large
    assert (ratings.n_users, ratings.n_items, ratings.n_ratings) == (943, 1682, 100_000)
    assert ratings.rating.mean() == pytest.approx(3.53, abs=0.1)
    assert ratings.rating.std() == pytest.approx(1.1, abs=0.1)
    assert list(np.unique(ratings.rating)) == [1, 2, 3, 4, 5]
    for idx, median_over_mean in ((ratings.user_idx, 65 / 106), (ratings.item_idx, 27 / 59)):
        count = np.bincount(idx)
        assert np.median(count) / count.mean() == pytest.approx(median_over_mean, abs=0.2)


@pytest.mark.parametrize(
    "sizes", [(30, 40, 1200), (30, 40, 40), (30, 40, 250), (30, 40, 700), (50, 20, 50)]
)
def test_pairs_are_unique_and_cover_everyone(sizes):
    ratings, _ = pmf.simulate_ratings(*sizes, n_factors=2)
    assert n_pairs(ratings) == ratings.n_ratings == sizes[2]
    assert len(np.unique(ratings.user_idx)) == sizes[0]
    assert len(np.unique(ratings.item_idx)) == sizes[1]


def test_too_few_ratings_to_cover_everyone():
    ratings, _ = pmf.simulate_ratings(30, 40, 10)
    assert n_pairs(ratings) == 10 and (ratings.n_users, ratings.n_items) == (30, 40)


def test_a_large_sparse_set_takes_no_dense_array():
    ratings, _ = pmf.simulate_ratings(20_000, 20_000, 200_000, n_factors=2)
    assert n_pairs(ratings) == 200_000


def test_the_seed_decides():
    first, again, other = (pmf.simulate_ratings(20, 30, 100, random_seed=s)[0] for s in (0, 0, 1))
    assert first.id == again.id != other.id


@pytest.mark.parametrize("alpha", [2.0, 4.0, 8.0])
def test_noise_has_the_precision_it_says(alpha):
    ratings, truth = pmf.simulate_ratings(alpha=alpha, random_seed=2)
    mean = truth.mean(ratings.user_idx, ratings.item_idx)
    middle = np.abs(mean - 3) < 0.5  # clipping takes noise of two stars there
    variance = np.var((ratings.rating - mean)[middle])
    tolerance = 4 * np.sqrt(2 / middle.sum())  # four standard errors of a variance
    assert variance == pytest.approx(1 / alpha + 1 / 12, rel=tolerance)
    # The control: a precision off by an eighth is told apart.
    assert variance != pytest.approx(1 / (alpha * 9 / 8) + 1 / 12, rel=tolerance)


def test_the_truth_predicts_better_than_anything_else_and_a_wrong_truth_does_not(large):
    ratings, truth = large
    pairs = ratings.user_idx, ratings.item_idx
    right = pmf.rmse(ratings.rating, np.clip(truth.mean(*pairs), 1, 5))
    biases = pmf.evaluate_baselines(pmf.split_ratings(ratings))["train_rmse"].min()
    wrong = pmf.rmse(ratings.rating, np.clip(truth.mean(pairs[0][::-1], pairs[1]), 1, 5))
    assert right < 0.75 < biases < wrong


@pytest.mark.parametrize("n_factors", [1, 2, 7, 30])
def test_the_signal_does_not_depend_on_the_number_of_factors(n_factors):
    _, truth = pmf.simulate_ratings(600, 600, 600, n_factors=n_factors)
    signal = truth.U @ truth.V.T
    assert truth.U.shape == truth.V.shape == (600, n_factors)
    assert signal.mean() == pytest.approx(0, abs=0.15)
    assert signal.std() == pytest.approx(0.74 if n_factors == 1 else 0.9, rel=0.15)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"n_users": 1}, "n_users is 1; it must be a whole number from 2 up"),
        ({"n_items": 2.5}, "n_items is 2.5"),
        ({"n_ratings": True}, "n_ratings is True"),
        ({"n_ratings": 0}, "n_ratings is 0; it must be a whole number from 1 up"),
        ({"n_users": 3, "n_items": 4, "n_ratings": 13}, r"13; .* at most n_users \* n_items = 12"),
        ({"n_factors": 0}, "n_factors is 0"),
        ({"alpha": 0}, "alpha is 0; it must be a finite precision above 0"),
        ({"alpha": np.nan}, "alpha is nan"),
        ({"random_seed": -1}, "random_seed is -1"),
    ],
)
def test_refuses_with_the_value_and_the_rule(given, message):
    with pytest.raises(ValueError, match=message):
        pmf.simulate_ratings(**given)


def test_many_ratings_of_a_sparse_matrix_are_drawn_at_once(monkeypatch):
    """One by one, a million took twenty seconds."""
    monkeypatch.setattr("pmf_core.data.simulate._SLOW", 100)
    monkeypatch.delattr("pmf_core.data.simulate.np.unique")
    ratings, _ = pmf.simulate_ratings(60, 80, 480, random_seed=2)
    pairs = set(zip(ratings.user_idx.tolist(), ratings.item_idx.tolist(), strict=True))
    assert len(pairs) == ratings.n_ratings == 480
    assert np.bincount(ratings.user_idx).min() > 0 and np.bincount(ratings.item_idx).min() > 0
