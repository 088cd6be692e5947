"""What somebody who has just rated is shown: the list, its orders, what to rate next."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import pmf_core as pmf
from pmf_core.prediction.own_list import best_of, narrowed, of_items, own_list, to_ask
from tests.support import tiny


@pytest.fixture(scope="module")
def fit():
    ratings, _ = pmf.simulate_ratings(60, 40, 900, 3, 2.0, 0)
    split = pmf.split_ratings(ratings, 0.2, 0)
    config = replace(tiny.PRESETS["bpmf"], biases=True)
    return pmf.sample_gibbs(split, config, draws=100, tune=20, chains=2, keep=200)


@pytest.fixture(scope="module")
def ratings(fit):
    return dict(zip(fit.split.train.item_ids[:4].tolist(), [5.0, 1.0, 4.0, 2.0], strict=True))


@pytest.fixture(scope="module")
def found(fit, ratings):
    return own_list(fit, ratings)


def test_it_is_what_recommend_says_of_somebody_new_without_drawing_their_row(fit, ratings, found):
    other = pmf.recommend(fit, ratings=ratings, n=100).set_index("item_id").sort_index()
    own = found.set_index("item_id").sort_index()
    assert list(own.index) == list(other.index)
    error = own["pred_sd"] / np.sqrt(200)
    assert (np.abs(own["pred_mean"] - other["pred_mean"]) < 5 * error + 0.01).all()
    np.testing.assert_allclose(own["prob_high"], other["prob_high"], atol=0.12)
    np.testing.assert_allclose(own["pred_sd"], other["pred_sd"], rtol=0.3)
    assert list(own["n_ratings"]) == list(other["n_ratings"])
    assert found.attrs["high"] == 4
    assert found.attrs["width"] == pytest.approx((found.pred_upper - found.pred_lower).mean())
    # Control: who rated nothing gets another list.
    nobody = own_list(fit, {}).set_index("item_id").loc[own.index]
    assert (np.abs(own["pred_mean"] - nobody["pred_mean"]) > 5 * error + 0.01).any()


def test_ratings_narrow_what_is_said_and_next_comes_what_tells_most(fit, ratings, found):
    nobody = own_list(fit, {})
    width, sd = narrowed(nobody.attrs, found.attrs)
    assert sd < -0.01 and abs(width) < 1 and narrowed(None, found.attrs) == (None, None)
    informative = pmf.informative_items(fit, ratings, n=5)
    assert list(to_ask(found, 5)["item_id"]) == list(informative["item_id"])
    np.testing.assert_allclose(to_ask(found, 5)["share"], informative["share"], rtol=1e-6)
    skipped = list(informative["item_id"][:2])
    assert list(to_ask(found, 3, skipped)["item_id"]) == list(informative["item_id"][2:])


def test_only_well_known_items_are_asked_for():
    many = pd.DataFrame({"item_id": range(500), "n_ratings": range(500), "reduction": 1.0})
    many.loc[0, "reduction"] = 9.0
    assert to_ask(many, 500)["n_ratings"].min() == 300
    assert of_items(many.assign(title="x"), 2)[0] == [499, 498]


def test_orders_and_filters(found):
    for sort, key in (("mean", "expected"), ("lower", "pred_lower"), ("prob", "prob_high")):
        assert best_of(found, 40, sort)[key].is_monotonic_decreasing
    rare = best_of(found, 40, novelty=1.0)
    assert rare["novelty"].is_monotonic_decreasing and rare["n_ratings"].is_monotonic_increasing
    half = best_of(found, 10, novelty=0.5)["novelty"].mean()
    assert best_of(found, 10)["novelty"].mean() < half <= rare["novelty"][:10].mean()
    assert (best_of(found, 40, fewest=15)["n_ratings"] >= 15).all()
    kept = found["n_ratings"].to_numpy() % 2 == 0
    assert set(best_of(found, 40, kept=kept)["item_id"]) == set(found["item_id"][kept])
    assert best_of(found, 40, fewest=10_000).empty
    assert best_of(found, 3).attrs["high"] == 4


def test_novelty_is_self_information_with_one_more_rating_and_user(fit, found):
    expected = -np.log2((found["n_ratings"] + 1) / (fit.split.train.n_users + 1))
    np.testing.assert_allclose(found["novelty"], expected)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [({"sort": "median"}, "sort is 'median'"), ({"novelty": 1.5}, "novelty is 1.5")],
)
def test_what_makes_no_sense_is_refused(found, arguments, message):
    with pytest.raises(ValueError, match=message):
        best_of(found, 5, **arguments)
