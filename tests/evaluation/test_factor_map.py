"""Where items and people stand among aligned factors, worked out anew from the draws."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import pmf_core as pmf
from pmf_core.evaluation import factor_map, genres
from tests.support import tiny


@pytest.fixture(scope="module")
def world():
    return pmf.simulate_world(60, 40, 1500)


@pytest.fixture(scope="module")
def fit(world):
    split = pmf.split_ratings(world[0], 0.1, 0)
    return pmf.sample_gibbs(split, tiny.PRESETS["bpmf"], draws=40, tune=20, chains=2)


@pytest.fixture(scope="module")
def aligned(fit):
    return {name: rows.values.astype(float) for name, rows in pmf.align_factors(fit).items()}


def test_shares_are_of_the_variance_that_each_axis_gives_predictions(fit, aligned):
    U, V = aligned["U"].mean((0, 1)), aligned["V"].mean((0, 1))
    variance = [np.var(np.outer(U[:, k], V[:, k])) for k in range(2)]
    found = factor_map.axis_shares(fit)
    np.testing.assert_allclose(found["share"], variance / np.sum(variance), rtol=1e-5)
    assert list(found["label"]) == ["Axis 1", "Axis 2"]


def test_the_map_has_means_sds_ratings_and_genres(fit, aligned, world):
    found, train = factor_map.item_map(fit, *world, 1, 0), fit.split.train
    assert found["n_ratings"].is_monotonic_decreasing and len(found) == 40
    flags = world[0].item_features
    common = flags.apply(lambda row: next(name for name in flags if row[name]), axis=1)
    common = set(common.value_counts().index[:7])
    for row in found.itertuples():
        at = list(train.item_ids).index(row.item_id)
        own = train.rating[train.item_idx == at]
        assert (row.title, row.n_ratings) == (train.titles[at], len(own))
        assert row.mean_rating == pytest.approx(own.mean())
        for value, sd, k in ((row.x, row.x_sd, 1), (row.y, row.y_sd, 0)):
            draws = aligned["V"][:, :, at, k]
            assert (value, sd) == pytest.approx((draws.mean(), draws.std()), abs=1e-6)
        first = next(name for name in flags if flags[name].iloc[at])
        assert row.genre == (first if first in common else "other")
    assert set(found.attrs["genres"]) == set(found["genre"])
    assert (factor_map.item_map(fit, None, None, 0, 1)["genre"] == "").all()


def test_of_many_items_the_map_has_those_that_are_rated_most(fit, monkeypatch):
    monkeypatch.setattr(factor_map, "MOST_ITEMS", 5)
    found = factor_map.item_map(fit, None, None, 0, 1)
    count = np.bincount(fit.split.train.item_idx, minlength=40)
    assert sorted(found["n_ratings"]) == sorted(count)[-5:] and found.attrs["n_items"] == 40


def test_outlines_hold_nine_of_ten_normal_draws(rng):
    draws = rng.multivariate_normal([1, -2], [[2, 1.2], [1.2, 1]], (4, 5000))
    outline = factor_map.outline(draws)[["x", "y"]].to_numpy()
    assert len(outline) == 33
    np.testing.assert_allclose(outline[0], outline[-1])
    inverse = np.linalg.inv(np.cov(draws.reshape(-1, 2).T))
    mean = draws.mean(axis=(0, 1))

    def distance(points):
        return np.einsum("pi,ij,pj->p", points - mean, inverse, points - mean)

    np.testing.assert_allclose(distance(outline), distance(outline)[0])
    inside = (distance(draws.reshape(-1, 2)) < distance(outline)[0]).mean()
    assert abs(inside - 0.9) < 4 * np.sqrt(0.09 / 20_000)


def test_outlines_are_of_the_items_that_are_asked_for(fit, aligned):
    ids = tuple(fit.split.train.item_ids[[7, 2]].tolist())
    found = factor_map.item_outlines(fit, ids, 0, 1)
    assert list(found["item_id"].unique()) == list(ids)
    middle = found[found["order"] < 32].groupby("item_id", sort=False)[["x", "y"]].mean()
    np.testing.assert_allclose(middle, aligned["V"][:, :, [7, 2]].mean((0, 1)), atol=1e-6)
    assert factor_map.item_outlines(fit, (), 0, 1).empty


def test_a_person_is_as_far_out_as_an_item(fit, aligned):
    train = fit.split.train
    arrow, outline = factor_map.person(fit, train.user_ids[5], 1, 0)
    expected = aligned["U"][:, :, 5].mean((0, 1))[[1, 0]] * np.sqrt(60 / 40)
    np.testing.assert_allclose(arrow[["x", "y"]].iloc[0].astype(float), expected, rtol=1e-5)
    assert len(outline) == 33
    every = [factor_map.person(fit, user_id, 0, 1)[0] for user_id in train.user_ids]
    size = np.square(pd.concat(every)[["x", "y"]]).mean().sum()
    items = factor_map.item_map(fit, None, None, 0, 1)
    assert size / np.square(items[["x", "y"]]).mean().sum() == pytest.approx(1, rel=0.3)


def test_ends_are_the_items_that_are_farthest_out_with_intervals(fit, aligned):
    V, train = aligned["V"][..., 1], fit.split.train
    found = factor_map.axis_ends(fit, 1, 3)
    order = np.argsort(-V.mean((0, 1)))
    assert list(found["item_id"]) == list(train.item_ids[order[[0, 1, 2, -3, -2, -1]]])
    assert list(found["end"]) == ["upper"] * 3 + ["lower"] * 3
    for row in found.itertuples():
        draws = V[:, :, list(train.item_ids).index(row.item_id)]
        expected = draws.mean(), *np.quantile(draws, (0.05, 0.95))
        assert (row.value, row.lower, row.upper) == pytest.approx(expected, abs=1e-6)
    assert len(factor_map.axis_ends(fit, 0, 100)) == 40


def test_a_genre_is_as_far_away_as_its_items_are(fit, aligned, world):
    found = genres.genre_loadings(fit, *world, 0).set_index("genre")
    V, flags = aligned["V"][..., 0], world[0].item_features
    assert found["loading"].is_monotonic_decreasing and len(found) > 5
    for genre, row in found.iterrows():
        own = flags[genre].to_numpy()
        away = (V[..., own].mean(-1) - V[..., ~own].mean(-1)) / V.std(-1)
        expected = away.mean(), *np.quantile(away, (0.05, 0.95))
        assert tuple(row[["loading", "lower", "upper"]]) == pytest.approx(expected, abs=1e-5)
        assert row["n_items"] == own.sum()


def test_genres_of_too_few_items_are_left_out(fit, world):
    features = pd.DataFrame({"two": np.arange(40) < 2, "three": np.arange(40) < 3,
                             "all but two": np.arange(40) > 1, "year": 1990})  # fmt: skip
    ratings = replace(world[0], item_features=features)
    assert list(genres.genre_loadings(fit, ratings, None, 0)["genre"]) == ["three"]
    assert genres.has_genres(fit, ratings, None)
    assert not genres.has_genres(fit, replace(ratings, item_features=features[["year"]]), None)
    assert not genres.has_genres(fit, None, None)


def test_titles_are_searched_as_they_are_read():
    items = pd.DataFrame(
        {"title": ["M*A*S*H", "Star Wars", "A star is born"], "item_id": [1, 2, 3]}
    )
    for text, expected in ((" STAR ", [2, 3]), ("*", [1]), ("", []), ("  ", []), ("(", [])):
        marked = factor_map.marked(items, text)
        assert list(factor_map.only_found(marked)["item_id"]) == expected
        assert factor_map.to_outline(marked, 2) == tuple(expected or [1, 2])[:2]


def test_a_box_holds_what_is_in_it():
    items = pd.DataFrame({"x": [0.0, 1.0, 2.0], "y": [0.0, 1.0, 2.0], "item_id": [1, 2, 3]})
    assert list(factor_map.within(items, ((2.5, 0.5), (0.0, 1.5)))["item_id"]) == [2]


@pytest.mark.parametrize(
    "selection",
    [None, {}, {"x": [0, 1]}, {"x": [0, 1], "y": [1]}, {"x": [0, "a"], "y": [0, 1]}, [1, 2], "xy",
     {"x": [0, float("nan")], "y": [0, 1]}, {"x": [0, 10**400], "y": [0, 1]}, {"x": 1, "y": 2}],
)  # fmt: skip
def test_what_is_no_box_is_none(selection):
    assert factor_map.box_of(selection) is None
    assert factor_map.box_of({"x": [0, 1], "y": (3, 2)}) == ((0, 1), (3, 2))
