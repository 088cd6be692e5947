"""Several people: who is alike, what to watch together, where two differ."""

from dataclasses import replace

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.prediction import several
from pmf_core.prediction.portrait import Portrait, low_rating, popular, portrait
from tests.support import tiny
from tests.support.newcomers import own


@pytest.fixture(scope="module")
def fit(ratings):
    split = pmf.split_ratings(ratings, 0.1, 0)
    return pmf.sample_gibbs(split, tiny.PRESETS["bpmf"], draws=60, tune=40, chains=2)


def test_what_is_expected_is_what_recommend_says(fit):
    rated = own(fit, 5)
    train = fit.split.train
    given = {train.item_ids[item]: rating for item, rating in rated}
    table = pmf.recommend(fit, ratings=given, n=100).set_index("item_id")
    drawn = portrait(fit, rated)
    at = {int(item): k for k, item in enumerate(popular(fit))}
    for item_id, row in table.iterrows():
        [item] = np.flatnonzero(train.item_ids == item_id)
        assert abs(drawn.expected[at[int(item)]] - row["expected"]) < 4 * row["pred_sd"] / 5 + 0.02
    assert portrait(fit, rated) is drawn  # kept
    assert low_rating(fit) == 2.0


def test_who_rates_little_is_less_sure(fit):
    rated = own(fit, 5)
    much, little = (portrait(fit, some).place.std(axis=0).sum() for some in (rated, rated[:1]))
    assert much < little


def test_two_of_one_taste_are_alike_and_their_opposite_is_not(fit):
    rated = own(fit, 5)
    opposite = tuple((item, 6 - rating) for item, rating in rated)
    near = tuple((item, rating) for item, rating in rated[1:])
    found = several.alike(
        fit, {name: portrait(fit, r, seed) for seed, (name, r) in
              enumerate({"a": rated, "b": near, "c": opposite}.items())}
    )  # fmt: skip
    like = dict(zip(found["name"], found["like"], strict=True))
    assert (like["a"], like["b"]) == ("b", "a")
    by_name = found.set_index("name")
    assert by_name.loc["a", "similarity"] > 0.3 > by_name.loc["c", "similarity"]
    assert ((found["lower"] <= found["similarity"]) & (found["similarity"] <= found["upper"])).all()
    assert found["similarity"].is_monotonic_decreasing
    assert several.alike(fit, {"a": portrait(fit, rated)}).empty


def test_of_whom_nothing_is_known_nobody_is_alike(fit):
    nobody = {f"member {seed}": portrait(fit, (), seed) for seed in range(2)}
    found = several.alike(fit, nobody)
    # In two dimensions a cosine of chance has mean 0 and sd 0.7: over 100 draws, 0.07.
    assert found["similarity"].abs().max() < 0.3
    assert (found["lower"] < -0.8).all() and (found["upper"] > 0.8).all()
    # Control: of equal seeds, all that is drawn is shared.
    same = {name: portrait(fit, (), 0) for name in "ab"}
    assert several.alike(fit, same)["similarity"].min() > 0.99


def stated(fit, *rows):
    """Portraits of which only what they expect is known: (expected, P(low) of each item)."""
    n = len(popular(fit))
    return {
        f"member {k}": Portrait(
            np.zeros((2, 2)),
            np.resize(expected, n).astype(float),
            np.log(np.tile(np.resize(fine, n), (2, 1))).astype(np.float32),
            np.tile(np.resize(expected, n), (2, 1)).astype(np.float32),
        )
        for k, (expected, fine) in enumerate(rows)
    }


def test_the_best_for_all_is_not_the_best_for_whom_it_suits_least(fit):
    # Two items in turn: one of 5 and 1 stars, the other of 2.8 for both.
    both = stated(fit, ([5.0, 2.8], [0.9, 0.8]), ([1.0, 2.8], [0.2, 0.8]))
    first = {by: several.together(fit, both, (), by, n=1).iloc[0] for by in several.BY.values()}
    assert (first["mean"]["mean"], first["mean"]["misery"]) == (3.0, 1.0)
    assert first["misery"]["misery"] == 2.8
    assert first["fine"]["fine"] == pytest.approx(0.64)
    items, train = popular(fit), fit.split.train
    again = several.together(fit, both, [int(items[0])], "mean")
    assert train.item_ids[items[0]] not in set(again["item_id"]) and len(again) == 10
    assert several.together(fit, {}, (), "mean")["mean"].isna().all()


def test_chances_of_people_go_together_through_the_draws(fit):
    n = len(popular(fit))
    halves = np.log(np.tile([[1.0], [0.25]], (1, n))).astype(np.float32)
    threes = np.full((2, n), 3.0)
    one = Portrait(np.zeros((2, 2)), threes[0], halves, threes.astype(np.float32))
    frame = several.together(fit, {"a": one, "b": one}, (), "fine", 1)
    # In one of two draws both are sure, in the other each has a quarter: not (5/8) squared.
    assert frame["fine"].iloc[0] == pytest.approx((1 + 1 / 16) / 2)


def test_who_is_most_alike_is_of_all_pairs(fit):
    rated = own(fit, 5)
    people = {name: portrait(fit, rated[k:], k) for k, name in enumerate("abc")}
    pairs, first = several.likeness(fit, people), several.alike(fit, people)
    assert {tuple(row) for row in pairs[["name", "other"]].to_numpy()} == {
        ("a", "b"),
        ("a", "c"),
        ("b", "c"),
    }
    for row in first.itertuples():
        of_them = pairs[(pairs["name"] == row.name) | (pairs["other"] == row.name)]
        assert row.similarity == of_them["similarity"].max()
    assert sorted(first["name"]) == ["a", "b", "c"]


def test_a_cosine_is_that_of_what_two_think_of_all_items(fit):
    """Against opinions as `predict` has them: score of all items, draw by draw."""
    train = fit.split.train
    users = np.argsort(-np.bincount(train.user_idx))[:2]
    two = {str(user): portrait(fit, own(fit, user), int(user)) for user in users}
    [similarity] = several.likeness(fit, two)["similarity"]
    posterior = fit.idata["posterior"].dataset.stack(sample=("chain", "draw"))
    U, V = (posterior[name].transpose("sample", ...).values.astype(float) for name in "UV")
    a, b = (np.einsum("df,dif->di", U[:, user], V) for user in users)
    cosines = (a * b).sum(axis=1) / np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    # Rows of the fit and of newcomers are drawn apart: of 120 draws, a tenth is independent.
    assert abs(similarity - cosines.mean()) < 4 * cosines.std() * np.sqrt(2 / 12)


def test_where_two_differ_is_the_difference_of_what_they_think(fit):
    both = stated(fit, ([5.0, 3.0, 2.0], [1.0]), ([1.0, 3.0, 2.5], [1.0]))
    found = several.apart(fit, *both.values(), n=12)
    n = len(popular(fit))
    shown = [4.0] * min(12, -(-n // 3))
    np.testing.assert_allclose(found["difference"], shown)
    assert (found["lower"] == 4).all() and (found["upper"] == 4).all()
    turned = several.apart(fit, *list(both.values())[::-1], n=12)
    np.testing.assert_allclose(turned["difference"], -np.array(shown))
    every = several.apart(fit, *both.values(), n=n)["difference"]
    assert every.is_monotonic_decreasing and set(np.round(every, 6)) == {4.0, 0.0, -0.5}
    # Draw by draw: what both share moves neither difference nor interval.
    shift = np.array([[0.0], [1.0]], np.float32)
    one, two = (
        Portrait(each.place, each.expected, each.log_fine, each.opinion + shift)
        for each in both.values()
    )
    assert several.apart(fit, one, two, n=12).equals(found.assign(first=5.5, second=1.5))


def test_ratings_of_any_value_are_low_in_a_tail(ratings):
    rng = np.random.default_rng(0)
    rating = np.clip(rng.normal(2, 3, len(ratings.rating)), -10, 10)
    table = replace(ratings, rating=rating, scale=(-10.0, 10.0), unit=None)
    split = pmf.split_ratings(table, 0.1, 0)
    fit = pmf.sample_gibbs(split, pmf.PMFConfig(2, center=True), draws=20, tune=20, chains=2)
    assert not len(fit.levels) and low_rating(fit) == -2.0
    drawn = portrait(fit, own(fit, 5))
    train = fit.split.train
    given = {train.item_ids[item]: value for item, value in own(fit, 5)}
    table = pmf.recommend(fit, ratings=given, n=10).set_index("item_id")
    at = {train.item_ids[item]: k for k, item in enumerate(popular(fit))}
    some = [at[item_id] for item_id in table.index]
    assert np.abs(drawn.expected[some] - table["expected"]).max() < 0.5
    # Noise has an sd of about 3, and what is expected is about 2: so one in ten is at -2 or less.
    fine = np.exp(drawn.log_fine).mean()
    assert 0.85 < fine < 0.95
    assert (
        several.together(fit, {"a": drawn, "b": drawn}, (), "fine", 1)["fine"].iloc[0] < fine + 0.1
    )
