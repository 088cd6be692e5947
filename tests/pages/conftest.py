"""Each test of a page has a server of its own."""

import pytest

import pmf_core as pmf


@pytest.fixture(autouse=True)
def _own_server(home):
    """Ask for `home` in every test."""


@pytest.fixture(scope="module")
def split():
    ratings, _ = pmf.simulate_ratings(60, 50, 900, 3, 2.0, 0)
    return pmf.split_ratings(ratings, 0.1, 0)
