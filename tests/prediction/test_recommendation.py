"""Ranked lists against predictions of every pair."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

import pmf_core as pmf
from pmf_core.prediction.pairs import high_rating
from pmf_core.prediction.recommendation import active_users, mean_rating, rated_items, support
from tests.support import by_hand, tiny
from tests.support.marks import slow_but

COLD_USER, COLD_ITEM = 4, 7


@pytest.fixture(scope="module")
def split():
    ratings, _ = pmf.simulate_ratings(60, 40, 900, 3, 2.0, 0)
    warm = np.flatnonzero((ratings.user_idx != COLD_USER) & (ratings.item_idx != COLD_ITEM))
    return pmf.split_ratings(ratings.take(warm), 0.2, 0)


def sample(split, config):
    return pmf.sample_gibbs(split, config, draws=30, tune=20, chains=2, keep=60)


@pytest.fixture(scope="module")
def fit(split):
    return sample(split, replace(tiny.PRESETS["bpmf"], biases=True))


@pytest.fixture(scope="module")
def ordinal(split):
    return sample(split, pmf.PMFConfig(2, 1.0, link="ordinal", center=True))


def user_of(split):
    return split.train.user_ids[np.bincount(split.train.user_idx).argmax()]


def all_pairs(fit, user_id):
    train = fit.split.train
    return pmf.predict(fit, user_id, train.item_ids).to_dataframe().groupby("item_id").first()


@pytest.mark.parametrize("link", slow_but(["fit", "ordinal"], "fit"))
@pytest.mark.parametrize("sort", ["mean", "lower", "prob"])
def test_the_list_is_predictions_of_what_is_not_rated_best_first(request, link, sort):
    fit = request.getfixturevalue(link)
    train, user_id = fit.split.train, user_of(fit.split)
    found = pmf.recommend(fit, user_id, n=100, sort=sort)
    rated = train.item_ids[train.item_idx[train.user_ids[train.user_idx] == user_id]]
    assert set(found["item_id"]) == set(train.item_ids) - set(rated)
    pairs = all_pairs(fit, user_id).loc[found["item_id"]]
    for name in ("expected", "pred_mean", "pred_sd", "pred_lower", "pred_upper"):
        np.testing.assert_allclose(found[name], pairs[name], rtol=1e-5, atol=1e-6)
    user = np.full(len(found), user_id)
    probability = pmf.predict(fit, user, found["item_id"])["probability"]
    assert found.attrs["high"] == 4.0
    np.testing.assert_allclose(found["prob_high"], probability.sel(level=[4, 5]).sum("level"))
    key = {"mean": "expected", "lower": "pred_lower", "prob": "prob_high"}[sort]
    step = np.diff(found[key])
    assert (step <= 1e-12).all()
    assert (np.diff(found["pred_mean"])[step == 0] <= 1e-12).all()  # the mean decides
    assert pmf.recommend(fit, user_id, n=3, sort=sort).equals(found.head(3))


def test_the_three_ways_to_rank_differ(fit):
    def orders(user_id):
        found = (pmf.recommend(fit, user_id, n=40, sort=by) for by in ("mean", "lower", "prob"))
        return {tuple(each["item_id"]) for each in found}

    assert max(len(orders(user_id)) for user_id in fit.split.train.user_ids[:10]) == 3


def test_what_is_expected_is_the_mean_of_a_rating_and_never_capped(split, rng):
    # Whoever likes anything gives a 5, so of what is good and unseen more than 5 is scored.
    def stretched(part):
        return replace(part, rating=np.clip(2.5 * part.rating - 5, 1, 5))

    users = pmf.Split(stretched(split.train), stretched(split.test))
    fit = sample(users, pmf.PMFConfig(2, 2.0, center=True, biases=True))
    capped = 0
    for user_id in split.train.user_ids[:10]:
        found = pmf.recommend(fit, user_id, n=40)
        assert (np.diff(found["expected"]) <= 0).all()
        assert ((found["expected"] > 1) & (found["expected"] < 5)).all()
        at_the_end = found[found["is_capped"]]
        assert set(at_the_end["pred_mean"]) <= {1.0, 5.0}
        assert not found.loc[~found["is_capped"], "pred_mean"].isin([1.0, 5.0]).any()
        capped += len(at_the_end)
    assert capped > 3
    pair = by_hand.simulate(fit, np.zeros(40, int), np.arange(40), rng, 100)
    found = pmf.predict(fit, split.train.user_ids[0], split.train.item_ids)
    levels = fit.levels[np.abs(pair[..., None] - fit.levels).argmin(axis=-1)]
    np.testing.assert_allclose(found["expected"], levels.mean(axis=0), atol=0.08)


@pytest.mark.parametrize(
    ("scale", "levels", "high"),
    [
        ((1, 5), [1, 2, 3, 4, 5], 4),
        ((0.5, 5), np.arange(1, 11) / 2, 3.5),
        ((0, 1), [0, 0.25, 0.5, 0.75, 1], 0.75),
        ((-10, 10), [-10, -5, 0, 5, 10], 5),
        ((1, 10), np.arange(1, 11), 7),
        ((0, 1), [0, 0.2, 0.4, 0.6, 0.8, 1], 0.6),
        ((-10, 10), [], 2),
    ],
)
def test_a_high_rating_is_one_that_is_given(scale, levels, high):
    assert high_rating(scale, np.array(levels, float)) == high


def test_held_out_and_rare_items_can_be_left_out(fit):
    train, test, user_id = fit.split.train, fit.split.test, user_of(fit.split)
    own = set(test.item_ids[test.item_idx[test.user_ids[test.user_idx] == user_id]])
    assert own <= set(pmf.recommend(fit, user_id, n=40)["item_id"])
    assert not own & set(pmf.recommend(fit, user_id, n=40, exclude_heldout=True)["item_id"])
    count = dict(enumerate(np.bincount(train.item_idx, minlength=40)))
    often = pmf.recommend(fit, user_id, n=40, min_ratings=15)
    everything = pmf.recommend(fit, user_id, n=40)
    assert set(often["item_id"]) == set(everything["item_id"][everything["n_ratings"] >= 15])
    for row in everything.itertuples():
        assert row.n_ratings == count[np.flatnonzero(train.item_ids == row.item_id)[0]]
    assert pmf.recommend(fit, user_id, min_ratings=10_000).empty


def test_cold_items_are_named_and_cold_users_get_the_population(fit):
    train = fit.split.train
    found = pmf.recommend(fit, user_of(fit.split), n=40).set_index("item_id")
    assert list(found.index[found["is_cold_item"]]) == [train.item_ids[COLD_ITEM]]
    assert not found["is_cold_user"].any()
    cold = train.user_ids[COLD_USER]
    alone = pmf.recommend(fit, cold, n=40).set_index("item_id").sort_index()
    nobody = pmf.recommend(fit, ratings={}, n=40).set_index("item_id").sort_index()
    error = alone["pred_sd"] * np.sqrt(2 / 30)
    assert len(alone) == 40 and rated_items(fit, cold).empty
    assert alone["is_cold_user"].all() and nobody["is_cold_user"].all()
    assert (np.abs(alone["pred_mean"] - nobody["pred_mean"]) < 4 * error).all()


def test_ratings_without_levels_have_the_probability_of_a_tail():
    design, _ = pmf.simulate_ratings(40, 30, 500, 2, 2.0, 0)
    ratings, _ = pmf.simulate_from_prior(pmf.PMFConfig(2), design)
    fit = sample(pmf.split_ratings(ratings, 0.2, 0), pmf.PMFConfig(2))
    found = pmf.recommend(fit, ratings.user_ids[0], n=30, sort="prob")
    assert (np.diff(found["prob_high"]) <= 0).all()
    low, high = ratings.scale
    limit = high - 0.4 * (high - low)
    assert found.attrs["high"] == limit
    posterior = fit.idata["posterior"].dataset
    score = (posterior["U"].sel(user=ratings.user_ids[0]) * posterior["V"]).sum("factor")
    tail = norm.sf(limit, score, 2.0**-0.5).mean(axis=(0, 1))
    at = [list(ratings.item_ids).index(item) for item in found["item_id"]]
    np.testing.assert_allclose(found["prob_high"], tail[at], rtol=1e-4)


def test_what_a_user_rated_and_who_rated_most(fit):
    train, user_id = fit.split.train, user_of(fit.split)
    rated, users = rated_items(fit, user_id), active_users(fit)
    own = train.user_ids[train.user_idx] == user_id
    assert dict(zip(rated["item_id"], rated["rating"], strict=True)) == dict(
        zip(train.item_ids[train.item_idx[own]], train.rating[own], strict=True)
    )
    assert rated["rating"].is_monotonic_decreasing
    assert users["user_id"][0] == user_id and users["n_ratings"][0] == own.sum()
    assert users["n_ratings"].is_monotonic_decreasing and len(users) == 60


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"user_id": "me"}, r"user_id is 'me'.*call recommend\(fit, ratings="),
        ({}, "user_id is None and ratings is None; give one of them"),
        ({"user_id": 1, "ratings": {}}, "give one of them"),
        ({"user_id": 1, "sort": "median"}, "sort is 'median'.* one of mean, lower, prob"),
        ({"user_id": 1, "n": 0}, "n is 0.* a whole number from 1"),
        ({"user_id": 1, "min_ratings": -1}, "min_ratings is -1.* a whole number from 0"),
        ({"user_id": 1, "ci_prob": 1.0}, "ci_prob is 1.0.* between 0 and 1"),
        ({"ratings": {1: 6}}, "rating is 6.0.* from 1 to 5, the scale of this fit"),
        ({"ratings": {-9: 4}}, "item_id is -9"),
        ({"ratings": {1: 3.5}}, "rating is 3.5.* one of 1, 2, 3, 4, 5: this fit's link is ordinal"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_next_step(ordinal, arguments, message):
    with pytest.raises(ValueError, match=message):
        pmf.recommend(ordinal, **arguments)


def test_of_how_many_items_little_is_known():
    found = support(
        pd.DataFrame(
            {
                "n_ratings": [0, 9, 10, 500],
                "is_cold_item": [True, False, False, False],
                "is_capped": [False, True, True, True],
            }
        )
    )
    assert (found.n_cold, found.n_rare, found.n_capped) == (1, 2, 3)
    assert mean_rating(pd.DataFrame({"rating": [4, 5, 3, 5]})) == 4.25
