"""The ratings that every page works on: the sidebar's picker, and the split."""

from __future__ import annotations

from concurrent import futures
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

import pmf_core as pmf
from pages.shell import cache, router, settings, show, tables

if TYPE_CHECKING:  # the first page does not wait for what these import
    from pmf_core.data import Ratings, Split
    from pmf_core.data.simulate import Truth


@dataclass(frozen=True)
class Dataset:
    """The chosen ratings and how they are split."""

    key: tuple
    """Names the ratings: what cached functions are keyed by."""
    test_size: float
    split_seed: int

    @property
    def ratings(self) -> Ratings:
        """All ratings."""
        return cache.ratings(self.key)[0]

    @property
    def truth(self) -> Truth | None:
        """What simulated ratings were drawn from."""
        return cache.ratings(self.key)[1]

    @property
    def split_key(self) -> tuple:
        """Names the split."""
        return self.key, self.test_size, self.split_seed

    @property
    def split(self) -> Split:
        """Training and held-out ratings."""
        return cache.split(self.split_key)


def pick(wait: bool) -> Dataset | None:
    """Draw the picker in the sidebar; None where nothing is chosen yet.

    A page that shows no ratings need not `wait` for them to be found.
    """
    with st.sidebar:
        choice = settings.widget("data", width="stretch")
        match choice:
            case "MovieLens":
                key = _movielens(wait)
            case "Simulated":
                key = _simulated()
            case _:
                key = _file()
        with st.expander("Held-out ratings", icon=":material/content_cut:"):
            share = settings.widget("test_size")
            seed = settings.widget("split_seed")
    return None if key is None else Dataset(key, share / 100, seed)


def current(splits: bool = True) -> Dataset:
    """Return what `pick` gave; where there is nothing, say so and end the page.

    A page that `splits` the ratings also ends where that leaves nothing on one side.
    """
    router.require()
    chosen = st.session_state["dataset"]
    if chosen is None:
        st.info(
            "Choose a table in the sidebar, or switch to MovieLens or simulated ratings.",
            icon=":material/upload_file:",
        )
        st.stop()
    if not splits:
        return chosen
    try:
        cache.split(chosen.split_key)
    except ValueError as error:  # a few ratings may leave nothing on one side
        st.error(
            f"These ratings cannot be split: {show.reason(error)}. Add ratings, or hold another "
            "share out in the sidebar.", icon=":material/content_cut:",
        )  # fmt: skip
        st.stop()
    return chosen


def _movielens(wait: bool) -> tuple | None:
    if not wait:
        return ("movielens",)
    coming = cache.movielens()
    if not coming.done():
        with st.spinner("Looking for MovieLens 100K ..."):
            futures.wait([coming])
    if coming.exception() is None:
        return ("movielens",)
    if not isinstance(coming.exception(), pmf.DataUnavailable):
        coming.result()  # raises: this is no matter of reach
    st.caption(
        "MovieLens 100K is out of reach, so these are simulated ratings of the same shape.",
        help=show.reason(coming.exception()),
    )
    st.button("Retry", icon=":material/refresh:", on_click=cache.movielens.clear)
    return _simulation()


def _simulated() -> tuple | None:
    with st.expander("Simulation", icon=":material/casino:"):
        for name in ("sim_users", "sim_items", "sim_share", "sim_factors", "sim_alpha", "sim_seed"):
            settings.widget(name)
    return _simulation()


def _simulation() -> tuple | None:
    from pmf_core.fits.budget import check_ratings_fit

    users, items = settings.value("sim_users"), settings.value("sim_items")
    size = max(round(users * items * settings.value("sim_share") / 100), users, items)
    try:
        check_ratings_fit(size, cache.limits())
    except ValueError as error:
        st.error(f"{error}: lower the share of pairs rated, or the users or movies.",
                 icon=":material/hourglass_disabled:")  # fmt: skip
        return None
    return (
        "simulated", users, items, size,
        settings.value("sim_factors"), settings.value("sim_alpha"), settings.value("sim_seed"),
    )  # fmt: skip


def _file() -> tuple | None:
    duplicates = st.segmented_control(
        "If a pair is rated twice",
        ("error", "last", "mean"),
        default="error",
        required=True,
        format_func={"error": "Refuse", "last": "Keep last", "mean": "Average"}.get,
        persist_state="session",
        key="duplicates",
    )
    uploaded = st.file_uploader(
        "A table of ratings",
        type=["csv", "tsv", "txt", "dat", "data", "gz"],
        help="One rating a row: user, item, rating and, if you have it, timestamp; with column "
        "names or without; separated by comma, tab, semicolon, | or ::. It stays in the memory "
        "of this server, for you and those to whom you give its address, until it restarts or "
        "needs the room.",
        key="upload",
    )
    if uploaded is not None:
        try:
            name = tables.keep(uploaded.name, uploaded.getvalue(), duplicates)
        except ValueError as error:
            st.error(show.reason(error), icon=":material/error:")
            return None
        settings.change(table=name)
    name = settings.value("table")
    if not name:
        return None
    if tables.find(name) is None:
        st.caption("The table that the address names is no longer on this server: upload it again.")
        return None
    key = ("table", name)
    for note in cache.ratings(key)[0].notes:
        st.caption(show.plain(note))
    return key
