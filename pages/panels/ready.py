"""The run that the server makes by itself, as pages wait for it."""

from concurrent import futures

import streamlit as st

from pages.panels.dataset import Dataset
from pages.shell import cache
from pmf_core.runs.ready import HELD_OUT, SEED
from pmf_core.runs.stored import Run

LONGEST = 60
"""Seconds that a page waits for it."""

SOURCES = ("movielens", "simulated")
"""Of which it may be."""


def wait() -> Run | None:
    """Return it, once it is made; None where there is none to come."""
    future = cache.ready(is_awaited=True)
    if future is None:
        return None
    if not future.done():
        with st.spinner("The server makes an example run; it takes some seconds ..."):
            futures.wait([future], LONGEST)
    if not future.done() or future.exception() is not None:
        return None
    run = future.result()
    return run if run.path.exists() else None


def of_split(chosen: Dataset) -> Run | None:
    """Return it where it is of the ratings and the split that are chosen."""
    is_usual = chosen.test_size == HELD_OUT and chosen.split_seed == SEED
    if not is_usual or chosen.key[0] not in SOURCES:
        return None
    run = wait()
    return run if run is not None and run.attrs["split_id"] == chosen.split.id else None
