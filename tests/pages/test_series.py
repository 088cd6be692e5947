"""Sweeps as a visitor meets them: started, refused, failed, cut off, resumed and discarded."""

import json

import pytest

import pmf_core as pmf
from pmf_core.runs.request import FitRequest
from pmf_core.runs.store import RunStore
from tests.support.jobs import wait
from tests.support.visits import run_until, visit


def cut_off(home, split, name, **tags):
    """Leave a job as a server does that is stopped."""
    folder = home / "jobs" / f"20260101-000000-{name}-abcdef"
    folder.mkdir(parents=True)
    config = pmf.PMFConfig(int(name[-1]))
    FitRequest("map", split, config).save(folder)
    about = {"name": name, "tags": tags, "scheduler": ""}
    (folder / "job.json").write_text(json.dumps(about))
    return folder


@pytest.mark.parametrize("button", ["sweep_go", "sweep_drop"])
def test_a_sweep_that_was_cut_off_is_resumed_or_discarded(home, split, button):
    tags = {"sweep": "20260101-000000-abcd", "sweep_x": "n_factors", "sweep_y": "alpha"}
    folders = [cut_off(home, split, f"00{number}", **tags) for number in (1, 2)]
    app = visit("compare", view="Sweeps")
    assert any("2 fits interrupted" in note.value for note in app.info)
    app.button(key=button).click().run()
    assert not app.exception
    wait(lambda: not any(folder.exists() for folder in folders))
    assert len(RunStore(home / "runs").list()) == (2 if button == "sweep_go" else 0)
    app.run()
    assert not app.exception
    assert any("No sweep yet" in note.value for note in app.info) == (button == "sweep_drop")


def test_why_cells_failed_is_said_once(home, monkeypatch):
    def broken(*args, **options):
        raise RuntimeError("out of luck")

    monkeypatch.setattr(FitRequest, "run", broken)
    monkeypatch.setattr("traceback.print_exc", lambda: None)
    app = visit("compare", view="Sweeps")
    app.text_input(key="grid_x_values").set_value("1, 2").run()
    app.text_input(key="grid_y_values").set_value("1, 2").run()
    app.button(key="sweep_start").click().run()
    run_until(app, lambda: any("failed" in note.value for note in app.error))
    said = [note.value for note in app.error]
    assert said == ["4 fits failed: RuntimeError\\: out of luck"] and not app.exception
    app.button(key="sweep_drop").click().run()
    assert any("No sweep yet" in note.value for note in app.info) and not app.exception


@pytest.mark.slow
def test_the_page_sweeps_what_is_chosen_and_says_what_makes_no_difference(home):
    app = visit("compare", view="Sweeps", n_factors="2", sim_users="20", sim_items="20")
    app.selectbox(key="grid_x").set_value("alpha").run()
    app.selectbox(key="grid_y").set_value("link").run()
    app.text_input(key="grid_x_values").set_value("1, learned").run()
    app.button(key="sweep_start").click().run()
    assert "α makes no difference there" in app.error[0].value and not app.exception
    app.text_input(key="grid_y_values").set_value("identity, logistic").run()
    app.button(key="sweep_start").click().run()
    run_until(app, lambda: any("4 of 4 fits" in note.value for note in app.caption))
    assert any("Best so far" in note.value for note in app.caption)
    assert not app.error and not app.exception


@pytest.mark.slow
def test_a_sweep_of_other_ratings_says_so(home, split):
    store, tags = RunStore(home / "runs"), {"sweep_x": "n_factors", "sweep_y": "alpha"}
    fit = pmf.fit_map(split, pmf.PMFConfig(2))
    store.add(fit, "Sweep", sweep="20260102-030405-abcd", **tags)
    elsewhere = visit("compare", view="Sweeps", split_seed="3")
    assert any("Of other ratings or another split" in note.value for note in elsewhere.caption)
    here = visit("compare", view="Sweeps")
    same = here.session_state["dataset"].split.id == split.id
    said = any("Of other ratings" in note.value for note in here.caption)
    assert said != same and any("1 of 1 fits" in note.value for note in here.caption)


def listed(app, key):
    return app.selectbox(key=key).options


@pytest.mark.slow
def test_runs_of_a_series_are_folded_and_never_a_default(home, split):
    store, fit = RunStore(home / "runs"), pmf.fit_map(split, pmf.PMFConfig(2))
    tags = {"sweep": "20260102-030405-abcd", "sweep_x": "n_factors", "sweep_y": "alpha"}
    of_sweep = [store.add(fit, f"Sweep of D × α: D = {d}, α = 2", **tags) for d in (2, 5)]
    app = visit("recommend")
    assert any("No single run is stored" in note.value for note in app.info)
    alone = store.add(fit, "by itself")
    store.add(fit, "Ladder: + biases", rung="biases", rung_split=split.id)
    app = visit("recommend")
    assert app.selectbox(key="run").value == alone.id and len(listed(app, "run")) == 1
    assert listed(app, "series")[1:] == [
        f"Ladder on {split.train.name} · 1 run",
        "Sweep of D × α · 2026-01-02 03:04 UTC · 2 runs",
    ]
    app.selectbox(key="series").set_value(tags["sweep"]).run()
    assert app.selectbox(key="run").value in {run.id for run in of_sweep}
    assert any("Sweep of D × α: D = 5, α = 2" in option for option in listed(app, "run"))
    assert not app.exception
    assert visit("recommend", run=of_sweep[0].id).selectbox(key="run").value == of_sweep[0].id


@pytest.mark.slow
def test_tables_list_runs_of_a_series_on_demand_and_a_series_is_deleted_whole(home, split):
    store, fit = RunStore(home / "runs"), pmf.fit_map(split, pmf.PMFConfig(2))
    tags = {"sweep": "20260102-030405-abcd", "sweep_x": "n_factors", "sweep_y": "alpha"}
    for name in ("one", "two"):
        store.add(fit, name, **tags)
    store.add(fit, "by itself")
    app = visit("compare")
    assert len(app.dataframe[0].value) == 1
    app.toggle(key="with_series").set_value(True).run()
    assert len(app.dataframe[0].value) == 3
    app.selectbox(key="managed_series").set_value(tags["sweep"]).run()
    next(button for button in app.button if button.label == "Delete all 2").click().run()
    app.button(key="delete_yes").click().run()
    assert [run.name for run in store.list()] == ["by itself"] and not app.exception
    assert any("Deleted *2 runs*" in note.value for note in app.success)
