from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import pmf_core as pmf
from pmf_core.data.nouns import Nouns
from pmf_core.evaluation import the_example
from pmf_core.runs.leaderboard import (
    believed,
    best_sampled,
    differences,
    error_difference,
    lead,
    leaderboard,
    leads,
    marked,
    on_split,
    side_by_side,
    unique_names,
    with_the_example,
)
from pmf_core.runs.store import Run, RunStore


@pytest.fixture(scope="module")
def store(ratings, tmp_path_factory):
    store = RunStore(tmp_path_factory.mktemp("runs"))
    split = pmf.split_ratings(ratings)
    store.add(pmf.fit_map(split), "point")
    for seed in (0, 1):
        fit = pmf.sample_gibbs(split, pmf.PMFConfig(4), draws=10, tune=5, chains=2,
                               random_seed=seed)  # fmt: skip
        store.add(fit, "sampled")
    (store.folder / "broken.nc").write_bytes(b"no")
    return store


def test_runs_are_ranked_by_test_error_with_their_settings(store):
    for runs in (store.list(), store.list()[::-1]):
        board = leaderboard(runs)
        assert len(board) == 3  # what cannot be read is left to the store's list
        assert board["test_rmse"].is_monotonic_increasing
    row = board[board["method"] == "gibbs"].iloc[0]
    fit = store.open(row["id"])
    assert row["test_rmse"] == fit.summary()["test_rmse"]
    assert row["ess_per_second"] == pytest.approx(row["ess"] / row["seconds"])
    assert (row["n_factors"], row["draws"], row["chains"]) == (4, 10, 2)


def test_an_empty_store_has_an_empty_table():
    assert leaderboard([]).empty


def test_differences_are_what_changed(store):
    readable = (run for run in store.list() if not run.error)
    point, first, second = sorted(readable, key=lambda run: run.name)
    changed = differences(first, second)
    assert list(changed["setting"]) == ["random_seed"]
    assert set(changed.iloc[0][["a", "b"]]) == {"0", "1"}
    named = differences(point, first).set_index("setting")
    assert (named.loc["method", "a"], named.loc["n_factors", "b"]) == ("MAP", "4")
    assert named.loc["draws", "a"] == "—"
    assert differences(first, first).empty


def test_switches_are_yes_or_no(tmp_path, ratings):
    split, store = pmf.split_ratings(ratings), RunStore(tmp_path)
    a, b = (store.add(pmf.fit_map(split, pmf.PMFConfig(2, center=c)), "x") for c in (False, True))
    changed = differences(a, b).set_index("setting")
    assert tuple(changed.loc["center"]) == ("no", "yes")
    shown, differ = side_by_side(leaderboard([a, b]))
    assert "center" in differ and set(shown["center"]) == {"no", "yes"}


def test_equal_names_are_numbered(store):
    names = unique_names(run for run in store.list() if not run.error)
    assert sorted(names.values()) == ["point", "sampled", "sampled #2"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["a", "b", "a", "a"], ["a", "b", "a #2", "a #3"]),
        (["try #1", "try #1"], ["try #1", "try #1 #2"]),
        (["a", "a", "a #2"], ["a", "a #2", "a #2 #2"]),
        (["a", "a #2", "a"], ["a", "a #2", "a #3"]),
    ],
)
def test_no_two_runs_share_a_name(given, expected):
    runs = [Run(str(number), Path(), 0, name) for number, name in enumerate(given)]
    names = unique_names(reversed(runs))
    assert [names[run.id] for run in runs] == expected


def test_a_leaderboard_calls_runs_as_it_is_told(store):
    names = unique_names(run for run in store.list() if not run.error)
    assert sorted(leaderboard(store.list(), names)["name"]) == ["point", "sampled", "sampled #2"]


def test_those_of_a_split_and_the_best_of_the_sampled():
    board = pd.DataFrame(
        {"id": list("abcd"), "split_id": ["x", "y", "x", "x"],
         "method": ["map", "gibbs", "gibbs", "nuts"]}
    )  # fmt: skip
    assert on_split(board, "x")["id"].tolist() == ["a", "c", "d"]
    assert on_split(board, "x").index.tolist() == [0, 1, 2]
    assert best_sampled(board, 2) == ["b", "c"]
    assert on_split(leaderboard([]), "x").empty and best_sampled(leaderboard([]), 2) == []


def test_settings_in_words_and_those_that_differ(store):
    board = leaderboard(store.list())
    shown, differ = side_by_side(board)
    assert {"id", "split_id", "dataset", "created", "keep"}.isdisjoint(shown)
    assert {"method", "n_factors", "random_seed"} <= set(differ)
    assert {"name", "partial", "test_rmse", "ess_per_second", "link"}.isdisjoint(differ)
    assert set(shown["n_factors"]) == {"4", "10"} and set(shown["alpha"]) == {"2"}
    assert "id" in board  # the table that was given is as it was


def test_by_how_much_a_run_leads():
    board = pd.DataFrame(
        {"name": ["a", "b"], "train_rmse": [0.5, 0.6], "test_rmse": [0.75, 0.9],
         "method": ["gibbs", "map"], "r_hat": [1.0, np.nan], "ess": [500.0, np.nan]}
    )  # fmt: skip
    baselines = pd.DataFrame({"method": ["Mean of means", "Global mean"], "test_rmse": [1.0, 1.1]})
    found = lead(board, baselines, {"test_rmse": 0.875})
    assert (found.name, found.over_baseline, found.over_map, found.gap) == ("a", 0.25, 0.125, 0.25)
    assert found.baseline == "Mean of means"
    assert lead(board, baselines).over_map is None
    said = leads(found, Nouns("book", "books", "points"))
    assert said.holds and "leads with 0.7500 points: 0.1250 points better than the MAP" in said.text
    worse = leads(replace(found, over_map=-0.02), Nouns())
    assert "0.0200 points worse than the MAP of its model" in worse.text
    assert "leads with" not in worse.text and "and does not lead: 0.0200" in worse.text
    beaten = leads(lead(board, baselines.assign(test_rmse=[1.0, 0.5])), Nouns())
    assert not beaten.holds and "does not lead: 0.2500 points worse than *Global" in beaten.text
    doubtful = lead(board.assign(r_hat=1.93), baselines)
    said = leads(doubtful, Nouns())
    assert not said.holds and "leads nothing yet" in said.text and "r_hat is 1.93" in said.text


@pytest.mark.parametrize(
    ("r_hat", "ess", "method", "words"),
    [(1.93, 500, "gibbs", "no: chains disagree"), (1.0, 37, "nuts", "no: too few draws"),
     (np.inf, 500, "gibbs", "no: stuck"), (1.0, 500, "gibbs", "yes"),
     (np.nan, np.nan, "map", "one point")],
)  # fmt: skip
def test_a_leaderboard_marks_what_is_not_to_be_believed(r_hat, ess, method, words):
    scores = {"method": method, "r_hat": r_hat, "ess": ess}
    assert believed(scores) == words
    assert (marked("a", scores) == "a") is not words.startswith("no")


def test_errors_compare_on_the_same_held_out_ratings_alone():
    def run(split_id, error):
        attrs = {"split_id": split_id, "summary": f'{{"test_rmse": {error}}}'}
        return Run("id", Path("id.nc"), 1, "name", attrs)

    assert error_difference(run("x", 0.5), run("x", 0.75)) == 0.25
    assert error_difference(run("x", 0.5), run("y", 0.75)) is None


def test_the_example_takes_its_place_among_runs_of_its_own_ratings_alone(ratings, monkeypatch):
    split = pmf.split_ratings(ratings)
    shown = pd.DataFrame(
        {
            "name": ["a", "b"], "test_rmse": [0.85, 0.95], "train_rmse": [0.7, 0.8], "r_hat": 1.0,
            "seconds": 5.0, "method": "Gibbs", "n_factors": "20", "alpha": "learned",
            "draws": "100", "random_seed": "0", "partial": False, "believed": "yes",
        }
    )  # fmt: skip
    assert with_the_example(shown, split) is shown
    monkeypatch.setattr(the_example, "is_its_own", lambda split: True)
    found = with_the_example(shown, split)
    assert list(found["name"]) == ["a", "The example: MCMC", "b"] and list(found) == list(shown)
    row = found.iloc[1].to_dict()
    assert (row["test_rmse"], row["train_rmse"], row["seconds"]) == (0.90711, 0.78127, 2194)
    assert (row["n_factors"], row["alpha"], row["draws"], row["method"]) == (
        "10", "2", "500", "NUTS",
    )  # fmt: skip
    assert np.isnan(row["r_hat"]) and row["random_seed"] == "—"
    assert row["believed"] == "as reported"
