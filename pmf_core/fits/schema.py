"""What a saved fit consists of, as data: groups, variables and attributes; nothing else is read."""

from dataclasses import dataclass

from pmf_core.fits.recorder import RUNNING, TRACES
from pmf_core.models.ingredients import (
    all_constants,
    all_numbers,
    all_parts,
    all_scalars,
    all_steps,
)


@dataclass(frozen=True)
class Variable:
    """An array of a group; one whose only dim has its own name is a coordinate."""

    dims: tuple[str, ...]
    kinds: str = "f"
    """What it may hold, by NumPy's letters; ``O`` is text."""
    is_required: bool = True
    has_gaps: bool = False
    """Whether nan stands for what is not known."""


_ID, _PER_DRAW = "iufO", ("chain", "draw")
MEASURED = (all_scalars().keys() | {step.trace for step in all_steps()}) - {*TRACES}
"""What is recorded of the draws of some models; of none in fits of earlier versions."""

_STATS = {name: Variable(_PER_DRAW) for name in TRACES} | {
    name: Variable(_PER_DRAW, is_required=False) for name in sorted(MEASURED)
}
_WARMUP = {
    name: Variable(each.dims, is_required=each.is_required, has_gaps=True)
    for name, each in _STATS.items()
}


def _coordinates(kinds: str, *names: str, is_required: bool = True) -> dict[str, Variable]:
    return {name: Variable((name,), kinds, is_required) for name in names}


GROUPS: dict[str, dict[str, Variable]] = {
    "posterior": {
        part.name: Variable((*_PER_DRAW, *part.dims), is_required=False)
        for part in all_parts().values()
    }
    | _coordinates("iu", *_PER_DRAW, "factor")
    | _coordinates(_ID, "user", "item")
    | _coordinates("O", "user_feature", "item_feature", is_required=False),
    "sample_stats": _STATS | _coordinates("iu", *_PER_DRAW),
    "warmup_sample_stats": _WARMUP | _coordinates("iu", *_PER_DRAW),
    "running": {name: Variable(("draw",)) for name in RUNNING} | _coordinates("iu", "draw"),
    "predictions": {"prediction": Variable((*_PER_DRAW, "pair"))}
    | _coordinates("iu", *_PER_DRAW, "pair"),
    "heldout": {name: Variable(("pair",), "iu") for name in ("user_idx", "item_idx")}
    | {name: Variable(("pair",)) for name in ("rating", "pred_mean", "pred_sd", "noise_sd")}
    | {"probability": Variable(("pair", "level"), is_required=False)}
    | _coordinates("f", "level"),
    "observed_data": {"rating": Variable(("obs",))},
    "constant_data": {
        "user_idx": Variable(("obs",), "iu"),
        "item_idx": Variable(("obs",), "iu"),
        "title": Variable(("item",), "O"),
    }
    | {each.name: Variable(each.dims, each.kinds, is_required=False) for each in all_constants()}
    | _coordinates(_ID, "user", "item"),
}
"""The variables of each group of a fit; every group is there. See `Fit.idata`."""

FORMER = {"log_likelihood": "total_log_likelihood"}
"""Variables by the names that earlier versions gave them. ArviZ takes what is called log_likelihood
for that of each rating, so ``az.loo`` saw one observation: the sum of all."""

TEXTS = ("method", "config", "sampler", "dataset", "split_id", "created")
NUMBERS = ("scale", "offset", "levels", "partial", "seconds", "alpha_U", "alpha_V")
"""Attributes of every fit: texts, and numbers or a few of them."""

SERIES = ("sweep", "sweep_x", "sweep_y", "search", "search_plan", "rung", "rung_split")
"""Attributes of a run that is one of a series, which it is where it was made and nowhere else."""

MORE_TEXTS = (
    *("left_out", "maximised", "integrated", "versions"),
    *("name", "note", "owner", "summary", "source", "split", "nouns"),
    *SERIES,
)
MORE_NUMBERS = ("random_seed", "sweep_seconds", "unit", *all_numbers())
"""Attributes that a fit may have, those of a stored run among them."""

ALL_TEXTS, ALL_NUMBERS = frozenset(TEXTS + MORE_TEXTS), frozenset(NUMBERS + MORE_NUMBERS)

LONGEST_TEXT = 20_000
"""Characters of one attribute."""

LONGEST_CELL = 4_000
"""Bytes of one identifier or title."""

MOST_NUMBERS = 64
"""In one attribute."""

LARGEST = 1e15
"""Beyond this a number is damage: products of two such still have a float32."""
