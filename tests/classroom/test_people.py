"""Members on the map: against plain statements of where they are."""

import numpy as np
import pandas as pd
import pytest

import pmf_core as pmf
from pmf_core.classroom import people
from pmf_core.classroom.records import Answer
from pmf_core.evaluation import factor_map
from pmf_core.prediction.portrait import portrait
from tests.support import tiny
from tests.support.classes import CLAIM
from tests.support.newcomers import own


@pytest.fixture(scope="module")
def fit(ratings):
    split = pmf.split_ratings(ratings, 0.1, 0)
    return pmf.sample_gibbs(split, tiny.PRESETS["bpmf"], draws=60, tune=40, chains=2)


def test_only_what_holds_of_who_has_rated_makes_a_portrait():
    given = [
        Answer(2, 9, CLAIM, 4.0, 3.0, False),
        Answer(2, 7, CLAIM, 5.0, 5.0, False),
        Answer(1, 7, CLAIM, None, None, True),
    ]
    assert people.rated_by(given) == {2: ((7, 5.0), (9, 3.0))}


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


def test_while_many_rate_those_who_lack_most_come_first_and_nobody_disappears(fit):
    a, b, c = (own(fit, user) for user in (3, 4, 5))
    first, of = people.portraits(fit, {1: a[:3], 2: b[:3]}, {}, seconds=60)
    assert of == {1: a[:3], 2: b[:3]} and list(first) == [1, 2]
    clock = iter(range(100))
    # One second for the first of them, and none is left then: who has no portrait yet waits.
    now, of = people.portraits(
        fit, {1: a[:4], 2: b[:6], 3: c[:1]}, of, seconds=1.5, clock=lambda: next(clock)
    )
    assert of == {1: a[:3], 2: b[:6]} and list(now) == [1, 2]
    assert now[1] is first[1] and now[2] is portrait(fit, b[:6], 2)
    again, of = people.portraits(fit, {1: a[:4], 2: b[:6], 3: c[:1]}, of, seconds=60)
    assert of == {1: a[:4], 2: b[:6], 3: c[:1]} and list(again) == [1, 2, 3]
