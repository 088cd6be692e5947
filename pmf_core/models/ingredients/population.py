"""What rows have in common: the mean and precision of their prior, learned from them."""

import numpy as np
from numpy.typing import NDArray

from pmf_core.kernels.compiler import kernel
from pmf_core.kernels.randomness import Draws, Modes
from pmf_core.models.config import PMFConfig


def learned_columns(config: PMFConfig) -> slice:
    """Return the columns whose prior is learned: all, the bias alone, or none.

    The fixed prior of the PyMC example is one of factors; biases had none to copy.
    """
    return slice(0 if config.prior == "hierarchical" else config.n_factors, config.n_columns)


def draw_population(
    random: Draws | Modes, config: PMFConfig, rows: NDArray[np.float64], alpha: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Draw the prior mean and precision of rows given the rows.

    ``(mu, Lambda)`` has a Normal-Wishart prior: ``Lambda ~ Wishart(nu0, W0 I)`` (degrees of
    freedom, scale) and ``mu ~ N(mu0, (beta0 Lambda)^-1)``, in the columns that are learned; in
    the others mu is 0 and Lambda is ``alpha I``. Given no rows, this is a draw from the prior.

    Parameters
    ----------
    random : Draws or Modes
    config : PMFConfig
    rows : ndarray of shape (n_rows, n_columns)
    alpha : float
        Precision of the columns that are not learned.

    References
    ----------
    Salakhutdinov & Mnih (2008), eq 14.
    """
    mu, Lambda, learned = _fixed(config, alpha)
    size = learned.stop - learned.start
    if size == 0:
        return mu, Lambda
    n, mean, scatter = _moments(np.ascontiguousarray(rows[:, learned]))
    beta, df = config.beta0 + n, (config.nu0 or size) + n
    shift = mean - config.mu0
    inverse = np.eye(size) / config.W0 + scatter
    inverse += config.beta0 * n / beta * np.outer(shift, shift)
    around = (config.beta0 * config.mu0 + n * mean) / beta
    mu[learned], Lambda[learned, learned] = random.normal_wishart(
        around, beta, df, _inverse(inverse)
    )
    return mu, Lambda


def draw_weight_precision(
    random: Draws | Modes, config: PMFConfig, weights: NDArray[np.float64], alpha: float
) -> NDArray[np.float64]:
    """Draw the prior precision of the weights of a group of features: ``W_f ~ N(0, Lambda^-1)``.

    ``Lambda ~ Wishart(nu0, W0 I)`` in the columns that are learned, ``alpha I`` in the others.
    """
    _, Lambda, learned = _fixed(config, alpha)
    size = learned.stop - learned.start
    if size:
        n, mean, scatter = _moments(np.ascontiguousarray(weights[:, learned]))
        inverse = np.eye(size) / config.W0 + scatter + n * np.outer(mean, mean)
        Lambda[learned, learned] = random.wishart((config.nu0 or size) + n, _inverse(inverse))
    return Lambda


def _fixed(config: PMFConfig, alpha: float) -> tuple[NDArray, NDArray, slice]:
    size = config.n_columns
    return np.zeros(size), alpha * np.eye(size), learned_columns(config)


def _inverse(matrix: NDArray) -> NDArray:
    inverse = np.linalg.inv(matrix)
    return 0.5 * (inverse + inverse.T)


def _moments(rows: NDArray) -> tuple[int, NDArray, NDArray]:
    """Return the number of rows, their mean and their scatter around it."""
    n, size = rows.shape
    if n == 0:
        return 0, np.zeros(size), np.zeros((size, size))
    mean = rows.mean(axis=0)
    return n, mean, _scatter(rows - mean)


@kernel
def _scatter(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    # Compiled, as the sum of a BLAS product may depend on its number of threads.
    n, size = rows.shape
    total = np.zeros((size, size))
    for i in range(n):
        for a in range(size):
            for b in range(size):
                total[a, b] += rows[i, a] * rows[i, b]
    return total
