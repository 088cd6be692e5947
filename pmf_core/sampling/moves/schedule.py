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
    "cuts": 1,
    "spread": 1,
}
"""Sweeps from one turn of a move to the next.

Measured on 29 November 2026 on MovieLens 100K, one core: milliseconds of a turn beside those of a
sweep, and effective draws of what was slowest without it, of 800 (of 480 for ``best``; of 600 for
``regress`` and ``stretch``, on the densest quarter of users and items).

=========== ============ ======== ======================= ================ ===========
move        model        ms       slowest without it      ess without      with
=========== ============ ======== ======================= ================ ===========
translate   + features   1 of 31  prior mean of U         11               762
regress     + features   7 of 31  size of weights of U    26               over 35
stretch     + features   3 of 31  the same, in biases     16               over 35
the three   + features   11 of 31 the same, in biases     7                115
noise       noise both   .3 of 12 alpha                   13               329
sessions    best         2 of 80  sd of effects of days   19               67
=========== ============ ======== ======================= ================ ===========

With means and weights drawn with rows integrated out as well (every third sweep, 15 ms of 42), the
geometric mean of all ess was 170 of 600 where it was 175: that move was not kept. What a turn takes
less than a tenth of a sweep for follows each; so does ``regress``, which every second sweep left
the slowest at 21. ``linear``, ``shift``, ``nested``, ``cuts`` and ``spread`` were not measured
anew.
"""


def due(moves: Iterable[Move], turn: int) -> Iterator[Move]:
    """Return those moves that follow the sweep of this number, in their order."""
    return (move for move in moves if turn % EVERY[move.name] == 0)
