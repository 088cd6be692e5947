"""Notes of runs on a page: written by whose run it is, read as they were written."""

import pytest

import pmf_core as pmf
from pages.shell import owner
from pmf_core.runs.store import RunStore
from tests.pages.test_escapes import MARKUP, OBEYED, bodies
from tests.support.visits import visit


def press(app, label):
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


@pytest.mark.slow
def test_a_note_is_written_listed_and_obeyed_by_no_page(home, split):
    store = RunStore(home / "runs")
    run = store.add(pmf.fit_map(split, pmf.PMFConfig(2)), "mine")
    app = visit("compare")
    assert "note" not in app.dataframe[0].value
    app.text_area(key=f"note-{run.id}").set_value(MARKUP)
    press(app, "Save the note")
    assert store.get(run.id).note == MARKUP
    assert any("Saved the note of *mine*" in note.value for note in app.success)
    assert list(app.dataframe[0].value["note"]) == [MARKUP]
    found = [text for text in bodies(app) if "evil" in text]
    assert found and not any(OBEYED.search(text) for text in found)
    app.text_area(key=f"note-{run.id}").set_value("bell \x07")
    press(app, "Save the note")
    assert "without control characters" in app.error[0].value
    assert store.get(run.id).note == MARKUP


@pytest.mark.slow
def test_nobody_writes_about_somebody_elses_run(home, split, monkeypatch):
    headers = {"host": "localhost", "x-forwarded-for": "203.0.113.7"}
    monkeypatch.setattr(owner, "_headers", lambda: headers | {"cookie": f"pmf_visitor={'b' * 43}"})
    fit = pmf.fit_map(split, pmf.PMFConfig(2))
    hers = RunStore(home / "runs").add(fit, "hers", owner="ann", note="of hers")
    app = visit("compare", run=hers.id)
    assert any("of hers" in note.value for note in app.caption)
    assert not app.text_area and not any(box.key == f"name-{hers.id}" for box in app.text_input)
