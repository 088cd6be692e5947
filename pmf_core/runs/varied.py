"""The settings in which runs differ, and where each run stands on an axis of each of them."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmf_core.data.nouns import Nouns
from pmf_core.models.config import PMFConfig
from pmf_core.models.sampler_config import SamplerConfig
from pmf_core.runs.leaderboard import METHODS, settings_in
from pmf_core.support.numbers import figure

LABELS = {"method": "Method"} | {
    name: knob.short for kind in (PMFConfig, SamplerConfig) for name, knob in kind.knobs().items()
}
"""What pictures call a setting."""

_BY_CHANCE = "random_seed"
"""No setting of a model: what changes with it is luck."""

SPREAD, WORDS, APART, MANY = 20, 0.15, 0.08, 6
"""Times its lowest that a number's highest is on a scale of powers; share of an axis below its
numbers where values in words have their place; least distance of two labels; values up to which
each has one."""


def varied(board: pd.DataFrame) -> list[str]:
    """Return the settings of `leaderboard` in which runs differ, where they have them.

    A MAP has no chains, which is no other number of them. The seed is left out.
    """
    names = [name for name in settings_in(board) if name != _BY_CHANCE]
    return [name for name in names if board[name].dropna().map(str).nunique() > 1]


def coordinates(
    board: pd.DataFrame, nouns: Nouns, error: str = "Test RMSE"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return where each run stands on parallel axes: settings that differ, then its scores.

    Numbers stand in proportion, those that spread far by their powers; what is a word, or a
    number that is learned, has a place of its own.

    Parameters
    ----------
    board : pd.DataFrame
        As of `leaderboard`.
    nouns : Nouns
        Of the ratings.
    error : str
        What the test RMSE is called.

    Returns
    -------
    places : pd.DataFrame
        A row for each run and axis: id, name, axis (with its unit), place (from 0 to 1; the
        lowest error is at 0), shown (the value in words), test_rmse (in stars).
    ticks : pd.DataFrame
        axis, place, label.
    """
    scores = {
        "seconds": ("Time (s)", ".3g"),
        "train_rmse": (f"Train RMSE ({nouns.unit})", ".3f"),
        "test_rmse": (f"{error} ({nouns.unit})", ".3f"),
    }
    axes = {name: (LABELS.get(name, name), "g") for name in varied(board)} | scores
    places, ticks = [], []
    for name, (title, form) in axes.items():
        shown = [_shown(value, form) for value in board[name]]
        place, marks = _axis(board[name], form)
        own = board[["id", "name", "test_rmse"]].assign(axis=title, place=place, shown=shown)
        places.append(own[own["place"].notna()])
        ticks += [(title, at, label) for at, label in marks.items()]
    columns = ["id", "name", "axis", "place", "shown", "test_rmse"]
    return (
        pd.concat(places, ignore_index=True)[columns],
        pd.DataFrame(ticks, columns=["axis", "place", "label"]),
    )


def _shown(value: object, form: str = "g") -> str:
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    return figure(value, form) if is_number(value) else METHODS.get(value, str(value))


def is_number(value: object) -> bool:
    """Return whether a value of a setting, as tables show it, has a size."""
    is_flag = isinstance(value, bool | np.bool_)
    return isinstance(value, int | float | np.number) and not is_flag


def _axis(column: pd.Series, form: str) -> tuple[NDArray[np.float64], Mapping[float, str]]:
    """Return the place of each value, nan where there is none, and the label at some places."""
    values = column.tolist()
    known = [value for value in values if not (is_number(value) and np.isnan(value))]
    sizes = np.array(sorted({float(value) for value in known if is_number(value)}))
    words = sorted({_shown(value) for value in known if not is_number(value)})
    low = WORDS * bool(words) if len(sizes) else 0.0
    at: dict[object, float] = {}
    if words:
        room = 1.0 if not len(sizes) else 0.0
        at |= {word: room * n / max(1, len(words) - 1) for n, word in enumerate(words)}
    if len(sizes):
        far = sizes[0] > 0 and sizes[-1] / sizes[0] > SPREAD
        scaled = np.log(sizes) if far else sizes
        width = scaled[-1] - scaled[0]
        share = (scaled - scaled[0]) / width if width else np.full(len(sizes), 0.5)
        at |= dict(zip(sizes, low + (1 - low) * share, strict=True))
    place = [at.get(float(v) if is_number(v) else _shown(v), np.nan) for v in values]
    return np.array(place), _labels(at, sizes, words, form)


def _labels(at: dict, sizes: NDArray, words: list[str], form: str) -> dict[float, str]:
    """Return a label at each place that has room for it: the ends of an axis have."""
    some = sizes if len(sizes) <= MANY else sizes[[0, len(sizes) // 2, -1]]
    ends = [sizes[0], sizes[-1]] if len(sizes) else []
    marks: dict[float, str] = {at[word]: word for word in words}
    for value in (*ends, *some):
        if all(abs(at[value] - place) >= APART for place in marks):
            marks[at[value]] = figure(float(value), form)
    return marks
