"""Which runs a store lists, and in which order."""

from dataclasses import FrozenInstanceError

import pytest

import pmf_core as pmf
from pmf_core.runs.store import RunStore


@pytest.fixture(scope="module")
def store(ratings, tmp_path_factory):
    fit = pmf.fit_map(pmf.split_ratings(ratings, 0.2), pmf.PMFConfig(n_factors=2))
    store = RunStore(tmp_path_factory.mktemp("runs"))
    for day, owner in (("02", "a"), ("03", ""), ("01", "b")):
        store.add(fit, day, run_id=f"202601{day}-000000-x", owner=owner)
    return store


def test_the_newest_run_is_listed_first(store):
    assert [run.name for run in store.list()] == ["03", "02", "01"]


def test_runs_of_an_owner_are_theirs_alone(store):
    listed = {owner: [run.name for run in store.list(owner)] for owner in ("a", "b", "", "c")}
    assert listed == {"a": ["02"], "b": ["01"], "": ["03"], "c": []}


def test_what_is_listed_cannot_be_changed(store):
    with pytest.raises(FrozenInstanceError):
        store.list()[0].name = "mine"
