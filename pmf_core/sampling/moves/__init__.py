"""Moves that make chains get on where sweeps crawl, one a file, and the list of them."""

from functools import cache

from pmf_core.models.config import PMFConfig
from pmf_core.sampling.moves.base import Move
from pmf_core.sampling.moves.biases import Biases
from pmf_core.sampling.moves.cuts import Cuts, CutsFirst
from pmf_core.sampling.moves.linear import Linear
from pmf_core.sampling.moves.nested import Nested
from pmf_core.sampling.moves.noise import Noise
from pmf_core.sampling.moves.overrelax import Overrelax
from pmf_core.sampling.moves.own_cuts import OwnCuts
from pmf_core.sampling.moves.regress import Regress
from pmf_core.sampling.moves.rows import Rows
from pmf_core.sampling.moves.sessions import Sessions
from pmf_core.sampling.moves.shift import Shift
from pmf_core.sampling.moves.spread import Spread
from pmf_core.sampling.moves.stretch import Stretch
from pmf_core.sampling.moves.translate import Translate

MOVES: tuple[Move, ...] = (
    Overrelax(),
    CutsFirst(),
    Rows(),
    Linear(),
    Shift(),
    Translate(),
    Regress(),
    Stretch(),
    Noise(),
    Biases(),
    Nested(),
    Sessions(),
    OwnCuts(),
    Cuts(),
    Spread(),
)
"""All moves, in the order in which they follow a sweep."""


@cache
def moves_of(config: PMFConfig, names: tuple[str, ...]) -> tuple[Move, ...]:
    """Return the moves of these names that a model has a use for."""
    return tuple(each for each in MOVES if each.name in names and each.applies(config))
