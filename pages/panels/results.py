"""What a fit amounts to: scores beside the baselines, the verdict, predictions."""

import json
import os

import pandas as pd
import streamlit as st

from pages import page_named
from pages.panels import live_fit, runs
from pages.panels.dataset import Dataset
from pages.shell import cache, router, settings, show
from pmf_core.charts import fits, scores
from pmf_core.data import Split
from pmf_core.evaluation.diagnosis import step_traces
from pmf_core.evaluation.key_figures import key_figures
from pmf_core.evaluation.lessons import few_held_out
from pmf_core.evaluation.lessons_of_fits import map_and_mean
from pmf_core.evaluation.methods import GUESS, best_baseline, together, with_fits, without
from pmf_core.evaluation.mixing import averaging, tuning_steps
from pmf_core.evaluation.running import running_rmse
from pmf_core.evaluation.the_example import example_rows
from pmf_core.evaluation.truth import beside_truth
from pmf_core.evaluation.verdict import Remedy, judge
from pmf_core.fits.budget import OverBudget
from pmf_core.fits.cost import gibbs_cost
from pmf_core.fits.fit import Fit
from pmf_core.fits.within import map_within
from pmf_core.models.config import PMFConfig
from pmf_core.models.sampler_config import SamplerConfig
from pmf_core.runs.leaderboard import marked
from pmf_core.runs.stored import Run
from pmf_core.support.numbers import figure, unlike


def find_map(chosen: Dataset, config: PMFConfig, sampler: SamplerConfig) -> Fit | None:
    """Return the MAP; where a page cannot wait for it, say so, offer a job, and return None."""
    try:
        with st.spinner("Finding the MAP ..."):
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
    """Show a MAP: its scores and its predictions."""
    summary, unit, best = fit.summary(), fit.nouns.unit, best_baseline(baselines)
    show.metrics(
        {
            "MAP test RMSE": (f"{summary['test_rmse']:.4f}", f"On held-out ratings, in {unit}."),
            "MAP train RMSE": (
                f"{summary['train_rmse']:.4f}",
                f"In {unit}. Far below the test RMSE means learnt by heart.",
            ),
            "Best baseline": (
                f"{best['test_rmse']:.4f}",
                f"{best['method']}, test RMSE in {unit}.",
            ),
            "Found in": (f"{summary['seconds']:.2f} s", f"{fit.sampler.tune} sweeps."),
        },
        in_a_row=2,
        border=False,
    )
    _predictions(chosen, fit, "MAP")


def glance(fit: Fit) -> None:
    """Repeat the scores at the foot of a phone's screen, where they are seen beside the knobs."""
    summary = fit.summary()
    with st.container(key="glance"):
        st.markdown(
            f"MAP: test **{summary['test_rmse']:.4f}**, train {summary['train_rmse']:.4f} "
            f"{fit.nouns.unit} RMSE"
        )


def found(fit: Fit) -> None:
    """Say how a MAP was found."""
    left_out(fit)
    summary = fit.summary()
    ending = "; it had not settled yet: `pmf.fit_map` goes on" if summary["partial"] else ""
    plain = fit.config.prior == "fixed" and fit.config.link == "identity"
    how = "alternating least squares" if plain else "coordinate ascent"
    st.caption(
        f"MAP found in {summary['seconds']:.2f} s by {fit.sampler.tune} sweeps of {how}{ending}. "
        f"Maximised: {fit.attrs['maximised']}"
        + (f"; integrated out: {fit.attrs['integrated']}." if fit.attrs["integrated"] else ".")
    )


def _predictions(chosen: Dataset, fit: Fit, method: str) -> None:
    """Draw predictions beside the ratings given or, where it is known, the truth."""
    if chosen.truth is None:
        show.chart(
            fits.predicted_against_rating(
                fit.heldout(), fit.nouns, tuple(fit.attrs["scale"])
            ).properties(height=live_fit.LOW),
            f"Box plot of predictions of held-out ratings by the {method} for each rating given",
            key=f"boxes-{method}",
        )
        return
    beside = beside_truth(fit, chosen.truth)
    show.chart(
        fits.predicted_against_truth(beside.heldout, fit.nouns).properties(height=live_fit.LOW),
        f"{method} predictions of held-out pairs against their true mean ratings",
        key=f"truth-{method}",
    )
    st.caption(
        f"RMSE of the {method} to the truth: {beside.to_truth:.3f} {fit.nouns.unit}. The "
        f"truth itself misses the held-out ratings by {beside.of_truth:.3f}: on average, "
        "nobody can do better."
    )


def verdict(fit: Fit, baselines: pd.DataFrame, key: str = "mend", run_id: str = "") -> None:
    """Say whether a fit, or a run, beats the best baseline and, if not, what would mend it."""
    found, unit = judge(fit, baselines), fit.nouns.unit
    margin = unlike(found.margin, ".4f", 0)
    if found.wins and not found.margin:
        st.success(f"As good as the best baseline, *{found.baseline}*.", icon=":material/equal:")
        return
    if found.wins:
        luck = few_held_out(fit.split)
        st.success(
            f"Beats the best baseline, *{found.baseline}*, by {margin} {unit}."
            + (f" {luck.text}" if luck else ""),
            icon=":material/casino:" if luck else ":material/trophy:",
        )
        return
    beside = "below" if found.is_lower else "above"
    where = f"Test RMSE {margin} {unit} {beside} *{found.baseline}*"
    if found.doubt:
        where += f", which is not to be believed yet: {found.doubt}"
    icon = ":material/hourglass:" if found.doubt else ":material/trending_down:"
    st.warning(f"{where}.", icon=icon)
    with st.container(horizontal=True, gap="small"):
        if found.remedy.is_offered:
            press(fit, found.remedy, f"{key}-{fit.method}", run_id)
        with st.popover("Why?", width="content"):
            if not found.doubt:
                st.markdown(f"Likely because {found.remedy.cause}.")
            st.markdown(f"What helps: {found.remedy.advice}.")


def press(fit: Fit, remedy: Remedy, key: str, run_id: str) -> None:
    """Draw the button that does what helps."""
    if remedy.times > 1:
        label = "Sample four times longer"
    elif remedy.samples:
        label = "Change settings and sample" if remedy.change else "Sample it"
    else:
        label = "Change settings"
    st.button(label, icon=":material/build:", on_click=_do, args=(fit, remedy, run_id), key=key)


def _do(fit: Fit, remedy: Remedy, run_id: str) -> None:
    """Set what helps; the page samples it, as at a press of *Sample*, or goes on with a run."""
    config = remedy.config(fit.config)
    settings.change(**settings.as_settings(config))
    if remedy.samples:
        length = SamplerConfig(**settings.given(SamplerConfig))
        before = length if fit.is_point_estimate else fit.sampler
        longer = "" if remedy.tunes else run_id
        st.session_state["wanted"] = config, remedy.sampler(before), longer


def own_map(chosen: Dataset, run: Run) -> Fit | None:
    """Return the MAP of a run's own model; None where a page cannot wait for it."""
    seed = json.loads(run.attrs["sampler"])["random_seed"]
    try:
        return cache.large_of_split(map_within, chosen.split_key, run.config, seed, cache.limits())
    except OverBudget:
        return None


def sampled(chosen: Dataset, run: Run, before: Run | None) -> None:
    """Show a stored run; its scores also beside those of the run `before` it."""
    fit = runs.opened(run)
    of_run = key_figures(fit.summary(), fit.nouns)
    if before is not None and before.attrs["split_id"] == run.attrs["split_id"]:
        for label, name in (("Test RMSE", "test_rmse"), ("Train RMSE", "train_rmse")):
            change = run.summary[name] - before.summary[name]
            of_run[label] = (*of_run[label], figure(change, "+.4f"))
    first = ("Test RMSE", "Train RMSE", "r_hat", "ess")
    show.metrics({label: of_run.pop(label) for label in first}, in_a_row=2, border=False)
    if fit.attrs["split_id"] != chosen.split.id:
        st.info(
            "This run learnt from another split than the one chosen now, so it is not "
            "compared with it.",
            icon=":material/call_split:",
        )
        return
    _predictions(chosen, fit, "mean of the draws")


def judged(chosen: Dataset, run: Run, baselines: pd.DataFrame) -> None:
    """Say what a stored run is worth, and where to look closer."""
    fit = runs.opened(run)
    runs.whose(run)
    if fit.attrs["split_id"] == chosen.split.id:
        verdict(fit, baselines, "mend-run", run.id)  # beside a MAP's, whose run may be one, too
    diagnose = page_named("diagnose")
    router.link(diagnose, "Can these draws be trusted? Diagnose them", run=run.id)


def about(run: Run, before: Run | None) -> None:
    """Say what else is known of a stored run."""
    against = f" In colour: the change from *{show.plain(before.name)}*." if before else ""
    st.caption(f"Posterior: **{show.plain(run.name)}**.{against}")
    rest = key_figures(run.summary, runs.opened(run).nouns)
    show.metrics({label: rest[label] for label in ("In 90% interval", "Time")}, border=False)


def traces(run: Run) -> None:
    """Draw how the chains of a stored run found their level, and their running error."""
    fit = runs.opened(run)
    if not fit.is_point_estimate:
        steps, curves = cache.of_run(step_traces, run), cache.of_run(running_rmse, run)
        live_fit.draw_traces(steps, fit.nouns, tuning_steps(fit), curves)


def beside(
    chosen: Dataset, point_fit: Fit | None, baselines: pd.DataFrame, run: Run | None
) -> None:
    """Draw the errors of the baselines, of a run and of its MAP, and say what they teach."""
    fit = None if run is None else runs.opened(run)
    if fit is None or fit.attrs["split_id"] != chosen.split.id:
        found = {} if point_fit is None else {"MAP": point_fit.summary()}
    else:
        own = fit if fit.is_point_estimate else own_map(chosen, run)
        point = None if own is None else own.summary()
        worth = averaging(cache.of_run(running_rmse, run))
        show.lesson(map_and_mean(point, fit.summary(), worth, fit.nouns))
        # That of other settings stands above, with other figures.
        is_above = own is None or point_fit is None or own.config == point_fit.config
        found = {} if own is None else {"MAP" if is_above else "MAP of this model": point}
        found[marked(run.name, fit.summary())] = fit.summary()
    others = together(without(baselines, GUESS), example_rows(chosen.split, ("MCMC",)))
    show.chart(
        scores.method_bars(with_fits(others, found), chosen.ratings.nouns),
        "RMSE of the baselines, the MAP and this run",
        key="bars",
    )


def cost(fit: Fit | None, split: Split, config: PMFConfig, sampler: SamplerConfig) -> str:
    """Say what sampling will take, judged by how long the MAP's sweeps took, if there is one."""
    sweep = None if fit is None else fit.attrs["sweep_seconds"]
    takes = gibbs_cost(split, config, sampler, cores=os.cpu_count() or 1, sweep_seconds=sweep)
    return (
        f"{takes.steps:,} steps in all: about {max(takes.seconds, 1):.0f} s and "
        f"{takes.memory / 1e6:,.0f} MB here. The PyMC example's NUTS took 2194 s for its 4,000."
    )
