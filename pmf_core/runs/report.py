"""A run as one HTML page that opens offline: what it amounts to, how far to believe it, its recipe.

Each section is a value, made by a function of its own, so that another page can have it as well.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from pmf_core.charts import fits, scores
from pmf_core.charts.calibration import HONESTY
from pmf_core.charts.diagnostics import DIAGNOSTICS, PREDICTIONS
from pmf_core.charts.picture import Picture
from pmf_core.documents.page import page
from pmf_core.documents.section import Drawn, Section, Table
from pmf_core.evaluation import lessons_of_fits as lessons
from pmf_core.evaluation.calibration import honesty
from pmf_core.evaluation.closing import closing
from pmf_core.evaluation.diagnosis import diagnose, step_traces
from pmf_core.evaluation.key_figures import key_figures
from pmf_core.evaluation.lessons_of_checks import intervals_hold
from pmf_core.evaluation.methods import best_baseline, together, with_fits
from pmf_core.evaluation.mixing import COLUMNS, averaging, choices, label_of, scalars, tuning_steps
from pmf_core.evaluation.running import running_rmse
from pmf_core.evaluation.the_example import example_rows, is_its_own
from pmf_core.fits.fit import Fit
from pmf_core.models.baselines import evaluate_baselines
from pmf_core.models.ladder import ladder_figures
from pmf_core.runs.leaderboard import LABELS, METHODS, marked, setting_text, settings
from pmf_core.runs.recipe import snippet
from pmf_core.support.atomic import within_folder, write_whole
from pmf_core.support.numbers import figure, of_chains

NORMS = (
    "‖U‖ and ‖V‖ are the Frobenius norms of the factors, the square root of the sum of squares. "
    "Those of all chains should meet."
)
"""What stands before the lesson that says whether they do."""

SCORES = {"train_rmse": "Train RMSE", "test_rmse": "Test RMSE", "test_mae": "Test MAE"}
"""What a table of methods calls its columns."""


def write_report(fit: Fit, path: str | os.PathLike, name: str = "", note: str = "") -> Path:
    """Write a report of a fit to one HTML file, whole or not at all.

    Everything is in the file, so that it opens offline and asks nothing of any host.

    Parameters
    ----------
    fit : Fit
    path : path-like
    name : str, optional
        What to call it; by default as it was stored or, if it was not, by its method.
    note : str, optional
        What somebody has to say of it; by default the note that it was stored with, if any.

    Raises
    ------
    ModuleNotFoundError
        If the extra ``report`` is not installed.
    FileNotFoundError
        If the folder does not exist.
    OSError
        If the disk is full.
    """
    path = within_folder(path)  # before the work
    write_whole(path, report(fit, name, note).encode())
    return path


def report(fit: Fit, name: str = "", note: str = "") -> str:
    """Return the report of a fit as an HTML page; see `write_report`.

    Raises
    ------
    ModuleNotFoundError
        If the extra ``report`` is not installed.
    """
    when = fit.attrs["created"][:16].replace("T", " ")
    lead = f"{fit.attrs['dataset']} · split {fit.attrs['split_id']} · fitted {when} UTC"
    usual = f"{METHODS[fit.method]} with {fit.config.n_factors} factors"
    name = name or fit.attrs.get("name") or usual
    return page(name, lead, sections(fit, name, note or fit.attrs.get("note", "")))


def sections(fit: Fit, name: str, note: str = "") -> list[Section]:
    """Return all that a report says of a fit, in its order.

    Parameters
    ----------
    fit : Fit
    name, note : str
        What it is called, and what somebody has written of it.
    """
    baselines = evaluate_baselines(fit.split)
    first = [in_short(fit, baselines, note), beside(fit, name, baselines)]
    if fit.is_point_estimate:
        return [*first, intervals(fit), recipe(fit)]
    drawn = [averaged(fit, baselines), chains(fit), intervals(fit), checks(fit)]
    return [*first, *drawn, recipe(fit)]


def in_short(fit: Fit, baselines: pd.DataFrame, note: str = "") -> Section:
    """Return the figures of a fit and what they amount to, given `evaluate_baselines`."""
    summary, nouns = fit.summary(), fit.nouns
    is_the_examples = is_its_own(fit.split)
    said = closing(summary, fit.config, baselines, None, ladder_figures({}), nouns, is_the_examples)
    notes = [note and f"Note: {note}", fit.attrs.get("left_out", "")]
    if fit.is_partial:
        notes.append("It was stopped before its last draw.")
    return Section(
        "In short",
        # Whether sampling was worth it is told by a MAP of the same model, which a fit has not.
        tuple(each for each in said if each.name != "closing_sampling"),
        tuple(filter(None, notes)),
        {name: text for name, (text, _) in key_figures(summary, nouns).items()},
    )


def beside(fit: Fit, name: str, baselines: pd.DataFrame) -> Section:
    """Return a fit among simpler methods."""
    name = marked(name, fit.summary())
    others = together(baselines, example_rows(fit.split, ("MCMC",)))
    methods = with_fits(others, {name: fit.summary()})
    rows = [
        (each["method"], *(figure(each[column], ".4f") for column in SCORES))
        for each in methods.to_dict("records")
    ]
    bars = Drawn(scores.method_bars(methods, fit.nouns), "RMSE of the baselines and of this run")
    table = Table(("Method", *SCORES.values()), tuple(rows), f"Errors in {fit.nouns.unit}")
    return Section("Beside simpler methods", charts=(bars,), tables=(table,))


def averaged(fit: Fit, baselines: pd.DataFrame) -> Section:
    """Return what averaging over the draws of a fit is worth."""
    curves, best = running_rmse(fit), best_baseline(baselines)
    return Section(
        "Does averaging help?",
        (lessons.averaging_helps(averaging(curves), fit.nouns),),
        charts=(
            Drawn(
                fits.rmse_curves(curves, fit.nouns, (best["method"], best["test_rmse"])),
                "RMSE of single draws and of the mean of all draws so far, train and test",
            ),
        ),
    )


def chains(fit: Fit) -> Section:
    """Return whether the chains of a fit agree: traces, convergence, all that is known of each."""
    traces, tune, table = step_traces(fit), tuning_steps(fit), diagnose(fit)
    norms = [
        Drawn(
            fits.trace_chart(traces, fit.nouns, norm, tune),
            f"Trace of {label_of(norm, fit.nouns)} of each chain; tuning ends at step {tune}",
            label_of(norm, fit.nouns),
        )
        for norm in ("norm_U", "norm_V")
    ]
    counted = ("r_hat", "bulk ess", "tail ess")
    histograms = [
        Drawn(picture, f"Histogram of {what} over monitored held-out predictions", what)
        for what, picture in zip(counted, fits.convergence_histograms(table), strict=True)
    ]
    rows = [
        (each["label"], *(of_chains(each[name], form) for name, (_, form) in COLUMNS.items()))
        for each in scalars(table).to_dict("records")
    ]
    titles = ("Quantity", *(title for title, _ in COLUMNS.values()))
    settle = lessons.norms_settle(table, fit.config.prior)
    first = next(iter(choices(fit).values()))
    return Section(
        "Can the draws be trusted?",
        (f"{NORMS} {settle.text}", lessons.chains_began(fit)),
        (f"What is drawn of one quantity is drawn of this: {first}. The table has all of them.",),
        charts=(*norms, *listed(DIAGNOSTICS, fit), *histograms),
        tables=(Table(titles, tuple(rows), "What the draws of each quantity are worth"),),
    )


def intervals(fit: Fit) -> Section:
    """Return whether predictions of a fit are as sure as they may be."""
    honest = honesty(fit)
    said = [intervals_hold(honest["pit"])]
    if fit.is_point_estimate:
        said.insert(0, lessons.intervals_of_a_point(fit.summary()["coverage_90"]))
    drawn = [Drawn(draw(honest, fit.nouns), what, title) for title, what, draw in HONESTY]
    return Section("Are the intervals honest?", tuple(said), charts=tuple(drawn))


def checks(fit: Fit) -> Section:
    """Return for whom and for what a fit predicts well, and whether it gives such ratings."""
    return Section("Who and what is predicted well?", charts=tuple(listed(PREDICTIONS, fit)))


def recipe(fit: Fit) -> Section:
    """Return the settings of a fit, and the lines that repeat it."""
    rows = {"method": METHODS[fit.method]} | settings(fit)
    texts = [(LABELS.get(name, name), setting_text(value)) for name, value in rows.items()]
    versions = json.loads(fit.attrs.get("versions", "{}"))
    notes = [f"Made with {', '.join(f'{name} {number}' for name, number in versions.items())}."]
    return Section(
        "Settings, and how to repeat it",
        notes=tuple(notes if versions else ()),
        tables=(Table(("Setting", "Value"), tuple(texts), "Settings"),),
        lines=snippet(fit),
    )


def listed(pictures: Iterable[Picture[Fit]], fit: Fit) -> list[Drawn]:
    """Return the pictures of a list, each of the first of what it can be a picture of."""
    found = []
    for each in pictures:
        name, label = next(iter(each.choices(fit).items())) if each.choices else ("", "")
        numbers = each.numbers(fit, *filter(None, (name,)))
        words = {"thing": fit.nouns.thing, "things": fit.nouns.things}
        title = each.title.format(**words)
        alt_text = ": ".join(filter(None, (each.alt_text.format(**words), label)))
        found.append(
            Drawn(each.draw(numbers, fit.nouns), alt_text, title, each.lesson(fit, numbers))
        )
    return found
