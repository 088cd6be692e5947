"""What a diagnosis shows of single draws: the worst prediction, and scalars beside each other."""

from itertools import batched, combinations

import streamlit as st

from pages.shell import cache, show
from pmf_core.charts import draws
from pmf_core.evaluation.lessons_of_chains import goes_together, worst_agrees
from pmf_core.evaluation.mixing import choices
from pmf_core.evaluation.scalar_draws import two_scalars
from pmf_core.evaluation.worst import worst_prediction
from pmf_core.fits.fit import Fit
from pmf_core.runs.stored import Run

AT_FIRST, AT_MOST = 3, 4
"""Scalars that are shown in pairs."""


def worst(run: Run, fit: Fit) -> None:
    """Name the prediction on which chains agree least, with its trace."""
    found = cache.of_run(worst_prediction, run)
    if found is None:
        return
    st.header("Which prediction is the worst?")
    nouns, (low, high) = fit.nouns, fit.attrs["scale"]
    left, right = st.columns(2, gap="large", vertical_alignment="center")
    show.chart(
        draws.prediction_trace(found.trace, nouns, found.rating),
        "Trace of the prediction on which chains agree least, one line a chain",
        left,
        key="worst",
    )
    with right:
        show.lesson(
            f"User **{show.plain(found.user_id)}** ({found.n_user:,} training ratings) on "
            f"**{show.plain(found.title)}** ({found.n_item:,} training ratings): given (dashed) "
            f"{show.number(found.rating, 'g')}, predicted {show.number(found.predicted, '.2f')} ± "
            f"{found.sd:.2f} {nouns.unit}"
            + ("." if low <= found.predicted <= high else ", before it is kept on the scale.")
        )
        show.lesson(worst_agrees(found))


def in_pairs(run: Run, fit: Fit) -> None:
    """Show draws of chosen scalars, each against each."""
    st.header("Which quantities go together?")
    labels = choices(fit)
    chosen = st.multiselect(
        "Quantities",
        list(labels),
        list(labels)[:AT_FIRST],
        format_func=labels.get,
        max_selections=AT_MOST,
        key="in-pairs",
    )
    if len(chosen) < 2:
        st.caption("Choose two or more.")
        return
    for row in batched(combinations(chosen, 2), 3):
        for place, (across, up) in zip(st.columns(3), row, strict=False):
            table = cache.of_run(two_scalars, run, across, up)
            show.chart(
                draws.two_scalars(table, fit.nouns),
                f"Draws of {labels[across]} and of {labels[up]}",
                place,
                key=f"pair-{across}-{up}",
            )
            show.lesson(goes_together(table), place=place)
