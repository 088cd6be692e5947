"""The ladder of models: an ingredient at a time, with figures stored and figures run here."""

from dataclasses import asdict
from types import SimpleNamespace

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.charts import ladder as pictures
from pmf_core.charts.ladder import rungs
from pmf_core.models import ladder
from pmf_core.models.ladder import (
    LADDER,
    ladder_figures,
    ladder_table,
    rung_jobs,
    rung_runs,
    stored_figures,
)
from pmf_core.runs.request import FitRequest
from pmf_core.runs.store import RunStore
from tests.support.jobs import wait
from tests.support.visits import run_until, visit

pytestmark = pytest.mark.usefixtures("home")


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
    stored = stored_figures()
    figures = {each["key"]: each for each in stored if each["split"] == split}
    errors = [figures[rung.key]["test_rmse"] for rung in LADDER]
    assert errors[-1] < errors[0] - 0.05
    assert np.all(np.diff(errors) < 0.005), "a rung is worse than the one below"


STORED = [
    {"key": "pmf", "split": "u1", "test_rmse": 0.95, "coverage_90": 0.8, "seconds": 5.0},
    {"key": "biases", "split": "random", "test_rmse": 0.9, "coverage_90": None, "seconds": 7.0},
    {"key": "logistic", "split": "random", "test_rmse": 0.7},  # no rung
]


def test_figures_are_one_row_for_each_rung_and_split():
    figures = ladder_figures({"pmf": {"test_rmse": 1.5, "coverage_90": 0.9, "seconds": 2}}, STORED)
    expected = [("pmf", "official fold u1", 0.95), ("pmf", "here, now", 1.5)]
    expected += [("biases", "random tenth", 0.9)]
    shown = figures[["key", "measured", "test_rmse"]].itertuples(index=False, name=None)
    assert list(shown) == expected
    assert figures.attrs["rungs"] == [rung.name for rung in LADDER]
    measured = ["random tenth", "official fold u1", "here, now"]  # as the picture knows them
    assert list(ladder.MEASURED.values()) == pictures.MEASURED == measured
    assert rungs(figures).to_dict()

    table = ladder_table(figures).set_index("rung")
    assert list(table.index) == figures.attrs["rungs"]
    assert table.loc["The example's PMF", "test_rmse_here"] == 1.5
    assert table.loc["+ biases", "seconds_random"] == 7.0
    assert "coverage_90_random" not in table  # nobody has measured it
    assert table.notna().to_numpy().sum() == 3 + 3 + 2


def test_without_stored_figures_there_are_those_of_here(monkeypatch, tmp_path):
    monkeypatch.setattr(ladder, "STORED", tmp_path / "none.json")
    assert ladder_figures({}).empty and len(ladder_table(ladder_figures({}))) == len(LADDER)
    assert list(ladder_figures({"bpmf": {"test_rmse": 1.0}})["measured"]) == ["here, now"]


def test_of_each_rung_the_newest_whole_run_and_the_job_without_one_count():
    def run(key, rung, split="s", partial=False, error=None):
        attrs = {} if error else {"rung": rung, "split_id": split}
        return SimpleNamespace(id=key, attrs=attrs, error=error, summary={"partial": partial})

    other = SimpleNamespace(id="9", attrs={"split_id": "s"}, error=None, summary={})
    runs = [run("4", "pmf", partial=True), run("3", "pmf"), run("2", "pmf"), run("5", "bpmf", "t"),
            run("6", "", error="damaged"), run("1", "biases", partial=True), other]  # fmt: skip
    assert {key: found.id for key, found in rung_runs(runs, "s").items()} == {"pmf": "3"}

    def job(rung, state, split="s", run_id=None):
        tags = {"rung": rung, "rung_split": split}
        return SimpleNamespace(tags=tags, state=state, run_id=run_id)

    states = ("queued", "running", "interrupted", "failed", "cancelled", "done")
    jobs = [job(state, state) for state in states]
    jobs += [job("a", "queued", "t"), job("b", "running", run_id="x"),
             SimpleNamespace(tags={}, state="queued", run_id=None)]  # fmt: skip
    assert tuple(rung_jobs(jobs, "s")) == states[:4]


@pytest.mark.slow
def test_rungs_that_failed_are_resumed_or_discarded(home, monkeypatch):
    def broken(*args, **options):
        raise RuntimeError("out of luck")

    monkeypatch.setattr("traceback.print_exc", lambda: None)
    with monkeypatch.context() as patch:
        patch.setattr(FitRequest, "run", broken)
        app = visit("compare", view="Ladder", draws="50", tune="0", chains="1", sim_users="20")
        next(button for button in app.button if button.label == "Climb").click().run()
        run_until(app, lambda: any("failed" in note.value for note in app.error))
        said = [note.value for note in app.error]
        assert said == [f"{len(LADDER)} fits failed: RuntimeError\\: out of luck"]
        app.button(key="climb_go").click().run()  # and they fail again
        run_until(app, lambda: any("failed" in note.value for note in app.error))
    app.button(key="climb_drop").click().run()
    assert not app.error and not app.exception
    assert not list((home / "jobs").iterdir())


def shown_table(app):
    return app.dataframe[0].value.set_index("Rung")


@pytest.mark.slow
def test_the_page_shows_stored_figures_and_takes_a_rung_to_the_fit_page():
    app = visit("compare", view="Ladder")
    stored = stored_figures()
    table = shown_table(app)
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
    wait(lambda: len(store.list()) == len(LADDER))
    app.run()
    runs = {run.attrs["rung"]: run for run in store.list()}
    for rung, (_, row) in zip(LADDER, shown_table(app).iterrows(), strict=True):
        assert row["RMSE here"] == runs[rung.key].summary["test_rmse"]
    assert not app.exception
