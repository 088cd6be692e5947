"""The trail of a visit on Fit, and the ratings of prior, data and posterior: the core's figures."""

import json

import pandas as pd
import pytest

import pmf_core as pmf
from pages.shell import cache
from pmf_core.evaluation import lessons_of_checks as lessons
from pmf_core.evaluation import rating_check
from pmf_core.runs.store import RunStore
from tests.support.visits import visit


@pytest.fixture
def charts(monkeypatch):
    """The last chart that was drawn under each key."""
    found = {}
    from pages.shell import show

    draw = show.chart

    def remember(picture, alt_text, *args, **options):
        found[options.get("key")] = picture
        return draw(picture, alt_text, *args, **options)

    monkeypatch.setattr(show, "chart", remember)
    return found


def rows(chart):
    spec = json.loads(chart.to_json())
    return [row for data in spec["datasets"].values() for row in data]


def points(charts):
    """Method, D, part and RMSE of every point of the trail, and which is the newest."""
    of = [row for row in rows(charts["trail-chart"]) if "part" in row]
    table = pd.DataFrame(of).drop_duplicates(["series", "x", "part"])
    return {(r.method, r.x, r.part): (r.rmse, r.is_newest) for r in table.itertuples()}


def said(app):
    return " ".join(each.value for each in app.markdown)


@pytest.mark.slow
def test_every_map_and_run_of_a_visit_leaves_its_two_points(home, charts, split):
    length = {"draws": 10, "tune": 5, "chains": 2}
    app = visit("fit", n_factors="2")
    fits = {("MAP", 2): pmf.fit_map(split_of(app), pmf.PMFConfig(2))}
    for d in (4, 8):
        app.slider(key="n_factors").set_value(d).run()
        fits["MAP", d] = pmf.fit_map(split_of(app), pmf.PMFConfig(d))
    found = points(charts)
    assert found.keys() == {(*fit, part) for fit in fits for part in ("train", "test")}
    for (method, d), fit in fits.items():
        for part in ("train", "test"):
            rmse, is_newest = found[method, d, part]
            assert rmse == pytest.approx(fit.summary()[f"{part}_rmse"], rel=1e-6)
            assert is_newest == (d == 8)
    assert "From D = 2 to 8 the MAP's error on training ratings goes" in said(app)
    # Back at a value that was tried: it is the newest, and there once.
    app.slider(key="n_factors").set_value(4).run()
    again = points(charts)
    assert len(again) == 6 and again["MAP", 4, "test"][1] and not again["MAP", 8, "test"][1]
    run = RunStore(home / "runs").add(
        pmf.sample_gibbs(split_of(app), pmf.PMFConfig(4), **length), "a run"
    )
    app.session_state["run"] = run.id
    app.run()
    with_run = points(charts)
    assert len(with_run) == 8 and with_run["MCMC", 4, "test"][1]
    assert with_run["MCMC", 4, "test"][0] == pytest.approx(run.summary["test_rmse"], rel=1e-6)
    # Against draws there are only runs.
    app.segmented_control(key="trail_axis").set_value("draws").run()
    assert points(charts).keys() == {("MCMC", 20, "train"), ("MCMC", 20, "test")}
    app.segmented_control(key="trail_axis").set_value("n_factors").run()
    app.button(key="clear_trail").click().run()
    assert {each[:2] for each in points(charts)} == {("MAP", 4), ("MCMC", 4)}  # what is shown


def split_of(app):
    return cache.split(app.session_state["dataset"].split_key)


@pytest.mark.slow
def test_each_split_and_each_visitor_has_a_trail_of_their_own(charts):
    app = visit("fit", n_factors="2")
    app.slider(key="n_factors").set_value(3).run()
    assert len(points(charts)) == 4
    app.number_input(key="split_seed").set_value(1).run()
    assert len(points(charts)) == 2
    app.number_input(key="split_seed").set_value(0).run()
    assert len(points(charts)) == 4
    visit("fit", n_factors="2")
    assert len(points(charts)) == 2
    for seed in range(2, 12):  # the first is forgotten
        app.number_input(key="split_seed").set_value(seed).run()
    assert len(app.session_state["trails"]) == 10
    app.number_input(key="split_seed").set_value(0).run()
    assert len(points(charts)) == 2


@pytest.mark.slow
def test_ratings_of_prior_data_and_posterior_are_drawn_where_the_fold_is_open(charts, monkeypatch):
    drawn = []
    real = rating_check.prior_predictive
    monkeypatch.setattr(
        rating_check, "prior_predictive", lambda *a, **k: (drawn.append(a), real(*a, **k))[1]
    )
    app = visit("fit", n_factors="3")
    assert not drawn and "prior-data-posterior" not in charts
    app.session_state["expectations"] = True
    app.run()
    split, config = split_of(app), pmf.PMFConfig(3)
    check_ratings(app, charts, split, config, pmf.fit_map(split, config))
    assert "*Subtract the mean rating* puts it there" in said(app)
    app.toggle(key="center").set_value(True).run()
    centred = pmf.PMFConfig(3, center=True)
    check_ratings(app, charts, split, centred, pmf.fit_map(split, centred))
    assert "It sits where they are" in said(app)
    assert len(drawn) == 4  # half of them by this test
    app.run()
    assert len(drawn) == 4  # of the same settings it is worked out once


def check_ratings(app, charts, split, config, fit):
    prior, given = rating_check.prior_ratings(split, config), rating_check.given_ratings(split)
    fitted = rating_check.fitted_ratings(fit)
    frames = [prior, given, fitted]
    shares = rows(charts["prior-data-posterior"])
    for frame in frames:
        own = [row["share"] for row in shares if row.get("of") == frame.attrs["of"]]
        assert own == pytest.approx(list(frame["share"]), abs=1e-12)
    [table] = [each.value for each in app.dataframe if "outside" in each.value]
    expected = rating_check.figures(frames).set_index("of")
    pd.testing.assert_frame_equal(table, expected, check_names=False, check_dtype=False)
    for lesson in (
        lessons.prior_and_ratings(prior, given, config, split.train.nouns),
        lessons.fitted_and_ratings(fitted, given, config.link),
    ):
        assert lesson.text in said(app)


@pytest.mark.slow
def test_a_run_of_the_present_model_is_what_is_called_fitted(home, charts):
    app = visit("fit", n_factors="3")
    app.session_state["expectations"] = True
    split = split_of(app)
    fit = pmf.sample_gibbs(split, pmf.PMFConfig(3), draws=10, tune=5, chains=2)
    app.session_state["run"] = RunStore(home / "runs").add(fit, "a run").id
    app.run()
    check_ratings(app, charts, split, pmf.PMFConfig(3), fit)
    assert any("20 draws of the run" in each.value for each in app.caption)
    app.slider(key="n_factors").set_value(2).run()  # the run is of another model now
    two = pmf.PMFConfig(2)
    check_ratings(app, charts, split, two, pmf.fit_map(split, two))
