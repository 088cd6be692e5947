"""What a split of pairs tests is said, and what it does not."""

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.evaluation import lessons

MATRIX = np.array([[1, 2, np.nan, 3], [4, 5, np.nan, np.nan], [np.nan, np.nan, 1, np.nan]])


@pytest.mark.parametrize(
    ("held_out", "holds", "words"),
    [
        ([(0, 0), (1, 1)], True, "every held-out rating is of a row and a column"),
        (
            [(0, 0), (1, 1), (2, 2)],
            True,
            "33.33% of the held-out ratings (1) are of a",
        ),
        ([(0, 3), (2, 2)], False, "100% of the held-out ratings"),
    ],
)
def test_a_split_of_pairs_says_nothing_of_somebody_new(held_out, holds, words):
    user, item = np.nonzero(~np.isnan(MATRIX))
    ids = np.arange(3), np.arange(4)
    everything = pmf.Ratings(user, item, MATRIX[user, item], *ids, (1, 5))
    pairs = list(zip(everything.user_idx.tolist(), everything.item_idx.tolist(), strict=True))
    test = np.array([pair in held_out for pair in pairs])
    found = lessons.transductive(pmf.Split(everything.take(~test), everything.take(test)))
    assert found.holds is holds and words in found.text
    assert "it is transductive" in found.text and "each of the 3 users" in found.text
