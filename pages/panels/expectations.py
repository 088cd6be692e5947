"""Prior, data, posterior: the ratings that a model expects, those given, those it then gives."""

import pandas as pd
import streamlit as st

from pages.panels import runs
from pages.panels.dataset import Dataset
from pages.shell import cache, show
from pmf_core.charts.checks import rating_shares
from pmf_core.data.nouns import Nouns
from pmf_core.evaluation.lessons import Lesson
from pmf_core.evaluation.lessons_of_checks import fitted_and_ratings, prior_and_ratings
from pmf_core.evaluation.rating_check import (
    figures,
    fitted_ratings,
    given_ratings,
    prior_ratings,
)
from pmf_core.fits.fit import Fit
from pmf_core.models.config import PMFConfig
from pmf_core.runs.stored import Run


def beside_ratings(
    chosen: Dataset, config: PMFConfig, point_fit: Fit | None, run: Run | None
) -> None:
    """Show, in a fold, the ratings of a prior and of a fit on one scale with those given.

    Of a run, where it is of the present model and ratings; else of the MAP. Nothing is drawn while
    the fold is closed: each draw of a prior is of the whole model.
    """
    fold = st.expander(
        "Prior, data, posterior: what the model expects, and what it gives",
        icon=":material/stacked_line_chart:",
        key="expectations",
        on_change="rerun",
    )
    if not fold.open:
        return
    with fold:
        nouns = chosen.ratings.nouns
        prior = cache.of_split(prior_ratings, chosen.split_key, config)
        given = cache.of_split(given_ratings, chosen.split_key)
        fit, fitted = _fitted(chosen, config, point_fit, run)
        frames = [prior, given] if fitted is None else [prior, given, fitted]
        said = [prior_and_ratings(prior, given, config, nouns)]
        if fitted is not None:
            said.append(fitted_and_ratings(fitted, given, config.link))
        on_one_scale(frames, said, nouns)
        _caption(prior, fitted, fit)


def on_one_scale(frames: list[pd.DataFrame], said: list[Lesson], nouns: Nouns) -> None:
    """Draw the `shares` of several kinds of ratings, their figures, and what they say."""
    left, right = st.columns([5, 4], gap="large")
    show.chart(
        rating_shares(frames, nouns),
        "Histograms of ratings on one scale: those that the prior expects, those given, and "
        "those that the fitted model gives",
        left,
        key="prior-data-posterior",
    )
    with right:
        st.dataframe(
            figures(frames).set_index("of"),
            column_config={
                "of": "Ratings",
                "mean": st.column_config.NumberColumn("Mean", format="%.3f"),
                "sd": st.column_config.NumberColumn("Sd", format="%.3f"),
                "outside": st.column_config.NumberColumn("Outside the scale", format="percent"),
            },
        )
        for lesson in said:
            show.lesson(lesson)


def _fitted(
    chosen: Dataset, config: PMFConfig, point_fit: Fit | None, run: Run | None
) -> tuple[Fit | None, pd.DataFrame | None]:
    """Return the fit that is shown, and its ratings."""
    fit = None if run is None else runs.opened(run)
    model = config if point_fit is None else point_fit.config
    if fit is not None and fit.attrs["split_id"] == chosen.split.id and fit.config == model:
        return fit, cache.of_run(fitted_ratings, run)
    return point_fit, None if point_fit is None else fitted_ratings(point_fit)


def _caption(prior: pd.DataFrame, fitted: pd.DataFrame | None, fit: Fit | None) -> None:
    """Say of how many draws and pairs the picture is, and what it leaves out."""
    about = prior.attrs
    text = f"Prior: {about['n_draws']} draws of the whole model, and of a rating of "
    text += f"{about['n_pairs']:,} of the {about['n_ratings']:,} training pairs"
    text += (
        f"; {about['beyond']:.0%} of them lie beyond the picture"
        if about["beyond"] >= 0.005
        else ""
    )
    if fitted is not None:
        of = "the MAP" if fit.is_point_estimate else f"{fitted.attrs['n_draws']} draws of the run"
        text += f". Fitted model: {of}, on the same pairs"
    st.caption(f"{text}. Dashed: the ends of the scale.")
