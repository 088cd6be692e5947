"""The container of ratings: immutable, checked, subsets with the same positions."""

import numpy as np
import pandas as pd
import pytest

from pmf_core import Ratings, Split


def make(**changes):
    given = {
        "user_idx": [0, 1, 1],
        "item_idx": [2, 0, 1],
        "rating": [1, 3.5, 5],
        "user_ids": ["ann", "bob"],
        "item_ids": [10, 20, 30],
        "scale": (1, 5),
    }
    return Ratings(**(given | changes))


def test_sizes_types_and_default_titles():
    ratings = make()
    assert (ratings.n_users, ratings.n_items, ratings.n_ratings) == (2, 3, 3)
    assert ratings.sparsity == 0.5
    assert ratings.user_idx.dtype == ratings.item_idx.dtype == np.int32
    assert ratings.rating.dtype == np.float64
    assert list(ratings.titles) == ["10", "20", "30"]
    assert ratings.notes == ()


def test_arrays_cannot_be_written_nor_reached_through_what_was_given():
    rating = np.array([1.0, 3.5, 5.0])
    ratings = make(rating=rating)
    name = ratings.id
    rating[0] = 4
    assert ratings.rating[0] == 1 and make().id == name
    for field in ("user_idx", "item_idx", "rating", "user_ids", "item_ids", "titles"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(ratings, field)[0] = getattr(ratings, field)[1]
    with pytest.raises(AttributeError):
        ratings.rating = rating


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rating": [1, 2]}, r"lengths \[2, 3\]"),
        ({"timestamp": [1, 2]}, r"lengths \[2, 3\]"),
        ({"titles": ["a", "b"]}, "titles has 2 rows for 3 items; give one each"),
        ({"user_features": pd.DataFrame({"age": [1]})}, "user_features has 1 rows for 2 users"),
        ({"item_features": pd.DataFrame({"year": [1]})}, "item_features has 1 rows for 3 items"),
        ({"user_idx": [0, 1, 2]}, r"user_idx runs from 0 to 2 but must lie in 0\.\.1"),
        ({"item_idx": [-1, 0, 1]}, r"item_idx runs from -1 to 1"),
        ({"item_idx": [0.5, 0, 1]}, "item_idx holds float64 values; .* give integers"),
        ({"rating": [1, np.nan, 5]}, r"rating\[1\] is nan; ratings are finite numbers"),
        ({"rating": [1, 7, 5]}, r"rating\[1\] is 7, outside the scale 1\.\.5"),
    ],
)
def test_refuses_with_the_value_and_the_rule(changes, message):
    with pytest.raises(ValueError, match=message):
        make(**changes)


def test_a_subset_keeps_the_positions_and_the_times():
    part = make(timestamp=[7, 8, 9]).take(np.array([2, 0]))
    assert (part.n_users, part.n_items, part.n_ratings) == (2, 3, 2)
    assert list(part.item_idx) == [1, 2] and list(part.timestamp) == [9, 7]
    assert make().take(np.array([], int)).n_ratings == 0


def test_the_name_follows_the_contents():
    assert make().id == make().id
    assert make().id != make(rating=[1, 3, 5]).id
    assert make().id != make(scale=(0, 5)).id


FRAMES = {
    "user_features": pd.DataFrame({"age": [7, 8]}),
    "item_features": pd.DataFrame({"year": [1, 2, 3], "drama": [True, False, True]}),
}
CHANGES = {
    "user_ids": ["ann", "eve"],
    "item_ids": [10, 20, 31],
    "titles": ["10", "20", "x"],
    "timestamp": [7, 8, 9],
    "user_features": FRAMES["user_features"] + 1,
    "item_features": FRAMES["item_features"].rename(columns={"drama": "war"}),
}


@pytest.mark.parametrize("field", CHANGES)
def test_a_set_is_what_its_positions_stand_for(field):
    """Two sets of equal pairs are different sets where an item is called otherwise."""
    before, after = make(**FRAMES), make(**(FRAMES | {field: CHANGES[field]}))
    assert before.id != after.id
    held = np.array([True, False, False])
    splits = [Split(each.take(~held), each.take(held)) for each in (before, after)]
    assert splits[0].id != splits[1].id


def test_the_same_set_has_one_name_in_any_type_of_number():
    wide = make(**FRAMES, item_ids=np.array([10, 20, 30], np.int64), name="other", notes=("x",))
    gaps = {name: frame.astype(object) for name, frame in FRAMES.items()}
    assert make(**gaps, item_ids=np.array([10, 20, 30], np.int32)).id == wide.id
    holes = make(user_features=pd.DataFrame({"job": ["a", None]}))
    assert holes.id == make(user_features=pd.DataFrame({"job": ["a", np.nan]})).id


def test_frame_has_identifiers():
    frame = make(titles=["A", "B", "C"], timestamp=[7, 8, 9]).to_frame()
    assert frame.iloc[0].to_dict() == {
        "user_id": "ann", "item_id": 30, "title": "C", "rating": 1.0, "timestamp": 7
    }  # fmt: skip
    assert "timestamp" not in make().to_frame()
