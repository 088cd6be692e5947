"""How far effects of features spread, the effects integrated out, compiled."""

import numpy as np
from numpy.typing import NDArray

from pmf_core.kernels.compiler import kernel

WIDTH = 0.5
"""First width of a slice, of the logarithm of a precision."""


@kernel
def draw_precisions(
    rng: np.random.Generator,
    values: NDArray[np.float64],
    told: NDArray[np.float64],
    power: float,
    rate: NDArray[np.float64],
    precision: NDArray[np.float64],
) -> None:
    """Draw the precisions of effects, one column after the other, each by a slice on its logarithm.

    Column a of what rows are told by effects ``N(0, 1 / d_a)`` and noise of variance 1 has, along
    the direction of eigenvalue s, variance ``1 + s / d_a``. The d are eigenvalues of a matrix of
    Wishart density, whose measure has the factor ``prod |d_a - d_b|``.

    Parameters
    ----------
    values : ndarray of shape (rank,)
        Eigenvalues.
    told : ndarray of shape (n_columns, rank)
        Squares along the eigenvectors.
    power : float
        The prior has the density ``d^power exp(-rate d)`` in each, and the factor above.
    rate : ndarray of shape (n_columns,)
    precision : ndarray of shape (n_columns,)
        Replaced.

    References
    ----------
    Neal (2003), Slice sampling, Annals of Statistics 31, sec 4.
    """
    for a in range(len(precision)):
        at = np.log(precision[a])
        here = _log_density(at, a, values, told[a], power, rate[a], precision)
        level = here + np.log(1.0 - rng.random())
        low = at - WIDTH * rng.random()
        high = low + WIDTH
        while _log_density(low, a, values, told[a], power, rate[a], precision) > level:
            low -= WIDTH
        while _log_density(high, a, values, told[a], power, rate[a], precision) > level:
            high += WIDTH
        while True:
            x = low + (high - low) * rng.random()
            if not _log_density(x, a, values, told[a], power, rate[a], precision) <= level:
                break  # nan ends it
            if x < at:
                low = x
            else:
                high = x
        precision[a] = np.exp(x)


@kernel
def _log_density(
    x: float,
    a: int,
    values: NDArray[np.float64],
    told: NDArray[np.float64],
    power: float,
    rate: float,
    precision: NDArray[np.float64],
) -> float:
    d = np.exp(x)
    total = (power + 1.0) * x - rate * d
    for b in range(len(precision)):
        if b != a:
            total += np.log(np.abs(d - precision[b]) + 1e-300)
    variance, square, product = 1.0 / d, 0.0, 1.0
    for r in range(len(values)):
        grown = 1.0 + values[r] * variance
        square += told[r] / grown
        product *= grown
        if product > 1e250:
            total -= 0.5 * np.log(product)
            product = 1.0
    return total - 0.5 * (np.log(product) + square)
