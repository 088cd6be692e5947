"""The playground sends the browser what the core computes, and nothing that is not checked."""

import json

import pytest

from pages import PAGES
from pages.panels import player
from pages.shell import settings
from pmf_core.charts.playback import play
from pmf_core.evaluation.play_check import three_ratings
from pmf_core.models.play_config import PlayConfig
from tests.support.visits import refused, visit, written

FIRST = "540100405020050002100540020050000004"
OTHER = "e40100405020050002100540020050000d04"


def sent(app):
    """What the component of the page was sent last."""
    [found] = [
        each for each in app.get("bidi_component") if each.proto.component_name == "playground"
    ]
    return json.loads(found.proto.json)


def test_the_page_sends_the_trajectory_of_the_core_as_settings_change():
    app = visit("playground")
    assert sent(app) == play(FIRST, PlayConfig())
    app.slider(key="play_alpha").set_value(5.0).run()
    assert not app.exception
    assert sent(app) == play(FIRST, PlayConfig(alpha=5.0))
    assert written(app)["play_alpha"] == "5"


@pytest.mark.slow
def test_an_address_says_all_of_it_and_links_to_other_pages_do_not():
    own = {"play_method": "MAP", "play_factors": "1", "play_width": "0.7", "play_ratings": OTHER}
    app = visit("playground", **own)
    assert sent(app) == play(OTHER, PlayConfig("MAP", "1", 2.0, 0.7))
    assert written(app).items() >= own.items()
    assert "play_width" not in visit("explore", **own).code[0].value


@pytest.mark.slow
def test_prior_data_and_posterior_follow_the_settings_and_the_ratings():
    for query in ({}, {"play_alpha": "5", "play_ratings": OTHER, "play_method": "MAP"}):
        app = visit("playground", **query)
        method, alpha = query.get("play_method", "Gibbs"), float(query.get("play_alpha", 2))
        cells = query.get("play_ratings", FIRST)
        frames, said = three_ratings(cells, PlayConfig(method, alpha=alpha))
        shown = [text.value for text in app.markdown]
        assert all(lesson.text in shown for lesson in said)
        assert app.dataframe[0].value["sd"].tolist() == [each.attrs["sd"] for each in frames]


@pytest.mark.slow
def test_ratings_that_are_none_are_told_and_the_first_ones_taken():
    app = visit("playground", play_ratings="<script>alert(1)</script>")
    told = app.warning[0].value
    assert "must be 36 characters" in told and "<script>" not in told
    assert sent(app)["cells"] == FIRST


@pytest.mark.parametrize(
    ("key", "text"),
    [("play_alpha", "0"), ("play_alpha", "inf"), ("play_width", "nan"), ("play_width", "99"),
     ("play_factors", "3"), ("play_method", "NUTS"), ("play_ratings", "5" * 37)],
)  # fmt: skip
def test_what_is_no_value_of_a_setting_is_refused(key, text):
    assert settings.refused(key, [text])


@pytest.mark.slow
def test_settings_of_an_address_that_are_none_are_ignored():
    wrong = {"play_alpha": "0", "play_factors": "3", "play_ratings": "5" * 37}
    app = visit("playground", **wrong)
    assert all(f"`{key}` is" in refused(app) for key in wrong)
    assert sent(app) == play(FIRST, PlayConfig())


@pytest.mark.parametrize(
    ("told", "taken"),
    [(OTHER, OTHER), (FIRST, ""), ("0" * 36, OTHER), ("5" * 37, OTHER), (None, OTHER),
     ({"a": 1}, OTHER), ([[5]], OTHER)],
)  # fmt: skip
def test_a_rating_that_is_changed_is_taken_if_it_makes_a_table(monkeypatch, told, taken):
    state = {"play_ratings": OTHER, player.KEY: {"cells": told}}
    monkeypatch.setattr("streamlit.session_state", state)
    player.take()
    assert state["play_ratings"] == taken


def test_it_is_the_first_page_that_home_leads_to():
    assert PAGES[1].name == "playground" and not PAGES[1].needs_ratings
    blurbs = [
        each.value for each in visit("home").caption if each.value in [p.blurb for p in PAGES]
    ]
    assert "press Play" in blurbs[0]
