import numpy as np
import pytest

from pmf_core.stats.metrics import coverage, mae, rmse


def test_known_values():
    assert rmse([1, 2, 3], [1, 2, 6]) == pytest.approx(np.sqrt(3))
    assert mae([1, 2, 3], [1, 2, 6]) == 1
    assert coverage([1, 2, 3, 4], [0, 2, 4, 3], [2, 2, 5, 5]) == 0.75


@pytest.mark.parametrize("score", [rmse, mae, lambda r, p: coverage(r, p, p)])
@pytest.mark.parametrize(
    ("rating", "prediction", "message"),
    [
        ([1, 2], [1], "one prediction for each"),
        ([], [], "at least one rating"),
        ([1, 2], [np.nan, 1], r"1 of 2 predictions are missing \(nan\); fall back on a baseline"),
        ([np.nan, 2], [1, 1], r"1 of 2 ratings are missing"),
    ],
)
def test_nothing_is_scored_in_silence(score, rating, prediction, message):
    with pytest.raises(ValueError, match=message):
        score(rating, prediction)
