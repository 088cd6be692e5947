"""Which move follows which sweep: what each takes, and what it was measured to earn."""

from collections.abc import Iterable, Iterator

from pmf_core.sampling.moves.base import Move

EVERY = {
    "overrelax": 1,
    "cuts_first": 1,
    "rows": 1,
    "linear": 1,
    "shift": 1,
    "translate": 1,
    "regress": 1,
    "stretch": 1,
    "noise": 1,
    "biases": 1,
    "nested": 1,
    "sessions": 1,
    "own_cuts": 1,
    "cuts": 1,
    "spread": 1,
}
"""Sweeps from one turn of a move to the next.

Measured on 29 and 30 November 2026 on MovieLens 100K, one core: milliseconds of a turn beside those
of a sweep, and effective draws of what was slowest without it, of 2000 of ``best`` (of 800 in the
row of ``translate``, of 600 in the last).

=========== ============ ========= =========================== =========== ====
move        model        ms        slowest without it          ess without with
=========== ============ ========= =========================== =========== ====
overrelax   bpmf         .1 of 2   predictions, median         1020        3700
overrelax   constrained  .1 of 6   predictions, median         920         3500
overrelax   best         .7 of 24  predictions, median         870         1350
regress     constrained  2 of 6    size of weights of U        126         2000
translate   + features   1 of 31   norm of mu_U                11          843
own_cuts    best         4 of 26   precision of a gap, users'  23          117
regress     best         11 of 26  size of weights of U        27          135
(turning)                          the same, in biases         50          177
biases, in  best         9 of 26   precision of users' biases  31          73
sessions                           that of items' biases       32          253
rows        best         7 of 26   predictions, median         660         830
cuts_first  best         3 of 26   log likelihood              129         209
spread      best         3 of 26   precision of a gap, users'  41          156
noise       noise both   .3 of 12  alpha                       13          329
=========== ============ ========= =========================== =========== ====

Of one seed each, so that a third more or less is chance. ``regress`` every second sweep left the
size of the weights of V at 50 where it is 156. ``linear``, ``shift``, ``stretch`` and ``nested``
were not measured anew.

Means and weights drawn with the rows integrated out as well, every third sweep, took 15 ms of 42
and 25 of 77 in ``best``: geometric means of all ess were 170 and 54 where they were 175 and 55.
That move was not kept.
"""


def due(moves: Iterable[Move], turn: int) -> Iterator[Move]:
    """Return those moves that follow the sweep of this number, in their order."""
    return (move for move in moves if turn % EVERY[move.name] == 0)
