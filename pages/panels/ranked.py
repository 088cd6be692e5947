"""What the page of recommendations is made of: the user, what they rated, the ranked list."""

from typing import Any

import pandas as pd
import streamlit as st

from pages.shell import cache, settings, show
from pmf_core.data.nouns import Nouns
from pmf_core.evaluation.calibration import usual_noise
from pmf_core.evaluation.lessons_of_fits import mostly_noise
from pmf_core.fits.fit import Fit
from pmf_core.prediction.recommendation import active_users, mean_rating, support
from pmf_core.runs.stored import Run
from pmf_core.support.numbers import figure, percent

HEIGHT = 563
"""Of a table with a header and 15 rows, in pixels: the two stand side by side."""

MAX_OPTIONS = 5000
"""Users to choose from, most active first; a browser takes long over more."""


def user(run: Run) -> Any:
    """Let the visitor choose a user of a run and return the raw identifier.

    The choice is in the address, so a link opens the same user's list.
    """
    users = cache.of_run(active_users, run)
    ids = {str(user_id): user_id for user_id in users["user_id"].tolist()}
    options = list(ids)[:MAX_OPTIONS]
    wanted = settings.value("user")
    if wanted in ids and wanted not in options:
        options.append(wanted)
    if wanted not in ids:
        if wanted:
            st.caption(f"User {show.code(wanted)} is not in this run; here is its most active.")
        settings.change(user=options[0])
    setting = settings.SETTINGS["user"]
    chosen = st.selectbox(
        setting.label,
        options,
        key="user",
        help=setting.help,
        persist_state="session",
        filter_mode="prefix",
    )
    return ids[chosen]


def history(rated: pd.DataFrame, nouns: Nouns) -> None:
    """Show what a user rated in training, best first."""
    if rated.empty:
        st.caption("Nothing that the model has learnt from.")
        return
    st.caption(
        f"{len(rated):,} training ratings, {figure(mean_rating(rated), '.2f')} {nouns.unit} on "
        "average."
    )
    st.dataframe(
        rated[["title", "rating"]].style.format({"rating": lambda given: figure(given, ".3g")}),
        hide_index=True,
        height=HEIGHT,
        column_config={
            "title": st.column_config.TextColumn("Title", width=160),
            "rating": st.column_config.NumberColumn(nouns.unit.capitalize(), width=50),
        },
    )


def ranked(frame: pd.DataFrame, high: str, nouns: Nouns, rated: str = "rated in training") -> None:
    """Show the ranked list; `high` says from where on a rating is called high.

    `rated` says what all in the list are not.
    """
    rests_on = support(frame)
    n_cold = rests_on.n_cold
    cold = f" {n_cold} of them cold: without a training rating." if n_cold else ""
    if rests_on.n_capped:
        cold += f" Of {rests_on.n_capped} the score is beyond the scale; what is expected is not."
    st.caption(f"The first {len(frame)} not {rated}, with 90% intervals.{cold}")
    title = frame["title"].where(~frame["is_cold_item"], frame["title"] + " · cold")
    ends = zip(frame["pred_lower"], frame["pred_upper"], strict=True)
    interval = [f"{figure(low, '.1f')} – {figure(high, '.1f')}" for low, high in ends]
    number = st.column_config.NumberColumn
    shown = frame[["expected", "pred_sd", "n_ratings"]].assign(
        title=title, interval=interval, prob_high=100 * frame["prob_high"]
    )
    st.dataframe(
        shown.style.format({"expected": lambda mean: figure(mean, ".2f")}),
        hide_index=True,
        height=HEIGHT,
        column_order=["title", "expected", "pred_sd", "interval", "prob_high", "n_ratings"],
        column_config={
            "title": st.column_config.TextColumn("Title", width=160),
            "expected": number(
                "Mean",
                width=60,
                help=f"Mean of the rating expected, in {nouns.unit}.",
            ),
            "pred_sd": number("Sd", format="%.2f", width=50, help="Of the score, over draws."),
            "interval": st.column_config.TextColumn(
                "90%",
                width=80,
                help=f"Equal-tailed interval of a rating, noise included, in {nouns.unit}.",
            ),
            "prob_high": st.column_config.ProgressColumn(
                f"{high} or more",
                format="%.0f%%",
                min_value=0,
                max_value=100,
                width=100,
                help=f"Probability of a rating of {high} {nouns.unit} or more.",
            ),
            "n_ratings": number(
                "Rated by", format="%d", width=85, help=f"Training ratings of the {nouns.thing}."
            ),
        },
    )


def story(frame: pd.DataFrame, high: str, sort: str, fit: Fit) -> str:
    """Say what to look for in a ranked list."""
    first = next(frame.itertuples())
    text = (
        f"**{show.plain(first.title)}** leads: {figure(first.expected, '.2f')} {fit.nouns.unit} "
        f"expected, and {high} or more with probability {percent(first.prob_high)}. "
    )
    rare = support(frame).n_rare
    if sort == "mean" and rare:
        return text + (
            f"{rare} of these {len(frame)} have fewer than ten ratings: their means rest on "
            "little. Sort by the lower bound, or ask for more ratings, and see who stays."
        )
    return text + (
        f"{mostly_noise(frame, usual_noise(fit)).text} The lower bound puts first what is least "
        f"likely to disappoint; the probability, what most likely gets {high} or more."
    )
