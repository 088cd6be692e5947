"""Each test of a page has a server of its own."""

from dataclasses import replace

import numpy as np
import pytest
from streamlit.runtime.media_file_manager import MediaFileManager

import pmf_core as pmf


@pytest.fixture(autouse=True)
def _own_server(home):
    """Ask for `home` in every test."""


@pytest.fixture(scope="module")
def split():
    ratings, _ = pmf.simulate_ratings(60, 50, 900, 3, 2.0, 0)
    return pmf.split_ratings(ratings, 0.1, 0)


@pytest.fixture(scope="module")
def odd_split(split):
    """The same ratings of items with titles that Markdown would obey."""
    odd = np.array([f"*Film* [{n}](http://a.b)" for n in range(split.train.n_items)], object)
    return pmf.Split(*(replace(part, titles=odd) for part in (split.train, split.test)))


@pytest.fixture
def offered(monkeypatch):
    """What downloads would run at a click, by the name of the file."""
    right, found = MediaFileManager.add_deferred, {}

    def add_deferred(self, made, *where, file_name, **more):
        found[file_name] = made
        return right(self, made, *where, file_name=file_name, **more)

    monkeypatch.setattr(MediaFileManager, "add_deferred", add_deferred)
    return found
