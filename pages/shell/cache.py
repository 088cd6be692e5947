"""What is computed once: for each choice of ratings, split and settings, and for the server."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.shell import errors, show, tables
from pmf_core.data.sources import source_named
from pmf_core.support.paths import data_dir

if TYPE_CHECKING:  # the first page does not wait for what these import
    from pmf_core.data import Ratings, Split
    from pmf_core.data.simulate import Truth
    from pmf_core.fits.budget import Limits
    from pmf_core.fits.fit import Fit
    from pmf_core.runs.queue import JobQueue
    from pmf_core.runs.stored import Run


@st.cache_resource(show_spinner=False)
def _limits() -> Limits:
    from pmf_core.fits.budget import Limits

    return Limits.from_environment()


def limits() -> Limits:
    """Return how much a visitor may ask for; where they cannot be read, say so and end the page."""
    try:
        return _limits()
    except ValueError as error:
        st.error(f"The server is not set up right: {error}.", icon=":material/error:")
        errors.stop()


@st.cache_resource(max_entries=6, show_spinner="Reading the ratings ...")
def ratings(key: tuple) -> tuple[Ratings, Truth | None]:
    """Return the ratings that `key` names and, of simulated ones, the truth."""
    source = source_named(key[0])
    if source.takes_file:
        return tables.get(key[1]).loaded
    return coming(key).result() if source.is_remote else source.load(*key[1:])


@st.cache_resource(show_spinner=False)
def coming(key: tuple) -> Future:
    """Return ratings that may have to be fetched, or why they are out of reach, once it is known.

    A failure is kept as well: asking the network again would hold every page up.
    """
    pool = ThreadPoolExecutor(1, thread_name_prefix=f"pmf-{key[0]}")
    future = pool.submit(source_named(key[0]).load, *key[1:])
    pool.shutdown(wait=False)
    return future


def movielens() -> Future:
    """Return `coming` of MovieLens 100K."""
    return coming(("movielens",))


def source(key: tuple) -> tuple:
    """Return `key` with an uploaded table called by its file, as `describe_source` wants it."""
    if not source_named(key[0]).takes_file:
        return key
    table = tables.get(key[1])
    return key[0], table.file_name, *table.choices


@st.cache_resource(max_entries=12, show_spinner=False)
def split(split_key: tuple) -> Split:
    """Return the split that (ratings, test size, seed) name."""
    from pmf_core.data.split import split_ratings

    key, test_size, seed = split_key
    return split_ratings(ratings(key)[0], test_size, seed)


def of_split[Found](
    function: Callable[..., Found], split_key: tuple, *args: Hashable, **options: Hashable
) -> Found:
    """Return ``function(split, *args, **options)``, computed once; each caller gets a copy."""
    return _copied(
        _name(function),
        split_key,
        args,
        options,
        lambda: function(split(split_key), *args, **options),
    )


def large_of_split[Found](
    function: Callable[..., Found], split_key: tuple, *args: Hashable, **options: Hashable
) -> Found:
    """Return what `of_split` does, as one object for everybody: for what nobody changes."""
    return _shared(
        _name(function),
        split_key,
        args,
        options,
        lambda: function(split(split_key), *args, **options),
    )


@st.cache_resource(max_entries=4, show_spinner="Opening the run ...")
def _opened(run_id: str, size: int) -> Fit:
    return queue().store.open(run_id)


def opened(run: Run) -> Fit:
    """Return a stored fit; its size tells a file from another of the same name."""
    return _opened(run.id, run.size)


def of_run[Found](
    function: Callable[..., Found], run: Run, *args: Hashable, **options: Hashable
) -> Found:
    """Return ``function(fit, *args, **options)`` of a stored run, computed once."""
    return _copied(
        _name(function),
        (run.id, run.size),
        args,
        options,
        lambda: function(opened(run), *args, **options),
    )


def of_run_and_ratings[Found](
    function: Callable[..., Found], run: Run, key: tuple | None, *args: Hashable
) -> Found:
    """Return ``function(fit, ratings, truth, *args)`` of a stored run, computed once.

    `key` names the ratings, which the run learnt from: a fit has neither their features nor what
    they were simulated from. Without, both are None.
    """
    return _copied(
        _name(function),
        (run.id, run.size, key),
        args,
        {},
        lambda: function(opened(run), *(ratings(key) if key else (None, None)), *args),
    )


def of_two_runs[Found](
    function: Callable[..., Found], run: Run, other: Run, *args: Hashable
) -> Found:
    """Return ``function(fit, other fit, *args)`` of two stored runs, computed once."""
    return _copied(
        _name(function),
        (run.id, run.size, other.id, other.size),
        args,
        {},
        lambda: function(opened(run), opened(other), *args),
    )


def of_file[Found](function: Callable[..., Found], run: Run) -> Found:
    """Return ``function(path)`` of a stored run, computed once: for what needs no draws."""
    return _copied(_name(function), (run.id, run.size), (), {}, lambda: function(run.path))


@st.cache_data(max_entries=64, show_spinner="Working it out ...")
def _alone(function: str, args: tuple, _call: Callable[[], Any]) -> Any:
    return _call()


def of_nothing_else[Found](function: Callable[..., Found], *args: Hashable) -> Found:
    """Return ``function(*args)``, computed once, of what needs no ratings of a set or run."""
    return _alone(_name(function), args, lambda: function(*args))


@st.cache_data(max_entries=96, show_spinner="Working it out ...")
def _copied(
    function: str, key: tuple, args: tuple, options: dict[str, Any], _call: Callable[[], Any]
) -> Any:
    return _call()


@st.cache_resource(max_entries=16, show_spinner=False)
def _shared(
    function: str, key: tuple, args: tuple, options: dict[str, Any], _call: Callable[[], Any]
) -> Any:
    return _call()


def _name(function: Callable) -> str:
    """Return the name of a function, by which what it returns is kept."""
    name = f"{function.__module__}.{function.__qualname__}"
    if "<" in name:
        raise ValueError(f"{name} has no name of its own; define it in a module of the core")
    return name


READY = "PMF_READY_RUN"
"""Names the environment variable that, as 0, leaves out the run which a server makes by itself."""

FIRST_PAGE = 2.0
"""Seconds for which that waits, so that the first page has the processors to itself."""


class _Server:
    """The queue of this process; not a cache of Streamlit's, which every visitor can clear."""

    starting = Lock()
    queue: JobQueue | None = None
    ready: Future | None = None
    is_awaited = Event()


def _started() -> JobQueue:
    """Return the queue; the first to ask starts it."""
    with _Server.starting:
        if _Server.queue is None:
            from pmf_core.runs.queue import JobQueue

            _Server.queue = JobQueue(limits=limits())
        return _Server.queue


def ready(is_awaited: bool = False) -> Future | None:
    """Return the run that the server makes by itself, once it is made; None where it makes none.

    The first to ask starts it, in the background; whoever waits for it says so.
    """
    if os.environ.get(READY) == "0":
        return None
    if is_awaited:
        _Server.is_awaited.set()
    coming = movielens()
    with _Server.starting:
        if _Server.ready is None:
            _Server.ready = Future()
            # A daemon: a server that is told to stop does not wait for it.
            Thread(
                target=_make_ready, args=(_Server.ready, coming), name="pmf-ready", daemon=True
            ).start()
        return _Server.ready


def _make_ready(future: Future, coming: Future) -> None:
    """Make the run of MovieLens where that is at hand by now, or else of simulated ratings."""
    try:
        _Server.is_awaited.wait(FIRST_PAGE)
        from pmf_core.runs.ready import make_ready

        source = source_named("movielens" if coming.exception() is None else "simulated")
        key = source.key, *(each.default for each in source.parameters)
        found = coming.result() if source.is_remote else source.load(*key[1:])
        future.set_result(make_ready(_started().store, found[0], key))
    except BaseException as error:  # whoever waits for it goes on without
        future.set_exception(error)


def forget() -> None:
    """Start over, as a new server does; tests ask for it."""
    _Server.queue = _Server.ready = None
    _Server.is_awaited.clear()
    tables.forget()
    st.cache_resource.clear()
    st.cache_data.clear()


def queue() -> JobQueue:
    """Return the server's one queue of fits; it outlives every visitor.

    Where runs cannot be stored, say so and end the page.
    """
    try:
        return _started()
    except OSError as error:
        st.error(
            f"Runs cannot be stored: {show.reason(error)}. Set `PMF_HOME` to a folder that can be "
            "written, then start the app again.",
            icon=":material/error:",
        )
        errors.stop()


def queue_if_started() -> JobQueue | None:
    """Return the queue, or None while nobody has asked for it and there is nothing in it.

    Starting it imports what the first pages do not need, so it waits until a page asks for it,
    or until an earlier server has left a job behind.
    """
    left = any((data_dir() / "jobs").glob("*/job.json"))
    if _Server.queue is None and not left:
        return None
    try:
        return _started()
    except OSError:  # the pages that need it say so
        return None
