"""Which of many runs a page shows: words that filter them, and curves that are chosen."""

import streamlit as st

from pages.shell import settings
from pmf_core.runs.choosing import filtered, kinds_of_models, splits_of
from pmf_core.runs.leaderboard import leaderboard
from pmf_core.runs.stored import Run

ANY = "Any model"
MOST_CURVES = 6
"""Runs have as many colours."""


def narrowed(runs: list[Run], split_id: str) -> tuple[list[Run], str]:
    """Let the visitor filter runs; return those that pass, and the split whose runs to list."""
    if not runs:
        return runs, split_id
    words, kind, split = st.columns(3)
    having = settings.text("having", "", words)
    of_model = settings.choice("of_model", [ANY, *kinds_of_models(runs)], ANY, kind)
    passed = filtered(runs, having, "" if of_model == ANY else of_model)
    # All there are, so that a choice stays while words are typed.
    splits = splits_of(leaderboard(runs), split_id)
    chosen = settings.choice("of_split", list(splits), split_id, split, format_func=splits.get)
    if len(passed) < len(runs):
        st.caption(f":material/filter_list: {len(passed)} of {len(runs)} runs pass the filter.")
    return passed, chosen


def curves(order: list[str], names: dict[str, str]) -> list[str]:
    """Let the visitor choose whose curves are drawn; by default, those of the first four.

    Parameters
    ----------
    order : list of str
        Ids of sampled runs, the best first.
    names : dict of str to str
        What to call each.
    """
    usual = order[:4]
    if len(order) < 2:
        return usual
    asked = [key for key in settings.value("curves").split(",") if key in order]
    st.session_state["curves_drawn"] = asked[:MOST_CURVES] or usual
    return st.multiselect(
        "Curves of",
        order,
        key="curves_drawn",
        format_func=names.get,
        max_selections=MOST_CURVES,
        on_change=_choose,
        help="Sampled runs of the split chosen in the sidebar; with none, the best four.",
    )


def _choose() -> None:
    settings.change(curves=",".join(st.session_state["curves_drawn"]))
