"""The ratings that every page works on: the sidebar's picker, and the split."""

from __future__ import annotations

from concurrent import futures
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

import pmf_core as pmf
from pages.panels import preview
from pages.shell import cache, errors, router, settings, show, tables
from pmf_core.data.sources import SOURCES, source_named
from pmf_core.data.sources.base import Source

if TYPE_CHECKING:  # the first page does not wait for what these import
    from pmf_core.data import Ratings, Split
    from pmf_core.data.simulate import Truth

_BY_LABEL = {source.label: source for source in SOURCES}


@dataclass(frozen=True)
class Dataset:
    """The chosen ratings and how they are split."""

    key: tuple
    """Names the ratings: what cached functions are keyed by."""
    test_size: float
    """Share of the ratings that is held out."""
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

    def part(self, share: float) -> Split:
        """Return the densest part of the split, with `share` of its users and of its movies."""
        return cache.large_of_split(pmf.densest_part, self.split_key, share)


def pick(wait: bool) -> Dataset | None:
    """Draw the picker in the sidebar; None where nothing is chosen yet.

    A page that shows no ratings need not `wait` for them to be found.
    """
    with st.sidebar:
        source = _BY_LABEL[settings.widget("data", width="stretch")]
        key = _file(source) if source.takes_file else _made(source, wait)
        with st.expander("Held-out ratings", icon=":material/content_cut:"):
            settings.widget("test_size")
            seed = settings.widget("split_seed")
    return None if key is None else Dataset(key, settings.share("test_size"), seed)


def current(splits: bool = True) -> Dataset:
    """Return what `pick` gave; where there is nothing, say so and end the page.

    A page that `splits` the ratings also ends where that leaves nothing on one side.
    """
    router.require()
    chosen = st.session_state["dataset"]
    if chosen is None:
        st.title("No ratings yet")
        st.info(
            "There is nothing to show yet. Choose a table, or other ratings, in the sidebar.",
            icon=":material/upload_file:",
        )
        errors.stop()
    if not splits:
        return chosen
    try:
        cache.split(chosen.split_key)
    except ValueError as error:  # a few ratings may leave nothing on one side
        st.error(
            f"These ratings cannot be split: {show.reason(error)}. Add ratings, or hold another "
            "share out in the sidebar.",
            icon=":material/content_cut:",
        )
        errors.stop()
    return chosen


def _made(source: Source, wait: bool) -> tuple | None:
    """Return the key of ratings that need no file, once they can be had; None if they cannot."""
    _parameters(source)
    key = _key(source)
    if source.n_ratings is not None and not _takes(source.n_ratings(*key[1:])):
        return None
    if not wait:
        return key
    if not source.is_remote:
        try:
            cache.ratings(key)
        except pmf.DataUnavailable as reason:
            st.error(show.reason(reason), icon=":material/folder_off:")
            return None
        return key
    coming = cache.coming(key)
    if not coming.done():
        with st.spinner(f"Looking for {source.label} ..."):
            futures.wait([coming])
    if coming.exception() is None:
        return key
    if not isinstance(coming.exception(), pmf.DataUnavailable):
        coming.result()  # raises: this is no matter of reach
    st.caption(
        f"{source.label} is out of reach, so these are simulated ratings.",
        help=show.reason(coming.exception()),
    )
    st.button("Retry", icon=":material/refresh:", on_click=cache.coming.clear)
    return _key(source_named("simulated"))


def _takes(n_ratings: int) -> bool:
    """Return whether a set may have so many ratings; where not, say so."""
    from pmf_core.fits.budget import check_ratings_fit

    try:
        check_ratings_fit(n_ratings, cache.limits())
    except ValueError as error:
        st.error(
            f"{error}: choose fewer of them, of users or of items above.",
            icon=":material/hourglass_disabled:",
        )
        return False
    return True


def _parameters(source: Source) -> None:
    many = len(source.parameters) > 1
    with (
        st.expander("Settings of these ratings", icon=":material/tune:") if many else nullcontext()
    ):
        for each in source.parameters:
            if each.choices:
                settings.widget(each.name, listed=len(each.choices) > 3, width="stretch")
            else:
                settings.widget(each.name)


def _values(source: Source) -> tuple:
    """Return the value of each parameter, which an address and a widget have in words."""
    shown = ((each, settings.value(each.name)) for each in source.parameters)
    return tuple({word: own for own, word in each.choices}.get(now, now) for each, now in shown)


def _key(source: Source) -> tuple:
    return source.key, *_values(source)


def _file(source: Source) -> tuple | None:
    preview.upload()
    name = settings.value("table")
    if not name:
        return None
    table = tables.find(name)
    if table is None or table.reading.problem:
        st.caption("The table that the address names is no longer on this server: upload it again.")
        return None
    preview.offer_again(name, table)
    return source.key, name
