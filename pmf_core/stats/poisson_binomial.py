"""How many of several independent events happen, each with a probability of its own."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray


def count_distributions(probability: NDArray[np.floating]) -> Iterator[NDArray[np.float64]]:
    """Yield the probability of each number of the first 0, 1, 2, ... events that happen.

    Exactly, by convolution; the last is that of all events.

    Parameters
    ----------
    probability : ndarray of shape (n,)

    Yields
    ------
    ndarray of shape (k + 1,)
        For k from 0 to n.

    Raises
    ------
    ValueError
        If one is no probability.
    """
    given = np.asarray(probability, np.float64)
    if not ((given >= 0) & (given <= 1)).all():
        raise ValueError(f"probability has {given[~((given >= 0) & (given <= 1))][0]}; give 0 to 1")
    found = np.ones(1)
    yield found
    for p in given.tolist():
        found = np.convolve(found, (1 - p, p))
        yield found


def count_distribution(probability: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the last of `count_distributions`: that of all events."""
    *_, found = count_distributions(probability)
    return found


def band_of(chance: NDArray[np.float64], ci_prob: float = 0.95) -> tuple[int, int]:
    """Return the least and the greatest number in the equal-tailed band of a distribution.

    At most ``(1 - ci_prob) / 2`` lies beyond either end, so the band holds at least `ci_prob`.

    Parameters
    ----------
    chance : ndarray of shape (n + 1,)
        Of 0 to n events.
    """
    tail = (1 - ci_prob) / 2
    low = int(np.argmax(np.cumsum(chance) > tail))
    return low, int(len(chance) - 1 - np.argmax(np.cumsum(chance[::-1]) > tail))


def count_band(probability: NDArray[np.floating], ci_prob: float = 0.95) -> tuple[int, int]:
    """Return `band_of` the number of events that happen."""
    return band_of(count_distribution(probability), ci_prob)
