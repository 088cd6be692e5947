"""Where a climb is going: a leap along the last two sweeps, for a sweep to start from."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pmf_core.models.state import SIDES, State

LONGEST = 16.0
"""Step length of the longest leap."""


def leap(path: Sequence[State]) -> State | None:
    """Extrapolate three states of a climb, each one sweep after the other.

    A climb slows down where rows of U and of V go together: each sweep then takes it about the
    same share of what is left. With ``r = x1 - x0``, ``v = (x2 - x1) - r`` and the step length
    ``a = |r| / |v|``, the leap is to ``x0 + 2 a r + a^2 v``, which is ``x2`` for a = 1. Lengths are
    of rows; what the rows' prior learns leaps along with them, where it stays a prior.

    Parameters
    ----------
    path : sequence of State

    Returns
    -------
    State or None
        None where there are fewer than three states, or they do not slow down. Its density may be
        lower than that of the last: whoever leaps compares after a sweep.

    References
    ----------
    Varadhan & Roland (2008), Simple and globally convergent methods for accelerating the
    convergence of any EM algorithm, scheme S3.
    """
    if len(path) < 3:
        return None
    first, second, third = path

    def steps(name: str) -> tuple[NDArray, NDArray]:
        r = second[name] - first[name]
        return r, third[name] - second[name] - r

    of_rows = [steps(names.rows) for names in SIDES.values()]
    along, bend = (sum(float(np.vdot(v, v)) for v in each) for each in zip(*of_rows, strict=True))
    a = min(np.sqrt(along / bend), LONGEST) if bend > 0 else 1.0
    if not a > 1:
        return None
    leapt = {}
    for names in SIDES.values():
        for name in names:
            r, v = steps(name)
            leapt[name] = first[name] + 2 * a * r + a**2 * v
        for name in (names.Lambda, names.Lambda_W):
            if leapt[name].size and np.linalg.eigvalsh(leapt[name]).min() <= 0:
                del leapt[name]
    return third.replace(**leapt)
