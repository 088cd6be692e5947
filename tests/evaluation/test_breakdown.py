import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.evaluation.breakdown import (
    baseline_predictions,
    errors_by_rating,
    errors_by_support,
    heldout_table,
    residual_counts,
)


@pytest.fixture(scope="module")
def split(ratings):
    return pmf.split_ratings(ratings, 0.2, random_seed=1)


def by_group(frame):
    return frame.set_index("group")[["n_ratings", "rmse"]]


def test_errors_by_rating_are_those_of_each_value(split):
    rating = split.test.rating
    constant = np.full(len(rating), 3.0)
    frame = by_group(errors_by_rating(split, {"three": constant}))
    for value, count in zip(*np.unique(rating, return_counts=True), strict=True):
        assert frame.loc[f"{value:g}", "n_ratings"] == count
        assert frame.loc[f"{value:g}", "rmse"] == abs(value - 3)


def test_groups_put_together_give_the_whole_error(split, rng):
    prediction = rng.uniform(1, 5, split.test.n_ratings)
    whole = pmf.rmse(split.test.rating, prediction)
    for errors in (errors_by_rating, errors_by_support):
        frame = errors(split, {"random": prediction})
        assert frame["n_ratings"].sum() == split.test.n_ratings
        together = np.average(frame["rmse"] ** 2, weights=frame["n_ratings"]) ** 0.5
        assert together == pytest.approx(whole, rel=1e-12)


def test_support_counts_training_ratings_of_the_item(split):
    support = np.bincount(split.train.item_idx, minlength=split.train.n_items)
    of_pair = support[split.test.item_idx]
    frame = by_group(errors_by_support(split, {"three": np.full(split.test.n_ratings, 3.0)}))
    assert frame.loc["6 to 20", "n_ratings"] == ((of_pair >= 6) & (of_pair <= 20)).sum()


def test_errors_by_support_are_those_counted_by_hand():
    item = np.repeat([1, 2, 3], [1, 5, 6])  # item 0 has no training rating
    user = np.concatenate([np.arange(n) for n in (1, 5, 6)])
    who = {"user_ids": range(7), "item_ids": range(4), "scale": (1, 5)}
    train = pmf.Ratings(user, item, np.full(12, 3.0), **who)
    test = pmf.Ratings(np.full(4, 6), np.arange(4), [1, 2, 4, 5], **who)
    predictions = {"three": np.full(4, 3.0), "right": test.rating}
    frame = errors_by_support(pmf.Split(train, test), predictions)
    assert list(frame["method"]) == ["three"] * 3 + ["right"] * 3
    assert list(frame["group"]) == ["0", "1 to 5", "6 to 20"] * 2
    assert list(frame["n_ratings"]) == [1, 2, 1] * 2
    assert list(frame["rmse"]) == [2, 1, 2, 0, 0, 0]


def test_a_fine_scale_is_cut_into_bins(split):
    train, test = (
        pmf.Ratings(
            part.user_idx, part.item_idx, np.linspace(0, 100, part.n_ratings), part.user_ids,
            part.item_ids, (0, 100),
        )
        for part in (split.train, split.test)
    )  # fmt: skip
    frame = errors_by_rating(pmf.Split(train, test), {"x": test.rating})
    assert list(frame["group"])[:2] == ["0 to 10", "10 to 20"]
    assert frame["n_ratings"].sum() == test.n_ratings and frame["rmse"].max() == 0


def test_residuals_are_rating_minus_prediction():
    counts = residual_counts(np.array([5.0, 5, 1]), np.array([1.0, 4, 1]), n_bins=4)
    assert list(counts["n_ratings"]) == [1, 1, 0, 1]
    assert (counts["residual_from"].iloc[0], counts["residual_to"].iloc[-1]) == (0, 4)


def test_missing_predictions_are_refused(split):
    missing = np.full(split.test.n_ratings, np.nan)
    with pytest.raises(ValueError, match="are missing"):
        residual_counts(split.test.rating, missing)
    with pytest.raises(ValueError, match="those of a method or more"):
        errors_by_rating(split, {})


def test_predictions_of_every_baseline_are_those_that_are_scored(ratings):
    split = pmf.split_ratings(ratings)
    found = baseline_predictions(split)
    scored = pmf.evaluate_baselines(split).set_index("method")["test_rmse"]
    assert list(found) == list(scored.index)
    for method, prediction in found.items():
        assert pmf.rmse(split.test.rating, prediction) == scored[method]


def test_held_out_predictions_are_named_by_identifiers_and_titles(ratings):
    fit = pmf.fit_map(pmf.split_ratings(ratings), pmf.PMFConfig(2))
    table, test = heldout_table(fit), fit.split.test
    assert list(table)[:4] == ["user_id", "item_id", "title", "rating"]
    assert "user_idx" not in table and len(table) == test.n_ratings
    assert table["user_id"].tolist() == test.user_ids[test.user_idx].tolist()
    assert table["title"].tolist() == test.titles[test.item_idx].tolist()
    assert table["pred_mean"].tolist() == fit.heldout()["pred_mean"].tolist()
