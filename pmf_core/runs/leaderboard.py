"""Stored runs side by side: a table ranked by error, and what changed between two."""

import json
from collections.abc import Iterable

import pandas as pd

from pmf_core.fits.soundness import FIGURES
from pmf_core.models.config import PMFConfig
from pmf_core.runs.stored import Run


def leaderboard(runs: Iterable[Run]) -> pd.DataFrame:
    """Return one row a readable run, the lowest test RMSE first.

    Returns
    -------
    pd.DataFrame
        id, name, `FIGURES` (errors in stars), ess_per_second, method, the model's settings, the
        sampler's settings, partial, split_id, dataset, created.
    """
    rows = []
    for run in runs:
        if run.error is not None:
            continue
        scores = run.summary
        rows.append(
            {"id": run.id, "name": run.name}
            | {name: scores[name] for name in FIGURES}
            | {"ess_per_second": scores["ess"] / scores["seconds"], "method": scores["method"]}
            | settings(run)
            | {
                "partial": scores["partial"],
                "split_id": run.attrs["split_id"],
                "dataset": run.attrs["dataset"],
                "created": run.attrs["created"],
            }
        )
    frame = pd.DataFrame(rows)
    return frame if frame.empty else frame.sort_values("test_rmse", ignore_index=True)


def settings(run: Run) -> dict[str, object]:
    """Return the settings of a run's model, in words, and sampler; a MAP has no run length."""
    sampler = json.loads(run.attrs["sampler"])
    if run.attrs["method"] == "map":
        sampler = {"random_seed": sampler["random_seed"]}
    return PMFConfig.in_words(json.loads(run.attrs["config"])) | sampler


def unique_names(runs: Iterable[Run]) -> dict[str, str]:
    """Return a name for each run by its id; of equal names the later runs get a number."""
    names: dict[str, str] = {}
    for run in sorted(runs, key=lambda run: run.id):
        name, number = run.name, 1
        while name in names.values():
            number += 1
            name = f"{run.name} #{number}"
        names[run.id] = name
    return names


def differences(a: Run, b: Run) -> pd.DataFrame:
    """Return what changed between two runs: setting, a, b; one row for each that differs."""
    left, right = ({"method": run.attrs["method"]} | settings(run) for run in (a, b))
    left |= {"dataset": a.attrs["dataset"], "split_id": a.attrs["split_id"]}
    right |= {"dataset": b.attrs["dataset"], "split_id": b.attrs["split_id"]}
    rows = [
        {"setting": name, "a": str(left.get(name, "—")), "b": str(right.get(name, "—"))}
        for name in left | right
        if left.get(name) != right.get(name)
    ]
    return pd.DataFrame(rows, columns=["setting", "a", "b"])
