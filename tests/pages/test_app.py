"""Every page, driven without a browser: no exception, and the numbers of the core."""

import json

import numpy as np
import pytest

import pmf_core as pmf
from pages import PAGES
from pages.shell import cache
from pmf_core.runs.request import FitRequest
from pmf_core.runs.store import RunStore
from tests.support.jobs import wait, wait_for
from tests.support.visits import SAMPLER, metrics, run_until, sample, visit

EVERY_PAGE = [
    pytest.param(
        page, id=page.name, marks=() if page.name in ("explore", "fit") else pytest.mark.slow
    )
    for page in PAGES
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_page_has_a_title_and_no_exception(page):
    assert len(visit(page.name).title) == 1


@pytest.mark.parametrize("page", EVERY_PAGE)
def test_every_page_waits_for_a_table_without_an_exception(page):
    app = visit(page.name, data="My file")
    assert page.needs_ratings == any("Choose a table" in note.value for note in app.info)


def test_home_adds_up_the_example():
    app = visit("home")
    assert metrics(app)["Predicted rating"] == "3.425 stars"
    app.select_slider[0].set_value(0.0).run()
    assert metrics(app)["Predicted rating"] == "3.175 stars"


def test_explore_shows_what_the_core_counts_and_the_movies_that_are_chosen(monkeypatch):
    drawn = {}
    monkeypatch.setattr(
        "pages.shell.show.chart",
        lambda picture, words, *rest, **more: drawn.update({words: picture}),
    )
    ratings, _ = pmf.simulate_ratings(60, 50, 900, 3, 2.0, 0)
    shown = metrics(visit("explore", which="Most rated"))
    some = drawn["Mean ratings of movies 1 to 25 beside the global mean: most rated"].to_dict()
    counts = [row["n_ratings"] for row in max(some["datasets"].values(), key=len)]
    assert counts == sorted(np.bincount(ratings.item_idx), reverse=True)[:25]
    assert shown["Ratings"] == "900"
    assert shown["Mean (stars)"] == f"{ratings.rating.mean():.4f}"
    assert shown["Sd (stars)"] == f"{ratings.rating.std(ddof=1):.4f}"
    assert shown["Sparsity"] == "70.0%"


def test_explore_says_when_no_movie_has_enough_ratings():
    app = visit("explore")
    app.slider(key="min_ratings").set_value(200).run()
    assert any("lower the slider" in note.value for note in app.info)


def test_baselines_are_those_of_the_core(split):
    shown = metrics(visit("baselines"))
    table = pmf.evaluate_baselines(split).set_index("method")["test_rmse"]
    assert {name: f"{error:.4f}" for name, error in table.items()} == shown


def test_a_link_sets_the_model_and_the_map_follows(split):
    app = visit("fit", n_factors="3", alpha="1.5", center="true", seed="4")
    expected = pmf.fit_map(split, pmf.PMFConfig(3, 1.5, True), random_seed=4).summary()
    assert metrics(app)["MAP test RMSE"] == f"{expected['test_rmse']:.4f}"
    app.slider(key="n_factors").set_value(5).run()
    expected = pmf.fit_map(split, pmf.PMFConfig(5, 1.5, True), random_seed=4).summary()
    assert metrics(app)["MAP test RMSE"] == f"{expected['test_rmse']:.4f}"


@pytest.mark.slow
def test_what_means_nothing_is_greyed_out_and_says_why():
    app = visit("fit", link="ordinal", cut_points="user", noise="both")
    assert app.slider(key="alpha").disabled and app.toggle(key="learn_alpha").disabled
    assert "1.0 with an ordinal link" in app.slider(key="alpha").help
    assert app.slider(key="W0").disabled and "no prior is learned" in app.slider(key="W0").help
    assert any("shared or item where each user has cut points" in c.value for c in app.caption)
    app.toggle(key="biases").set_value(True).run()
    app.selectbox(key="link").set_value("identity").run()
    assert not (app.slider(key="W0").disabled or app.slider(key="alpha").disabled)
    assert app.slider(key="alpha").value == 2.0 and app.selectbox(key="noise").value == "both"


def test_a_fit_that_loses_says_why_and_offers_the_switch_that_mends_it():
    app = visit("fit", sim_share="4.0", sim_users="200", sim_items="200")
    assert "above *User and item biases*" in app.warning[0].value
    assert any("the prior pulls every U·V towards 0" in text.value for text in app.markdown)
    before = float(metrics(app)["MAP test RMSE"])
    app.button(key="mend-map").click().run()
    assert app.toggle(key="center").value is True
    assert float(metrics(app)["MAP test RMSE"]) < before


@pytest.mark.slow
def test_the_button_of_a_verdict_samples_what_helps_and_again_four_times_longer():
    app = visit("fit", sim_share="4.0", center="true", **SAMPLER)
    app.button(key="mend-map").click().run()
    assert not app.exception
    [job] = cache.queue().list()
    request = job.request
    learned = {"prior": "hierarchical", "biases": True, "alpha": None, "center": True}
    assert learned.items() <= vars(request.config).items()
    assert (request.method, request.sampler.draws) == ("gibbs", 50)
    wait_for(job)
    app.run()
    doubts = [note.value for note in app.warning if "not to be believed yet" in note.value]
    assert "r_hat is" in doubts[-1] or "ess is" in doubts[-1]
    assert not any("Beats the best baseline" in note.value for note in app.success)
    app.button(key="mend-run-gibbs").click().run()
    assert not app.exception
    longer = next(each for each in cache.queue().list() if each.id != job.id)
    tune = 50 if "ess is" in doubts[-1] else 200
    assert (longer.request.sampler.draws, longer.request.sampler.tune) == (200, tune)
    assert learned.items() <= vars(longer.request.config).items()
    cache.queue().cancel(longer, keep=False)


@pytest.mark.slow
def test_a_map_that_is_a_run_is_shown_beside_the_one_of_the_page(home, split):
    run = RunStore(home / "runs").add(pmf.fit_map(split), "mine")
    app = visit("fit", run=run.id)
    assert {"mend-map", "mend-run-map"} <= {button.key for button in app.button}


@pytest.mark.slow
def test_a_sampled_run_is_shown_stored_diagnosed_and_compared(split, home):
    app = sample(visit("fit", **SAMPLER))
    [run] = RunStore(home / "runs").list()
    fit = RunStore(home / "runs").open(run.id)
    expected = pmf.sample_gibbs(split, draws=50, tune=50, chains=2)
    np.testing.assert_array_equal(
        fit.idata["posterior"].dataset["U"], expected.idata["posterior"].dataset["U"]
    )
    summary = fit.summary()
    shown = metrics(app)
    assert shown["Test RMSE"] == f"{summary['test_rmse']:.4f}"
    assert shown["In 90% interval"] == f"{summary['coverage_90']:.1%}"

    app.switch_page("pages/diagnose.py").run()
    assert not app.exception
    table = pmf.diagnose(fit)
    assert metrics(app)["Largest r_hat"] == f"{table['r_hat'].max():.3f}"
    assert metrics(app)["Smallest ess"] == f"{table['ess_bulk'].min():,.0f}"
    app.toggle(key="add_noise").set_value(True).run()
    assert not app.exception
    of_all = ["Log likelihood of all ratings", "Sd of the scores", "‖U‖, users' factors"]
    of_all += ["‖V‖, movies' factors", *(f"Singular value {k} of U·V" for k in (1, 2, 3))]
    picker = app.selectbox(key="picture-choices")
    assert picker.options == of_all
    [listed] = (frame.value for frame in app.dataframe if "mcse" in frame.value)
    assert list(listed.index) == of_all
    picker.set_value("singular_2").run()
    assert not app.exception
    worth = table.set_index("quantity").loc["singular_2"]
    told = f"Its r_hat is {worth['r_hat']:.3f}, and its draws are worth {worth['ess_bulk']:,.0f}"
    assert any(told in text.value for text in app.markdown)

    app.switch_page("pages/compare.py").run()
    assert not app.exception
    assert f"{summary['test_rmse']:.4f} stars" in " ".join(note.value for note in app.markdown)
    assert "pmf.simulate_ratings(n_users=60, n_items=50, n_ratings=900, " in app.code[0].value


def test_what_is_wrong_in_an_address_is_said_and_ignored():
    app = visit("fit", n_factors="999", alpha="2.5", nonsense="1")
    assert "`n_factors` is `999` and must be a whole number from 1 to 50" in app.warning[0].value
    assert "`nonsense` is no setting" in app.warning[0].value
    assert (app.slider(key="n_factors").value, app.slider(key="alpha").value) == (10, 2.5)
    app.button(key="address_notes_read").click().run()
    assert not any("Ignored in the address" in note.value for note in app.warning)


def test_an_address_carries_what_a_page_shows():
    app = visit("explore", min_ratings="5", shrinkage="3")
    assert (app.slider(key="min_ratings").value, app.slider(key="shrinkage").value) == (5, 3)
    assert not app.warning
    assert "min_ratings=5" in app.code[0].value and "shrinkage=3" in app.code[0].value


def test_the_copied_link_has_what_a_button_has_set():
    app = visit("fit", n_factors="7")
    assert "n_factors=7" in app.code[0].value
    app.slider(key="alpha").set_value(3.0).run()
    assert "alpha=3&" in app.code[0].value + "&" and "sim_users=60" in app.code[0].value


def test_without_movielens_the_app_opens_on_simulated_ratings(monkeypatch):
    monkeypatch.delenv("PMF_DATA_DIR", raising=False)
    app = visit("explore", data="MovieLens")
    assert any("MovieLens is out of reach" in note.value for note in app.caption)
    assert metrics(app)["Ratings"] == "900"
    retry = next(button for button in app.button if button.label == "Retry")
    assert not retry.click().run().exception


@pytest.mark.parametrize("page", EVERY_PAGE)
def test_a_folder_that_cannot_be_written_is_named(page, home, monkeypatch):
    (home / "file").write_text("")
    monkeypatch.setenv("PMF_HOME", str(home / "file"))
    app = visit(page.name)
    if page.name in ("fit", "diagnose", "factors", "compare", "recommend", "room"):
        assert "Runs cannot be stored" in app.error[0].value and "`PMF_HOME`" in app.error[0].value
    else:
        assert not app.error


@pytest.mark.slow
def test_a_sweep_fills_its_map(split, home):
    app = visit("compare", view="Sweeps", n_factors="2")
    app.text_input(key="grid_x_values").set_value("1, 2").run()
    app.text_input(key="grid_y_values").set_value("1, 2, 4").run()
    app.button(key="sweep_start").click().run()
    wait(lambda: len(RunStore(home / "runs").list()) == 6)
    app.run()
    errors = {
        (d, alpha): pmf.fit_map(split, pmf.PMFConfig(d, alpha)).summary()["test_rmse"]
        for d in (1, 2)
        for alpha in (1.0, 2.0, 4.0)
    }
    best = next(note.value for note in app.caption if "Best so far" in note.value)
    (d, alpha), error = min(errors.items(), key=lambda item: item[1])
    assert f"Best so far: D = {d}, α = {alpha:g}, test RMSE {error:.4f}" in best
    app.text_input(key="grid_x_values").set_value("1, many").run()
    app.button(key="sweep_start").click().run()
    assert "'many' is not a value it takes" in app.error[0].value


@pytest.mark.slow
def test_runs_are_renamed_deleted_and_damaged_ones_named(home):
    app = sample(visit("fit", **SAMPLER))
    (home / "runs" / "broken.nc").write_bytes(b"no netCDF")
    app.switch_page("pages/compare.py").run()
    assert any("`broken.nc` is unreadable" in note.value for note in app.warning)
    [run] = [run for run in RunStore(home / "runs").list() if not run.error]
    app.text_input(key=f"name-{run.id}").set_value("My best")
    next(button for button in app.button if button.label == "Rename").click().run()
    assert RunStore(home / "runs").get(run.id).name == "My best"
    app.button(key="drop-broken").click().run()
    assert (home / "runs" / "broken.nc").exists()  # asked first
    app.button(key="delete_yes").click().run()
    assert not (home / "runs" / "broken.nc").exists()
    next(button for button in app.button if button.label == "Delete").click().run()
    assert RunStore(home / "runs").get(run.id)
    app.button(key="delete_yes").click().run()
    assert not RunStore(home / "runs").list() and not app.exception


@pytest.mark.slow
def test_a_damaged_fit_is_named_and_discarded(home, split):
    folder = home / "jobs" / "20260101-000000-000-abcdef"
    folder.mkdir(parents=True)
    (folder / "job.json").write_text("")
    app = visit("explore")
    assert any("failed" in note.value for note in app.caption)
    assert app.button(key=f"resume-{folder.name}").disabled
    app.button(key=f"discard-{folder.name}").click().run()
    assert not app.exception and not folder.exists()


@pytest.mark.slow
def test_an_interrupted_fit_is_offered_and_resumed(home, split):
    request = FitRequest("gibbs", split, sampler=pmf.SamplerConfig(20, 10, 2))
    folder = home / "jobs" / "20260101-000000-000-abcdef"
    folder.mkdir(parents=True)
    about = {"name": "cut off", "tags": {}, "scheduler": ""}
    (folder / "job.json").write_text(json.dumps(about))
    request.save(folder)
    app = visit("explore")
    assert any("**cut off** was interrupted" in note.value for note in app.caption)
    app.button(key=f"resume-{folder.name}").click().run()
    run_until(app, RunStore(home / "runs").list)
    [run] = RunStore(home / "runs").list()
    assert run.name == "cut off" and not app.exception
    assert run.summary["test_rmse"] == request.run().summary()["test_rmse"]
