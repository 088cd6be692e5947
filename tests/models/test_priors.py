"""The data-set prior precisions equal the dense formula of the example."""

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.models.priors import imputed_precisions


def test_precisions_equal_the_dense_formula(ratings):
    dense = np.full((ratings.n_users, ratings.n_items), ratings.rating.mean())
    dense[ratings.user_idx, ratings.item_idx] = ratings.rating
    expected = 1 / dense.var(axis=1).mean(), 1 / dense.var(axis=0).mean()
    assert imputed_precisions(ratings) == pytest.approx(expected, rel=1e-10)


def test_sparser_data_get_a_stronger_prior(ratings):
    few = ratings.take(np.arange(0, ratings.n_ratings, 4))
    assert imputed_precisions(few)[0] > 2 * imputed_precisions(ratings)[0]


def test_equal_ratings_are_refused():
    ratings = pmf.Ratings([0, 1], [0, 1], [3.0, 3.0], [1, 2], [1, 2], (1, 5))
    with pytest.raises(ValueError, match="all 2 training ratings are 3;.*other data"):
        imputed_precisions(ratings)
