"""You: ratings that are given on the page, kept, and what follows of each."""

from dataclasses import replace

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.prediction.own_list import best_of, own_list, to_ask
from pmf_core.runs.own_file import to_file
from pmf_core.runs.own_ratings import OwnRatings, catalogue_of
from pmf_core.runs.store import RunStore
from tests.support.visits import metrics, visit, written


@pytest.fixture(scope="module")
def fit(odd_split):
    config = pmf.PMFConfig(2, center=True, prior="hierarchical", alpha=None)
    return pmf.sample_gibbs(odd_split, config, draws=10, tune=10, chains=2)


def stored(home, fit):
    return RunStore(home / "runs").add(fit, "a run").id


def first_asked(fit, ratings):
    return to_ask(own_list(fit, ratings), 5)["item_id"].tolist()


def rate(app, fit, item_id, stars):
    key = f"ask-{catalogue_of(fit)[:8]}-{item_id}"
    app.feedback(key=key).set_value(stars - 1).run()
    assert not app.exception, app.exception[0].message


def test_a_rating_moves_the_list_narrows_it_and_outlives_the_visit(home, fit):
    stored(home, fit)
    app = visit("recommend")
    assert metrics(app)["Rated"] == "0"
    given = {}
    for stars in (5, 1):
        item_id = first_asked(fit, given)[0]
        rate(app, fit, item_id, stars)
        given[item_id] = float(stars)
    expected = own_list(fit, given)
    assert metrics(app)["Rated"] == "2"
    assert metrics(app)["Doubt about you"] == f"{expected.attrs['sd']:.3f}"
    [ranked] = [frame.value for frame in app.dataframe if "expected" in frame.value]
    np.testing.assert_allclose(ranked["expected"], sorted(expected["expected"])[::-1][:15])
    again = visit("recommend")  # as after a reload: another session
    assert metrics(again)["Rated"] == "2"
    assert not {"rating", "ratings"} & set(written(again))
    again.button(key="delete-").click().run()
    assert metrics(again)["Rated"] == "0" and not again.exception
    assert OwnRatings().of("", catalogue_of(fit)) == {}


@pytest.mark.slow
def test_why_skip_search_and_file(home, fit):
    stored(home, fit)
    train = fit.split.train
    given = dict(zip(train.item_ids[:3].tolist(), [5.0, 2.0, 4.0], strict=True))
    app = visit("recommend")
    app.file_uploader(key="load--0").set_value(
        ("mine.json", to_file(fit, given), "application/json")
    )
    app.run()
    assert metrics(app)["Rated"] == "3" and not app.exception
    app.file_uploader(key="load--1").set_value(("x.json", b"[]", "application/json")).run()
    assert any("Not loaded" in each.value for each in app.error)
    asked = first_asked(fit, given)
    app.button(key=f"skip-{catalogue_of(fit)[:8]}-{asked[0]}").click().run()
    shown = [text.value for text in app.markdown if "cuts" in text.value]
    assert len(shown) == 5 and all(each.startswith(r"\*Film\* \[") for each in shown)
    best = best_of(own_list(fit, given), 1)["item_id"].tolist()
    app.selectbox(key="own_why").set_value(best[0]).run()
    assert not app.exception
    assert any("posterior mean with each rating" in text.value for text in app.markdown)
    app.slider(key="novelty").set_value(100).run()
    app.slider(key="fewest").set_value(200).run()
    assert any("loosen a filter" in note.value for note in app.info) and not app.exception


@pytest.mark.slow
def test_on_another_scale_there_is_a_slider_and_a_map_says_what_it_is(home, split):
    rating = split.train.rating * 2.5, split.test.rating * 2.5
    halves = [
        replace(part, rating=values, scale=(2.5, 12.5), unit=None)
        for part, values in zip((split.train, split.test), rating, strict=True)
    ]
    fit = pmf.fit_map(pmf.Split(*halves), pmf.PMFConfig(2, center=True))
    stored(home, fit)
    app = visit("recommend")
    assert any("Only people are unknown here" in note.value for note in app.info)
    item_id = first_asked(fit, {})[0]
    slider = app.select_slider(key=f"ask-{catalogue_of(fit)[:8]}-{item_id}")
    slider.set_value("7.5").run()
    assert metrics(app)["Rated"] == "1" and not app.exception
    assert OwnRatings().of("", catalogue_of(fit)) == {"": {str(item_id): 7.5}}


def test_an_address_with_a_user_still_opens_their_list(home, fit, split):
    stored(home, fit)
    app = visit("recommend", user=str(split.train.user_ids[0]))
    assert app.selectbox(key="user").value == str(split.train.user_ids[0])
