import numpy as np
import pytest

from pmf_core import Split, densest_part, split_ratings


def test_parts_are_the_whole_and_keep_the_vocabularies(ratings):
    split = split_ratings(ratings, 0.25, random_seed=3)
    assert (split.train.n_ratings, split.test.n_ratings) == (675, 225)
    pairs = [part.user_idx * 40 + part.item_idx for part in (split.train, split.test)]
    np.testing.assert_array_equal(
        np.sort(np.concatenate(pairs)), np.sort(ratings.user_idx * 40 + ratings.item_idx)
    )
    for part in (split.train, split.test):
        assert part.user_ids is ratings.user_ids and part.item_ids is ratings.item_ids


def test_the_seed_decides(ratings):
    assert split_ratings(ratings).id == split_ratings(ratings).id
    assert split_ratings(ratings).id != split_ratings(ratings, random_seed=1).id


def test_the_name_does_not_depend_on_the_order_of_rows(ratings, rng):
    split = split_ratings(ratings)
    shuffled = [part.take(rng.permutation(part.n_ratings)) for part in (split.train, split.test)]
    assert Split(*shuffled).id == split.id
    assert Split(split.test, split.train).id != split.id


def test_sizes_are_rounded_not_cut(ratings):
    # 0.29 * 100 is 28.999999999999996
    assert split_ratings(ratings.take(np.arange(100)), 0.29).test.n_ratings == 29


@pytest.mark.parametrize("size", [0, 1, -0.1, 1.5, 0.0001, 0.9999, np.nan, np.inf, "0.1", None])
def test_refuses_sizes_that_leave_a_side_empty(ratings, size):
    with pytest.raises(ValueError, match="test_size is .* a share that leaves some of the 900"):
        split_ratings(ratings, size)


@pytest.mark.parametrize("seed", [-1, 0.5, None])
def test_refuses_seeds_that_cannot_be_reported(ratings, seed):
    with pytest.raises(ValueError, match="random_seed is .* a whole number from 0 up"):
        split_ratings(ratings, random_seed=seed)


def test_the_densest_part_keeps_the_most_active(ratings):
    split = split_ratings(ratings, 0.2)
    part = densest_part(split, 0.25)
    assert (part.train.n_users, part.train.n_items) == (15, 10)
    counts = np.bincount(split.train.user_idx, minlength=ratings.n_users)
    kept = np.isin(ratings.user_ids, part.train.user_ids)
    assert counts[kept].min() >= counts[~kept].max()
    density = 1 - part.train.sparsity
    assert density > 1 - split.train.sparsity


def test_the_densest_part_keeps_who_rated_what(ratings):
    split = split_ratings(ratings, 0.2)
    part = densest_part(split, 0.5)
    whole = split.test.to_frame().set_index(["user_id", "item_id"])["rating"]
    for row in part.test.to_frame().itertuples():
        assert whole[row.user_id, row.item_id] == row.rating


@pytest.mark.parametrize("share", [0, -0.5, 1.5, np.nan])
def test_a_share_out_of_range_is_refused(ratings, share):
    with pytest.raises(ValueError, match=f"share is {share}; it must be above 0 and at most 1"):
        densest_part(split_ratings(ratings), share)


def test_a_part_without_ratings_is_refused(ratings):
    few = split_ratings(ratings, 0.01)
    with pytest.raises(ValueError, match="large enough that training and held-out ratings"):
        densest_part(few, 0.05)


def test_the_whole_share_is_the_whole_split(ratings):
    split = split_ratings(ratings, 0.2)
    assert densest_part(split, 1).id == split.id
