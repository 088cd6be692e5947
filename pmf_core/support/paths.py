"""Folders of the user's own that the package writes to."""

import os
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
    """Return the folder of compiled kernels."""
    return cache_dir() / "kernels"
