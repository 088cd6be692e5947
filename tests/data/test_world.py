"""The named world: its shape, its names, and that its truth can be found again."""

import numpy as np
import pytest

import pmf_core as pmf

FEATURES = ("moody", "light-hearted", "cinematic", "dialogue", "big budget")


@pytest.fixture(scope="module")
def world():
    return pmf.simulate_world()


def test_its_default_shape_and_long_tail(world):
    ratings, truth = world
    assert (ratings.n_users, ratings.n_items, ratings.n_ratings) == (600, 300, 60_000)
    assert ratings.scale == (1, 5) and list(np.unique(ratings.rating)) == [1, 2, 3, 4, 5]
    assert ratings.rating.mean() == pytest.approx(3.5, abs=0.15)
    assert ratings.rating.std() == pytest.approx(1.1, abs=0.1)
    assert truth.U.shape == (600, 5) and truth.V.shape == (300, 5)
    assert truth.factor_names == FEATURES
    count = np.bincount(ratings.item_idx, minlength=300)
    assert count.min() >= 1 and count.mean() > 1.1 * np.median(count)
    pairs = ratings.user_idx.astype(int) * 300 + ratings.item_idx
    assert len(np.unique(pairs)) == 60_000


def test_a_rating_is_taste_times_profile_and_noise(world):
    ratings, truth = world
    taste, profile = truth.U[ratings.user_idx], truth.V[ratings.item_idx]
    mean = truth.mean(ratings.user_idx, ratings.item_idx)
    np.testing.assert_allclose(mean, (taste * profile).sum(axis=1))
    middle = np.abs(mean - 3) < 0.5  # clipping takes noise of two stars there
    variance = np.var((ratings.rating - mean)[middle])
    assert variance == pytest.approx(1 / 2.0 + 1 / 12, rel=4 * np.sqrt(2 / middle.sum()))


def test_genres_say_something_of_the_profiles(world):
    ratings, truth = world
    genres = ratings.item_features
    assert set(genres.sum(axis=1)) == {1, 2}
    for genre, feature, above in (
        ("Horror", "moody", True), ("Comedy", "light-hearted", True), ("Drama", "dialogue", True),
        ("Sci-Fi", "big budget", True), ("Horror", "light-hearted", False),
        ("Documentary", "big budget", False),
    ):  # fmt: skip
        of_genre = genres[genre].to_numpy()
        values = truth.V[:, FEATURES.index(feature)]
        difference = values[of_genre].mean() - values[~of_genre].mean()
        assert (difference > 0.25) if above else (difference < -0.25), (genre, feature)


def test_names_and_titles_are_whole_and_each_its_own(world):
    ratings, _ = world
    names = ratings.user_features["name"]
    assert list(names.index) == list(ratings.user_ids) == list(range(1, 601))
    assert names.is_unique and names.str.fullmatch(r"\w+ \w+").all()
    assert len(set(ratings.titles)) == 300
    assert not any("{" in title for title in ratings.titles)


def test_a_large_world_has_names_for_all():
    ratings, _ = pmf.simulate_world(8000, 30, 8000)
    assert ratings.user_features["name"].is_unique
    ratings, _ = pmf.simulate_world(30, 8000, 8000)
    assert len(set(ratings.titles)) == 8000


def test_no_title_is_a_real_one(movielens, world):
    real = {title.rpartition(" (")[0].lower() for title in movielens.titles}
    assert not real & {title.lower() for title in world[0].titles}


def test_the_seed_decides():
    first, again, other = (pmf.simulate_world(30, 20, 200, random_seed=s) for s in (0, 0, 1))
    assert first[0].id == again[0].id != other[0].id
    assert list(first[0].titles) == list(again[0].titles)
    np.testing.assert_array_equal(first[1].U, again[1].U)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"n_users": 1}, "n_users is 1; it must be a whole number from 2 up"),
        ({"n_items": True}, "n_items is True"),
        ({"n_ratings": 0}, "n_ratings is 0"),
        ({"n_users": 3, "n_items": 4, "n_ratings": 13}, r"13; .* at most n_users \* n_items = 12"),
        ({"alpha": np.inf}, "alpha is inf; it must be a finite precision above 0"),
        ({"random_seed": -1}, "random_seed is -1"),
    ],
)
def test_refuses_with_the_value_and_the_rule(given, message):
    with pytest.raises(ValueError, match=message):
        pmf.simulate_world(**given)


def explained(learnt, true):
    """Return the share of variance of each true feature that learnt factors account for."""
    missed = true - learnt @ np.linalg.lstsq(learnt, true)[0]
    return 1 - (missed**2).sum(axis=0) / ((true - true.mean(axis=0)) ** 2).sum(axis=0)


@pytest.mark.slow
def test_five_factors_find_the_tastes_and_four_do_not(world):
    ratings, truth = world
    split = pmf.split_ratings(ratings)

    def fitted(n_factors):
        config = pmf.PMFConfig(n_factors)
        fit = pmf.sample_gibbs(split, config, draws=300, tune=300, chains=2)
        pairs = fit.heldout()
        mean = truth.mean(pairs["user_idx"].to_numpy(), pairs["item_idx"].to_numpy())
        mean = np.clip(mean, 1, 5)
        point = pmf.fit_map(split, config).idata["posterior"]
        found = [
            explained(point[name].values[0, 0], true)
            for name, true in (("U", truth.U), ("V", truth.V))
        ]
        return pmf.rmse(mean, pairs["pred_mean"]), pmf.rmse(pairs["rating"], mean), *found

    error, noise, tastes, profiles = fitted(5)
    assert noise == pytest.approx(0.72, abs=0.03)
    assert error < 0.4 * noise
    assert tastes.min() > 0.8 and profiles.min() > 0.85
    worse, _, tastes, _ = fitted(4)  # the control
    assert worse > 1.1 * error and tastes.min() < 0.8
