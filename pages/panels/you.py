"""You: rate a few, and see what follows of each rating at once."""

from typing import Any

import pandas as pd
import streamlit as st

import pmf_core as pmf
from pages.panels import own, ranked
from pages.panels.dataset import Dataset
from pages.shell import settings, show
from pmf_core.charts import calibration
from pmf_core.charts.own import moved_bars
from pmf_core.data.filters import genre_names, passing, span_of_years
from pmf_core.fits.fit import Fit
from pmf_core.prediction.explanation import told
from pmf_core.prediction.own_list import best_of, narrowed, own_list
from pmf_core.runs.stored import Run
from pmf_core.support.numbers import figure

N_SHOWN, DRAWS = 15, 60
"""Items of the list; draws by which a prediction is explained."""

SORTS = {"Mean": "mean", "Lower bound": "lower", "Probability": "prob"}

_LIST, _BEFORE = "own_list", "own_list_before"
"""Of the session: the list as it is and of what; figures of the one before."""


def you(run: Run, fit: Fit, chosen: Dataset) -> None:
    """Show the visitor's own ratings and what the model makes of them."""
    own.say()
    ratings = own.people(run, fit).get(own.ME, {})
    frame = _found(run, fit, ratings)
    asked, found = st.columns([5, 6], gap="large")
    with asked:
        _ask(run, fit, ratings, frame)
    with found:
        _figures(fit, ratings, frame)
        best = _filtered(fit, chosen, frame)
    if not best.empty:
        _why(run, fit, ratings, best)


def _found(run: Run, fit: Fit, ratings: own.Ratings) -> pd.DataFrame:
    """Return the whole list, worked out anew where a rating has changed."""
    key = run.id, run.size, tuple(ratings.items())
    known, frame = st.session_state.get(_LIST, (None, None))
    if known != key:
        same_run = known is not None and known[:2] == key[:2]
        st.session_state[_BEFORE] = frame.attrs if same_run else None
        frame = own_list(fit, ratings)
        st.session_state[_LIST] = key, frame
    return frame


def _ask(run: Run, fit: Fit, ratings: own.Ratings, frame: pd.DataFrame) -> None:
    st.header(f"Rate {fit.nouns.things}")
    own.ask(run, fit, own.ME, frame)
    with st.expander(f"Your ratings: {len(ratings)}", icon=":material/star:"):
        own.given(run, fit, own.ME, ratings)
        st.caption(
            "Kept on this server under your browser's key alone for a week, then deleted. They are "
            "in no address, and the model does not learn from them."
        )


def _figures(fit: Fit, ratings: own.Ratings, frame: pd.DataFrame) -> None:
    """Say how wide intervals are, and what the last rating did to them."""
    st.header("What follows")
    unit, before = fit.nouns.unit, st.session_state.get(_BEFORE)
    moved = narrowed(before, frame.attrs)
    changes = [None if each is None else figure(each, "+.3f") for each in moved]
    show.metrics(
        {
            "Rated": str(len(ratings)),
            "90% interval": (
                f"{figure(frame.attrs['width'], '.2f')}",
                f"Mean width over all {fit.nouns.things} that you have not rated, in {unit}: of a "
                "rating, noise included. Below, by how much it is wider or narrower since your "
                "last rating.",
                changes[0],
            ),
            "Doubt about you": (
                f"{figure(frame.attrs['sd'], '.3f')}",
                f"Mean sd of what you think of a {fit.nouns.thing}, noise left out, in {unit}: "
                "what more ratings can still narrow.",
                changes[1],
            ),
        }
    )
    if not ratings:
        st.caption("Nothing rated yet: this is what is expected of anybody.")


def _filtered(fit: Fit, chosen: Dataset, frame: pd.DataFrame) -> pd.DataFrame:
    """Let the visitor sort and filter the list, and show its first rows."""
    nouns, kept = fit.nouns, None
    sort = SORTS[settings.widget("sort")]
    left, right = st.columns(2)
    novelty, fewest = settings.widget("novelty", left), settings.widget("fewest", right)
    if fit.attrs["split_id"] == chosen.split.id:
        kept = _kept(chosen, frame)
    best = best_of(frame, N_SHOWN, sort, novelty / 100, fewest, kept)
    if best.empty:
        st.info(
            f"No {nouns.thing} is left: loosen a filter or lower a slider.",
            icon=":material/filter_alt_off:",
        )
        return best
    show.chart(
        calibration.recommendation_intervals(
            best.assign(pred_mean=best["expected"]), nouns, tuple(fit.attrs["scale"])
        ),
        f"The {len(best)} best ranked {nouns.things} for you: expected rating and 90% interval",
    )
    with st.expander("As a table", icon=":material/table_rows:"):
        ranked.ranked(best, show.number(best.attrs["high"], "g"), nouns, "rated by you")
    return best


def _kept(chosen: Dataset, frame: pd.DataFrame) -> Any:
    """Let the visitor filter by what the ratings at hand know of items."""
    names, span = genre_names(chosen.ratings), span_of_years(chosen.ratings)
    genres, years = (), None
    left, right = st.columns(2) if names and span is not None else (st, st)
    if names:
        genres = left.multiselect("Genres", names, key="own_genres", placeholder="Any")
    if span is not None:
        years = right.slider("Years", *span, span, key="own_years")
    if not genres and years in (None, span):
        return None
    return passing(chosen.ratings, frame["item_id"], genres, None if years == span else years)


def _why(run: Run, fit: Fit, ratings: own.Ratings, best: pd.DataFrame) -> None:
    st.header("Why this?")
    nouns = fit.nouns
    titles = dict(zip(best["item_id"].tolist(), best["title"], strict=True))
    if st.session_state.get("own_why") not in titles:
        st.session_state["own_why"] = None
    item_id = st.selectbox(
        "What moved a prediction, and what it is the sum of",
        list(titles),
        index=None,
        format_func=titles.get,
        placeholder=f"Choose a {nouns.thing} of the list",
        key="own_why",
    )
    if item_id is None:
        return
    with st.spinner("Working it out ..."):
        found = pmf.explain(fit, item_id, ratings, at_most=DRAWS)
    by_rating, by_part = told(found)
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Which rating moved it?")
        if by_rating.empty:
            st.caption("Nothing rated yet.")
        else:
            title = f"Moved the mean by ({nouns.unit})"
            show.chart(
                moved_bars(by_rating, nouns, title),
                f"By how much each rating moved what is expected of {titles[item_id]}",
            )
            show.lesson(
                f"The posterior mean with each rating, less that without it: "
                f"{'exact' if found.attrs['is_exact'] else 'an approximation under this link'}."
            )
    with right:
        st.subheader("What is it the sum of?")
        unit = nouns.unit if found.attrs["in_stars"] else "units of the score"
        show.chart(
            moved_bars(by_part, nouns, f"Part of the score ({unit})"),
            f"The parts of the score of {titles[item_id]}",
        )
        show.lesson(
            f"The parts add up to a score of {figure(found.attrs['score'], '.2f')}. An axis is one "
            f"of the aligned factors: yours times that of the {nouns.thing}."
        )
