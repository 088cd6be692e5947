"""Folders of the user's own that the package writes to."""

import hashlib
import os
from functools import cache
from pathlib import Path

import platformdirs

APP = "pmf-explorer"


def data_dir() -> Path:
    """Return the folder of stored runs: ``PMF_HOME``, or the system's place for user data."""
    home = os.environ.get("PMF_HOME")
    return Path(home) if home else Path(platformdirs.user_data_dir(APP))


def cache_dir() -> Path:
    """Return the folder of what can be made again: downloads and compiled kernels."""
    home = os.environ.get("PMF_HOME")
    return Path(home) / "cache" if home else Path(platformdirs.user_cache_dir(APP))


def kernels_dir() -> Path:
    """Return the folder of compiled kernels, of the sources that are installed.

    A compiled kernel contains those that it calls, while numba looks only at its own file to see
    whether it is out of date.
    """
    return cache_dir() / "kernels" / _version_of_kernels()


@cache
def _version_of_kernels() -> str:
    digest = hashlib.sha256()
    for path in sorted((Path(__file__).parents[1] / "kernels").glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
