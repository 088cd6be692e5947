"""The run store lists, opens, renames, deletes, imports, and refuses rather than deletes."""

import io

import pytest

import pmf_core as pmf
from pmf_core.store import RunStore, StoreFull


@pytest.fixture(scope="module")
def fit(ratings):
    split = pmf.split_ratings(ratings, 0.2, random_seed=1)
    return pmf.sample_gibbs(split, pmf.PMFConfig(n_factors=2), draws=8, tune=2, chains=2)


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs")


def test_a_stored_run_is_listed_with_its_figures_and_opened(store, fit):
    run = store.add(fit, "first", sweep="s1")
    assert [listed.id for listed in store.list()] == [run.id]
    listed = store.get(run.id)
    assert listed.name == "first"
    assert listed.attrs["sweep"] == "s1"
    assert listed.summary == fit.summary()
    assert store.open(run.id).summary() == fit.summary()
    assert store.size() == listed.size > 0


def test_a_new_store_on_the_same_folder_finds_the_runs(store, fit):
    run = store.add(fit, "kept")
    assert [listed.id for listed in RunStore(store.folder).list()] == [run.id]


def test_rename_and_delete(store, fit):
    run = store.add(fit, "first")
    assert store.rename(run.id, "second ").name == "second"
    assert [listed.name for listed in store.list()] == ["second"]
    with pytest.raises(ValueError, match="name is empty"):
        store.rename(run.id, " ")
    store.delete(run.id)
    assert store.list() == []
    with pytest.raises(FileNotFoundError, match="there is no run"):
        store.open(run.id)


def test_no_path_outside_the_store_is_reached(store, tmp_path, fit):
    pmf.save_fit(fit, tmp_path / "outside.nc")
    with pytest.raises(FileNotFoundError):
        store.delete("../outside")


def test_an_exported_run_is_imported(store, fit, tmp_path):
    run = store.add(fit, "mine")
    other = RunStore(tmp_path / "other")
    imported = other.add_file(io.BytesIO(run.path.read_bytes()), "upload.nc")
    assert imported.name == "mine"
    assert other.open(imported.id).summary() == fit.summary()
    with pytest.raises(ValueError, match=r"^upload\.nc cannot be read"):
        other.add_file(io.BytesIO(b"not netCDF"), "upload.nc")
    assert len(list(other.folder.iterdir())) == 1


def test_damaged_files_are_listed_with_the_reason(store, fit):
    run = store.add(fit, "good")
    (store.folder / "bad.nc").write_bytes(b"nonsense")
    bad, good = sorted(store.list(), key=lambda listed: listed.error is None)
    assert good.id == run.id
    assert "cannot be read" in bad.error
    store.delete("bad")


def test_a_full_store_refuses_and_deletes_nothing(store, fit):
    run = store.add(fit, "first")
    small = RunStore(store.folder, limit_bytes=run.size + 1000)
    with pytest.raises(StoreFull, match="'second' takes .* delete runs"):
        small.add(fit, "second")
    assert [listed.name for listed in small.list()] == ["first"]
