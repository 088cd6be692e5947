"""What the diagnosis of a run is made of: the verdict, accepted proposals, honest intervals."""

from typing import Any

import pandas as pd
import streamlit as st

import pmf_core as pmf
from pages.shell import cache, show
from pages.shell.words import GLOSSARY
from pmf_core.charts.calibration import HONESTY
from pmf_core.evaluation.calibration import honesty
from pmf_core.evaluation.lessons_of_checks import intervals_hold
from pmf_core.evaluation.mixing import AGREE, agreement, doubt, ess_per_second, of_what, unusual
from pmf_core.evaluation.running import noisy_rmse_within
from pmf_core.fits.budget import OverBudget
from pmf_core.fits.fit import Fit
from pmf_core.runs.stored import Run
from pmf_core.support.numbers import percent, unlike


def verdict(fit: Fit, summary: dict[str, Any]) -> None:
    """Show the figures of a sampled run by which it is believed or not, and say which."""
    worst, least = summary["r_hat"], summary["ess"]
    show.metrics(
        {
            "Chains × draws": f"{summary['chains']} × {summary['draws']}",
            "Largest r_hat": (
                show.number(worst, ".3f"),
                f"The largest of all{of_what(summary, 'r_hat', fit.nouns)}. {GLOSSARY['r_hat']}",
            ),
            "Smallest ess": (
                show.number(least, ",.0f"),
                f"The smallest of all{of_what(summary, 'ess', fit.nouns)}. {GLOSSARY['ess']}",
            ),
            "ess per second": show.number(ess_per_second(summary), ",.3g"),
            "Test RMSE": (
                f"{summary['test_rmse']:.4f}",
                f"Of the mean prediction, in {fit.nouns.unit}.",
            ),
        }
    )
    if (why := doubt(summary, fit.nouns)) is not None:
        st.warning(
            f"Not to be believed yet: {why}. Sample four times longer.", icon=":material/warning:"
        )
    elif agreement(worst, least) == "nearly":
        st.info(
            f"Nearly there: the largest r_hat is {unlike(worst, '.3f', AGREE)}, above {AGREE:g}"
            f"{of_what(summary, 'r_hat', fit.nouns)}.",
            icon=":material/hourglass:",
        )
    else:
        st.success("All that is monitored has converged.", icon=":material/check_circle:")


def acceptance(fit: Fit) -> None:
    """Show the share of Metropolis proposals that were taken, if the model has such steps."""
    table = pmf.acceptance(fit)
    if table.empty:
        return
    st.header("Are proposals accepted?")
    rows = table.itertuples()
    show.metrics({f"{row.label} that moved": percent(row.accepted) for row in rows})
    odd = unusual(table)
    usual = " and ".join(
        f"{row.label[0].lower()}{row.label[1:]} outside the usual "
        f"{row.usual_from:.0%} to {row.usual_to:.0%}"
        for row in odd.itertuples()
    )
    show.lesson(
        "Share of the Metropolis proposals that were taken, over all draws of all chains. "
        + (
            "Rows are proposed from a normal close to their conditional, so most should be "
            "taken: 50% or more is usual."
            if fit.config.link == "logistic"
            else "Cut points take a random walk: 10 to 50% is usual, about a quarter best. Fewer, "
            "and steps are too long and chains stand still; more, and they crawl."
        )
        + (f" **Here {usual}: trust r_hat and ess before anything else.**" if usual else "")
    )


def intervals(run: Run) -> None:
    """Show whether predictions of the held-out ratings are as sure as they may be."""
    st.header("Are the intervals honest?")
    honest = cache.of_run(honesty, run)
    scores = honest["scores"]
    shares = {f"In {p}% interval": percent(scores[f"coverage_{p}"], 1) for p in (50, 80, 90, 95)}
    show.metrics(
        {label: (share, GLOSSARY["coverage"]) for label, share in shares.items()}
        | {
            "CRPS": (f"{scores['crps']:.4f}", GLOSSARY["CRPS"]),
            "Log score": (show.number(scores["log_score"], ".4f"), GLOSSARY["log score"]),
        },
        in_a_row=4,
    )
    for column, (title, what, draw) in zip(st.columns(3), HONESTY, strict=True):
        column.markdown(f"**{title}**")
        show.chart(draw(honest, run.nouns), what, column)
    show.lesson(intervals_hold(honest["pit"]))
    with st.expander("Coverage in numbers", icon=":material/table:"):
        st.dataframe(
            100 * honest["coverage"],
            hide_index=True,
            column_config={
                "nominal": st.column_config.NumberColumn("Should hold", format="%.0f%%"),
                "actual": st.column_config.NumberColumn("Holds", format="%.1f%%"),
            },
        )


def curves(run: Run, fit: Fit, noise: bool) -> pd.DataFrame:
    """Return the RMSE as draws are averaged; where noise takes too long, say so and leave it."""
    if noise:
        try:
            return cache.of_run(noisy_rmse_within, run, cache.limits())
        except OverBudget as error:
            st.info(f"{error}.", icon=":material/hourglass_disabled:")
    return pmf.running_rmse(fit)
