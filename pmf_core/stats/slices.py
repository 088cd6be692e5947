"""Draws from a density in one dimension that is known up to a constant."""

from collections.abc import Callable

import numpy as np

FURTHEST = 50
"""Steps out on each side; a density that is as wide has its middle drawn from."""


def draw_slice(
    rng: np.random.Generator, log_density: Callable[[float], float], at: float, width: float
) -> float:
    """Take one step of slice sampling, by stepping out and shrinking.

    Parameters
    ----------
    rng : numpy.random.Generator
    log_density : callable
        Of a number, up to a constant.
    at, width : float
        Where the chain stands, and about how wide the density is.

    References
    ----------
    Neal (2003), Slice sampling, Annals of Statistics 31, sec 4.
    """
    level = log_density(at) - rng.standard_exponential()
    low = at - width * rng.random()
    high = low + width
    left = int(rng.integers(FURTHEST + 1))  # of all steps out, so that either end is as likely
    for _ in range(left):
        if log_density(low) <= level:
            break
        low -= width
    for _ in range(FURTHEST - left):
        if log_density(high) <= level:
            break
        high += width
    while True:
        found = low + (high - low) * rng.random()
        if log_density(found) > level:
            return found
        if found < at:
            low = found
        else:
            high = found
