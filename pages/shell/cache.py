"""What is computed once: for each choice of ratings, split and settings, and for the server."""

from __future__ import annotations

import sys
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

import streamlit as st

import pmf_core as pmf
from pages.shell import show, tables
from pmf_core.data.sources import source_named
from pmf_core.models.config import PMFConfig
from pmf_core.support.paths import data_dir

if TYPE_CHECKING:  # the first page does not wait for what these import
    import pandas as pd

    from pmf_core.data import Ratings, Split
    from pmf_core.data.simulate import Truth
    from pmf_core.fits.budget import Limits

_STARTING = Lock()


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
        st.stop()


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
    return key[0], table.file_name, *table.values


@st.cache_resource(max_entries=12, show_spinner=False)
def split(split_key: tuple) -> Split:
    """Return the split that (ratings, test size, seed) name."""
    key, test_size, seed = split_key
    return pmf.split_ratings(ratings(key)[0], test_size, seed)


@st.cache_resource(max_entries=4, show_spinner=False)
def subset(split_key: tuple, share: float) -> Split:
    """Return the densest part of a split, with `share` of its users and of its movies."""
    return pmf.densest_part(split(split_key), share)


@st.cache_data(max_entries=24, show_spinner="Scoring the baselines ...")
def baselines(split_key: tuple) -> pd.DataFrame:
    """Return `evaluate_baselines` of a split."""
    return pmf.evaluate_baselines(split(split_key))


@st.cache_data(max_entries=12, show_spinner=False)
def baseline_predictions(split_key: tuple) -> dict[str, Any]:
    """Return every baseline's predictions of the held-out ratings."""
    from pmf_core.models.baselines import BASELINES, predict_baseline

    parts = split(split_key)
    test = parts.test
    return {
        method: predict_baseline(method, parts.train, test.user_idx, test.item_idx)
        for method in BASELINES
    }


@st.cache_resource(max_entries=12, show_spinner="Finding the MAP ...")
def map_fit(split_key: tuple, config: PMFConfig, seed: int) -> Any:
    """Return the MAP of a model, or how far it comes in the work of one answer.

    Raises
    ------
    OverBudget
        If that is hardly anywhere, or takes too much memory.
    """
    from pmf_core.fits.budget import page_sweeps

    parts = split(split_key)
    sweeps = page_sweeps(parts, config, limits())
    return pmf.fit_map(
        parts, config, random_seed=seed, progress=lambda progress: progress.done < sweeps
    )


@st.cache_data(max_entries=8, show_spinner="Building the PyMC model ...")
def plates(split_key: tuple, config: PMFConfig) -> str:
    """Return the PyMC model as a diagram of plates, in DOT, or raise OverBudget."""
    from pmf_core.fits.budget import check_plates_fit
    from pmf_core.models.plates import plates

    check_plates_fit(split(split_key).train, config, limits())
    return plates(pmf.build_model(config, split(split_key).train))


@cache
def _queue() -> Any:
    """Start the queue; not a cache of Streamlit's, which every visitor can have cleared."""
    from pmf_core.runs.queue import JobQueue

    return JobQueue(limits=limits())


def _started() -> Any:
    """Return the queue; the first to ask starts it."""
    with _STARTING:
        return _queue()


def forget() -> None:
    """Start over, as a new server does; tests ask for it."""
    _queue.cache_clear()
    tables.forget()
    st.cache_resource.clear()
    st.cache_data.clear()


def queue() -> Any:
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
        st.stop()


def queue_if_started() -> Any | None:
    """Return the queue, or None while there is nothing in it.

    Starting it imports what the first pages do not need, so it waits until a fit is asked for,
    or until an earlier server has left one behind.
    """
    left = any((data_dir() / "jobs").glob("*/job.json"))
    if not left and "pmf_core.runs.queue" not in sys.modules:
        return None
    try:
        return _started()
    except OSError:  # the pages that need it say so
        return None


@st.cache_resource(max_entries=4, show_spinner="Opening the run ...")
def opened(run_id: str, size: int) -> Any:
    """Return a stored fit; `size` tells a file from another of the same name."""
    return queue().store.open(run_id)


@st.cache_data(max_entries=8, show_spinner="Adding the example's noise ...")
def noisy_running_rmse(run_id: str, size: int) -> pd.DataFrame:
    """Return `running_rmse` with noise of a stored fit, or raise OverBudget."""
    from pmf_core.fits.budget import check_noise_fits

    fit = opened(run_id, size)
    n_pairs = fit.split.train.n_ratings + fit.split.test.n_ratings
    sizes = fit.idata["posterior"].dataset.sizes
    check_noise_fits(n_pairs, sizes["chain"] * sizes["draw"], fit.config.n_factors, limits())
    return pmf.running_rmse(fit, noise=True)


@st.cache_data(max_entries=8, show_spinner=False)
def traces(run_id: str, size: int) -> pd.DataFrame:
    """Return the traces of a stored fit, tuning included."""
    from pmf_core.evaluation.diagnosis import step_traces

    return step_traces(opened(run_id, size))


@st.cache_data(max_entries=8, show_spinner=False)
def ranks(run_id: str, size: int, quantity: str) -> pd.DataFrame:
    """Return the rank histograms of a quantity of a stored fit."""
    from pmf_core.stats.ranks import rank_histogram

    return rank_histogram(opened(run_id, size).idata["sample_stats"].dataset[quantity].values)


@st.cache_data(max_entries=8, show_spinner=False)
def raw_r_hat(run_id: str, size: int) -> float:
    """Return the median r_hat of raw factors of a stored fit."""
    from pandas import Series

    from pmf_core.evaluation.diagnosis import factor_r_hat

    return float(Series(factor_r_hat(opened(run_id, size)).ravel()).median())  # nan if all are


@st.cache_data(max_entries=8, show_spinner="Checking the intervals ...")
def calibration(run_id: str, size: int) -> dict[str, Any]:
    """Return what tells whether the intervals of a stored fit are honest."""
    fit = opened(run_id, size)
    return {
        "scores": pmf.evaluate(fit),
        "coverage": pmf.calibration_table(fit),
        "reliability": pmf.reliability_table(fit),
        "pit": pmf.pit_ecdf(fit),
    }


@st.cache_data(max_entries=4, show_spinner=False)
def users(run_id: str, size: int) -> pd.DataFrame:
    """Return the users of a stored fit, most active first."""
    from pmf_core.prediction.recommendation import active_users

    return active_users(opened(run_id, size))


@st.cache_data(max_entries=32, show_spinner=False)
def rated(run_id: str, size: int, user_id: Any) -> pd.DataFrame:
    """Return what a user of a stored fit rated in training."""
    from pmf_core.prediction.recommendation import rated_items

    return rated_items(opened(run_id, size), user_id)


@st.cache_data(max_entries=32, show_spinner="Ranking what is not rated yet ...")
def recommended(
    run_id: str, size: int, user_id: Any, n: int, sort: str, min_ratings: int
) -> pd.DataFrame:
    """Return `recommend` of a stored fit."""
    return pmf.recommend(opened(run_id, size), user_id, n=n, sort=sort, min_ratings=min_ratings)


@st.cache_data(max_entries=64, show_spinner=False)
def running(run_id: str, size: int) -> pd.DataFrame:
    """Return the RMSE of the mean prediction of a stored fit."""
    from pmf_core.fits.files import read_running

    return read_running(queue().store.get(run_id).path)
