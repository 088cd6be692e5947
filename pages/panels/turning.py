"""The trap made visible: raw factors beside aligned ones, and one chain that is turned."""

from typing import Any

import streamlit as st

from pages.shell import cache, settings, show
from pmf_core.charts import turning as charts
from pmf_core.evaluation import lessons_of_factors as lessons
from pmf_core.evaluation import turning
from pmf_core.fits.fit import Fit
from pmf_core.runs.stored import Run

_PICTURES = {"raw": "As drawn", "aligned": "Aligned"}


def two_chains(run: Run, fit: Fit) -> None:
    """Show the first axis of two chains, raw and aligned, with r_hat of both."""
    found = cache.of_run(turning.agreement_of_factors, run)
    show.metrics(
        {
            "r_hat of raw factors": (
                show.number(found.raw, ".2f"),
                "Median over the entries of U of some users, as they were drawn.",
            ),
            "r_hat of aligned factors": (
                show.number(found.aligned, ".2f"),
                "Median over the same entries, after alignment.",
            ),
            "r_hat of predictions": (
                show.number(found.predictions, ".2f"),
                "Median over some held-out pairs: no rotation changes them.",
            ),
        }
    )
    frame = cache.of_run(turning.two_chains, run, 0)
    if frame.empty:
        show.lesson(lessons.alignment_agrees(found))
        return
    for column, (kind, title) in zip(st.columns(2, gap="large"), _PICTURES.items(), strict=True):
        with column:
            st.subheader(title)
            show.chart(
                charts.two_chains_chart(frame, fit.nouns, kind),
                f"First factor of each {fit.nouns.thing} in chain 0 and in chain 1, "
                f"{title.lower()}",
            )
            if frame.attrs[kind] == frame.attrs[kind]:  # not nan
                st.caption(f"Correlation {show.number(frame.attrs[kind], '.3f')}.")
    show.lesson(lessons.alignment_agrees(found))


def slider(run: Run, fit: Fit) -> None:
    """Turn one chain, and show which r_hat moves."""
    turned = cache.of_run(turning.turned, run)
    if turned.empty:
        show.lesson(lessons.turning_changes_nothing(turned, 0))
        return
    left, right = st.columns([1, 2], gap="large")
    with left:
        angle = turning.nearest(settings.widget("turned_by"))
        at = turning.at_angle(turned, angle)
        show.metrics(
            {
                "Factors": (
                    show.number(at["raw"], ".2f"),
                    "Median r_hat of the first two factors of some users.",
                ),
                "Predictions": (
                    show.number(at["predictions"], ".2f"),
                    "Median r_hat of scores of held-out pairs.",
                ),
                "Largest change": (
                    show.number(at["change"], ".6f"),
                    "Of any prediction, as a share of the scale.",
                ),
            },
            in_a_row=3,
        )
    show.chart(
        charts.turning_chart(turned, angle),
        "r_hat of factors and of predictions against the angle by which chain 1 is turned",
        right,
    )
    show.lesson(lessons.turning_changes_nothing(turned, angle))


def matrices(run: Run, fit: Fit) -> None:
    """Show factors as heat maps, at any stored draw of the run, and one of them through all."""
    settings.widget("how_far")
    frame = cache.of_run(turning.matrices, run, settings.share("how_far"))
    for column, (kind, title) in zip(st.columns(2, gap="large"), _PICTURES.items(), strict=True):
        with column:
            st.subheader(title)
            show.chart(
                charts.matrix_chart(frame, fit.nouns, kind),
                f"Factors of {fit.nouns.things} in draw {frame.attrs['step']}, {title.lower()}",
            )
    st.caption(
        f"Draw {frame.attrs['step']:,} after tuning, of each chain. Columns are "
        f"{fit.nouns.things}, in their order along the first axis."
    )


def through(run: Run, item_id: Any) -> None:
    """Show the first factor of an item in every stored draw."""
    frame = cache.of_run(turning.through_the_run, run, item_id, 0)
    st.markdown(f"The first factor of **{show.plain(frame.attrs['title'])}**, draw by draw:")
    for column, (kind, title) in zip(st.columns(2, gap="large"), _PICTURES.items(), strict=True):
        show.chart(
            charts.through_chart(frame, kind),
            f"First factor of {frame.attrs['title']} in every stored draw, {title.lower()}",
            column,
        )
    show.lesson(lessons.doubt_was_turning(frame))
