"""A picture that is put on the list of a module of charts is on its page."""

from types import SimpleNamespace

import altair as alt
import numpy as np
import pandas as pd
import pytest
import xarray as xr

import pmf_core as pmf
from pages.panels import pictures
from pmf_core.charts import ratings
from pmf_core.charts.diagnostics import DIAGNOSTICS
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
    rng = np.random.default_rng(0)
    stats = xr.Dataset({"sd_score": (("chain", "draw"), rng.normal(size=(2, 40)))})
    warmup = xr.Dataset({"sd_score": (("chain", "draw"), rng.normal(size=(2, 3)))})
    fit = SimpleNamespace(
        idata=xr.DataTree.from_dict({"sample_stats": stats, "warmup_sample_stats": warmup}),
        convergence=pd.DataFrame({"quantity": ["sd_score"], "r_hat": [1.0], "ess_bulk": [400.0]}),
        scalars=[SimpleNamespace(name="sd_score", label="Sd of the scores", help="How far.")],
        nouns=JOKES,
    )

    def found(numbers, *choice):
        asked.append((numbers.__name__, *choice))
        return numbers(fit, *choice)

    pictures.in_pairs(DIAGNOSTICS, fit, found)
    names = ["trace", "density", "ranks", "autocorrelation", "so_far", "so_far"]
    assert asked == [(name, "sd_score") for name in names]  # of one choice
    assert [alt_text for _, alt_text in shown] == [
        f"{what}: Sd of the scores"
        for what in (
            "Trace of each chain, tuning included",
            "Density of the draws of each chain",
            "Rank histogram for each chain",
            "Autocorrelation of the draws of each chain against the steps between them",
            "Effective sample sizes of the first draws, against how many",
            "r_hat of the first draws, against how many",
        )
    ]
    assert all(isinstance(chart, alt.Chart | alt.LayerChart) for chart, _ in shown)


def test_titles_and_descriptions_call_things_as_the_data_do(shown, monkeypatch):
    heads = []
    monkeypatch.setattr("streamlit.header", heads.append)
    one = Picture("Which {things}?", "Of a {thing}", lambda _: pd.DataFrame(), lambda *_: None,
                  lambda *_: "")  # fmt: skip
    pictures.in_pairs((one,), few_ratings())
    assert heads == ["Which jokes?"] and shown[0][1] == "Of a joke"
