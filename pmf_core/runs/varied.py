"""The settings in which runs differ, and where each run stands on an axis of each of them."""

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

SPREAD, WORDS, LONGEST = 20, 0.15, 32
"""Times its lowest that a number's highest is on a scale of powers; share of an axis before its
numbers where values in words have their place; characters of what an axis says of its values."""


def varied(board: pd.DataFrame) -> list[str]:
    """Return the settings of `leaderboard` in which runs differ, where they have them.

    A MAP has no chains, which is no other number of them. The seed is left out.
    """
    names = [name for name in settings_in(board) if name != _BY_CHANCE]
    return [name for name in names if board[name].dropna().map(str).nunique() > 1]


def coordinates(board: pd.DataFrame, nouns: Nouns, error: str = "Test RMSE") -> pd.DataFrame:
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
    pd.DataFrame
        A row for each axis and run: id, name, order (of the axis, from 0), axis (its title with
        the unit and, on a second line, its values from the lowest place to the highest), place
        (from 0 to 1), shown (the value in words), test_rmse (in stars).
    """
    scores = {
        "seconds": ("Time (s)", ".3g"),
        "train_rmse": (f"Train RMSE ({nouns.unit})", ".3f"),
        "test_rmse": (f"{error} ({nouns.unit})", ".3f"),
    }
    axes = {name: (LABELS.get(name, name), "g") for name in varied(board)} | scores
    found = []
    for order, (name, (title, form)) in enumerate(axes.items()):
        place, values = _axis(board[name], form)
        own = board[["id", "name", "test_rmse"]].assign(order=order, axis=f"{title}\n{values}")
        own = own.assign(place=place, shown=[_shown(value, form) for value in board[name]])
        found.append(own[own["place"].notna()])
    columns = ["id", "name", "order", "axis", "place", "shown", "test_rmse"]
    return pd.concat(found, ignore_index=True)[columns]


def _shown(value: object, form: str = "g") -> str:
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    return figure(value, form) if is_number(value) else METHODS.get(value, str(value))


def is_number(value: object) -> bool:
    """Return whether a value of a setting, as tables show it, has a size."""
    is_flag = isinstance(value, bool | np.bool_)
    return isinstance(value, int | float | np.number) and not is_flag


def _axis(column: pd.Series, form: str) -> tuple[NDArray[np.float64], str]:
    """Return the place of each value, nan where there is none, and what the axis goes through."""
    values = column.tolist()
    known = [value for value in values if not (is_number(value) and np.isnan(value))]
    sizes = np.array(sorted({float(value) for value in known if is_number(value)}))
    words = sorted({_shown(value) for value in known if not is_number(value)})
    at: dict[object, float] = {}
    if words:
        room = 0.0 if len(sizes) else 1.0
        at |= {word: room * n / max(1, len(words) - 1) for n, word in enumerate(words)}
    if len(sizes):
        low = WORDS * bool(words)
        scaled = np.log(sizes) if sizes[0] > 0 and sizes[-1] / sizes[0] > SPREAD else sizes
        width = scaled[-1] - scaled[0]
        share = (scaled - scaled[0]) / width if width else np.full(len(sizes), 0.5)
        at |= dict(zip(sizes, low + (1 - low) * share, strict=True))
    place = [at.get(float(v) if is_number(v) else _shown(v), np.nan) for v in values]
    return np.array(place), ", ".join(filter(None, (_words(words), _numbers(sizes, form))))


def _words(words: list[str]) -> str:
    """Return the words along an axis, or the ends of many."""
    whole = ", ".join(words)
    return whole if len(whole) <= LONGEST else f"{words[0]} … {words[-1]}"


def _numbers(sizes: NDArray[np.float64], form: str) -> str:
    ends = (
        list(dict.fromkeys(figure(float(size), form) for size in sizes[[0, -1]]))
        if len(sizes)
        else []
    )
    return " to ".join(ends)
