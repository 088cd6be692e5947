"""A search as a visitor meets it: started, watched, taken to the Fit page, refused in words."""

import pytest

import pmf_core as pmf
from pages.shell import cache, owner
from pmf_core.runs.plan import Plan
from pmf_core.runs.search import submit_search
from pmf_core.runs.store import RunStore
from tests.support.visits import run_until, visit, written

pytest.importorskip("optuna")
QUICK = {"view": "Search", "search_over": "alpha,biases", "search_trials": "3"}


def says(app, text, kind="caption"):
    return any(text in note.value for note in getattr(app, kind))


@pytest.mark.slow
def test_a_search_runs_and_the_best_settings_are_taken_to_the_fit_page(home):
    app = visit("compare", **QUICK, n_factors="2")
    assert says(app, "No search yet", "info") and written(app)["search_over"] == "alpha,biases"
    app.button(key="search_start").click().run()
    run_until(app, lambda: says(app, "All trials are done"))
    runs = RunStore(home / "runs").list()
    assert len(runs) == 3 and says(app, "3 of 3 trials") and not app.exception
    best = min(runs, key=lambda run: run.summary["test_rmse"])
    lowest = f"lowest validation RMSE is {best.summary['test_rmse']:.4f}"
    assert says(app, lowest, "markdown") and says(app, "3 runs here: from 8 on", "markdown")
    app.button(key="search_take").click().run()
    assert not app.exception and says(app, "Every rating is U·V", "markdown")
    taken = app.session_state
    assert taken["biases"] == best.config.biases
    assert (taken["learn_alpha"], best.config.alpha or taken["alpha"]) == (
        best.config.alpha is None,
        taken["alpha"],
    )
    app.switch_page("pages/compare.py").run()
    assert not app.exception and not app.error


@pytest.mark.slow
def test_without_optuna_the_page_says_what_to_install(home, monkeypatch):
    monkeypatch.setattr("pages.panels.search.can_search", lambda: False)
    app = visit("compare", view="Search")
    assert says(app, "pip install 'optuna>=4'", "info")
    assert not any(button.key == "search_start" for button in app.button)


@pytest.mark.slow
def test_what_is_too_much_is_refused_and_an_address_cannot_ask_for_more(home, monkeypatch):
    monkeypatch.setenv("PMF_MAX_JOB_SECONDS", "0.0001")
    app = visit("compare", view="Search", search_trials="61", search_over="x,__class__,alpha")
    assert says(app, "`search_trials` is `61`", "warning")
    assert app.multiselect(key="search_varies").value == ["alpha"]
    app.button(key="search_start").click().run()
    assert says(app, "this fit", "error") and not cache.queue().list() and not app.exception


@pytest.mark.slow
def test_a_search_is_watched_by_its_address_and_ended_by_its_owner(home, split, monkeypatch):
    queue = cache.queue()
    queue.max_running = 0
    search = submit_search(queue, split, Plan(pmf.PMFConfig(2), trials=2), owner="ann")
    headers = {"host": "localhost", "x-forwarded-for": "203.0.113.7"}
    monkeypatch.setattr(owner, "_headers", lambda: headers | {"cookie": f"pmf_visitor={'b' * 43}"})
    assert says(visit("compare", view="Search"), "No search yet", "info")
    theirs = visit("compare", view="Search", search=search)
    assert theirs.selectbox(key="search").value == search
    assert not any(button.label == "Cancel" for button in theirs.button)
    monkeypatch.setattr(owner, "visitor", lambda: "ann")
    mine = visit("compare", view="Search")
    assert any(button.label == "Cancel" for button in mine.button)
    mine.button(key="search_stop").click().run()
    assert not mine.exception and [job.state for job in queue.list()] == ["cancelled"]
    mine.run()
    mine.button(key="search_drop").click().run()
    assert says(mine, "No search yet", "info") and not mine.exception
