"""How many of several independent events happen, each with a probability of its own."""

import numpy as np
from numpy.typing import NDArray


def count_distribution(probability: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the probability of each number of events that happen, exactly, by convolution.

    Parameters
    ----------
    probability : ndarray of shape (n,)

    Returns
    -------
    ndarray of shape (n + 1,)

    Raises
    ------
    ValueError
        If one is no probability.
    """
    given = np.asarray(probability, np.float64)
    if not ((given >= 0) & (given <= 1)).all():
        raise ValueError(f"probability has {given[~((given >= 0) & (given <= 1))][0]}; give 0 to 1")
    found = np.ones(1)
    for p in given.tolist():
        found = np.convolve(found, (1 - p, p))
    return found


def count_band(probability: NDArray[np.floating], ci_prob: float = 0.95) -> tuple[int, int]:
    """Return the least and the greatest number of events in the equal-tailed band.

    At most ``(1 - ci_prob) / 2`` lies beyond either end, so the band holds at least `ci_prob`.
    """
    chance, tail = count_distribution(probability), (1 - ci_prob) / 2
    below = np.cumsum(chance)
    above = np.cumsum(chance[::-1])[::-1]
    low = int(np.argmax(below > tail))
    high = int(len(chance) - 1 - np.argmax(above[::-1] > tail))
    return low, high
