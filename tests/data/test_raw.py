"""The raw tables are those that the ratings hold."""

import numpy as np

from pmf_core.data.raw import raw_tables
from tests.support.tiny import tiny_ratings


def test_the_first_rows_are_the_ratings_as_they_are():
    ratings = tiny_ratings()
    tables = raw_tables(ratings, rows=4)
    assert list(tables) == ["ratings", "users", "items"]
    found = tables["ratings"]
    assert list(found) == ["i", "j", "user", "item", "rating", "time"] and len(found) == 4
    np.testing.assert_array_equal(found["rating"], ratings.rating[:4])
    np.testing.assert_array_equal(found["user"], ratings.user_ids[ratings.user_idx[:4]])
    assert list(tables["users"]) == ["i", "user", "gender"] and len(tables["users"]) == 4
    assert list(tables["items"]) == ["j", "item", "title", "Drama", "Comedy"]


def test_what_is_not_known_has_no_column(ratings):
    found = raw_tables(ratings)
    assert "time" not in found["ratings"] and list(found["users"]) == ["i", "user"]
    assert len(found["users"]) == ratings.n_users and len(found["ratings"]) <= 1000
