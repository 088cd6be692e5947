"""Friends: people who are added by name, rate in turn, and see what would suit them all."""

from zlib import crc32

import numpy as np
import pytest

import pmf_core as pmf
from pages.panels.friends import MOST
from pmf_core.prediction import several
from pmf_core.prediction.portrait import portrait
from pmf_core.runs.own_ratings import OwnRatings, catalogue_of
from pmf_core.runs.store import RunStore
from tests.support.visits import visit, written


@pytest.fixture(scope="module")
def fit(odd_split):
    config = pmf.PMFConfig(2, center=True, prior="hierarchical", alpha=None)
    return pmf.sample_gibbs(odd_split, config, draws=20, tune=10, chains=2)


@pytest.fixture
def app(home, fit):
    RunStore(home / "runs").add(fit, "a run")
    return visit("recommend", for_whom="Friends")


def add(app, name):
    app.text_input(key="friend_name").set_value(name)
    next(each for each in app.button if each.label == "Add").click()
    app.run()
    assert not app.exception, app.exception[0].message


def give(fit, person, ratings):
    """Keep ratings of a person, by row positions of items."""
    ids = fit.split.train.item_ids
    given = {str(ids[item]): float(stars) for item, stars in ratings.items()}
    OwnRatings().give("", catalogue_of(fit), person, given)


def test_somebody_is_added_rates_and_is_removed(app, fit):
    assert any("As soon as two of you" in each.value for each in app.info)
    add(app, "Ana")
    who = app.button_group(key="friend_who")
    assert who.options == ["You (0)", "Ana (0)"] and app.session_state["friend_who"] == "Ana"
    catalogue = catalogue_of(fit)
    [first, *_] = [each for each in app.feedback if each.key.startswith("ask-Ana-")]
    first.set_value(4).run()
    assert list(OwnRatings().of("", catalogue)["Ana"].values()) == [5.0]
    assert app.button_group(key="friend_who").options == ["You (0)", "Ana (1)"]
    again = visit("recommend", for_whom="Friends")  # as after a reload: another session
    assert again.button_group(key="friend_who").options == ["You (0)", "Ana (1)"]
    app.button(key="remove-friend").click().run()
    assert not app.exception and OwnRatings().of("", catalogue) == {}
    assert app.button_group(key="friend_who").options == ["You (0)"]
    assert "Ana" not in "".join(map(str, written(app)))


def test_what_they_would_all_like_and_where_they_differ(home, fit):
    given = {"": {0: 5, 1: 1, 2: 4}, "Ana": {0: 5, 1: 1, 3: 4}, "Bo": {0: 1, 1: 5}}
    for person, ratings in given.items():
        give(fit, person, ratings)
    RunStore(home / "runs").add(fit, "a run")
    app = visit("recommend", for_whom="Friends")
    people = {
        person or "You": portrait(fit, tuple(sorted(r.items())), crc32(person.encode()))
        for person, r in given.items()
    }
    pairs = several.likeness(fit, people)
    sure = int((pairs["lower"] > 0).sum())
    assert any(f"Of 3 intervals {sure} lie" in each.value for each in app.markdown)
    for by, column in several.BY.items():
        app.button_group(key="all_by").set_value(by).run()
        assert not app.exception
        [shown] = [each.value for each in app.dataframe if "misery" in each.value]
        expected = several.together(fit, people, {0, 1, 2, 3}, column)
        np.testing.assert_allclose(shown["mean"], expected["mean"])
        np.testing.assert_allclose(shown["misery"], expected["misery"])
    found = several.apart(fit, people["You"], people["Ana"])
    said = [each.value for each in app.markdown if "Opinions, without" in each.value]
    assert len(said) == 1 and f"Of these {len(found)} " in said[0]
    app.selectbox(key="differ_b").set_value("You").run()
    assert any("Choose two people" in each.value for each in app.info)


def test_a_name_is_a_name_and_no_link(app):
    add(app, "www.evil.example")
    labels = [*app.button_group(key="friend_who").options, app.button(key="remove-friend").label]
    labels += [each.label for each in app.expander]
    found = [each for each in labels if "evil" in each]
    assert len(found) == 3 and not any("www.evil.example" in each for each in found)


def test_names_that_cannot_be_are_refused(app):
    for name, said in (
        ("", "cannot be used"),
        ("<b>", "cannot be used"),
        ("you", "is there already"),
        ("x" * 30, "cannot be used"),
    ):
        add(app, name)
        assert any(said in each.value for each in app.warning), name
    for k in range(MOST):
        add(app, f"Friend {k}")
    assert any(f"there are {MOST} of you" in each.value for each in app.warning)
    assert len(app.button_group(key="friend_who").options) == MOST
