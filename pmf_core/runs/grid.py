"""A grid of fits over two settings of the model, filled in the background.

A sweep is nothing but jobs, and then runs, that carry its id: so it survives what they survive.
"""

import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from pmf_core.data.nouns import Nouns
from pmf_core.data.split import Split
from pmf_core.models.available import available
from pmf_core.models.config import PMFConfig
from pmf_core.models.sampler_config import SamplerConfig
from pmf_core.runs.queue import Job, JobQueue
from pmf_core.runs.request import FitRequest
from pmf_core.runs.series import in_short, listed, over
from pmf_core.runs.stored import Run
from pmf_core.support.errors import require
from pmf_core.support.identifiers import new_identifier

MAX_CELLS = 100
"""Largest grid: more fits than this are better submitted by a script."""

KEEP_PER_CHAIN = 2
"""Factor draws that a cell stores of each chain: a grid of whole fits would fill the store."""


def parse_values(name: str, text: str) -> list[Any]:
    """Read the values of a setting from a list such as ``5, 10, 20``.

    They are called as tables call them: effects ``none``, ``day`` or ``day + user:day``, an alpha
    of None ``learned``. Whether values go with the rest of a model is for `submit_sweep` to check.

    Raises
    ------
    ValueError
        If a value is none that `PMFConfig` takes, one occurs twice, or there is none.
    """
    knob, values = PMFConfig.knob(name), []
    for word in filter(None, (part.strip() for part in text.split(","))):
        try:
            values.append(knob.read(word))
        except ValueError as error:
            raise ValueError(f"{knob.label}: {word!r} is not a value it takes ({error})") from error
    require(len(values) > 0, name, text, "one value or more, with commas between them")
    require(len(set(values)) == len(values), name, text, "different values")
    return values


def _rank(name: str, shown: Any) -> Any:
    """Return what sorts the values of a setting as they come in a list of choices, or by size."""
    return PMFConfig.knob(name).kind.rank(shown)


VALUES = {name: knob.suggested for name, knob in PMFConfig.knobs().items() if knob.suggested}
"""Settings that can be varied, and the values that are suggested."""


def submit_sweep(
    queue: JobQueue,
    split: Split,
    config: PMFConfig,
    grid: Mapping[str, Sequence[Any]],
    method: str = "map",
    sampler: SamplerConfig | None = None,
    *,
    owner: str = "",
    tags: Mapping[str, str] | None = None,
) -> str:
    """Queue a fit for every cell of a grid and return the id of the sweep.

    Parameters
    ----------
    queue : JobQueue
    split : Split
    config : PMFConfig
        The settings that the grid does not vary.
    grid : mapping of str to sequence
        Two fields of `PMFConfig`, along and up, and the values of each. Other settings that mean
        nothing beside them are overruled, as `PMFConfig.coherent` does.
    method : {"map", "gibbs"}
    sampler : SamplerConfig, optional
        Its `keep` is replaced by `KEEP_PER_CHAIN` draws a chain.
    owner : str
        Whose the fits are, as in `JobQueue.submit`.
    tags : mapping of str to str, optional
        Stored with every run.

    Raises
    ------
    ValueError
        If the grid has not two settings, or more than `MAX_CELLS` cells; if a cell is no model,
        or none for these ratings, or the same as another; if one takes more than a job may, or
        the queue has no room for all (OverBudget). Nothing is queued then.
    """
    require(len(grid) == 2, "grid", dict(grid), "over two settings")
    configs = _models(split, config, grid)
    sampler = sampler or SamplerConfig()
    sampler = replace(sampler, keep=KEEP_PER_CHAIN * sampler.chains)
    x, y = grid
    sweep = new_identifier()
    tags = dict(tags or {}) | {"sweep": sweep, "sweep_x": x, "sweep_y": y}
    requests = [FitRequest(method, split, each, sampler) for each in configs]
    queue.check(requests, owner)
    for request in requests:
        values = {name: getattr(request.config, name) for name in grid}
        queue.submit(f"{over(x, y)}: {in_short(values)}", request, owner=owner, **tags)
    return sweep


def _models(split: Split, config: PMFConfig, grid: Mapping[str, Sequence[Any]]) -> list[PMFConfig]:
    """Return the model of every cell, or say why a cell would not show what it promises."""
    checked = {name: [PMFConfig.knob(name).check(value) for value in grid[name]] for name in grid}
    for name, values in checked.items():
        require(len(set(values)) == len(values), name, values, "different values")
    cells = [
        dict(zip(grid, values, strict=True)) for values in itertools.product(*checked.values())
    ]
    rule = f"at least 1 and at most {MAX_CELLS}"
    require(0 < len(cells) <= MAX_CELLS, "cells of the grid", len(cells), rule)
    found: dict[PMFConfig, dict[str, Any]] = {}
    for cell in cells:
        try:
            model = PMFConfig.coherent(**vars(config) | cell)
        except ValueError as error:
            raise ValueError(f"there is no model with {in_short(cell)}: {error}") from error
        fed, notes = available(model, split.train)
        if any(getattr(fed, name) != getattr(model, name) for name in grid):
            raise ValueError(
                f"these ratings cannot feed {in_short(cell)}. {' '.join(notes)} Vary another "
                "setting, or choose other ratings"
            )
        if model in found:
            other = found[model]
            idle = [PMFConfig.knob(name).short for name in grid if cell[name] != other[name]]
            raise ValueError(
                f"{in_short(other)} and {in_short(cell)} are the same model: {' and '.join(idle)} "
                "makes no difference there; vary another setting, or leave one of the two out"
            )
        found[model] = cell
    return list(found)


def list_sweeps(queue: JobQueue, owner: str | None = None) -> dict[str, str]:
    """Return what each sweep, or each of an owner, is over, by its id, the newest first."""
    jobs = [job for job in sweep_jobs(queue) if owner in (None, job.owner)]
    found = {job.tags["sweep"]: job.tags for job in jobs}
    of_cells = (run.attrs for run in queue.store.list(owner) if "sweep_x" in run.attrs)
    found |= {attrs["sweep"]: attrs for attrs in of_cells}
    return {key: over(found[key]["sweep_x"], found[key]["sweep_y"]) for key in sorted(found)[::-1]}


def sweep_jobs(queue: JobQueue, sweep_id: str | None = None) -> list[Job]:
    """Return the jobs of one sweep, or of all, that are not done."""
    jobs = [job for job in queue.list() if "sweep" in job.tags and job.state != "done"]
    return [job for job in jobs if sweep_id in (None, job.tags["sweep"])]


def take_up(queue: JobQueue, jobs: Iterable[Job]) -> None:
    """Go on with jobs that were cut off or failed, and run those again that were cancelled.

    Raises
    ------
    OverBudget
        If the queue has no room for all of them; none is taken up then.
    """
    jobs = [job for job in jobs if job.is_resumable or job.state == "cancelled"]
    for owner in {job.owner for job in jobs}:
        queue.check([job.request for job in jobs if job.owner == owner], owner)
    for job in jobs:
        if job.is_resumable:
            queue.resume(job)
        else:  # nothing of it is left on disk
            queue.submit(job.name, job.request, owner=job.owner, **job.tags)
            queue.dismiss(job)


def sweep_cells(queue: JobQueue, sweep_id: str) -> pd.DataFrame:
    """Return the cells of a sweep as they stand.

    Returns
    -------
    pd.DataFrame
        The two settings, as `parse_values` reads them; state (as of `Job`), test_rmse (stars; nan
        until done), label (what to write in the cell), run_id (empty until done), and as attrs
        ``x`` and ``y``, their names; and of the ratings ``dataset``, ``split_id`` and ``nouns``, as
        `Nouns.parse` reads them.
    """
    # The jobs first, as they are now: one that ends meanwhile is then as it was or in the store.
    jobs = [(job.request, job.state, job.progress, job.tags) for job in sweep_jobs(queue, sweep_id)]
    runs = [
        run
        for run in queue.store.list()
        if run.attrs.get("sweep") == sweep_id and "sweep_x" in run.attrs
    ]
    tags = [tags for *_, tags in jobs] + [run.attrs for run in runs]
    if not tags:
        raise ValueError(f"there is no sweep {sweep_id!r}; choose one of list_sweeps")
    names = tags[0]["sweep_x"], tags[0]["sweep_y"]
    rows = {}
    for run in reversed(runs):  # the newest last: it replaces one that was cancelled
        shown, error = PMFConfig.in_words(json.loads(run.attrs["config"])), run.summary["test_rmse"]
        # A MAP is partial where it had not settled after all its sweeps: done, all the same.
        stopped = run.summary["partial"] and run.attrs["method"] != "map"
        state = "cancelled" if stopped else "done"
        cell = tuple(shown[name] for name in names)
        rows[cell] = (state, error, f"{error:.3f}", run.id)
    for request, state, progress, _ in jobs:
        if request is None or state == "done":
            continue
        share = f"{progress.done / progress.total:.0%}" if progress else ""
        label = {"queued": "…", "running": share or "…"}.get(state, state)
        shown = PMFConfig.in_words(vars(request.config))
        cell = tuple(shown[name] for name in names)
        # What was cancelled and is run again has a run already, with what it had drawn.
        if cell not in rows or (rows[cell][0] == "cancelled" and state != "cancelled"):
            rows[cell] = (state, float("nan"), label, "")
    order = sorted(rows, key=lambda cell: [_rank(*each) for each in zip(names, cell, strict=True)])
    frame = pd.DataFrame(
        [(*cell, *rows[cell]) for cell in order],
        columns=[*names, "state", "test_rmse", "label", "run_id"],
    )
    splits = [request.split for request, *_ in jobs if request is not None]
    frame.attrs = dict(zip("xy", names, strict=True)) | _ratings_of(runs, splits)
    return frame


def _ratings_of(runs: Sequence[Run], splits: Sequence[Split]) -> dict[str, str]:
    """Return what is known of the ratings of a sweep, whose requests may all be damaged."""
    if runs:
        known = {name: runs[0].attrs[name] for name in ("dataset", "split_id")}
        return known | {"nouns": str(runs[0].nouns)}
    if splits:
        train = splits[0].train
        return {"dataset": train.name, "split_id": splits[0].id, "nouns": str(train.nouns)}
    return {"dataset": "", "split_id": "", "nouns": str(Nouns())}


def n_done(cells: pd.DataFrame) -> int:
    """Return how many of `sweep_cells` have a whole run."""
    return int((cells["state"] == "done").sum())


def cells_in_words(cells: pd.DataFrame) -> dict[str, str]:
    """Return what to call each row of `sweep_cells` that has a run, by the id of that run."""
    names = cells.attrs["x"], cells.attrs["y"]
    rows = cells[cells["run_id"] != ""].to_dict("records")
    return {row["run_id"]: listed({name: row[name] for name in names}) for row in rows}


def best_cell(cells: pd.DataFrame) -> pd.Series:
    """Return the row of `sweep_cells` with the lowest test RMSE of those that have a run."""
    return cells.loc[cells["test_rmse"].idxmin()]
