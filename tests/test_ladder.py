"""The ladder of models: an ingredient at a time, with figures stored and figures run here."""

import json
import time
from dataclasses import asdict

import numpy as np
import pytest

import pmf_core as pmf
from pages.parts.ladder import STORED
from pmf_core.ladder import LADDER
from pmf_core.store import RunStore
from tests.test_app import home, visit

__all__ = ["home"]  # a fixture


def test_each_rung_adds_one_ingredient_to_the_one_below():
    assert LADDER[0].config == pmf.PRESETS["pmf"] and LADDER[-1].config == pmf.PRESETS["best"]
    assert pmf.PRESETS["bpmf"] in [rung.config for rung in LADDER]
    for below, rung in zip(LADDER, LADDER[1:], strict=False):
        old, new = asdict(below.config), asdict(rung.config)
        changed = {name for name in old if old[name] != new[name]} - {"alpha"}
        # An ordinal link brings its unit of noise; learned noise is alpha alone.
        assert len(changed) == (rung.key != "bpmf"), rung.key
    assert len({rung.key for rung in LADDER}) == len(LADDER)


@pytest.mark.parametrize("split", ["random", "u1"])
def test_every_rung_has_stored_figures(split):
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    figures = {each["key"]: each for each in stored if each["split"] == split}
    errors = [figures[rung.key]["test_rmse"] for rung in LADDER]
    assert errors[-1] < errors[0] - 0.05
    assert np.all(np.diff(errors) < 0.005), "a rung is worse than the one below"


def ladder_table(app):
    return app.dataframe[0].value.set_index("Rung")


def test_the_page_shows_stored_figures_and_takes_a_rung_to_the_fit_page():
    app = visit("compare", view="Ladder")
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    table = ladder_table(app)
    for rung, (_, row) in zip(LADDER, table.iterrows(), strict=True):
        expected = {each["split"]: each["test_rmse"] for each in stored if each["key"] == rung.key}
        assert {"random": row["RMSE random"], "u1": row["RMSE u1"]} == expected
    assert "RMSE here" not in table
    assert any("Those rungs add nothing here" in note.value for note in app.info)
    app.selectbox(key="rung").set_value("biases").run()
    next(button for button in app.button if button.label == "Use these settings").click().run()
    assert app.title[0].value == "Fit" and not app.exception
    assert app.toggle(key="biases").value and app.toggle(key="learn_alpha").value


@pytest.mark.slow
def test_climbing_runs_every_rung_on_the_ratings_at_hand(home):
    app = visit("compare", view="Ladder", draws="50", tune="10", chains="1")
    next(button for button in app.button if button.label == "Climb").click().run()
    store = RunStore(home / "runs")
    for _ in range(600):
        if len(store.list()) == len(LADDER):
            break
        time.sleep(0.1)
    app.run()
    runs = {run.attrs["rung"]: run for run in store.list()}
    for rung, (_, row) in zip(LADDER, ladder_table(app).iterrows(), strict=True):
        assert row["RMSE here"] == runs[rung.key].summary["test_rmse"]
    assert not app.exception
