import numpy as np
import pytest

from pmf_core import Split, split_ratings


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
