"""What tables of users and items become: groups of columns, nothing where nothing is known."""

import io

import numpy as np
import pandas as pd
import pytest

import pmf_core as pmf
from pmf_core.models.arrange import arrange
from pmf_core.models.feature_matrix import side_columns, user_features
from pmf_core.models.ingredients.effects import find_effects
from tests.support.tiny import tiny_ratings

CONFIG = pmf.PMFConfig(2, side_info="user")
CONFIG_OF_ALL = pmf.PMFConfig(2, implicit="both", side_info="both")


def test_a_missing_value_moves_nothing():
    table = pd.DataFrame(
        {
            "age": [15, np.nan, 40],
            "zip": ["94110", None, "10001"],
            "job": ["poet", None, "nurse"],
            "visits": [1.0, np.nan, 2.0],
        }
    )
    groups = side_columns(table)
    assert len(groups) == 4
    for group in groups:
        assert list(group.sum(axis=1)) == [1, 0, 1]
    assert not any("nan" in name or "None" in name for group in groups for name in group)


AGES = {
    "groups in words": ["18-24", "25-34", "18-24", "35+"],
    "numbers, one missing": ["18", "", "40", "70"],
    "words, one missing": ["young", "", "old", "young"],
}


@pytest.mark.parametrize("name", AGES)
def test_ages_of_any_table_are_read(name):
    ages = AGES[name]
    rows = [f"{u},{i},{1 + (u * i) % 5},{ages[u]}" for u in range(4) for i in range(6)]
    ratings = pmf.read_ratings(io.StringIO("user,item,rating,age\n" + "\n".join(rows)))
    features = user_features(CONFIG, ratings)
    given = [age for age in ages if age]
    assert features.n_features == len(set(given))
    assert features.matrix.nnz == len(given)
    split = pmf.split_ratings(ratings, 0.2)
    assert np.isfinite(pmf.fit_map(split, CONFIG).summary()["test_rmse"])


def test_days_of_many_users_are_kept_apart():
    user = np.array([0, 65_713], np.int32)  # in 32 bits, the keys of these two days are one
    ratings = pmf.Ratings(
        user, np.array([0, 1]), np.array([1.0, 2.0]), np.arange(65_714), np.arange(2), (1, 5),
        timestamp=86_400 * np.array([20_000, 16_288]),
    )  # fmt: skip
    [effect] = find_effects(pmf.PMFConfig(effects=("user:day",)), ratings)
    assert len(effect.keys) == 2 and (effect.keys >= 0).all()


def test_blocks_of_features_are_who_rated_what_and_one_for_each_column_of_a_table():
    features = arrange(CONFIG_OF_ALL, tiny_ratings()).item.features
    ends = [block.columns.stop for block in features.blocks]
    assert ends == [6, 8] and [block.group for block in features.blocks] == [0, 1]
    X = features.matrix.toarray()
    for block in features.blocks:
        np.testing.assert_allclose(block.row_sum, X[:, block.columns].sum(axis=1))
        np.testing.assert_allclose(block.products, X.T @ block.row_sum)
    np.testing.assert_allclose(features.column_sum, X.sum(axis=0))
    groups = [(mine.start, mine.stop, part.toarray()) for mine, part in features.by_group]
    assert [each[:2] for each in groups] == [(0, 6), (6, 8)]
    np.testing.assert_array_equal(np.hstack([each[2] for each in groups]), X)
