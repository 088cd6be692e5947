"""What every script here has in common: arrays in, predictions out.

A script runs in the environment of its package, where this project is not installed, so it may
import nothing but this file, NumPy and the package.
"""

import argparse
import time
from collections.abc import Callable
from statistics import NormalDist
from typing import NamedTuple

import numpy as np


class Pairs(NamedTuple):
    """Ratings to learn from and pairs to predict; the held-out ratings stay at home."""

    user_idx: np.ndarray
    """ndarray of shape (n_ratings,): row positions, as `item_idx`."""
    item_idx: np.ndarray
    rating: np.ndarray
    """ndarray of shape (n_ratings,), in stars."""
    test_user_idx: np.ndarray
    """ndarray of shape (n_pairs,): row positions, as `test_item_idx`."""
    test_item_idx: np.ndarray
    shape: np.ndarray
    """Numbers of users and of items, those without a rating included."""
    scale: np.ndarray
    """Lowest and highest rating that can be given."""


Found = dict[str, np.ndarray | int]
"""``prediction``; where there are, ``lower`` and ``upper`` of a 90% interval, and ``sweeps``."""


def answer(fit: Callable[[Pairs, str, bool], Found]) -> None:
    """Read the pairs, time `fit` (learning and predicting, without imports), write what it found.

    The command line is: input .npz, output .npz, name of the model and perhaps ``--quick``.
    """
    parser = argparse.ArgumentParser()
    for name in ("pairs", "found", "model"):
        parser.add_argument(name)
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    with np.load(given.pairs) as arrays:
        pairs = Pairs(**arrays)
    started = time.perf_counter()
    found = fit(pairs, given.model, given.quick)
    np.savez(given.found, seconds=time.perf_counter() - started, **found)


def normal_interval(mean: np.ndarray, variance: np.ndarray) -> Found:
    """Return the equal-tailed 90% interval of a normal.

    Parameters
    ----------
    mean : ndarray of shape (n_pairs,)
        Mean over draws, in stars.
    variance : ndarray of shape (n_pairs,)
        Variance over draws plus that of the noise: the interval is one of a rating.
    """
    half = NormalDist().inv_cdf(0.95) * np.sqrt(variance)
    return {"lower": mean - half, "upper": mean + half}
