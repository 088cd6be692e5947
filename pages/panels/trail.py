"""The trail of fits that a visitor has tried, on the Fit page: where learning turns to noise."""

import pandas as pd
import streamlit as st

from pages.panels import runs
from pages.panels.dataset import Dataset
from pages.shell import show
from pmf_core.charts.trail import trail_chart
from pmf_core.evaluation.methods import best_baseline
from pmf_core.evaluation.trail import AXES, Trail, trail_table, where_it_turns, with_fits
from pmf_core.fits.fit import Fit
from pmf_core.runs.stored import Run

TRAILS = "trails"
"""Of the session: trails by the ratings and the split that they are of, the latest last."""

MOST_TRAILS = 10
"""Of one visitor; of ratings not looked at for longest, the trail is forgotten."""


def remember(chosen: Dataset, point_fit: Fit | None, run: Run | None) -> None:
    """Add the MAP and the run that a page shows to the trail of the present split."""
    shown = point_fit, None if run is None else runs.opened(run)
    trails: dict[tuple, Trail] = st.session_state.setdefault(TRAILS, {})
    of_these = [fit for fit in shown if fit and fit.attrs["split_id"] == chosen.split.id]
    trails[chosen.split_key] = with_fits(trails.pop(chosen.split_key, ()), of_these)
    while len(trails) > MOST_TRAILS:
        del trails[next(iter(trails))]


def draw(chosen: Dataset, baselines: pd.DataFrame) -> None:
    """Show the trail of the present split."""
    trail: Trail = st.session_state.get(TRAILS, {}).get(chosen.split_key, ())
    fold = st.expander(
        "The overfitting trail: every fit of this visit",
        icon=":material/timeline:",
        expanded=True,
        key="trail",
        on_change="rerun",
    )
    if not fold.open:
        return
    with fold:
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            axis = st.segmented_control(
                "Against",
                list(AXES),
                default="n_factors",
                required=True,
                format_func=AXES.get,
                key="trail_axis",
            )
            st.button(
                "Clear",
                icon=":material/ink_eraser:",
                key="clear_trail",
                on_click=_forget,
                args=(chosen.split_key,),
                help="Forget the fits tried on these ratings; runs stay stored.",
            )
        table, best = trail_table(trail, axis), best_baseline(baselines)
        left, right = st.columns([5, 4], gap="large", vertical_alignment="center")
        if table.empty:
            left.caption("No run sampled in this visit yet; a MAP has no draws.")
        else:
            show.chart(
                trail_chart(
                    table,
                    chosen.ratings.nouns,
                    AXES[axis],
                    (best["method"], best["test_rmse"]),
                ),
                f"Train and test RMSE of every fit of this visit against {AXES[axis]}",
                left,
                key="trail-chart",
            )
        show.lesson(where_it_turns(trail, axis, chosen.ratings.nouns.unit), place=right)


def _forget(split_key: tuple) -> None:
    st.session_state.get(TRAILS, {}).pop(split_key, None)
