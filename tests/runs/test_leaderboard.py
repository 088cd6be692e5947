from pathlib import Path

import pytest

import pmf_core as pmf
from pmf_core.runs.leaderboard import differences, leaderboard, unique_names
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
    assert (named.loc["method", "a"], named.loc["n_factors", "b"]) == ("map", "4")
    assert named.loc["draws", "a"] == "—"
    assert differences(first, first).empty


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
