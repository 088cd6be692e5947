"""Runs that belong together, as of a sweep: which they are, and what to call them."""

from collections.abc import Iterable, Mapping
from typing import Any

from pmf_core.models.config import PMFConfig
from pmf_core.runs.plan import Plan
from pmf_core.runs.stored import Run

LADDER = "Ladder"
"""What the series of rungs is called, and names of its runs begin with."""


def over(x: str, y: str) -> str:
    """Return what a sweep over two settings is called."""
    return f"Sweep of {PMFConfig.knob(x).short} × {PMFConfig.knob(y).short}"


def searched(names: Iterable[str]) -> str:
    """Return what a search over some settings is called."""
    return f"Search over {', '.join(PMFConfig.knob(name).short for name in names)}"


def in_short(values: Mapping[str, Any]) -> str:
    """Return values of settings in a line, as names of runs and errors say them."""
    return listed(PMFConfig.in_words(values))


def listed(shown: Mapping[str, Any]) -> str:
    """Return `in_short` of values that are in words, as tables show them."""
    return ", ".join(f"{PMFConfig.knob(name).short} = {_plain(shown[name])}" for name in shown)


def _plain(shown: Any) -> str:
    return f"{shown:g}" if isinstance(shown, float) else str(shown)


def series_of(run: Run) -> str:
    """Return the key of the series that a run is of; empty where it is one by itself."""
    if "sweep_x" in run.attrs:
        return str(run.attrs["sweep"])
    if "search_plan" in run.attrs:
        return str(run.attrs["search"])
    return f"{LADDER} {run.attrs.get('rung_split', '')}" if "rung" in run.attrs else ""


def series_name(run: Run) -> str:
    """Return what the series of a run is called, with the time when it was begun."""
    if "sweep_x" in run.attrs:
        return dated(series_of(run), over(run.attrs["sweep_x"], run.attrs["sweep_y"]))
    if "search_plan" in run.attrs:
        return dated(series_of(run), searched(Plan.from_json(run.attrs["search_plan"]).over))
    return f"{LADDER} on {run.attrs['dataset']}"


def dated(key: str, name: str) -> str:
    """Return the name of a series with the time that its id says."""
    return f"{name} · {key[:4]}-{key[4:6]}-{key[6:8]} {key[9:11]}:{key[11:13]} UTC"


def by_series(runs: Iterable[Run]) -> dict[str, list[Run]]:
    """Return runs by the key of their series, in their order; those by themselves come first."""
    found: dict[str, list[Run]] = {"": []}
    for run in runs:
        found.setdefault(series_of(run), []).append(run)
    return found
