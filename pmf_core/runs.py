"""Fits on disk: one self-describing netCDF file each, which ArviZ opens as well."""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

import h5netcdf
import numpy as np
import pandas as pd
import xarray as xr

from pmf_core.config import PMFConfig, SamplerConfig
from pmf_core.fit import Fit
from pmf_core.labels import DIMS
from pmf_core.posterior import predictor_of, stored_draws, training_pairs

_HDF5 = Lock()
"""HDF5 is not thread-safe: two threads in it at once can end the process. Every read and write
of the package goes through this module, with the engine that was clean in trials, one at a time."""

GROUPS = (
    "posterior", "sample_stats", "warmup_sample_stats", "running", "predictions", "heldout",
    "observed_data", "constant_data",
)  # fmt: skip
"""What a saved fit consists of; see `Fit.idata`."""

_TEXTS = ("method", "config", "sampler", "dataset", "split_id", "created")
_OTHERS = ("scale", "offset", "levels", "partial", "seconds")
"""What is in `Fit.attrs` of every fit and read somewhere: strings, and numbers."""


def save_fit(fit: Fit, path: str | os.PathLike) -> Path:
    """Write a fit to one netCDF file, whole or not at all.

    Raises
    ------
    FileNotFoundError
        If the folder does not exist.
    """
    path = Path(path)
    if not path.parent.is_dir():
        raise FileNotFoundError(
            f"{path.parent} is not a folder; create it first, or save the fit somewhere else"
        )
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    os.close(handle)
    try:
        with _HDF5:
            fit.idata.to_netcdf(name, engine="h5netcdf")
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)
    return path


def load_fit(path: str | os.PathLike) -> Fit:
    """Read what `save_fit` wrote.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is damaged, or holds something else than a fit.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path} does not exist; give the path of a saved fit (.nc)")
    with _reading(path), xr.open_datatree(path, engine="h5netcdf") as tree:
        idata = tree.load()
    _require_fit(path, idata.attrs, set(idata.children))
    return Fit(idata)


def read_attrs(path: str | os.PathLike) -> dict[str, Any]:
    """Read how a saved fit came about (`Fit.attrs`), without its draws: in milliseconds.

    Raises
    ------
    ValueError
        If the file is damaged, or holds something else than a fit.
    """
    path = Path(path)
    with _reading(path), h5netcdf.File(path, "r") as file:
        attrs, groups = dict(file.attrs), set(file.groups)
    _require_fit(path, attrs, groups)
    return attrs


def read_running(path: str | os.PathLike) -> pd.DataFrame:
    """Read the RMSE of the mean prediction of a saved fit, without its draws.

    Returns
    -------
    pd.DataFrame
        draw (of each chain, from 1), train_rmse, test_rmse, in stars.
    """
    path = Path(path)
    with _reading(path), h5netcdf.File(path, "r") as file:
        group = file["running"]
        columns = {name: group[name][...] for name in ("train_rmse", "test_rmse")}
    return pd.DataFrame({"draw": np.arange(1, len(columns["test_rmse"]) + 1)} | columns)


def check_fit(fit: Fit, name: str) -> None:
    """Refuse a fit that pages could not show, by doing once what they do with it.

    Parameters
    ----------
    fit : Fit
        Read from a file that may come from anywhere.
    name : str
        What to call it.

    Raises
    ------
    ValueError
        If something in it is missing or does not fit the rest.
    """
    try:
        _require_shapes(fit)  # first: the kernels that predict do not look at them
        fit.summary()
        draw, predictor, pairs = next(stored_draws(fit)), predictor_of(fit), training_pairs(fit)
        predictor.mean(draw, pairs, predictor.score(draw, pairs))
    except Exception as error:  # it can be wrong in any way
        raise _unusable(name, error) from error


def _require_shapes(fit: Fit) -> None:
    """Require the draws that the model has, of the shapes that it and the ratings give them."""
    config, train, posterior = fit.config, fit.split.train, fit.idata["posterior"].dataset
    sizes = {
        "chain": fit.idata["sample_stats"].sizes["chain"], "user": train.n_users,
        "item": train.n_items, "factor": config.n_factors, "column": config.n_columns,
        "column_2": config.n_columns, "gap": len(fit.levels) - 2,
    }  # fmt: skip
    if missing := _parts(config) - set(posterior):
        raise ValueError(f"its model also draws {', '.join(sorted(missing))}, which are not there")
    for name in sorted(posterior):
        dims = ("chain", "draw", *DIMS[name])
        found = dict(posterior[name].sizes)
        expected = {dim: sizes.get(dim, found.get(dim)) for dim in dims}
        if list(found.items()) != list(expected.items()):
            raise ValueError(f"{name} has the shape {found} where the model's is {expected}")


def _parts(config: PMFConfig) -> set[str]:
    """Return the names of the draws without which a model of `config` cannot predict."""
    has = {
        ("U", "V", "alpha", "mu_U", "Lambda_U"): True,
        ("b_U", "b_V"): config.biases,
        ("W_U",): config.implicit in ("user", "both") or config.side_info in ("user", "both"),
        ("noise_scale_user",): config.noise in ("user", "both"),
        ("noise_scale_item",): config.noise in ("item", "both"),
        ("effect", "tau_effect"): bool(config.effects),
        ("log_gap",): config.link == "ordinal",
        ("mu_gap", "tau_gap"): config.cut_points == "user",
    }
    return {name for names, is_there in has.items() if is_there for name in names}


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        with _HDF5:
            yield
    except Exception as error:  # of a damaged file: RuntimeError, AttributeError and others
        raise ValueError(f"{path} cannot be read as netCDF ({error}); export it anew") from error


def _require_fit(path: Path, attrs: dict[str, Any], groups: set[str]) -> None:
    missing = set(GROUPS) - groups | set(_OTHERS) - set(attrs)
    texts = {*_TEXTS, *({"rung", "sweep", "sweep_x", "sweep_y"} & set(attrs))}
    missing |= {name for name in texts if not isinstance(attrs.get(name), str)}
    if missing:
        raise ValueError(
            f"{path} is netCDF but not a fit of this package: it lacks {sorted(missing)}; choose "
            "a file that save_fit wrote"
        )
    try:
        PMFConfig.from_json(attrs["config"])
        sampler = json.loads(attrs["sampler"])
        SamplerConfig(**sampler | {"random_seed": sampler["random_seed"]})  # without, no repeat
        low, high = map(float, attrs["scale"])
    except Exception as error:  # attrs from elsewhere can hold anything
        raise _unusable(path, error) from error


def _unusable(name: str | Path, error: Exception) -> ValueError:
    return ValueError(
        f"{name} is not a fit that this version can read ({type(error).__name__}: {error}); choose "
        "a file that save_fit of this version wrote, or fit the same model again"
    )
