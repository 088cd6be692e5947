"""What a fit amounts to: scores beside the baselines, the verdict, predictions."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from pages.panels import live_fit, runs
from pages.panels.dataset import Dataset
from pages.shell import address, cache, settings, show
from pmf_core.charts import fits, scores
from pmf_core.data import Split
from pmf_core.evaluation.verdict import judge
from pmf_core.models.config import PMFConfig, SamplerConfig
from pmf_core.stats.metrics import rmse


def find_map(chosen: Dataset, config: PMFConfig, sampler: SamplerConfig) -> Any | None:
    """Return the MAP; where a page cannot wait for it, say so, offer a job, and return None."""
    from pmf_core.fits.budget import OverBudget

    try:
        return cache.map_fit(chosen.split_key, config, sampler.random_seed)
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


GUESS, CONSTANT = "Uniform random", "Global mean"
"""The weakest of `BASELINES`."""


def left_out(fit: Any) -> None:
    """Say which ingredients these ratings cannot feed."""
    if fit.attrs.get("left_out"):
        st.info(show.plain(fit.attrs["left_out"]), icon=":material/remove_circle_outline:")


def point(chosen: Dataset, fit: Any, baselines: pd.DataFrame) -> None:
    """Show a MAP: its scores, the verdict, and its predictions."""
    summary = fit.summary()
    best = baselines.loc[baselines["test_rmse"].idxmin()]
    show.metrics(
        {
            "MAP test RMSE": (f"{summary['test_rmse']:.4f}", "On held-out ratings, in stars."),
            "MAP train RMSE": (
                f"{summary['train_rmse']:.4f}",
                "In stars. Far below the test RMSE means learnt by heart.",
            ),
            "Best baseline": (f"{best['test_rmse']:.4f}", f"{best['method']}, test RMSE in stars."),
        }
    )
    ending = "; it had not settled yet: `pmf.fit_map` goes on" if summary["partial"] else ""
    plain = fit.config.prior == "fixed" and fit.config.link == "identity"
    how = "alternating least squares" if plain else "coordinate ascent"
    st.caption(
        f"Found in {summary['seconds']:.2f} s by {fit.sampler.tune} sweeps of {how}{ending}. "
        f"Maximised: {fit.attrs['maximised']}"
        + (f"; integrated out: {fit.attrs['integrated']}." if fit.attrs["integrated"] else ".")
    )
    verdict(fit, baselines)
    left, right = st.columns(2)
    heldout = fit.heldout()
    show.chart(
        fits.predicted_against_rating(heldout),
        "Box plot of MAP predictions of held-out ratings for each rating given",
        left,
        key="map-boxes",
    )
    if chosen.truth is None:
        table = pd.concat([without(baselines, GUESS), method_row("MAP", summary)])
        show.chart(
            scores.method_bars(table), "RMSE of the MAP beside the baselines", right, key="map-bars"
        )
    else:
        truth(chosen, heldout, "MAP", right)


def truth(chosen: Dataset, heldout: pd.DataFrame, method: str, place: Any) -> None:
    """Draw predictions of simulated ratings beside what they were drawn from."""
    mean = chosen.truth.mean(heldout["user_idx"].values, heldout["item_idx"].values)
    mean = np.clip(mean, *chosen.ratings.scale)
    with place:
        show.chart(
            fits.predicted_against_truth(heldout.assign(truth=mean)),
            f"{method} predictions of held-out pairs against their true mean ratings",
            key=f"truth-{method}",
        )
        st.caption(
            f"RMSE of the {method} to the truth: {rmse(mean, heldout['pred_mean']):.3f} stars. The "
            f"truth itself misses the held-out ratings by {rmse(heldout['rating'], mean):.3f}: "
            "nobody can do better."
        )


def verdict(fit: Any, baselines: pd.DataFrame) -> None:
    """Say whether a fit beats the best baseline and, where it loses, what would mend it."""
    found = judge(fit, baselines)
    difference = abs(found.baseline_rmse - found.test_rmse)
    if found.wins:
        st.success(
            f"Beats the best baseline, *{found.baseline}*, by {difference:.4f} stars.",
            icon=":material/trophy:",
        )
        return
    st.warning(
        f"Loses to *{found.baseline}* by {difference:.4f} stars. Likely because {found.cause}. "
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


def sampled(chosen: Dataset, run: Any, point_fit: Any, baselines: pd.DataFrame) -> None:
    """Show a stored run beside the MAP and the baselines."""
    fit = runs.opened(run)
    summary = fit.summary()
    st.markdown(f"#### {show.plain(run.name)}")
    runs.whose(run)
    show.metrics(figures(summary), in_a_row=3)
    if fit.attrs["split_id"] != chosen.split.id:
        st.info(
            "This run learnt from another split than the one chosen now, so it is not "
            "compared with it.",
            icon=":material/call_split:",
        )
        return
    verdict(fit, baselines)
    left, right = st.columns(2)
    point_row = [] if point_fit is None else [method_row("MAP", point_fit.summary())]
    table = pd.concat([without(baselines, GUESS), *point_row, method_row(run.name, summary)])
    show.chart(
        scores.method_bars(table),
        "RMSE of the baselines, the MAP and this run",
        left,
        key="run-bars",
    )
    if chosen.truth is None:
        show.chart(
            fits.predicted_against_rating(fit.heldout()),
            "Box plot of the run's predictions for each rating given",
            right,
            key="run-boxes",
        )
    else:
        truth(chosen, fit.heldout(), "mean of the draws", right)
    show.lesson(
        "The MAP is one point; it explains its training ratings too well. Averaging over draws "
        "lets wrong guesses cancel, so the mean of the posterior predicts better than any single "
        "draw, with the same model and the same numbers of factors."
    )
    st.page_link(
        "pages/diagnose.py",
        label="Can these draws be trusted? Diagnose them",
        icon=":material/monitor_heart:",
        query_params=address.query(run=run.id),
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
        "Time": (f"{summary['seconds']:.1f} s", "From the start to the last draw."),
    }


def without(table: pd.DataFrame, *methods: str) -> pd.DataFrame:
    """Leave methods out of a table of scores: those so far off that they hide the others."""
    return table[~table["method"].isin(methods)]


def method_row(name: str, summary: dict[str, Any]) -> pd.DataFrame:
    """Return a fit's scores as a row of the table of methods."""
    keys = ("train_rmse", "test_rmse", "test_mae")
    return pd.DataFrame([{"method": name} | {key: summary[key] for key in keys}])


def cost(fit: Any | None, split: Split, config: PMFConfig, sampler: SamplerConfig) -> str:
    """Estimate what sampling will take, from how long the MAP's sweeps took, if there is one."""
    import os

    from pmf_core.fits.cost import estimate_memory, estimate_work

    steps = (sampler.draws + sampler.tune) * sampler.chains
    sweep = estimate_work(split, config) if fit is None else fit.attrs["sweep_seconds"]
    seconds = sweep * steps / min(sampler.chains, os.cpu_count() or 1)
    megabytes = estimate_memory(split, config, sampler) / 1e6
    return (
        f"{steps:,} steps in all: about {max(seconds, 1):.0f} s and {megabytes:,.0f} MB here. "
        f"The PyMC example's NUTS took 2194 s for its 4,000."
    )


def nuts(chosen: Dataset, config: PMFConfig, sampler: SamplerConfig) -> None:
    """Offer NUTS on a subset, with what it would take."""
    from pmf_core.fits.budget import OverBudget
    from pmf_core.fits.cost import fit_seconds

    show.lesson(
        "Two samplers, one model: PyMC's NUTS moves all factors at once along gradients, the "
        "compiled Gibbs sampler draws them row by row. They agree; NUTS is just far slower, so "
        "it gets a part of the users and movies."
    )
    share = st.slider("Share of users and movies (%)", 2, 100, 5, key="nuts_share") / 100
    try:
        split = cache.subset(chosen.split_key, share)
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
            st.graphviz_chart(cache.plates(chosen.split_key, config), width="stretch")
        except OverBudget as error:
            st.info(f"{error}.", icon=":material/hourglass_disabled:")
            return
        st.caption(
            "An arrow says what a variable's distribution depends on; a plate, how often what is "
            "in it is repeated. Shaded: the ratings, which are observed. Boxes: computed from "
            "others. `pmf.build_model` returns this model."
        )


def leaderboard_table(board: pd.DataFrame) -> None:
    """Show `leaderboard`, with settings that differ between the runs marked."""
    shown = board.drop(columns=["id", "split_id", "dataset", "created", "keep"], errors="ignore")
    fixed = {"name", "partial", *SCORE_COLUMNS}
    for column in shown.columns.difference(fixed):  # as words: a setting may be a number or learned
        shown[column] = [f"{v:g}" if isinstance(v, float) else str(v) for v in shown[column]]
    differ = [c for c in shown if c not in fixed and shown[c].nunique(dropna=False) > 1]
    styled = shown.style.set_properties(
        subset=differ, **{"background-color": "rgba(129, 140, 248, 0.18)"}
    )
    st.dataframe(
        styled,
        hide_index=True,
        column_config={"name": "Run", "partial": "Partial"}
        | {
            key: st.column_config.NumberColumn(label, format=form)
            for key, (label, form) in SCORE_COLUMNS.items()
        },
    )
    st.caption("Shaded: settings in which these runs differ. Errors in stars.")


SCORE_COLUMNS = {
    "test_rmse": ("Test RMSE", "%.4f"),
    "train_rmse": ("Train RMSE", "%.4f"),
    "test_mae": ("Test MAE", "%.4f"),
    "coverage_90": ("In 90 % interval", "percent"),
    "r_hat": ("r_hat", "%.3f"),
    "ess": ("ess", "%.0f"),
    "ess_per_second": ("ess / s", "%.1f"),
    "seconds": ("Seconds", "%.1f"),
}
