"""Pictures of a class have the numbers of their frames, and titles that say what they are."""

import numpy as np
import pandas as pd
import pytest

from pmf_core.charts import classes
from pmf_core.classroom.game import course, rating_shares
from pmf_core.classroom.records import Answer
from tests.support.classes import CLAIM, STARS
from tests.support.drawn import JOKES, channels


def rows_of(chart):
    spec = chart.to_dict()
    return [row for rows in spec["datasets"].values() for row in rows], spec


def titles(spec):
    return {e.get("title") for _, e in channels(spec) if isinstance(e, dict)}


@pytest.fixture(scope="module")
def answers():
    return [Answer(1, n, CLAIM, level, level, False) for n, level in enumerate([5.0, 5.0, 1.0])]


def test_the_histogram_has_both_shares_of_every_level(answers):
    names = classes.CLASS, classes.DATA
    base = [0.1, 0.2, 0.3, 0.2, 0.2]
    rows, spec = rows_of(classes.class_histogram(rating_shares(answers, STARS, base, names), JOKES))
    found = {(row["of"], row["rating"]): row["share"] for row in rows}
    assert found[names[0], 5.0] == pytest.approx(2 / 3) and found[names[0], 2.0] == 0
    assert [found[names[1], level] for level in STARS] == base
    assert {"Rating (points)", "Share of the ratings"} <= titles(spec)
    only = rating_shares([], STARS, base, names)
    assert set(only["of"]) == {names[1]}


def test_the_course_has_the_share_and_the_band(answers):
    frame = course(answers, STARS)
    rows, spec = rows_of(classes.game_course(frame))
    assert [row["inside"] for row in rows] == pytest.approx([1, 1, 2 / 3])
    assert spec["layer"][0]["encoding"]["y2"]["field"] == "high"
    assert {"Ratings so far", "Share inside"} <= titles(spec)
    low, high = spec["layer"][0]["encoding"]["y"]["scale"]["domain"]
    assert 0 <= low <= frame["low"].iloc[-1] and high == 1


def test_the_map_has_everybody_and_their_ring():
    items = pd.DataFrame({"title": ["A", "B"], "n_ratings": 9, "x": [0.0, 1.0], "y": [1.0, 0.0]})
    people = pd.DataFrame({"nickname": ["<b>", "Zoë"], "x": 0.5, "y": [0.1, 0.2]})
    people = people.assign(x_sd=0.3, y_sd=0.2, label=["<b>", ""])
    turn = np.linspace(0, 6, 5)
    rings = pd.DataFrame({"order": range(5), "x": np.cos(turn), "y": np.sin(turn)})
    rings = pd.concat([rings.assign(nickname=name) for name in people["nickname"]])
    rows, spec = rows_of(classes.class_map(items, people, rings, JOKES, ("Axis 1", "Axis 2")))
    assert {row["nickname"] for row in rows if "x_sd" in row} == {"<b>", "Zoë"}
    assert sum("order" in row for row in rows) == 10
    assert {"Axis 1", "Axis 2"} <= titles(spec)
    assert "'title': 'Joke'" in str(spec) and "'title': 'Who'" in str(spec)


def test_films_that_moved_stand_in_their_order_with_two_sd():
    films = pd.DataFrame({"title": ["A", "A"], "n_class": [3, 3], "before": 3.0, "after": 3.5})
    films = films.assign(change=0.5, sd=[0.1, 0.2])
    rows, spec = rows_of(classes.moved_films(films, JOKES))
    drawn = [row for row in rows if "change" in row]
    assert [row["label"] for row in drawn] == ["A (3)", "A (3) #2"]
    ends = [(row["low"], row["high"]) for row in drawn]
    np.testing.assert_allclose(ends, [(0.3, 0.7), (0.1, 0.9)])
    assert "Change of the mean rating expected (points, ± 2 sd)" in titles(spec)
