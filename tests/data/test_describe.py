"""Descriptive numbers, against counts by hand on a set that can be seen at a glance."""

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.data import describe


@pytest.fixture
def tiny():
    """Item 10: 5; item 20: 4, 4; item 30: 1, 3; item 40: never rated. User c never rated."""
    return pmf.Ratings(
        user_idx=[0, 0, 1, 0, 1],
        item_idx=[0, 1, 1, 2, 2],
        rating=[5, 4, 4, 1, 3],
        user_ids=["a", "b", "c"],
        item_ids=[10, 20, 30, 40],
        titles=["A", "B", "C", "D"],
        scale=(1, 5),
    )


def test_summary(tiny):
    summary = describe.rating_summary(tiny)
    assert list(summary.index) == ["count", "mean", "sd", "min", "25%", "50%", "75%", "max"]
    assert summary["count"] == 5 and summary["mean"] == 3.4
    assert summary["sd"] == pytest.approx(np.std([5, 4, 4, 1, 3], ddof=1))


def test_counts_of_each_rating(tiny):
    counts = describe.rating_counts(tiny)
    assert list(counts["rating"]) == [1, 2, 3, 4, 5]
    assert list(counts["n_ratings"]) == [1, 0, 1, 2, 1]  # a rating that nobody gave is there
    assert counts["share"].sum() == pytest.approx(1)


def test_counts_of_a_fine_scale_are_binned():
    rating = np.linspace(-10, 10, 101)
    idx = np.arange(101)
    fine = pmf.Ratings(idx, idx, rating, idx, idx, (-10, 10))
    counts = describe.rating_counts(fine, max_values=20)
    assert len(counts) == 20 and counts["n_ratings"].sum() == 101
    assert counts["rating"].iloc[0] == -9.5
    usual = describe.rating_counts(fine)["rating"].tolist()
    assert usual == [-9.5 + n for n in range(20)]


def test_ratings_of_a_fine_scale_move_to_the_middle_of_their_bin():
    rating = np.array([-10, -9.99, -8, 0, 0.1, 7.99, 9.3, 10, *np.linspace(-1, 1, 9)])
    found = describe.binned(rating, (-10, 10))
    assert found[:8].tolist() == [-9, -9, -7, 1, 1, 7, 9, 9]
    np.testing.assert_array_equal(describe.binned(rating[:8], (-10, 10)), rating[:8])
    assert describe.middles((0, 1), 10).tolist() == pytest.approx(np.arange(0.05, 1, 0.1))
    assert describe.middles((0, 7), 3).tolist() == [1.17, 3.5, 5.83]


@pytest.mark.parametrize(
    ("rating", "scale", "every"),
    [
        ([1, 3, 3, 5], (1, 5), [1, 3, 5]),  # that there is a 2, nobody knows
        ([0.5, 1.0, 4.5], (0.5, 5.0), np.arange(0.5, 5.1, 0.5)),
        ([0.1, 0.2, 0.7], (0, 1), np.arange(11) / 10),
        ([2, 4], (1, 5), [1, 2, 3, 4, 5]),
        ([0, 10, 25, 100], (0, 100), [0, 10, 25, 100]),  # no even steps
        ([0, 1, 100], (0, 100), [0, 1, 100]),  # more of them than an axis has room for
        (np.linspace(-10, 10, 300), (-10, 10), np.arange(-9, 10, 2)),
    ],
)
def test_what_nobody_gave_is_among_the_groups_where_it_is_known(rating, scale, every):
    rating = np.array(rating, float)
    found = describe.groups(rating, scale)
    np.testing.assert_allclose(found, every)
    assert np.isin(describe.binned(rating, scale), found).all()


def test_titles_that_are_numbers_are_in_their_order():
    titles = ["10", "9", "007", "7b", "Film 12", "Film 2", "2", "", "Film"]
    titles += ["1" + "0" * 40, "9" * 40]
    item = np.arange(len(titles))
    ratings = pmf.Ratings(item, item, item % 5 + 1.0, item, item, (1, 5), titles=titles)
    found = describe.some_items(ratings, "First by title")["title"].tolist()
    expected = ["", "2", "007", "7b", "9", "10", "9" * 40, "1" + "0" * 40]
    assert found == [*expected, "Film", "Film 2", "Film 12"]


def test_item_means_and_shrinkage(tiny):
    frame = describe.item_means(tiny, shrinkage=2)
    assert list(frame.columns) == ["item_id", "title", "n_ratings", "mean", "shrunk_mean"]
    assert list(frame["item_id"]) == [10, 20, 30]  # item 40 has no rating
    assert list(frame["mean"]) == [5, 4, 2]
    np.testing.assert_allclose(frame["shrunk_mean"], [11.8 / 3, 14.8 / 4, 10.8 / 4])
    assert list(describe.item_means(tiny, min_ratings=2)["item_id"]) == [20, 30]


def test_no_shrinkage_is_the_plain_mean(ratings):
    frame = describe.item_means(ratings)
    np.testing.assert_array_equal(frame["mean"], frame["shrunk_mean"])


def test_top_and_bottom_break_ties_by_count_then_order():
    tied = pmf.Ratings(
        user_idx=[0, 0, 1, 0, 0, 1],
        item_idx=[0, 1, 1, 2, 3, 3],
        rating=[4, 4, 4, 4, 2, 2],
        user_ids=[1, 2],
        item_ids=[7, 8, 9, 10],
        scale=(1, 5),
    )
    top, bottom = describe.top_bottom(tied, n=3)
    assert list(top["item_id"]) == [8, 7, 9]
    assert list(bottom["item_id"]) == [10, 8, 7]


def test_shrinkage_moves_rarely_rated_items_out_of_the_top(movielens):
    plain, _ = describe.top_bottom(movielens, n=10)
    shrunk, _ = describe.top_bottom(movielens, n=10, shrinkage=20)
    assert plain["n_ratings"].max() <= 3 and (plain["mean"] == 5).all()
    assert shrunk["n_ratings"].min() > 50


def test_user_means_are_sorted_and_leave_out_who_did_not_rate(tiny):
    frame = describe.user_means(tiny)
    assert list(frame.columns) == ["rank", "user_id", "n_ratings", "mean"]
    assert list(frame["user_id"]) == ["a", "b"] and list(frame["rank"]) == [1, 2]
    assert frame["mean"].to_numpy() == pytest.approx([10 / 3, 3.5])


def test_long_tail(tiny):
    frame = describe.long_tail(tiny)
    assert list(frame["item_id"]) == [20, 30, 10, 40]
    assert list(frame["n_ratings"]) == [2, 2, 1, 0]
    np.testing.assert_allclose(frame["cumulative_share"], [0.4, 0.8, 1, 1])


def test_matrix_picture_of_a_matrix_with_a_block_for_each_pair(tiny):
    frame = describe.matrix_picture(tiny)
    assert len(frame) == 3 * 4
    picture = frame["density"].to_numpy().reshape(3, 4)
    np.testing.assert_array_equal(picture, [[1, 1, 1, 0], [1, 1, 0, 0], [0, 0, 0, 0]])


def test_matrix_picture_of_a_larger_matrix_counts_every_rating(ratings):
    frame = describe.matrix_picture(ratings, max_rows=7, max_columns=9)
    assert len(frame) == 63 and frame["n_ratings"].sum() == ratings.n_ratings
    pairs = (frame["user_to"] - frame["user_from"]) * (frame["item_to"] - frame["item_from"])
    assert pairs.sum() == 60 * 40 and frame["density"].between(0, 1).all()
    assert frame["density"].iloc[0] > frame["density"].iloc[-1]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda r: describe.item_means(r, min_ratings=0), "min_ratings is 0; .* from 1 up"),
        (lambda r: describe.item_means(r, shrinkage=-1), "shrinkage is -1; .* from 0 up"),
        (lambda r: describe.top_bottom(r, n=0), "n is 0; it must be a whole number from 1 up"),
        (lambda r: describe.top_bottom(r, n=True), "n is True; it must be a whole number"),
    ],
)
def test_refuses_with_the_value_and_the_rule(ratings, call, message):
    with pytest.raises(ValueError, match=message):
        call(ratings)


@pytest.mark.parametrize(
    ("which", "counts"),
    [("First by title", [1, 2]), ("Most rated", [2, 2]), ("Least rated", [1, 2])],
)
def test_some_items_come_in_the_order_that_is_chosen(tiny, which, counts):
    assert describe.some_items(tiny, which, 2)["n_ratings"].tolist() == counts


def test_items_by_title_and_what_half_of_a_list_rests_on(tiny):
    assert describe.some_items(tiny, n=2)["title"].tolist() == ["A", "B"]
    with pytest.raises(ValueError, match="which is 'Best'; it must be one of First by title"):
        describe.some_items(tiny, "Best")
    top, _ = describe.top_bottom(tiny, 3)
    assert describe.half_rest_on(top) == 2.0  # of 1, 2 and 2 ratings


@pytest.mark.parametrize(("part", "expected"), [(0.1, 0.4), (0.5, 0.8), (1.0, 1.0)])
def test_the_share_of_the_most_rated(tiny, part, expected):
    assert describe.share_of_first(describe.long_tail(tiny), part) == pytest.approx(expected)


def test_the_sternest_and_the_kindest(tiny):
    assert describe.extremes(describe.user_means(tiny)) == (10 / 3, 3.5)
