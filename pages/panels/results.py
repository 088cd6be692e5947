"""What a fit amounts to: scores beside the baselines, the verdict, predictions."""

import os
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

import pmf_core as pmf
from pages.panels import live_fit, runs
from pages.panels.dataset import Dataset
from pages.shell import address, cache, settings, show
from pmf_core.charts import fits, scores
from pmf_core.data import Split
from pmf_core.evaluation.diagnosis import step_traces
from pmf_core.evaluation.methods import GUESS, with_fits, without
from pmf_core.evaluation.mixing import tuning_steps
from pmf_core.evaluation.truth import beside_truth
from pmf_core.evaluation.verdict import judge
from pmf_core.fits.budget import OverBudget
from pmf_core.fits.cost import fit_seconds, gibbs_cost
from pmf_core.fits.fit import Fit
from pmf_core.fits.within import map_within, plates_within
from pmf_core.models.config import PMFConfig, SamplerConfig
from pmf_core.runs.stored import Run


def find_map(chosen: Dataset, config: PMFConfig, sampler: SamplerConfig) -> Fit | None:
    """Return the MAP; where a page cannot wait for it, say so, offer a job, and return None."""
    try:
        return cache.large_of_split(
            map_within, chosen.split_key, config, sampler.random_seed, cache.limits()
        )
    except OverBudget as error:
        st.warning(
            f"No MAP while you wait: {error}. Or have it found in the background, where it can be "
            "cancelled.",
            icon=":material/hourglass_disabled:",
        )
    if st.button("Find the MAP in the background", icon=":material/play_arrow:", key="map_job"):
        live_fit.submit(chosen, "map", config, sampler)
        st.rerun()
    return None


def left_out(fit: Fit) -> None:
    """Say which ingredients these ratings cannot feed."""
    if fit.attrs.get("left_out"):
        st.info(show.plain(fit.attrs["left_out"]), icon=":material/remove_circle_outline:")


def point(chosen: Dataset, fit: Fit, baselines: pd.DataFrame) -> None:
    """Show a MAP: its scores, its predictions, the verdict."""
    summary = fit.summary()
    show.metrics(
        {
            "MAP test RMSE": (f"{summary['test_rmse']:.4f}", "On held-out ratings, in stars."),
            "MAP train RMSE": (
                f"{summary['train_rmse']:.4f}",
                "In stars. Far below the test RMSE means learnt by heart.",
            ),
        },
        border=False,
    )
    verdict(fit, baselines)
    _predictions(chosen, fit, "MAP")


def found(fit: Fit) -> None:
    """Say how a MAP was found."""
    left_out(fit)
    summary = fit.summary()
    ending = "; it had not settled yet: `pmf.fit_map` goes on" if summary["partial"] else ""
    plain = fit.config.prior == "fixed" and fit.config.link == "identity"
    how = "alternating least squares" if plain else "coordinate ascent"
    st.caption(
        f"Found in {summary['seconds']:.2f} s by {fit.sampler.tune} sweeps of {how}{ending}. "
        f"Maximised: {fit.attrs['maximised']}"
        + (f"; integrated out: {fit.attrs['integrated']}." if fit.attrs["integrated"] else ".")
    )


def _predictions(chosen: Dataset, fit: Fit, method: str) -> None:
    """Draw predictions beside the ratings given or, where it is known, the truth."""
    if chosen.truth is not None:
        truth(chosen, fit, method)
        return
    show.chart(
        fits.predicted_against_rating(fit.heldout()).properties(height=live_fit.LOW),
        f"Box plot of predictions of held-out ratings by the {method} for each rating given",
        key=f"boxes-{method}",
    )


def truth(chosen: Dataset, fit: Fit, method: str) -> None:
    """Draw predictions of simulated ratings beside what they were drawn from."""
    beside = beside_truth(fit, chosen.truth)
    show.chart(
        fits.predicted_against_truth(beside.heldout).properties(height=live_fit.LOW),
        f"{method} predictions of held-out pairs against their true mean ratings",
        key=f"truth-{method}",
    )
    st.caption(
        f"RMSE of the {method} to the truth: {beside.to_truth:.3f} stars. The truth itself "
        f"misses the held-out ratings by {beside.of_truth:.3f}: nobody can do better."
    )


def verdict(fit: Fit, baselines: pd.DataFrame) -> None:
    """Say whether a fit beats the best baseline and, where it loses, what would mend it."""
    found = judge(fit, baselines)
    if found.wins:
        st.success(
            f"Beats the best baseline, *{found.baseline}*, by {found.margin:.4f} stars.",
            icon=":material/trophy:",
        )
        return
    st.warning(
        f"Loses to *{found.baseline}* by {found.margin:.4f} stars. Likely because {found.cause}. "
        f"What helps: {found.remedy}.",
        icon=":material/trending_down:",
    )
    if found.change:
        st.button(
            "Do that",
            icon=":material/build:",
            on_click=settings.change,
            kwargs=settings.as_settings(replace(fit.config, **found.change)),
            key=f"mend-{fit.method}",
        )


def sampled(chosen: Dataset, run: Run, baselines: pd.DataFrame, before: Run | None) -> None:
    """Show a stored run; its scores also beside those of the run `before` it."""
    fit = runs.opened(run)
    figures_of = figures(fit.summary())
    if before is not None and before.attrs["split_id"] == run.attrs["split_id"]:
        for label, name in (("Test RMSE", "test_rmse"), ("Train RMSE", "train_rmse")):
            change = run.summary[name] - before.summary[name]
            figures_of[label] = (*figures_of[label], f"{change:+.4f}")
    show.metrics(figures_of, in_a_row=3, border=False)
    runs.whose(run)
    if fit.attrs["split_id"] != chosen.split.id:
        st.info(
            "This run learnt from another split than the one chosen now, so it is not "
            "compared with it.",
            icon=":material/call_split:",
        )
        return
    verdict(fit, baselines)
    _predictions(chosen, fit, "mean of the draws")
    st.caption(
        f"**{show.plain(run.name)}**, sampled in {run.summary['seconds']:.1f} s."
        + (f" The figures in colour: against *{show.plain(before.name)}*." if before else "")
    )
    st.page_link(
        "pages/diagnose.py",
        label="Can these draws be trusted? Diagnose them",
        icon=":material/monitor_heart:",
        query_params=address.query(run=run.id),
    )


def traces(run: Run) -> None:
    """Draw how the chains of a stored run found their level, and their running error."""
    fit = runs.opened(run)
    if not fit.is_point_estimate:
        live_fit.draw_traces(
            cache.of_run(step_traces, run), tuning_steps(fit), cache.of_run(pmf.running_rmse, run)
        )


def beside(point_fit: Fit | None, baselines: pd.DataFrame, run: Run | None, split_id: str) -> None:
    """Draw the errors of the baselines, the MAP and a run, and say what they teach."""
    found = {} if point_fit is None else {"MAP": point_fit.summary()}
    if run is not None and run.attrs["split_id"] == split_id:
        found[run.name] = run.summary
    show.chart(
        scores.method_bars(with_fits(without(baselines, GUESS), found)),
        "RMSE of the baselines, the MAP and this run",
        key="bars",
    )
    if len(found) == 2:
        show.lesson(
            "The MAP is one point; it explains its training ratings too well. Averaging over draws "
            "lets wrong guesses cancel, so the mean of the posterior predicts better than any "
            "single draw, with the same model and the same numbers of factors."
        )


def figures(summary: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Return what `Fit.summary` says of a run, for `show.metrics`."""
    return {
        "Test RMSE": (f"{summary['test_rmse']:.4f}", "Of the mean prediction, in stars."),
        "Train RMSE": (f"{summary['train_rmse']:.4f}", "Of the mean prediction, in stars."),
        "In 90 % interval": (
            f"{summary['coverage_90']:.1%}",
            "Share of the held-out ratings inside their equal-tailed 90 % interval.",
        ),
        "r_hat": (
            show.number(summary["r_hat"], ".3f"),
            "The largest; below 1.01 is good.",
        ),
        "ess": (
            show.number(summary["ess"], ",.0f"),
            "The smallest; some hundreds do.",
        ),
    }


def cost(fit: Fit | None, split: Split, config: PMFConfig, sampler: SamplerConfig) -> str:
    """Say what sampling will take, judged by how long the MAP's sweeps took, if there is one."""
    sweep = None if fit is None else fit.attrs["sweep_seconds"]
    takes = gibbs_cost(split, config, sampler, cores=os.cpu_count() or 1, sweep_seconds=sweep)
    return (
        f"{takes.steps:,} steps in all: about {max(takes.seconds, 1):.0f} s and "
        f"{takes.memory / 1e6:,.0f} MB here. The PyMC example's NUTS took 2194 s for its 4,000."
    )


def nuts(chosen: Dataset, config: PMFConfig, sampler: SamplerConfig) -> None:
    """Offer NUTS on a subset, with what it would take."""
    show.lesson(
        "Two samplers, one model: PyMC's NUTS moves all factors at once along gradients, the "
        "compiled Gibbs sampler draws them row by row. They agree; NUTS is just far slower, so "
        "it gets a part of the users and movies."
    )
    share = st.slider("Share of users and movies (%)", 2, 100, 5, key="nuts_share") / 100
    try:
        split = chosen.part(share)
    except ValueError:
        st.info(
            "That part has no training or no held-out rating: choose a larger one.",
            icon=":material/zoom_out_map:",
        )
        return
    part = split.train
    st.caption(
        f"{part.n_users} users, {part.n_items} movies, {part.n_ratings:,} training ratings; "
        f"{sampler.chains} chains of {sampler.tune} + {sampler.draws}: NUTS takes about "
        f"{fit_seconds(split, config, sampler, 'nuts'):,.0f} s."
    )
    for column, (method, label) in zip(
        st.columns(2), (("nuts", "NUTS"), ("gibbs", "Gibbs on the same part")), strict=True
    ):
        if column.button(label, icon=":material/play_arrow:", width="stretch"):
            live_fit.submit(chosen, method, config, sampler, share)
            st.rerun()
    if st.toggle("Show the model's plates", key="plates"):
        try:
            st.graphviz_chart(
                cache.of_split(plates_within, chosen.split_key, config, cache.limits()),
                width="stretch",
            )
        except OverBudget as error:
            st.info(f"{error}.", icon=":material/hourglass_disabled:")
            return
        st.caption(
            "An arrow says what a variable's distribution depends on; a plate, how often what is "
            "in it is repeated. Shaded: the ratings, which are observed. Boxes: computed from "
            "others. `pmf.build_model` returns this model."
        )
