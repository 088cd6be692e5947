"""Runs side by side as people read them: who leads, the leaderboard, what changed."""

from functools import partial

import pandas as pd
import streamlit as st

from pages.panels import runs
from pages.shell import settings, show
from pmf_core.data import Split
from pmf_core.data.nouns import Nouns
from pmf_core.evaluation.closing import closing
from pmf_core.evaluation.the_example import is_its_own
from pmf_core.fits.fit import Fit
from pmf_core.models.ladder import ladder_figures, rung_runs
from pmf_core.runs.leaderboard import (
    LABELS,
    as_csv,
    differences,
    error_difference,
    lead,
    leads,
    side_by_side,
    with_the_example,
)
from pmf_core.runs.stored import Run

SCORES = {
    "test_rmse": ("Test RMSE", ".4f"),
    "train_rmse": ("Train RMSE", ".4f"),
    "test_mae": ("Test MAE", ".4f"),
    "coverage_90": ("In 90% interval", ".1%"),
    "r_hat": ("r_hat", ".3f"),
    "ess": ("ess", ",.0f"),
    "ess_per_second": ("ess / s", ",.3g"),
    "seconds": ("Seconds", ",.1f"),
}
"""Title and format of what is no setting."""


def story(board: pd.DataFrame, baselines: pd.DataFrame, nouns: Nouns, point: Fit | None) -> None:
    """Say who leads, and by how much; `point` is the MAP of the leader's own model."""
    best = lead(board, baselines, point and point.summary())
    show.lesson(leads(best, nouns), before=f"**{show.plain(best.name)}**")


def table(board: pd.DataFrame, split: Split | None) -> None:
    """Show `leaderboard`, with settings that differ between the runs marked.

    With the `split` that it is of, also what the example reports of it.
    """
    shown, differ = side_by_side(board)
    shown = shown if split is None else with_the_example(shown, split)
    # By a style, which leaves numbers to be sorted: a column's own format knows no true minus.
    styled = shown.style.set_properties(
        subset=differ, **{"background-color": "rgba(129, 140, 248, 0.18)"}
    ).format({name: partial(show.number, form=form) for name, (_, form) in SCORES.items()})
    st.dataframe(
        styled,
        hide_index=True,
        column_config=LABELS
        | {"name": "Run", "partial": "Partial", "believed": "Believed", "note": "Note"}
        | {name: label for name, (label, _) in SCORES.items()},
    )
    st.caption("Shaded: settings in which these runs differ. Errors in the unit of the ratings.")
    st.download_button(
        "Download the leaderboard (CSV)",
        lambda: as_csv(board),
        "leaderboard.csv",
        icon=":material/table:",
        on_click="ignore",
        help="All scores, all settings and your notes, a row for each run.",
    )


def discussion(best: Run, split: Split, baselines: pd.DataFrame, point: Fit | None) -> None:
    """End the page: what the best run amounts to; `point` is the MAP of its own model."""
    st.header("In the end")
    st.markdown(f"What **{show.plain(best.name)}** amounts to:")
    on_rungs = rung_runs(runs.shown(), split.id)
    here = {key: run.summary for key, run in on_rungs.items()}
    said = closing(
        best.summary,
        best.config,
        baselines,
        point and point.summary(),
        ladder_figures(here),
        best.nouns,
        is_its_own(split),
    )
    st.markdown("\n".join(f"- {each.text}" for each in said))


def changes(stored: dict[str, Run], first: list[str], split_id: str) -> None:
    """Let the visitor choose two runs and show what changed; those in `first` come first."""
    st.header("What changed")
    order = [*first, *(key for key in stored if key not in first)]
    names = {key: runs.title(stored[key], split_id) for key in order}
    left, right = st.columns(2)
    a = stored[settings.choice("run_a", order, place=left, format_func=names.get)]
    if settings.value("run_b") not in order:
        settings.change(run_b=order[1])
    b = stored[settings.choice("run_b", order, place=right, format_func=names.get)]
    changed = differences(a, b)
    if changed.empty:
        st.caption("Same settings, same ratings, same split.")
    else:
        changed["setting"] = changed["setting"].replace(LABELS)
        st.dataframe(
            changed, hide_index=True, column_config={"setting": "Setting", "a": "A", "b": "B"}
        )
    delta = error_difference(a, b)
    if delta is None:
        st.caption("Different held-out ratings: their errors do not compare.")
    else:
        st.caption(f"Test RMSE of B minus A: {show.number(delta, '+.4f')} {b.nouns.unit}.")
