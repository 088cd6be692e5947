"""The report of a class says what the core says of it, and nobody's name."""

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.classroom import report
from pmf_core.classroom.game import forecast_from, standing, training_shares
from pmf_core.classroom.joined import Change, change, with_class
from pmf_core.classroom.people import rated_by
from pmf_core.classroom.sentences import class_gains, honesty
from pmf_core.documents import page
from pmf_core.prediction import several
from tests.support import tiny
from tests.support.classes import STARS


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """Leave the programs that draw out, which take a second to put together."""
    monkeypatch.setattr(page, "_vega", lambda: "draw();")


@pytest.fixture(scope="module")
def fit(ratings):
    split = pmf.split_ratings(ratings, 0.1, 0)
    return pmf.sample_gibbs(split, tiny.PRESETS["bpmf"], draws=30, tune=20, chains=2)


@pytest.fixture
def played(store, fit):
    """A room in which three have rated six films each; and who has only come in."""
    films = np.argsort(-np.bincount(fit.split.train.item_idx))[:12].tolist()
    room, _ = store.rooms.open("a-run", films, STARS, wanted=6, owner="teacher")
    for number, nickname in enumerate(("Zoë", "Xaver", "Quim", "Yvo")):
        member, _ = store.seats.join(room, nickname)
        for k, item in enumerate(films[: 6 * (number < 3)]):
            mine = store.answers.of(room, member)
            store.answers.ask(room, member, item, forecast_from(fit, mine, item, member.id))
            store.answers.rate(room, member, item, STARS[(number + k) % 5])
    return room, store.answers.of(room)


def test_it_says_what_the_core_says(played, fit):
    room, answers = played
    found = {each.title: each for each in report.sections(room, answers, fit, lines="fit()")}
    now = standing(answers, room.levels, training_shares(fit))
    first = found["In short"]
    assert first.said[0] == honesty(now) and len(first.charts) == 2
    assert first.figures["Ratings"] == "18" and first.figures["Members who rated"] == "3"
    assert first.figures["Inside"] == f"{now.inside}"
    [films] = found["The movies"].tables
    assert len(films.rows) == 6 and all(row[1] == "3" for row in films.rows)
    means = [float(row[2]) for row in films.rows]
    assert means == sorted(means, reverse=True)
    by_item = {}
    for each in answers:
        by_item.setdefault(str(fit.split.train.titles[each.item_idx]), []).append(each.rating)
    assert {row[0]: row[2] for row in films.rows} == {
        title: f"{np.mean(ratings):.2f}" for title, ratings in by_item.items()
    }
    assert [len(each.rows) for each in found["What to watch together"].tables] == [10] * 3
    assert len(found["Who is where"].tables[0].rows) == 3
    assert list(several.BY) == ["Mean", "Least misery", "Nobody minds"]
    assert found["How to repeat the run"].lines == "fit()"
    assert "With the class in the data" not in found


def test_nobody_is_named_in_it(played, fit):
    room, answers = played
    text = report.report(room, answers, fit, "<b>a run</b>")
    assert "&lt;b&gt;a run&lt;/b&gt;" in text and "Member 3" in text
    assert not [name for name in ("Zoë", "Xaver", "Quim", "Yvo") if name in text]
    assert room.code not in text and room.id not in text and room.owner not in text


@pytest.mark.slow
def test_what_a_fit_learnt_from_the_class_is_in_it(played, fit):
    room, answers = played
    split = with_class(fit.split, list(rated_by(answers).values()))
    after = pmf.sample_gibbs(split, fit.config, draws=20, tune=10, chains=2)
    found = change(fit, after)
    section = report.sections(room, answers, fit, found)[-1]
    assert section.said == (class_gains(found, fit.nouns),)
    assert section.figures["RMSE for the class, after"] == f"{found.rmse_after:.3f}"
    none = report.changed(Change(0, np.nan, np.nan, found.films), fit)
    assert not none.figures and "Nobody rated enough" in none.said[0].text


def test_of_a_class_that_has_not_begun_little_is_said(store, fit):
    room, _ = store.rooms.open("a-run", range(10), STARS, owner="teacher")
    [only] = report.sections(room, [], fit)
    assert only.figures == {"Members who rated": "0", "Ratings": "0"} and len(only.charts) == 1
    assert "Nobody has rated yet" in only.said[0].text
    assert "<h1>A class</h1>" in report.report(room, [], fit, "a run")
