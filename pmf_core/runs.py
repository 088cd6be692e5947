"""Fits on disk: one self-describing netCDF file each, which ArviZ opens as well."""

import os
import tempfile
from pathlib import Path
from threading import Lock
from typing import Any

import h5netcdf
import numpy as np
import pandas as pd
import xarray as xr

from pmf_core.fit import Fit

_HDF5 = Lock()
"""HDF5 is not thread-safe: two threads in it at once can end the process. Every read and write
of the package goes through this module, with the engine that was clean in trials, one at a time."""


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
    try:
        with _HDF5, xr.open_datatree(path, engine="h5netcdf") as tree:
            idata = tree.load()
    except (OSError, ValueError, KeyError) as error:
        raise _unreadable(path, error) from error
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
    try:
        with _HDF5, h5netcdf.File(path, "r") as file:
            attrs, groups = dict(file.attrs), set(file.groups)
    except (OSError, ValueError, KeyError) as error:
        raise _unreadable(path, error) from error
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
    try:
        with _HDF5, h5netcdf.File(path, "r") as file:
            group = file["running"]
            columns = {name: group[name][...] for name in ("train_rmse", "test_rmse")}
    except (OSError, ValueError, KeyError) as error:
        raise _unreadable(path, error) from error
    return pd.DataFrame({"draw": np.arange(1, len(columns["test_rmse"]) + 1)} | columns)


def _unreadable(path: Path, error: Exception) -> ValueError:
    return ValueError(f"{path} cannot be read as netCDF ({error}); export it anew")


def _require_fit(path: Path, attrs: dict[str, Any], groups: set[str]) -> None:
    missing = {"posterior", "sample_stats", "heldout"} - groups | {"config"} - set(attrs)
    if missing:
        raise ValueError(
            f"{path} is netCDF but not a fit of this package: it lacks {sorted(missing)}; choose "
            "a file that save_fit wrote"
        )
