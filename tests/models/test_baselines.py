"""Baselines against what their definitions give by hand, and against known truths."""

import numpy as np
import pandas as pd
import pytest

import pmf_core as pmf
from pmf_core.models.baselines import fit_biases, predict_baseline

SHRINKAGE = 4.0  # ratings' worth of zeros


@pytest.fixture
def train():
    """Two users rated two items each; the third user and the fourth item are cold."""
    return pmf.Ratings(
        user_idx=[0, 0, 1, 1],
        item_idx=[0, 1, 1, 2],
        rating=[1, 2, 4, 5],
        user_ids=[1, 2, 3],
        item_ids=[1, 2, 3, 4],
        scale=(1, 5),
    )


def predict(method, train, pairs):
    user_idx, item_idx = np.transpose(pairs)
    return predict_baseline(method, train, user_idx, item_idx)


def test_mean_of_means_and_what_it_falls_back_on(train):
    pairs = [(0, 1), (0, 3), (2, 0), (2, 3)]
    by_hand = [(3 + 1.5 + 3) / 3, (3 + 1.5) / 2, (3 + 1) / 2, 3]
    np.testing.assert_allclose(predict("Mean of means", train, pairs), by_hand)


def test_global_mean(train):
    assert list(predict("Global mean", train, [(0, 0), (2, 3)])) == [3, 3]


def test_uniform_random_lies_between_the_extremes_of_training(train):
    user_idx = np.zeros(20_000, int)
    drawn = predict_baseline("Uniform random", train.take([0, 1, 2]), user_idx, user_idx)
    assert 1 <= drawn.min() < 1.01 and 3.99 < drawn.max() <= 4
    se = 3 / np.sqrt(12 * drawn.size)
    assert drawn.mean() == pytest.approx(2.5, abs=4 * se)
    again = predict_baseline("Uniform random", train.take([0, 1, 2]), user_idx, user_idx)
    np.testing.assert_array_equal(drawn, again)


def test_biases_solve_their_normal_equations(ratings):
    global_mean, b_U, b_V = fit_biases(ratings)
    design = np.zeros((ratings.n_ratings, ratings.n_users + ratings.n_items))
    rows = np.arange(ratings.n_ratings)
    design[rows, ratings.user_idx] = design[rows, ratings.n_users + ratings.item_idx] = 1
    gram = design.T @ design + SHRINKAGE * np.eye(design.shape[1])
    exact = np.linalg.solve(gram, design.T @ (ratings.rating - ratings.rating.mean()))
    assert global_mean == pytest.approx(ratings.rating.mean())
    np.testing.assert_allclose(np.r_[b_U, b_V], exact, atol=1e-4)


def test_biases_of_the_never_seen_are_zero(train):
    _, b_U, b_V = fit_biases(train)
    assert b_U[2] == b_V[3] == 0
    assert predict("User and item biases", train, [(2, 3)]) == 3


def test_biases_stay_on_the_scale(ratings):
    user_idx, item_idx = np.indices((60, 40)).reshape(2, -1)
    predicted = predict_baseline("User and item biases", ratings, user_idx, item_idx)
    assert predicted.min() >= 1 and predicted.max() <= 5


def test_biases_converge_at_once_on_a_large_set():
    ratings, _ = pmf.simulate_ratings(5000, 50, 200_000, n_factors=2)
    _, b_U, _ = fit_biases(ratings)
    assert np.isfinite(b_U).all()


def test_table_agrees_with_the_predictions(ratings):
    split = pmf.split_ratings(ratings)
    table = pmf.evaluate_baselines(split, random_seed=5)
    assert list(table.columns) == ["method", "train_rmse", "test_rmse", "test_mae"]
    assert list(table["method"]) == list(pmf.BASELINES)
    for row in table.itertuples():
        pairs = split.test.user_idx, split.test.item_idx
        predicted = predict_baseline(row.method, split.train, *pairs, random_seed=5)
        assert row.test_rmse == pmf.rmse(split.test.rating, predicted)
        assert row.test_mae == pmf.mae(split.test.rating, predicted)


def test_they_rank_as_they_should_and_do_not_when_there_is_nothing_to_learn():
    ratings, _ = pmf.simulate_ratings(300, 300, 9000, random_seed=3)
    assert errors(ratings).is_monotonic_decreasing
    # The control: ratings handed out at random have no user or item means.
    shuffled = np.random.default_rng(0).permutation(ratings.rating)
    shuffled = pmf.Ratings(
        ratings.user_idx, ratings.item_idx, shuffled, ratings.user_ids, ratings.item_ids, (1, 5)
    )
    assert errors(shuffled)["Global mean"] < errors(shuffled)["User and item biases"]


def errors(ratings) -> pd.Series:
    table = pmf.evaluate_baselines(pmf.split_ratings(ratings, 0.2))
    return table.set_index("method")["test_rmse"]


def test_refuses_an_unknown_method_and_nothing_to_learn_from(train):
    with pytest.raises(ValueError, match="method is 'Best'; it must be one of Uniform random, "):
        predict("Best", train, [(0, 0)])
    with pytest.raises(ValueError, match=r"train.n_ratings is 0; it must be 1 or more"):
        predict("Global mean", train.take(np.array([], int)), [(0, 0)])
