"""Fits on disk: one self-describing netCDF file each, which ArviZ opens as well."""

import os
import tempfile
from pathlib import Path
from threading import Lock

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
        raise ValueError(f"{path} cannot be read as netCDF ({error}); export it anew") from error
    missing = {"posterior", "sample_stats", "heldout"} - set(idata.children)
    if missing or "config" not in idata.attrs:
        raise ValueError(
            f"{path} is netCDF but not a fit of this package: it lacks "
            f"{sorted(missing) or ['config']}; choose a file that save_fit wrote"
        )
    return Fit(idata)
