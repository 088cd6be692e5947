"""Fits on disk: one self-describing netCDF file each, which ArviZ opens as well."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO

import numpy as np
import pandas as pd
import xarray as xr

from pmf_core.fits import inspection
from pmf_core.fits.fit import Fit
from pmf_core.fits.netcdf import netcdf_bytes
from pmf_core.fits.schema import ALL_NUMBERS, ALL_TEXTS, GROUPS
from pmf_core.fits.seal import is_sealed, sealed
from pmf_core.fits.soundness import check_attrs, check_fit
from pmf_core.support.atomic import within_folder, write_whole

_HDF5 = Lock()
"""HDF5 is not thread-safe: two threads in it at once can end the process. Every read and write
of the package goes through this module, one at a time."""

_UNSEALED = (
    "{name} has no seal: it was written by an earlier version, or changed since; import it on the "
    "Compare page (Manage runs), then delete this file"
)


def save_fit(fit: Fit, path: str | os.PathLike) -> Path:
    """Write a fit to one netCDF file, whole or not at all.

    What somebody has added to `Fit.idata` is left out.

    Raises
    ------
    FileNotFoundError
        If the folder does not exist.
    OSError
        If the disk is full.
    """
    path = within_folder(path)
    write_whole(path, fit_bytes(fit))
    return path


def fit_bytes(fit: Fit, **attrs: Any) -> bytes:
    """Return what the file of a fit consists of, with further attributes.

    It is made in memory, which takes as much again as the fit: HDF5 ends the process where a disk
    is full.
    """
    attrs = fit.attrs | attrs
    tree = xr.DataTree.from_dict({group: _plain(fit, group) for group in GROUPS})
    tree.attrs = {name: attrs[name] for name in attrs if name in ALL_TEXTS | ALL_NUMBERS}
    with _HDF5:
        content = netcdf_bytes(tree)
    return sealed(content)


def _plain(fit: Fit, group: str) -> xr.Dataset:
    """Return the arrays of the schema in a group, without what else xarray carries along."""
    found = fit.idata[group].dataset.variables
    arrays = {name: (found[name].dims, found[name].values) for name in GROUPS[group].keys() & found}
    coords = {name: each for name, each in arrays.items() if each[0] == (name,)}
    return xr.Dataset({name: arrays[name] for name in arrays.keys() - coords}, coords)


def read_fit(file: BinaryIO, name: str) -> Fit:
    """Read a fit from an open file that is sealed; `name` is what to call it.

    Of any other, `pmf_core.fits.foreign.read_foreign` is the safe way.

    Raises
    ------
    ValueError
        If the file is damaged, or holds something else than a fit that every page can show.
    """
    with _reading(name):
        tree = inspection.read_tree(file)
    with _checking(name):
        fit = Fit(tree)
        check_fit(fit)
    return fit


def read_attrs(path: str | os.PathLike) -> dict[str, Any]:
    """Read how a saved fit came about (`Fit.attrs`), without its draws: in milliseconds.

    Raises
    ------
    ValueError
        If the file is damaged, or holds something else than a fit.
    """
    with _opened(path) as file, _reading(path):
        attrs = inspection.read_attrs(file)
    with _checking(path):
        check_attrs(attrs)
    return attrs


def read_running(path: str | os.PathLike) -> pd.DataFrame:
    """Read the RMSE of the mean prediction of a saved fit, without its draws.

    Returns
    -------
    pd.DataFrame
        draw (of each chain, from 1), train_rmse, test_rmse, in stars.
    """
    with _opened(path) as file, _reading(path):
        tree = inspection.read_tree(file, ["running"])
    running = tree["running"].dataset
    columns = {name: running[name].values for name in ("train_rmse", "test_rmse")}
    return pd.DataFrame({"draw": np.arange(1, len(columns["test_rmse"]) + 1)} | columns)


def has_seal(file: BinaryIO, name: str | os.PathLike) -> bool:
    """Return `is_sealed`, with an error that names the file."""
    try:
        return is_sealed(file)
    except ValueError as error:
        raise ValueError(f"{name} cannot be read as netCDF ({error}); export it anew") from error


@contextmanager
def _opened(path: str | os.PathLike) -> Iterator[BinaryIO]:
    """Open a file if it has a seal."""
    try:
        file = open(path, "rb")
    except IsADirectoryError as error:
        raise ValueError(f"{path} cannot be read as netCDF ({error}); export it anew") from error
    with file:
        if not has_seal(file, path):
            raise ValueError(_UNSEALED.format(name=path))
        yield file


@contextmanager
def _reading(name: str | os.PathLike) -> Iterator[None]:
    try:
        with _HDF5:
            yield
    except inspection.Refused as error:
        raise ValueError(
            f"{name} is netCDF but not a fit of this package: {error}; choose a file that "
            "save_fit wrote"
        ) from error
    except Exception as error:  # of a damaged file: RuntimeError, AttributeError and others
        raise ValueError(f"{name} cannot be read as netCDF ({error}); export it anew") from error


@contextmanager
def _checking(name: str | os.PathLike) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # a file from elsewhere can be wrong in any way
        raise unusable(name, error) from error


def unusable(name: str | os.PathLike, error: Exception) -> ValueError:
    """Return the error that says why a file is no fit, of whatever kind the reason is."""
    return ValueError(
        f"{name} is not a fit that this version can read ({type(error).__name__}: {error}); choose "
        "a file that save_fit of this version wrote, or fit the same model again"
    )
