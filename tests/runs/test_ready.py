"""The run that a server makes by itself: once, of the ratings at hand, in nobody's room."""

import pytest

import pmf_core as pmf
from pmf_core.runs import ready
from pmf_core.runs.recipe import snippet
from pmf_core.runs.store import RunStore, StoreFull

SOURCE = ("simulated", 30, 20, 30.0, 2, 2.0, 0)


@pytest.fixture
def ratings():
    return pmf.simulate_ratings(30, 20, 180, 2, 2.0, 0)[0]


@pytest.fixture
def short(monkeypatch):
    monkeypatch.setattr(ready, "LENGTH", {"draws": 6, "tune": 4, "chains": 2})


def test_it_is_fitted_once_and_is_the_servers(short, ratings, tmp_path, monkeypatch):
    store = RunStore(tmp_path)
    run = ready.make_ready(store, ratings, SOURCE)
    assert run.owner == "server" and run.error is None and run.name == "Ready example"
    split = pmf.split_ratings(ratings, 0.1, 0)
    assert run.attrs["split_id"] == split.id and run.summary["chains"] == 2
    monkeypatch.setattr(ready, "sample_gibbs", None)  # from here on there is nothing to fit
    assert ready.make_ready(store, ratings, SOURCE).id == run.id
    assert [each.id for each in store.list()] == [run.id]


def test_it_can_be_repeated_as_every_run(short, ratings, tmp_path):
    store = RunStore(tmp_path)
    lines = snippet(store.open(ready.make_ready(store, ratings, SOURCE).id))
    assert "simulate_ratings" in lines and "test_size=0.1, random_seed=0" in lines
    assert "prior='hierarchical'" in lines and "n_factors=3" in lines


def test_lists_end_with_it_and_an_earlier_one_goes(short, ratings, tmp_path):
    store = RunStore(tmp_path)
    first = ready.make_ready(store, ratings, SOURCE)
    split = pmf.split_ratings(ratings, 0.1, 0)
    own = store.add(pmf.fit_map(split, pmf.PMFConfig(2)), "own", owner="a" * 32)
    assert [run.id for run in store.list()] == [own.id, first.id]
    other, _ = pmf.simulate_ratings(30, 20, 180, 2, 2.0, 1)
    second = ready.make_ready(store, other, SOURCE)
    assert {run.id for run in store.list()} == {own.id, second.id}


def test_it_counts_against_nobodys_room_but_the_stores(short, ratings, tmp_path):
    store = RunStore(tmp_path / "a", owner_limit_bytes=1)
    assert ready.make_ready(store, ratings, SOURCE).error is None
    split = pmf.split_ratings(ratings, 0.1, 0)
    with pytest.raises(StoreFull):  # the control: a visitor has no such room
        store.add(pmf.fit_map(split, pmf.PMFConfig(2)), "own", owner="a" * 32)
    with pytest.raises(StoreFull):
        ready.make_ready(RunStore(tmp_path / "b", limit_bytes=1), ratings, SOURCE)


@pytest.mark.slow
def test_it_is_to_be_believed(movielens, tmp_path):
    run = ready.make_ready(RunStore(tmp_path), movielens, ("movielens",))
    scores = run.summary
    assert scores["r_hat"] < 1.05 and scores["ess"] > 100 and scores["test_rmse"] < 0.90
    assert run.size < 10_000_000
