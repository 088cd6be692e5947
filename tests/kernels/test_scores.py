"""Scores of pairs, and sums over draws, against the same in one line of NumPy."""

import numpy as np
import pytest

from pmf_core.kernels.scores import add_predictions, mean_squared_errors, pair_scores


@pytest.mark.parametrize("n_pairs", [1, 3, 4, 200])
@pytest.mark.parametrize("biases", [False, True])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("ordered", [False, True])
def test_pairs_in_any_order_are_scored(rng, n_pairs, biases, dtype, ordered):
    user, item = rng.integers(2, size=n_pairs), rng.integers(7, size=n_pairs)
    user = (np.sort(user) if ordered else user).astype(np.int32)
    U, V = (rng.normal(size=(n, 3 + biases)).astype(dtype) for n in (2, 7))
    expected = (U[user, :3] * V[item, :3]).sum(axis=1)
    if biases:
        expected = expected + U[user, 3] + V[item, 3]
    out = np.full(n_pairs, np.nan, dtype)
    pair_scores(U, V, user, item.astype(np.int32), 3, out)
    np.testing.assert_allclose(out, expected, atol=1e-5)


def test_predictions_are_summed_as_they_are_and_scored_within_the_scale(rng):
    draws, rating = rng.normal(0, 2, (5, 40)), rng.uniform(1, 5, 40)
    total, square = np.zeros(40), np.zeros(40)
    for mean in draws:
        predicted = 3 + mean
        clipped, plain = add_predictions(mean, 3.0, rating, 1.0, 5.0, total, square)
        assert clipped == pytest.approx(((np.clip(predicted, 1, 5) - rating) ** 2).sum())
        assert plain == pytest.approx(((predicted - rating) ** 2).sum())
    np.testing.assert_allclose(total, (3 + draws).sum(axis=0))
    np.testing.assert_allclose(square, ((3 + draws) ** 2).sum(axis=0))
    so_far = np.clip((3 + draws).mean(axis=0), 1, 5)
    found = mean_squared_errors(total, 5, rating, 1.0, 5.0)
    assert found == pytest.approx(((so_far - rating) ** 2).sum())
    again = total.copy()
    add_predictions(draws[0], 3.0, rating, 1.0, 5.0, again, None)
    np.testing.assert_allclose(again, total + 3 + draws[0])
