"""Members on the map, who is alike, what to watch together: against plain statements of each."""

import numpy as np
import pandas as pd
import pytest

import pmf_core as pmf
from pmf_core.classroom import people
from pmf_core.classroom.portraits import Portrait, low_rating, popular, portrait, rated_by
from pmf_core.classroom.records import Answer
from pmf_core.evaluation import factor_map
from tests.support import tiny
from tests.support.classes import CLAIM


@pytest.fixture(scope="module")
def fit(ratings):
    split = pmf.split_ratings(ratings, 0.1, 0)
    return pmf.sample_gibbs(split, tiny.PRESETS["bpmf"], draws=60, tune=40, chains=2)


def own(fit, user):
    """What somebody in the data rated in training, as a newcomer would have."""
    train = fit.split.train
    mine = train.user_idx == user
    rated = zip(train.item_idx[mine].tolist(), train.rating[mine].tolist(), strict=True)
    return tuple(sorted(rated))


def test_only_what_holds_of_who_has_rated_makes_a_portrait():
    given = [
        Answer(2, 9, CLAIM, 4.0, 3.0, False),
        Answer(2, 7, CLAIM, 5.0, 5.0, False),
        Answer(1, 7, CLAIM, None, None, True),
    ]
    assert rated_by(given) == {2: ((7, 5.0), (9, 3.0))}


def test_a_newcomer_who_rates_as_a_user_stands_where_the_user_does(fit):
    user = int(np.bincount(fit.split.train.user_idx).argmax())
    users, _ = people.on_the_map(fit, {"she": portrait(fit, own(fit, user))})
    arrow, _ = factor_map.person(fit, fit.split.train.user_ids[user], 0, 1)
    # The user's rows and the newcomer's are draws of their own, of which a tenth is independent.
    away = users[["x", "y"]].to_numpy() - arrow[["x", "y"]].to_numpy()
    sd = users[["x_sd", "y_sd"]].to_numpy()
    assert (np.abs(away) < 4 * sd * np.sqrt(2 / 10)).all()
    # Control: somebody who gave the opposite ratings stands elsewhere.
    other = tuple((item, 6 - rating) for item, rating in own(fit, user))
    opposite, _ = people.on_the_map(fit, {"he": portrait(fit, other)})
    far = np.abs(opposite[["x", "y"]].to_numpy() - arrow[["x", "y"]].to_numpy())
    assert (far > 4 * sd * np.sqrt(2 / 10)).any()


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
    found = people.alike(
        fit, {name: portrait(fit, r, seed) for seed, (name, r) in
              enumerate({"a": rated, "b": near, "c": opposite}.items())}
    )  # fmt: skip
    like = dict(zip(found["nickname"], found["like"], strict=True))
    assert (like["a"], like["b"]) == ("b", "a")
    by_name = found.set_index("nickname")
    assert by_name.loc["a", "similarity"] > 0.3 > by_name.loc["c", "similarity"]
    assert ((found["lower"] <= found["similarity"]) & (found["similarity"] <= found["upper"])).all()
    assert found["similarity"].is_monotonic_decreasing
    assert people.alike(fit, {"a": portrait(fit, rated)}).empty


def test_of_whom_nothing_is_known_nobody_is_alike(fit):
    nobody = {f"member {seed}": portrait(fit, (), seed) for seed in range(2)}
    found = people.alike(fit, nobody)
    # In two dimensions a cosine of chance has mean 0 and sd 0.7: over 100 draws, 0.07.
    assert found["similarity"].abs().max() < 0.3
    assert (found["lower"] < -0.8).all() and (found["upper"] > 0.8).all()
    # Control: of equal seeds, all that is drawn is shared.
    same = {name: portrait(fit, (), 0) for name in "ab"}
    assert people.alike(fit, same)["similarity"].min() > 0.99


def stated(fit, *rows):
    """Portraits of which only what they expect is known: (expected, P(low) of each item)."""
    n = len(popular(fit))
    return {
        f"member {k}": Portrait(
            np.zeros((2, 2)),
            np.resize(expected, n).astype(float),
            np.log(np.tile(np.resize(fine, n), (2, 1))).astype(np.float32),
        )
        for k, (expected, fine) in enumerate(rows)
    }


def test_the_best_for_all_is_not_the_best_for_whom_it_suits_least(fit):
    # Two items in turn: one of 5 and 1 stars, the other of 2.8 for both.
    both = stated(fit, ([5.0, 2.8], [0.9, 0.8]), ([1.0, 2.8], [0.2, 0.8]))
    first = {by: people.together(fit, both, (), by, n=1).iloc[0] for by in people.BY.values()}
    assert (first["mean"]["mean"], first["mean"]["misery"]) == (3.0, 1.0)
    assert first["misery"]["misery"] == 2.8
    assert first["fine"]["fine"] == pytest.approx(0.64)
    items, train = popular(fit), fit.split.train
    again = people.together(fit, both, [int(items[0])], "mean")
    assert train.item_ids[items[0]] not in set(again["item_id"]) and len(again) == 10
    assert people.together(fit, {}, (), "mean")["mean"].isna().all()


def test_chances_of_people_go_together_through_the_draws(fit):
    n = len(popular(fit))
    halves = np.log(np.tile([[1.0], [0.25]], (1, n))).astype(np.float32)
    one = Portrait(np.zeros((2, 2)), np.full(n, 3.0), halves)
    frame = people.together(fit, {"a": one, "b": one}, (), "fine", 1)
    # In one of two draws both are sure, in the other each has a quarter: not (5/8) squared.
    assert frame["fine"].iloc[0] == pytest.approx((1 + 1 / 16) / 2)


def test_names_that_would_lie_on_another_are_left_out():
    rows = [("Annabella", 0.0, 0.0), ("Bob", 0.02, 0.01), ("Cem", 0.0, 0.2), ("Dana", 0.6, 0.0)]
    crowd = pd.DataFrame(rows, columns=["nickname", "x", "y"])
    ends = pd.DataFrame({"x": [-1.0, 1.0], "y": [-1.0, 1.0]})
    assert people.with_labels(crowd, ends)["label"].tolist() == ["Annabella", "", "Cem", "Dana"]
    far = pd.DataFrame({"x": [-100.0, 100.0], "y": [-100.0, 100.0]})
    assert people.with_labels(crowd, far)["label"].tolist() == ["Annabella", "", "", ""]
    assert people.with_labels(crowd[:1])["label"].tolist() == ["Annabella"]


def test_a_map_has_places_without_outlines(ratings):
    fit = pmf.fit_map(pmf.split_ratings(ratings, 0.1, 0), pmf.PMFConfig(2, center=True))
    users, outlines = people.on_the_map(fit, {"she": portrait(fit, ((3, 5.0),))})
    assert outlines.empty and (users["x_sd"] == 0).all() and len(users) == 1
    assert people.on_the_map(fit, {})[0].empty
