"""Which of many runs are looked at: of a split, of a kind of model, with words in name or note."""

from collections.abc import Iterable

import pandas as pd

from pmf_core.models.config import PMFConfig
from pmf_core.models.presets import PRESETS
from pmf_core.runs.stored import Run

_SIZES = {"n_factors", "alpha"}
"""Settings that every model has, whatever else it is."""


def kind_of_model(config: PMFConfig) -> str:
    """Return what a model is, however many factors and however much noise it has.

    That is the preset of which it is, or else what it says of itself.
    """
    for name, preset in PRESETS.items():
        if all(vars(config)[each] == vars(preset)[each] for each in vars(config).keys() - _SIZES):
            return name
    said = (knob.word(config) for name, knob in PMFConfig.knobs().items() if name not in _SIZES)
    return " ".join(filter(None, said))


def kinds_of_models(runs: Iterable[Run]) -> list[str]:
    """Return the kinds of models that runs are of, those with a name first."""
    found = {kind_of_model(run.config) for run in runs}
    return [name for name in PRESETS if name in found] + sorted(found - PRESETS.keys())


def filtered(runs: Iterable[Run], words: str = "", kind: str = "") -> list[Run]:
    """Return the runs that have all of some words in their name or note, of a kind of model.

    Parameters
    ----------
    runs : iterable of Run
    words : str
        Parts of words do, in capitals or not.
    kind : str
        As of `kind_of_model`; by default any.
    """
    wanted = words.casefold().split()
    return [
        run
        for run in runs
        if all(word in f"{run.name} {run.note}".casefold() for word in wanted)
        and kind in ("", kind_of_model(run.config))
    ]


def splits_of(board: pd.DataFrame, here: str) -> dict[str, str]:
    """Return what to call the splits of `leaderboard`, by their id; `here` comes first.

    Errors compare on the same held-out ratings alone, so a board is of one of them.
    """
    counted = {} if board.empty else board.groupby("split_id", sort=False)["dataset"].agg(list)
    found = {here: f"As chosen · {_runs(len(counted.get(here, ())))}"}
    for split_id, names in dict(counted).items():
        if split_id != here:
            found[split_id] = f"{names[0]} · split {split_id} · {_runs(len(names))}"
    return found


def _runs(count: int) -> str:
    return f"{count} {'run' if count == 1 else 'runs'}"
