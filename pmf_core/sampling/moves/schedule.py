"""Which move follows which sweep: what each takes, and what it was measured to earn."""

from collections.abc import Iterable, Iterator

from pmf_core.sampling.moves.base import Move

EVERY = {
    "rows": 1,
    "linear": 1,
    "shift": 1,
    "translate": 1,
    "regress": 1,
    "stretch": 2,
    "noise": 1,
    "biases": 1,
    "nested": 1,
    "sessions": 1,
    "own_cuts": 1,
    "cuts": 1,
    "spread": 2,
}
"""Sweeps from one turn of a move to the next.

Measured on 29 November 2026 on MovieLens 100K, one core: milliseconds of a turn beside those of a
sweep, and effective draws of what was slowest without it, of 800 (of 480 for ``best``; of 600 for
``regress`` and ``stretch``, on the densest quarter of users and items).

=========== ============ ======== ======================= ================ ===========
move        model        ms       slowest without it      ess without      with
=========== ============ ======== ======================= ================ ===========
translate   + features   1 of 31  norm of mu_U            11               843
regress     + features   7 of 31  size of weights of U    26               67
stretch     + features   3 of 31  the same, in biases     16               180
the three   + features   11 of 31 the same, in biases     7                115
noise       noise both   .3 of 12 alpha                   13               329
sessions    best         10 of 80 sd of effects of days   19               67
=========== ============ ======== ======================= ================ ===========

What takes a tenth of a sweep or less follows each. So does ``regress``, which every second sweep
left the slowest of all at 21 where it was 35. ``linear``, ``shift``, ``nested``, ``cuts`` and
``spread`` were not measured anew.

Means and weights drawn with the rows integrated out as well, every third sweep, took 15 ms of 42
and 25 of 77 in ``best``: geometric means of all ess were 170 and 54 where they were 175 and 55.
That move was not kept.
"""


def due(moves: Iterable[Move], turn: int) -> Iterator[Move]:
    """Return those moves that follow the sweep of this number, in their order."""
    return (move for move in moves if turn % EVERY[move.name] == 0)
