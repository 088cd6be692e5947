"""A class that joins the data: nobody is lost or changed, and what it moved is found."""

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.classroom.joined import change, with_class
from tests.support import tiny

FANS = [tuple((item, 5.0 if item % 2 else 1.0) for item in range(6)) for _ in range(30)]


@pytest.fixture(scope="module")
def split(ratings):
    return pmf.split_ratings(ratings, 0.1, 0)


def test_the_class_is_added_and_all_else_stays(split):
    members = [((3, 5.0), (7, 1.0)), tuple((item, 4.0) for item in range(10))]
    joined = with_class(split, members)
    for part in ("train", "test"):
        old, new = getattr(split, part), getattr(joined, part)
        n = old.n_ratings
        for name in ("user_idx", "item_idx", "rating"):
            assert np.array_equal(getattr(new, name)[:n], getattr(old, name))
        assert np.array_equal(new.user_ids[: old.n_users], old.user_ids)
        assert len(set(new.user_ids.tolist())) == new.n_users == old.n_users + 2
    given = {}
    for part in (joined.train, joined.test):
        own = part.user_idx >= split.train.n_users
        for user, item, rating in zip(
            part.user_idx[own] - split.train.n_users, part.item_idx[own], part.rating[own],
            strict=True,
        ):  # fmt: skip
            assert (user, item) not in given
            given[int(user), int(item)] = float(rating)
    assert given == {(k, item): rating for k, rated in enumerate(members) for item, rating in rated}
    own = joined.test.user_idx - split.train.n_users
    assert (own[own >= 0] == 1).all() and (own >= 0).sum() == 2  # of who rated five or more
    assert with_class(split, members).id == joined.id != with_class(split, members, 1).id
    assert "with a class" in joined.train.name


def test_names_that_are_taken_are_not_given_again():
    ratings = pmf.Ratings([0, 1], [0, 1], [3.0, 4.0], ["class 1", "u"], ["a", "b"], (1, 5))
    joined = with_class(pmf.Split(ratings, ratings), [((0, 3.0),), ((1, 4.0),)])
    assert joined.train.user_ids.tolist() == ["class 1", "u", "class 2", "class 3"]


def test_a_class_that_rated_nothing_is_refused(split):
    with pytest.raises(ValueError, match="people who have rated something"):
        with_class(split, [])


@pytest.mark.slow
def test_a_class_of_one_mind_is_predicted_better_once_it_has_joined(split):
    config = tiny.PRESETS["bpmf"]
    run = {"draws": 60, "tune": 40, "chains": 2}
    before = pmf.sample_gibbs(split, config, **run)
    after = pmf.sample_gibbs(with_class(split, FANS), config, **run)
    found = change(before, after)
    assert found.n_heldout == 60
    assert found.rmse_after < 0.7 * found.rmse_before
    films = found.films.set_index("item_id")
    assert set(films.index) <= set(split.train.item_ids[:6].tolist())
    for item in range(6):  # what everybody of thirty loves or hates moves that way
        row = films.loc[split.train.item_ids[item]]
        mean = row["before"]
        assert (row["change"] > -0.15) if (5.0 if item % 2 else 1.0) > mean else (
            row["change"] < 0.15
        )  # fmt: skip
        assert row["change"] == pytest.approx(row["after"] - row["before"])
    assert films["n_class"].sum() == 30 * 6 - 60
    with pytest.raises(ValueError, match="more users"):
        change(before, before)


@pytest.mark.slow
def test_the_error_before_is_that_of_a_newcomer(split):
    config = tiny.PRESETS["bpmf"]
    joined = with_class(split, [FANS[0]])
    before = pmf.sample_gibbs(split, config, draws=60, tune=40, chains=2)
    after = pmf.sample_gibbs(joined, config, draws=10, tune=10, chains=1)
    own = joined.train.user_idx == split.train.n_users
    ids = split.train.item_ids[joined.train.item_idx[own]].tolist()
    given = dict(zip(ids, joined.train.rating[own].tolist(), strict=True))
    table = pmf.recommend(before, ratings=given, n=100).set_index("item_id")
    held = joined.test.user_idx == split.train.n_users
    guesses = table.loc[split.train.item_ids[joined.test.item_idx[held]], "pred_mean"].to_numpy()
    expected = np.sqrt(np.mean((guesses - joined.test.rating[held]) ** 2))
    assert change(before, after).rmse_before == pytest.approx(expected, abs=1e-6)
