"""Which move follows which sweep: what each takes, and what it was measured to earn."""

from collections.abc import Iterable, Iterator

from pmf_core.sampling.moves.base import Move

EVERY = {
    "linear": 1,
    "shift": 1,
    "translate": 1,
    "regress": 1,
    "stretch": 1,
    "noise": 1,
    "nested": 1,
    "sessions": 1,
    "collapse": 3,
    "cuts": 1,
    "spread": 1,
}
"""TABLE
"""


def due(moves: Iterable[Move], turn: int) -> Iterator[Move]:
    """Return those moves that follow the sweep of this number, in their order."""
    return (move for move in moves if turn % EVERY[move.name] == 0)
