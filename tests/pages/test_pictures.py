"""A picture that is put on the list of a module of charts is on its page."""

from types import SimpleNamespace

import altair as alt
import numpy as np
import pandas as pd
import pytest

import pmf_core as pmf
from pages.panels import pictures
from pmf_core.charts import fits, ratings
from pmf_core.charts.picture import Picture
from pmf_core.data.nouns import Nouns

JOKES = Nouns("joke", "jokes", "points")


@pytest.fixture
def shown(monkeypatch):
    """What charts a panel has drawn: their data and descriptions."""
    found = []
    monkeypatch.setattr("pages.shell.show.chart", lambda *args, **options: found.append(args))
    return found


def few_ratings():
    columns = [0, 0, 1], [0, 1, 1], [4.0, 2.0, 5.0], ["a", "b"], ["x", "y"], (1, 5)
    return pmf.Ratings(*columns, nouns=JOKES)


def test_one_more_picture_of_ratings_is_one_more_on_the_page(shown):
    def ones(subject):
        return pd.DataFrame({"n": np.ones(subject.n_ratings)})

    one = Picture(
        "New", "Ones", ones, lambda frame, nouns: frame, lambda subject, frame: f"{len(frame)}"
    )
    pictures.in_pairs((*ratings.PICTURES, one), few_ratings())
    assert [alt_text for _, alt_text in shown] == [
        "Histogram of the ratings",
        "Mean rating of each user, sorted",
        "Number of ratings of each joke, most rated first",
        "Share of pairs of a user and a joke that are rated, both sorted by activity",
        "Ones",
    ]
    assert shown[-1][0]["n"].tolist() == [1.0, 1.0, 1.0]


def test_what_a_picture_is_of_is_chosen_and_its_numbers_are_asked_for(shown):
    asked = []

    def found(numbers, *choice):
        asked.append((numbers.__name__, *choice))
        frame = pd.DataFrame({"chain": [0], "rank_from": [0], "count": [1], "expected": [1.0]})
        frame["step"] = frame[choice[0]] = 1.0
        frame.attrs = {"quantity": choice[0], "tune": 3}
        return frame

    fit = SimpleNamespace(
        convergence=pd.DataFrame({"quantity": ["sd_score"], "r_hat": [1.0], "ess_bulk": [400.0]}),
        scalars=[SimpleNamespace(name="sd_score", label="Sd of the scores", help="How far.")],
        nouns=JOKES,
    )
    pictures.in_pairs(fits.DIAGNOSTICS, fit, found)
    assert asked == [("trace", "sd_score"), ("ranks", "sd_score")]  # of one choice
    assert [alt_text for _, alt_text in shown] == [
        "Trace of each chain, tuning included: Sd of the scores",
        "Rank histogram for each chain: Sd of the scores",
    ]
    assert all(isinstance(chart, alt.LayerChart) for chart, _ in shown)
