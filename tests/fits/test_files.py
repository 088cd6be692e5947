"""Fits on disk."""

import os
import subprocess
import sys
import textwrap
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

import pmf_core as pmf
from pmf_core.fits import foreign
from pmf_core.fits.files import fit_bytes, read_attrs, read_running
from pmf_core.fits.seal import sealed
from pmf_core.fits.soundness import check_fit
from tests.support.tiny import PRESETS, tiny_ratings


@pytest.fixture(scope="module")
def fit(ratings):
    split = pmf.split_ratings(ratings, 0.2, random_seed=1)
    return pmf.sample_gibbs(split, pmf.PMFConfig(n_factors=2), draws=8, tune=2, chains=2)


def test_a_fit_survives_the_disk(fit, tmp_path):
    loaded = pmf.load_fit(pmf.save_fit(fit, tmp_path / "fit.nc"))
    assert loaded.summary() == fit.summary()
    assert loaded.config == fit.config
    assert loaded.sampler == fit.sampler
    assert loaded.split.id == fit.split.id
    assert loaded.idata["posterior"].dataset["U"].dtype == np.float32
    np.testing.assert_array_equal(loaded.split.train.titles, fit.split.train.titles)
    assert [path.name for path in tmp_path.iterdir()] == ["fit.nc"]


def test_a_missing_folder_or_file_is_named(fit, tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere is not a folder; create it"):
        pmf.save_fit(fit, tmp_path / "nowhere" / "fit.nc")
    with pytest.raises(FileNotFoundError, match=r"fit\.nc does not exist"):
        pmf.load_fit(tmp_path / "fit.nc")


@pytest.mark.slow
def test_damaged_and_foreign_files_are_refused(fit, tmp_path):
    path = pmf.save_fit(fit, tmp_path / "fit.nc")
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(ValueError, match="cannot be read as netCDF"):
        pmf.load_fit(path)
    other = tmp_path / "other.nc"
    xr.Dataset({"x": 1}).to_netcdf(other, engine="h5netcdf")
    with pytest.raises(ValueError, match="is netCDF but not a fit"):
        pmf.load_fit(other)


def test_settings_of_a_newer_version_are_named(fit):
    config = fit.config.to_json()[:-1] + ', "tilt": 1, "lean": 2}'
    with pytest.raises(ValueError, match="has the fields lean, tilt, .* update this one"):
        pmf.PMFConfig.from_json(config)


@pytest.mark.slow
def test_every_kind_of_fit_passes_the_check_of_an_import():
    for config in PRESETS.values():
        split = pmf.split_ratings(tiny_ratings(), 0.2, random_seed=1)
        check_fit(pmf.sample_gibbs(split, config, draws=4, tune=1, chains=2))
        check_fit(pmf.fit_map(split, config))


def test_a_disk_that_keeps_something_else_is_not_believed(fit, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "pmf_core.support.atomic.os.fsync", lambda handle: os.ftruncate(handle, 100)
    )
    with pytest.raises(OSError, match="does not keep what is written"):
        pmf.save_fit(fit, tmp_path / "fit.nc")
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_what_is_no_part_of_a_fit_is_not_saved(fit, tmp_path):
    more = pmf.Fit(fit.idata.copy(deep=True))
    more.idata["notes"] = xr.Dataset({"x": 1})
    more.idata["posterior"]["U"].attrs["units"] = "days since 1970-01-01"
    more.idata.attrs["password"] = "secret"
    path = pmf.save_fit(more, tmp_path / "fit.nc")
    assert b"password" not in path.read_bytes()
    loaded = pmf.load_fit(path)
    assert loaded.summary() == fit.summary() and "notes" not in loaded.idata.children


@pytest.mark.slow
def test_a_file_without_a_seal_is_read_in_a_process_of_its_own(fit, tmp_path):
    fit.idata.to_netcdf(tmp_path / "old.nc", engine="h5netcdf")
    assert pmf.load_fit(tmp_path / "old.nc").summary() == fit.summary()


@pytest.mark.slow
def test_a_file_that_sends_hdf5_in_a_circle_is_refused(fit, tmp_path, monkeypatch):
    """An object of a heap whose size, with its header, comes to 0: the next is itself."""
    monkeypatch.setattr(foreign, "SECONDS", 1)
    content = bytearray(fit_bytes(fit))[:-40]
    heap = content.index(b"GCOL")
    content[heap + 24 : heap + 32] = (2**64 - 16).to_bytes(8, "little")
    (tmp_path / "circle.nc").write_bytes(content)
    with pytest.raises(ValueError, match=r"circle\.nc cannot be read as netCDF .*export it anew"):
        pmf.load_fit(tmp_path / "circle.nc")


def test_arviz_opens_the_same_file(fit, tmp_path):
    import arviz as az

    idata = az.from_netcdf(pmf.save_fit(fit, tmp_path / "fit.nc"))
    U = fit.idata["posterior"].dataset["U"]
    np.testing.assert_array_equal(idata["posterior"]["U"].values, U.values)


def test_no_flipped_bit_passes_for_a_value(fit, tmp_path, rng):
    path = pmf.save_fit(fit, tmp_path / "fit.nc")
    content = path.read_bytes()
    for at in (0, len(content) - 1, *rng.integers(len(content) - 40, size=40)):
        damaged = bytearray(content)
        damaged[at] ^= 1 << rng.integers(8)
        path.write_bytes(damaged)
        for read in (pmf.load_fit, read_attrs, read_running):
            with pytest.raises(ValueError, match="not what was written: the file is damaged"):
                read(path)


def test_ordinal_ratings_of_two_levels_survive_the_disk(tmp_path):
    """They have no gap between cut points, so no array of gaps is stored."""
    split = pmf.split_ratings(two_levels(), 0.2, random_seed=1)
    config = pmf.PMFConfig(n_factors=1, alpha=1.0, link="ordinal")
    fit = pmf.sample_gibbs(split, config, draws=4, tune=1, chains=1)
    loaded = pmf.load_fit(pmf.save_fit(fit, tmp_path / "fit.nc"))
    assert np.isfinite(pmf.recommend(loaded, user_id=0, n=2)["pred_mean"]).all()


def two_levels():
    ratings = tiny_ratings()
    return replace(ratings, rating=1.0 + ratings.rating % 2, scale=(1, 2))


@pytest.mark.slow
def test_eight_threads_read_and_write_at_once(fit, tmp_path):
    """In a process of its own, since what this guards against ends the process."""
    path = pmf.save_fit(fit, tmp_path / "fit.nc")
    script = textwrap.dedent(
        """
        import sys
        from concurrent.futures import ThreadPoolExecutor
        from pathlib import Path
        import pmf_core as pmf

        source = Path(sys.argv[1])

        def work(number):
            path = source.with_name(f"copy-{number}.nc")
            for _ in range(2):
                pmf.save_fit(pmf.load_fit(source), path)
                fit = pmf.load_fit(path)
            return float(fit.idata["posterior"].dataset["U"].sum())

        with ThreadPoolExecutor(8) as pool:
            print(len(set(pool.map(work, range(8)))))
        """
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, timeout=120
    )
    assert (run.returncode, run.stdout.strip()) == (0, "1"), run.stderr[-2000:]


def test_the_running_error_is_read_without_the_draws(fit, tmp_path):
    running = read_running(pmf.save_fit(fit, tmp_path / "fit.nc"))
    expected = pmf.running_rmse(fit)
    for part in ("train", "test"):
        np.testing.assert_array_equal(running[f"{part}_rmse"], expected[f"running_{part}"])
    np.testing.assert_array_equal(running["draw"], expected["draw"])
    (tmp_path / "broken.nc").write_bytes(b"no")
    with pytest.raises(ValueError, match=r"broken\.nc has no seal"):
        read_running(tmp_path / "broken.nc")


def test_arviz_does_not_take_the_total_log_likelihood_for_that_of_each_rating(fit, tmp_path):
    import arviz as az

    idata = az.from_netcdf(pmf.save_fit(fit, tmp_path / "fit.nc"))
    for tree in (idata, fit.idata):
        with pytest.raises(TypeError, match="log likelihood not found"):
            az.loo(tree)


@pytest.mark.parametrize("seal", [sealed, pytest.param(bytes, marks=pytest.mark.slow)])
def test_a_file_with_the_former_name_of_a_variable_is_read(fit, tmp_path, seal):
    """Earlier versions kept the total log likelihood where ArviZ looks for another."""
    tree = xr.DataTree.from_dict({name: node.to_dataset() for name, node in fit.idata.items()})
    tree.attrs = fit.attrs
    for group in ("sample_stats", "warmup_sample_stats"):
        former = tree[group].to_dataset().rename(total_log_likelihood="log_likelihood")
        tree[group] = xr.DataTree(former)
    tree.to_netcdf(tmp_path / "old.nc", engine="h5netcdf")
    path = tmp_path / "sealed.nc"
    path.write_bytes(seal((tmp_path / "old.nc").read_bytes()))
    found = pmf.load_fit(path).idata["sample_stats"].dataset
    np.testing.assert_array_equal(
        found["total_log_likelihood"], fit.idata["sample_stats"]["total_log_likelihood"]
    )
    assert "log_likelihood" not in found
