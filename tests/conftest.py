"""Fixtures that every test may ask for."""

import os
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.data.sources import ml100k, places
from pmf_core.fits.files import read_fit
from pmf_core.support.paths import kernels_dir

# A test never waits for a network. Set before anything is imported that might ask.
os.environ["PMF_OFFLINE"] = "1"
# Nor for a run that nobody has asked for; tests of that switch it on.
os.environ["PMF_READY_RUN"] = "0"
KERNELS = str(kernels_dir())
_BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data"
if (_BESIDE / "ml-100k" / "u.data").exists():
    os.environ.setdefault("PMF_DATA_DIR", str(_BESIDE))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config):
    """A worker a processor, two at least; one more with slow tests, of which some only wait."""
    quick = config.option.markexpr == "not slow"
    return max(2, os.cpu_count() or 1) + (not quick)


def pytest_itemcollected(item):
    """A proof is slow as well; one worker has a whole file, and one all that need a browser.

    So fixtures are made once, and there is one Chromium at a time. As each test is found: once all
    are, they have been chosen by their marks, and given to workers.
    """
    if item.get_closest_marker("prove"):
        item.add_marker(pytest.mark.slow)
    if item.config.pluginmanager.hasplugin("xdist"):
        group = "browser" if item.get_closest_marker("browser") else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture
def rng():
    return np.random.default_rng(20240229)


@pytest.fixture(scope="session")
def simulated():
    """Sixty users, forty items, 900 ratings, and the truth behind them: (ratings, truth)."""
    ratings, truth = pmf.simulate_ratings(60, 40, 900, n_factors=3, random_seed=7)
    before = _content(ratings)
    yield ratings, truth
    assert _content(ratings) == before, "a test changed the ratings that all tests share"


@pytest.fixture(scope="session")
def ratings(simulated):
    return simulated[0]


@pytest.fixture(scope="session")
def movielens():
    """MovieLens 100K from PMF_DATA_DIR or the cache; tests that ask for it skip without."""
    try:
        return pmf.load_movielens()
    except pmf.DataUnavailable:
        if os.environ.get("PMF_DATA_DIR"):
            raise  # whoever sets it wants these tests to run
        pytest.skip(
            "needs MovieLens 100K: load it once in the app, or set PMF_DATA_DIR to the folder "
            "that contains ml-100k"
        )


def _content(ratings):
    values = (getattr(ratings, field.name) for field in fields(ratings))
    return [v.tobytes() if isinstance(v, np.ndarray) else repr(v) for v in values]


@pytest.fixture
def real_folder(movielens):
    return places.find_folder()[1]


@pytest.fixture(scope="session")
def ml100k_folder():
    """Make a folder ml-100k of the given files, by name, in a parent folder."""

    def make(parent, files):
        folder = parent / "ml-100k"
        folder.mkdir(parents=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding=ml100k.ENCODING)
        return folder

    return make


@pytest.fixture
def home(monkeypatch, tmp_path):
    """A server of its own for visitors without a browser: nothing cached, nothing stored."""
    import numba
    import streamlit as st
    from streamlit.components.v2.component_manager import BidiComponentManager as Components

    from pages.shell import cache
    from tests.support.visits import Routed

    monkeypatch.setenv("PMF_HOME", str(tmp_path))
    monkeypatch.delenv("PMF_DATA_DIR", raising=False)  # each server would read MovieLens anew
    monkeypatch.setattr("streamlit.testing.v1.app_test.PagesManager", Routed)
    monkeypatch.setattr(numba.config, "CACHE_DIR", KERNELS)  # compiled for all, not for each
    # Every visitor would look through all installed packages for components; none brings one.
    monkeypatch.setattr(Components, "discover_and_register_components", lambda *_, **__: None)
    # Visitors read no details of an error; whoever reads a failed test does.
    st.set_option("client.showErrorDetails", "full")
    cache.forget()
    yield tmp_path
    cache.forget()


@pytest.fixture
def in_this_process(monkeypatch):
    """Read what is imported here: in a process of its own it takes seconds."""

    def read(file, name):
        file.seek(0)
        return read_fit(file, name)

    monkeypatch.setattr("pmf_core.runs.store.read_foreign", read)
