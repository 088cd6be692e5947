"""Settings of a sampling run, declared as those of a model are (`pmf_core.models.config`)."""

from dataclasses import dataclass
from typing import Literal, get_args

from pmf_core.support.knobs import Settings, knob

MoveName = Literal[
    "overrelax",
    "cuts_first",
    "rows",
    "linear",
    "shift",
    "translate",
    "regress",
    "stretch",
    "noise",
    "biases",
    "nested",
    "sessions",
    "own_cuts",
    "cuts",
    "spread",
]

StartName = Literal["prior", "map"]

MOVES: tuple[str, ...] = get_args(MoveName)
"""Steps that follow each sweep of a chain, where a model has what they move; see
`pmf_core.sampling.moves`."""


@dataclass(frozen=True)
class SamplerConfig(Settings):
    """Length and seed of a sampling run.

    Raises
    ------
    ValueError
        If a value breaks its rule; the message gives the value, the rule and the next step.
    """

    draws: int = knob(
        500,
        low=1,
        high=100_000,
        label="Draws",
        help="Kept steps of each chain.",
        costs="time, in proportion",
        slider=(50, 2000, 50),
    )
    tune: int = knob(
        500,
        low=0,
        high=100_000,
        label="Tuning steps",
        help="First steps of each chain, which are thrown away: they still remember the start.",
        slider=(0, 2000, 50),
    )
    chains: int = knob(
        4,
        low=1,
        high=64,
        label="Chains",
        help="Independent runs. r_hat compares them, so have at least two; four is usual.",
        slider=(1, 8, 1),
    )
    random_seed: int = knob(
        0,
        low=0,
        high=2**32 - 1,
        label="Seed of the sampler",
        help="The same seed gives the same draws, bit for bit.",
        slider=(0, 9999, 1),
        key="seed",
    )
    keep: int = knob(
        200,
        low=1,
        high=1_000_000,
        label="Stored draws",
        help="Factor draws that are stored, over all chains; statistics use every draw.",
    )
    moves: tuple[MoveName, ...] = knob(
        MOVES,
        label="Moves",
        offered=((), ("linear",), MOVES),
        help="Steps along directions in which row-by-row sweeps hardly get on. They change how "
        "soon chains converge, and nothing of the posterior: without them the same model crawls.",
    )
    start: StartName = knob(
        "prior",
        label="Chains start at",
        help="Prior: each chain at a draw of its own, far from the others, so that chains that "
        "agree have met. Map: all at the most probable factors, as in the example. It changes "
        "only how chains begin, and costs the climb: few steps are lost on the way in, but r_hat "
        "compares chains that never were apart.",
    )
