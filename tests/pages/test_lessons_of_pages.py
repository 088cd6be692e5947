"""What every page teaches of data and runs of many kinds, against numbers worked out anew."""

import io
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import pmf_core as pmf
from pages.shell import cache
from pmf_core.evaluation.lessons import Lesson
from pmf_core.evaluation.two_samplers import (
    mixing_of_both,
    part_for_both,
    sample_side_by_side,
)
from pmf_core.models.baselines import predict_baseline
from pmf_core.runs.store import RunStore
from pmf_core.stats.convergence import convergence
from tests.support.jobs import PATIENCE
from tests.support.visits import upload, visit

SMALL = {"data": "Simulated"}
DEFAULT = {"data": "Simulated", "sim_users": "943", "sim_items": "1682", "sim_share": "6.0",
           "sim_factors": "10"}  # fmt: skip


def dense():
    """Users who rate nearly all on 0 to 100, and most of it 0."""
    rng = np.random.default_rng(0)
    rows = [(f"u{u}", f"j{j}", max(0, int(rng.normal(-20, 60)))) for u in range(30)
            for j in range(25) if (u + j) % 7]  # fmt: skip
    return [(u, j, min(r, 100)) for u, j, r in rows]


def five_by_five():
    return [(f"u{u}", f"j{j}", 1 + (u * j + u) % 5) for u in range(5) for j in range(5)]


TABLES = {"dense": dense, "5 x 5": five_by_five}


@pytest.fixture
def taught(monkeypatch):
    """Every lesson that is made from here on."""
    found, init = [], Lesson.__init__

    def remember(self, *args, **kwargs):
        init(self, *args, **kwargs)
        found.append(self)

    monkeypatch.setattr(Lesson, "__init__", remember)
    return found


def uploaded(app, rows):
    table = pd.DataFrame(rows, columns=["user", "joke_id", "rating"]).to_csv(index=False)
    upload(app, "jokes.csv", table)
    assert not app.exception, app.exception
    return pmf.read_ratings(io.BytesIO(table.encode()), name="jokes")


def opened(page, data, **query):
    """Visit a page on a set of ratings; return what the page shows, and the ratings."""
    if isinstance(data, str):
        app = visit(page, data="My file", **query)
        return app, uploaded(app, TABLES[data]())
    app = visit(page, **data, **query)
    key = app.session_state["dataset"].key
    return app, cache.ratings(key)[0]


def said(app):
    return " ".join(each.value for each in (*app.markdown, *app.info, *app.warning, *app.success))


def of(lessons, name):
    """Return the last lesson of a name; all pages are drawn more than once."""
    return [each for each in lessons if each.name == name][-1]


def check_explore(lessons, ratings, text):
    low, high = ratings.scale
    above = np.mean(ratings.rating > (low + high) / 2)
    assert of(lessons, "rating_habit").holds == (above > 0.5)
    assert ("high ratings are the rule." in text) == (above > 0.5)
    means = [ratings.rating[ratings.user_idx == u].mean() for u in np.unique(ratings.user_idx)]
    assert of(lessons, "users_differ").holds == (max(means) - min(means) > (high - low) / 8)
    count = np.bincount(ratings.item_idx, minlength=ratings.n_items)
    mean = np.bincount(ratings.item_idx, ratings.rating, ratings.n_items) / np.maximum(count, 1)
    order = np.lexsort((np.arange(len(mean)), -count, -mean.round(12)))
    order = order[count[order] > 0][:30]
    half = np.sort(count[order])[(len(order) - 1) // 2]
    assert of(lessons, "top_list").holds == (half < 10)
    assert of(lessons, "top_list").evidence["half_rest_on"] == half
    tail = np.sort(count)[::-1]
    n = max(1, len(tail) // 10)
    assert of(lessons, "long_tail").holds == (tail[:n].sum() / tail.sum() > 0.2)
    empty = 1 - ratings.n_ratings / (ratings.n_users * ratings.n_items)
    assert of(lessons, "emptiness").holds == (empty > 0.5)
    assert ("have no rating. Filling them in" in text) == (empty > 0.5)


def check_baselines(lessons, split):
    table = pmf.evaluate_baselines(split).set_index("method")["test_rmse"]
    best, test = table.idxmin(), split.test
    error = test.rating - predict_baseline(best, split.train, test.user_idx, test.item_idx)
    values = np.unique(test.rating)
    if 3 <= len(values) <= 10:
        by_value = [np.sqrt(np.mean(error[test.rating == value] ** 2)) for value in values]
        at_ends = min(by_value[0], by_value[-1])
        assert of(lessons, "errors_at_the_ends").holds == (at_ends > min(by_value[1:-1]))
    rare = of(lessons, "errors_of_rare")
    assert not rare.evidence or rare.holds == (rare.evidence["few"] > rare.evidence["many"])


def r_hats(fit):
    stats = fit.idata["sample_stats"].dataset
    names = ("norm_U", "norm_V", "total_log_likelihood")
    found = convergence(np.stack([stats[name].values for name in names], axis=-1))["r_hat"]
    return dict(zip(names, found, strict=True))


def check_run(lessons, text, fit, split):
    """Hold what Fit, Diagnose and Compare have said of a sampled run against its numbers."""
    scores, point = fit.summary(), pmf.fit_map(split, fit.config)
    believed = scores["r_hat"] <= 1.05 and scores["ess"] >= 100
    best = pmf.evaluate_baselines(split)["test_rmse"].min()
    beside_it = pmf.fit_map(split).summary()["test_rmse"]  # Fit shows the MAP of its settings, too
    wins = (believed and scores["test_rmse"] <= best) or beside_it <= best
    assert ("Beats the best baseline" in text) == wins
    beside = of(lessons, "map_and_mean")
    assert beside.evidence["map_test"] == pytest.approx(point.summary()["test_rmse"], rel=1e-6)
    assert beside.holds == (scores["test_rmse"] < point.summary()["test_rmse"])
    leads = of(lessons, "leads")
    trails = scores["test_rmse"] > min(best, point.summary()["test_rmse"])
    assert leads.holds == (believed and not trails)
    assert leads.evidence["over_baseline"] == pytest.approx(best - scores["test_rmse"], rel=1e-4)
    found = r_hats(fit)
    worst = max(found["norm_U"], found["norm_V"])
    assert of(lessons, "norms_settle").holds == (worst <= 1.05)
    assert of(lessons, "chains_mix").holds == (found["total_log_likelihood"] <= 1.05)
    curves = pmf.running_rmse(fit).iloc[-1]
    averaging = of(lessons, "averaging_helps")
    assert averaging.holds == (curves["running_test"] < curves["per_step_test"])
    raw = of(lessons, "raw_factors")
    table = pmf.diagnose(fit).query("quantity == 'prediction'")["r_hat"].median()
    assert raw.evidence["predictions"] == pytest.approx(table)
    assert raw.holds == (raw.evidence["raw"] > 1.1 and table <= 1.05)


def check_everything(home, taught, data, config, length):
    """Store a run of the ratings, open every page, and check all that is taught."""
    app, ratings = opened("explore", data)
    check_explore(taught, ratings, said(app))
    nouns = {ratings.nouns.things, ratings.nouns.unit}
    assert ("movies" in said(app)) == ("movies" in nouns)
    assert ("stars" in said(app)) == ("stars" in nouns)
    split = pmf.split_ratings(ratings, 0.1, 0)
    opened("baselines", data)
    check_baselines(taught, split)
    fit = pmf.sample_gibbs(split, config, **length)
    run = RunStore(home / "runs").add(fit, "a run")
    text = "".join(said(opened(page, data, run=run.id)[0]) for page in ("fit", "diagnose"))
    text += said(opened("compare", data)[0])
    opened("recommend", data, run=run.id)
    check_run(taught, text, fit, split)
    for each in taught:  # of lists whose items are well known
        if each.name == "mostly_noise":
            assert each.holds == (each.evidence["share_of_noise"] > 0.5)


def test_what_explore_says_of_a_small_full_table_is_true(taught):
    app, ratings = opened("explore", "5 x 5")
    check_explore(taught, ratings, said(app))
    assert "Every pair has a rating" in said(app) and "movie" not in said(app)


SHORT = {"draws": 12, "tune": 4, "chains": 2}
LONG = {"draws": 400, "tune": 300, "chains": 2}
LEARNED = pmf.PMFConfig(2, prior="hierarchical", biases=True, alpha=None, center=True)


@pytest.mark.slow
@pytest.mark.parametrize("length", [SHORT, LONG], ids=["not converged", "converged"])
@pytest.mark.parametrize("data", [SMALL, "dense", "5 x 5"], ids=["simulated", "dense", "5 x 5"])
def test_all_that_is_taught_is_true(home, taught, data, length):
    check_everything(home, taught, data, LEARNED, length)


@pytest.mark.slow
def test_all_that_is_taught_of_the_default_simulation_is_true(home, taught):
    check_everything(home, taught, DEFAULT, replace(LEARNED, n_factors=4), SHORT)


@pytest.mark.slow
@pytest.mark.parametrize("preset", ["pmf", "bpmf", "best"])
def test_all_that_is_taught_of_movielens_is_true(home, movielens, taught, preset):
    length = {"draws": 40, "tune": 20, "chains": 2}
    check_everything(home, taught, {"data": "MovieLens"}, pmf.PRESETS[preset], length)


@pytest.mark.slow
def test_two_samplers_are_drawn_beside_each_other_and_stay_until_the_ratings_change(home, taught):
    ratings = opened("explore", SMALL)[1]
    split = pmf.split_ratings(ratings, 0.1, 0)
    fit = pmf.sample_gibbs(split, LEARNED, **SHORT)
    app, _ = opened("diagnose", SMALL, run=RunStore(home / "runs").add(fit, "a run").id)
    assert "by sweeps alone (r_hat" not in said(app)
    button = next(each for each in app.button if each.label == "Run both samplers")
    button.click().run(timeout=PATIENCE)
    assert not app.exception, app.exception
    lesson = of(taught, "one_walks")
    *_, traces = sample_side_by_side(part_for_both(split))
    expected = mixing_of_both(traces)["ess_bulk"]
    assert list(lesson.evidence.values())[2:] == pytest.approx(list(expected))
    assert lesson.text in said(app)
    assert lesson.text in said(app.run())  # whatever else is touched, they stay
