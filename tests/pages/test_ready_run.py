"""A run is there before anybody has sampled one; visitors see it and leave it as it is."""

from dataclasses import replace

import pytest

from pages.shell import cache, owner
from pmf_core.data.sources import source_named
from pmf_core.runs import ready
from tests.pages.test_owners import ANN, owner_of
from tests.support.visits import visit

SMALL = (60, 50, 30.0, 3, 2.0, 0)


@pytest.fixture
def switched_on(monkeypatch):
    """Make such a run, of a small set: that of visitors."""
    monkeypatch.setenv("PMF_READY_RUN", "1")
    monkeypatch.setattr(cache, "FIRST_PAGE", 0)
    monkeypatch.setattr(ready, "LENGTH", {"draws": 12, "tune": 8, "chains": 2})
    source = source_named("simulated")
    small = [
        replace(each, default=value) for each, value in zip(source.parameters, SMALL, strict=True)
    ]
    whole = cache.source_named
    changed = replace(source, parameters=tuple(small))
    monkeypatch.setattr(
        cache, "source_named", lambda key: changed if key == "simulated" else whole(key)
    )


@pytest.fixture
def looks(monkeypatch):
    def look(key):
        headers = {"host": "localhost", "x-forwarded-for": "203.0.113.7"}
        monkeypatch.setattr(owner, "_headers", lambda: headers | {"cookie": f"pmf_visitor={key}"})

    return look


def test_without_the_switch_there_is_none():
    app = visit("diagnose")
    assert cache.ready() is None
    assert any("No single run is stored yet" in note.value for note in app.info)


@pytest.mark.slow
def test_pages_wait_for_it_and_nobody_may_change_it(switched_on, looks):
    owner_of(looks, ANN)
    app = visit("diagnose")
    [shown] = app.selectbox(key="run").options
    assert "Ready example" in shown and "another split" not in shown
    assert any("this server has made" in note.value for note in app.caption)
    run = cache.ready().result()
    assert not owner.owns(run) and owner.mine([run]) == [run]
    compare = visit("compare")
    assert "managed" not in compare.session_state  # nothing there is anybody's to delete
    assert any("Ready example" in option for option in compare.selectbox(key="run").options)


def test_on_a_server_of_ones_own_it_stays_too(switched_on):
    visit("home")
    run = cache.ready().result(60)
    assert owner.visitor() == "" and not owner.owns(run)


def test_where_it_cannot_be_made_pages_go_on_without(switched_on, monkeypatch):
    monkeypatch.setattr(ready, "make_ready", lambda *_: 1 / 0)
    app = visit("recommend")
    assert any("No single run is stored yet" in note.value for note in app.info)
    assert isinstance(cache.ready().exception(), ZeroDivisionError)
