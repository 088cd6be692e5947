"""A grid of fits over two settings of the model, filled in the background.

A sweep is nothing but jobs, and then runs, that carry its id: so it survives what they survive.
"""

import itertools
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from pmf_core.config import PMFConfig, SamplerConfig
from pmf_core.errors import require
from pmf_core.jobs import Job, JobQueue
from pmf_core.request import FitRequest
from pmf_core.split import Split

MAX_CELLS = 100
"""Largest grid: more fits than this are better submitted by a script."""

KEEP_PER_CHAIN = 2
"""Factor draws that a cell stores of each chain: a grid of whole fits would fill the store."""


def parse_values(name: str, text: str) -> list[Any]:
    """Read the values of a setting from a list such as ``5, 10, 20``.

    Raises
    ------
    ValueError
        If a value is none that `PMFConfig` takes, one occurs twice, or there is none.
    """
    kinds = {field.name: field.type for field in fields(PMFConfig)}
    require(name in kinds, "name", name, f"one of {', '.join(kinds)}")
    values = []
    for word in filter(None, (part.strip() for part in text.split(","))):
        try:
            value = _value(word)
            replace(PMFConfig(), **{name: value})
        except ValueError as error:
            raise ValueError(f"{name}: {word!r} is not a value it takes ({error})") from error
        values.append(value)
    require(len(values) > 0, name, text, "one value or more, with commas between them")
    require(len(set(values)) == len(values), name, text, "different values")
    return values


def _value(word: str) -> Any:
    if word == "learned":  # as the noise precision can be
        return None
    try:
        return json.loads(word.lower())
    except ValueError:
        return word


def _by_value(cell: tuple) -> list[tuple]:
    """Sort cells whose values may be None."""
    return [(value is not None, value) for value in cell]


def submit_sweep(
    queue: JobQueue,
    split: Split,
    config: PMFConfig,
    grid: Mapping[str, Sequence[Any]],
    method: str = "map",
    sampler: SamplerConfig | None = None,
    scheduler: str = "",
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
        Two fields of `PMFConfig`, along and up, and the values of each.
    method : {"map", "gibbs"}
    sampler : SamplerConfig, optional
        Its `keep` is replaced by `KEEP_PER_CHAIN` draws a chain.
    scheduler : str
        As in `JobQueue.submit`.
    tags : mapping of str to str, optional
        Stored with every run.

    Raises
    ------
    ValueError
        If the grid has not two settings, or more than `MAX_CELLS` cells.
    """
    require(len(grid) == 2, "grid", dict(grid), "over two settings")
    cells = list(itertools.product(*grid.values()))
    require(len(cells) <= MAX_CELLS, "cells of the grid", len(cells), f"at most {MAX_CELLS}")
    sampler = sampler or SamplerConfig()
    sampler = replace(sampler, keep=KEEP_PER_CHAIN * sampler.chains)
    x, y = grid
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    sweep = f"{stamp}-{secrets.token_hex(2)}"
    tags = dict(tags or {}) | {"sweep": sweep, "sweep_x": x, "sweep_y": y}
    # Every cell is checked before any is queued.
    configs = [replace(config, **dict(zip(grid, cell, strict=True))) for cell in cells]
    for each in configs:
        name = f"{method} {x}={getattr(each, x)} {y}={getattr(each, y)}"
        queue.submit(name, FitRequest(method, split, each, sampler), scheduler, **tags)
    return sweep


def list_sweeps(queue: JobQueue) -> dict[str, str]:
    """Return what each sweep is over, by its id, the newest first."""
    found = {job.tags["sweep"]: job.tags for job in sweep_jobs(queue)}
    found |= {run.attrs["sweep"]: run.attrs for run in queue.store.list() if "sweep" in run.attrs}
    return {
        key: f"{found[key]['sweep_x']} × {found[key]['sweep_y']}" for key in sorted(found)[::-1]
    }


def sweep_jobs(queue: JobQueue, sweep_id: str | None = None) -> list[Job]:
    """Return the jobs of one sweep, or of all, that are not in the store."""
    jobs = [job for job in list(queue.jobs.values()) if "sweep" in job.tags and not job.run_id]
    return [job for job in jobs if sweep_id in (None, job.tags["sweep"])]


def sweep_cells(queue: JobQueue, sweep_id: str) -> pd.DataFrame:
    """Return the cells of a sweep as they stand.

    Returns
    -------
    pd.DataFrame
        The two settings; state (as of `Job`), test_rmse (stars; nan until done), label (what to
        write in the cell), run_id (empty until done), and as attrs ``x`` and ``y``, their names.
    """
    rows, names = {}, None
    for job in sweep_jobs(queue, sweep_id):
        progress, settings = job.progress, asdict(job.request.config)
        share = f"{progress.done / progress.total:.0%}" if progress else ""
        label = {"queued": "…", "running": share or "…"}.get(job.state, job.state)
        names = names or (job.tags["sweep_x"], job.tags["sweep_y"])
        rows[tuple(settings[name] for name in names)] = (job.state, float("nan"), label, "")
    for run in queue.store.list():
        if run.attrs.get("sweep") != sweep_id:
            continue
        settings, error = json.loads(run.attrs["config"]), run.summary["test_rmse"]
        names = names or (run.attrs["sweep_x"], run.attrs["sweep_y"])
        # A MAP is partial where it had not settled after all its sweeps: done, all the same.
        stopped = run.summary["partial"] and run.attrs["method"] != "map"
        state = "cancelled" if stopped else "done"
        rows[tuple(settings[name] for name in names)] = (state, error, f"{error:.3f}", run.id)
    if names is None:
        raise ValueError(f"there is no sweep {sweep_id!r}; choose one of list_sweeps")
    frame = pd.DataFrame(
        [(*cell, *rows[cell]) for cell in sorted(rows, key=_by_value)],
        columns=[*names, "state", "test_rmse", "label", "run_id"],
    )
    frame.attrs = dict(zip("xy", names, strict=True))
    return frame
