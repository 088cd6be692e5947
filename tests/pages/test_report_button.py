"""A run as a page of its own: offered where runs are managed, made when it is asked for."""

import pytest

import pmf_core as pmf
from pages.shell import cache
from pmf_core.documents import page
from pmf_core.runs.store import RunStore
from tests.support.visits import visit

LABEL = "Download a report (HTML)"


def button(app):
    [found] = [each for each in app.get("download_button") if each.proto.label == LABEL]
    return found.proto


@pytest.mark.slow
def test_a_report_is_made_once_and_only_when_it_is_asked_for(monkeypatch, home, split, offered):
    made = []
    monkeypatch.setattr(page, "_vega", lambda: made.append(1) or "draw();")
    store = RunStore(home / "runs")
    run = store.add(pmf.fit_map(split, pmf.PMFConfig(2)), "<b>A run</b>")
    assert not button(visit("compare", run=run.id)).disabled and not made
    text = offered[f"{run.id}.html"]()
    assert "<h1>&lt;b&gt;A run&lt;/b&gt;</h1>" in text and run.attrs["split_id"] in text
    assert offered[f"{run.id}.html"]() == text and len(made) == 1
    store.rename(run.id, "Another name")
    cache.forget()
    visit("compare", run=run.id)
    assert "<h1>Another name</h1>" in offered[f"{run.id}.html"]()


@pytest.mark.slow
def test_without_the_extra_the_page_says_what_is_missing(monkeypatch, home, split):
    monkeypatch.setattr("pages.panels.take_away.is_available", lambda: False)
    RunStore(home / "runs").add(pmf.fit_map(split, pmf.PMFConfig(2)), "A run")
    shown = button(visit("compare"))
    assert shown.disabled and "`vl-convert-python`" in shown.help
