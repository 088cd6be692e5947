"""The way from the PyMC example's model to the best one, an ingredient at a time."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from pmf_core.models.config import EFFECTS, PMFConfig
from pmf_core.models.presets import PRESETS

STORED = Path(__file__).parent / "figures" / "accuracy.json"
"""Figures of the last `make bench`, on MovieLens 100K; they are installed with the package."""

MEASURED = {"random": "random tenth", "u1": "official fold u1", "here": "here, now"}
"""Splits on which rungs are measured: those of the stored figures, and the one at hand."""

ON_RANDOM = f"on a {MEASURED['random']} of MovieLens 100K"
"""Where stored figures that a sentence is about were measured: on the fold they can differ."""

FIGURES = ("test_rmse", "coverage_90", "seconds")
"""What is compared, of `Fit.summary`."""


@dataclass(frozen=True)
class Rung:
    """A model, and what it adds to the one below."""

    key: str
    """Names the rung in stored figures."""
    adds: str
    """What is new, for people."""
    why: str
    """What that is for, in a sentence."""
    config: PMFConfig

    @property
    def name(self) -> str:
        """As tables and pictures call it."""
        return self.adds if self.key == "pmf" else f"+ {self.adds}"


_STEPS = (
    (
        "centred",
        "the mean rating",
        "The prior pulls towards the mean, not towards 0.",
        {"center": True},
    ),
    (
        "hierarchical",
        "a learned prior",
        "How far factors spread is read off the ratings.",
        {"prior": "hierarchical"},
    ),
    ("bpmf", "learned noise", "So is the noise: this is BPMF.", {"alpha": None}),
    (
        "biases",
        "biases",
        "Some people are generous and some items good, without any factor.",
        {"biases": True},
    ),
    (
        "implicit",
        "who rated what",
        "What somebody rated says what they like, before any rating is read.",
        {"implicit": "both"},
    ),
    (
        "side_info",
        "age, job, genre, year",
        "Features help where ratings are few.",
        {"side_info": "both"},
    ),
    ("effects", "days", "People rate in sessions, and a mood lasts a day.", {"effects": EFFECTS}),
    (
        "ordinal",
        "an ordinal link",
        "Ratings are ordered labels; the steps between them need not be equal.",
        {"link": "ordinal", "alpha": 1.0},
    ),
    (
        "cut_points",
        "own cut points",
        "Everybody uses the scale in their own way.",
        {"cut_points": "user"},
    ),
    (
        "best",
        "more factors",
        "With all that explained, more factors pay: this is the preset called best.",
        {"n_factors": PRESETS["best"].n_factors},
    ),
)
"""Of each rung above the first: key, what it adds, why, and the settings that change."""


def _climb() -> tuple[Rung, ...]:
    config = PRESETS["pmf"]
    why = "Factors under a prior around zero, fixed noise."
    rungs = [Rung("pmf", "The example's PMF", why, config)]
    for key, adds, why, changes in _STEPS:
        config = replace(config, **changes)
        rungs.append(Rung(key, adds, why, config))
    return tuple(rungs)


LADDER = _climb()
"""From ``pmf`` to ``best``; ``bpmf`` is on the way."""


def stored_figures() -> list[dict[str, Any]]:
    """Return the stored figures, one each of a model and a split; none where there is no file."""
    return json.loads(STORED.read_text(encoding="utf-8")) if STORED.exists() else []


def rung_runs(runs: Iterable[Any], split_id: str) -> dict[str, Any]:
    """Return, of the runs of a store, the newest whole one of each rung on a split."""
    mine = [run for run in runs if run.error is None and "rung" in run.attrs]
    return {
        run.attrs["rung"]: run
        for run in sorted(mine, key=lambda run: run.id)
        # A few draws that were kept at a cancellation are no figure of the rung.
        if run.attrs["split_id"] == split_id and not run.summary["partial"]
    }


def rung_jobs(jobs: Iterable[Any], split_id: str) -> dict[str, Any]:
    """Return, of the jobs of a queue, the one of each rung on a split that has no run yet.

    Of those that were cancelled nothing is left to go on from: they are not among them.
    """
    over = ("done", "cancelled")
    mine = [job for job in jobs if job.tags.get("rung_split") == split_id]
    return {job.tags["rung"]: job for job in mine if job.run_id is None and job.state not in over}


def ladder_figures(
    here: Mapping[str, Mapping[str, Any]], stored: Iterable[Mapping[str, Any]] | None = None
) -> pd.DataFrame:
    """Return the figures of every rung wherever it was measured.

    Parameters
    ----------
    here : mapping of str to mapping
        `Fit.summary` of the runs on the ratings at hand, by the key of their rung.
    stored : iterable of mapping, optional
        By default `stored_figures`.

    Returns
    -------
    pd.DataFrame
        key, rung (name), measured (of `MEASURED`), `FIGURES` (errors in stars; nan where unknown),
        bottom rung first; attr ``rungs``, all names in that order.
    """
    found = {
        (each["key"], each["split"]): each
        for each in (stored_figures() if stored is None else stored)
    } | {(key, "here"): summary for key, summary in here.items()}
    rows = [
        (rung.key, rung.name, words, *(found[rung.key, split].get(name) for name in FIGURES))
        for rung in LADDER
        for split, words in MEASURED.items()
        if (rung.key, split) in found
    ]
    frame = pd.DataFrame(rows, columns=["key", "rung", "measured", *FIGURES])
    frame = frame.astype(dict.fromkeys(FIGURES, float))
    frame.attrs["rungs"] = [rung.name for rung in LADDER]
    return frame


def ladder_table(figures: pd.DataFrame) -> pd.DataFrame:
    """Return `ladder_figures` with a row for every rung.

    Returns
    -------
    pd.DataFrame
        rung (name), and of each of `FIGURES` and `MEASURED` of which there is any a column such as
        test_rmse_here, nan where there is none.
    """
    table = pd.DataFrame({"rung": [rung.name for rung in LADDER]})
    for split, words in MEASURED.items():
        measured = figures[figures["measured"] == words].set_index("rung")
        for name in FIGURES:
            table[f"{name}_{split}"] = table["rung"].map(measured[name])
    return table.dropna(axis="columns", how="all")
