"""The run store lists, opens, renames, deletes, imports, and refuses rather than deletes."""

import io
import json
import re

import pytest

import pmf_core as pmf
import pmf_core.runs.store
from pmf_core.fits.files import read_fit
from pmf_core.fits.seal import sealed
from pmf_core.runs.leaderboard import leaderboard
from pmf_core.runs.store import RunStore
from tests.support.marks import slow_but


@pytest.fixture(scope="module")
def fit(ratings):
    split = pmf.split_ratings(ratings, 0.2, random_seed=1)
    return pmf.sample_gibbs(split, pmf.PMFConfig(n_factors=2), draws=8, tune=2, chains=2)


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs")


def altered(fit, path, change):
    """Save a fit that somebody has tampered with, as the store would have saved it."""
    tree = fit.idata.copy()
    tree.attrs |= {"name": "altered", "summary": json.dumps(fit.summary())}
    change(tree)
    file = io.BytesIO()
    tree.to_netcdf(file, engine="h5netcdf")
    path.write_bytes(sealed(file.getvalue()))
    return path


def with_attrs(**attrs):
    return lambda tree: tree.attrs.update(attrs)


def without(*names):
    def change(tree):
        for name in names:
            tree.attrs.pop(name, None)
            if name in tree.children:
                del tree[name]

    return change


def with_posterior(alter):
    def change(tree):
        tree["posterior"].dataset = alter(tree["posterior"].to_dataset())

    return change


def with_model(**fields):
    def change(tree):
        tree.attrs["config"] = json.dumps(json.loads(tree.attrs["config"]) | fields)

    return change


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
    with pytest.raises(ValueError, match="name is .*at least one letter"):
        store.rename(run.id, " ")
    store.delete(run.id)
    assert store.list() == []
    for absent in (run.id, "x" * 300):
        with pytest.raises(FileNotFoundError, match="there is no run"):
            store.open(absent)


def test_no_path_outside_the_store_is_reached(store, tmp_path, fit):
    path = pmf.save_fit(fit, tmp_path / "outside.nc")
    other = RunStore(tmp_path).list()
    assert [run.path for run in other] == [path]
    for outside in ("../outside", *other):
        with pytest.raises(FileNotFoundError):
            store.delete(outside)
    (store.folder / "link.nc").symlink_to(tmp_path, target_is_directory=True)
    store.delete(store.list()[0])
    assert path.exists() and not list(store.folder.glob("*.nc"))


@pytest.mark.slow
@pytest.mark.usefixtures("in_this_process")
def test_an_exported_run_is_imported(store, fit, tmp_path):
    run = store.add(fit, "mine", sweep="s1", sweep_x="n_factors", sweep_y="alpha", rung="pmf")
    other = RunStore(tmp_path / "other")
    imported = other.add_file(io.BytesIO(run.path.read_bytes()), "upload.nc")
    assert imported.name == "mine" and not {"sweep", "sweep_x", "rung"} & set(imported.attrs)
    assert other.open(imported.id).summary() == fit.summary()
    with pytest.raises(ValueError, match=r"^upload\.nc cannot be read"):
        other.add_file(io.BytesIO(b"not netCDF"), "upload.nc")
    assert [run.id for run in other.list()] == [imported.id]
    assert not list(other.folder.glob(".*.part"))


@pytest.mark.slow
@pytest.mark.usefixtures("in_this_process")
def test_a_fit_that_was_saved_by_hand_is_imported_under_its_file_name(store, fit, tmp_path):
    path = altered(fit, tmp_path / "fit.nc", without("name", "summary"))
    run = store.add_file(io.BytesIO(path.read_bytes()), "My fit.nc")
    assert (run.name, run.summary) == ("My fit.nc", fit.summary())


REFUSED = [
    (without("constant_data"), "lacks .'constant_data'"),
    (without("observed_data", "predictions"), "lacks .'observed_data', 'predictions'"),
    (without("running", "method"), "lacks .'running', 'method'"),
    (with_attrs(scale=5.0), "TypeError"),
    (with_attrs(scale=[4.0, 5.0]), "levels is .* ratings of the scale"),
    (with_attrs(created=2026), "attribute created is no text"),
    (with_attrs(config="{}"), "U has the shape .*: 2.* model's is .*: 10"),
    (with_attrs(config="[1"), "JSONDecodeError"),
    (with_attrs(levels="many"), "attribute levels is no number"),
    (with_model(biases=True), "also draws b_U, b_V, which are not there"),
    (with_model(tilt=1), "fields tilt, which .* does not know; it was written by a newer"),
    (with_posterior(lambda draws: draws.isel(user=slice(9))), "U has the shape|user_idx"),
    (with_posterior(lambda draws: draws.isel(draw=slice(0))), "draws is 0"),
    (with_posterior(lambda draws: draws.drop_vars("V")), "also draws V, which"),
    (with_posterior(lambda draws: draws.assign(tilt=1.0)), "the part 'tilt', which"),
]


@pytest.mark.parametrize(("change", "reason"), slow_but(REFUSED, *REFUSED[::4]))
def test_a_foreign_fit_is_refused_with_the_reason(fit, tmp_path, change, reason):
    path = altered(fit, tmp_path / "fit.nc", change)
    with pytest.raises(ValueError, match=rf"^up\.nc is .*not a fit .*{reason}.*choose a file that"):
        read_fit(io.BytesIO(path.read_bytes()), "up.nc")


@pytest.mark.usefixtures("in_this_process")
def test_an_import_that_is_refused_leaves_nothing(store, fit, tmp_path):
    path = altered(fit, tmp_path / "fit.nc", without("constant_data"))
    with pytest.raises(ValueError, match=r"^up\.nc is .*lacks .'constant_data'.*choose a file"):
        store.add_file(io.BytesIO(path.read_bytes()), "up.nc")
    assert not store.list() and not list(store.folder.glob(".*.part"))


def test_an_export_that_was_damaged_on_its_way_is_not_imported(store, fit, tmp_path, rng):
    content = store.add(fit, "mine").path.read_bytes()
    other = RunStore(tmp_path / "other")
    for at in rng.integers(len(content) - 40, size=20):
        damaged = bytearray(content)
        damaged[at] ^= 1 << rng.integers(8)
        with pytest.raises(ValueError, match=r"^up\.nc .*the file is damaged\); export it anew"):
            other.add_file(io.BytesIO(damaged), "up.nc")
    assert not other.list()


@pytest.mark.slow
@pytest.mark.usefixtures("in_this_process")
def test_a_file_without_a_seal_is_listed_with_what_to_do(store, fit):
    run = store.add(fit, "mine")
    run.path.write_bytes(run.path.read_bytes()[:-40])  # as an earlier version wrote it
    [listed] = store.list()
    assert "has no seal" in listed.error and "import it on the Compare page" in listed.error
    with listed.path.open("rb") as file:
        assert store.add_file(file, "old.nc").summary == fit.summary()


def test_damaged_files_are_listed_with_the_reason(store, fit):
    run = store.add(fit, "good")
    (store.folder / "bad.nc").write_bytes(b"nonsense")
    bad, good = sorted(store.list(), key=lambda listed: listed.error is None)
    assert good.id == run.id
    assert "has no seal" in bad.error
    store.delete("bad")


UNUSABLE = [
    ("f0", without("name", "summary"), r"import it on the Compare page \(Manage runs\)"),
    ("f1", with_attrs(name=5), "attribute name is no text"),
    ("f2", with_attrs(summary="{}"), "damaged summary .wrong or missing: test_rmse, train_"),
    ("f3", with_attrs(summary="[]"), "damaged summary"),
    ("f4", with_attrs(summary="{"), "damaged summary"),
    ("My_fit", with_attrs(), "called 'My_fit'; a run is called by .* so rename the file"),
    ("x" * 120, with_attrs(), "so rename the file"),
    ("f5", without("split_id"), "lacks .'split_id'"),
    ("f6", with_model(tilt=1), "fields tilt, which .* written by a newer version"),
    ("f7", with_model(n_factors=-1), "n_factors is -1; it must be"),
    ("f8", with_attrs(sampler='{"steps": 5}'), "not a fit that this version can read"),
    ("f9", with_attrs(sampler="{}"), "KeyError: 'random_seed'"),
    ("f10", with_attrs(sweep=[1, 2]), "attribute sweep is no text"),
    ("f11", with_attrs(rung=[1, 2]), "attribute rung is no text"),
]


@pytest.mark.slow
def test_files_that_pages_cannot_use_are_listed_with_the_reason(store, fit):
    good = store.add(fit, "good")
    for name, change, _ in UNUSABLE:
        altered(fit, store.folder / f"{name}.nc", change)
    found = {run.path.stem: run for run in store.list()}
    for name, _, reason in UNUSABLE:
        bad = found.pop(name)
        assert bad.attrs == {} and re.search(reason, bad.error), bad.error
        store.delete(bad)
    assert list(found) == [good.id]
    assert list(leaderboard(store.list())["id"]) == [good.id]


def test_whatever_lies_in_the_folder_is_listed_and_can_be_deleted(store):
    (store.folder / "d.nc").mkdir()
    (store.folder / "d.nc" / "note.txt").write_text("x")
    (store.folder / "bad name_.nc").write_bytes(b"no")
    for run in store.list():
        assert "cannot be read" in run.error or "has no seal" in run.error
        store.delete(run)
        with pytest.raises(FileNotFoundError, match="there is no run"):
            store.delete(run)
    assert not store.list()


def test_what_vanishes_while_it_is_listed_is_skipped(store, fit):
    run = store.add(fit, "first")
    (store.folder / "gone.nc").symlink_to(store.folder / "nowhere")
    assert [listed.id for listed in store.list()] == [run.id]
    assert store.size() == run.size
