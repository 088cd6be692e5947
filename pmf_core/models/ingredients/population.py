"""What rows have in common: the mean and precision of their prior, learned from them."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pmf_core.kernels.compiler import kernel
from pmf_core.kernels.randomness import Draws, Modes
from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients.measures import gram


def learned_columns(config: PMFConfig) -> slice:
    """Return the columns whose prior is learned: all, the bias alone, or none.

    The fixed prior of the PyMC example is one of factors; biases had none to copy.
    """
    return slice(0 if config.prior == "hierarchical" else config.n_factors, config.n_columns)


def learns_columns(config: PMFConfig) -> bool:
    """Return whether the prior of any column is learned."""
    columns = learned_columns(config)
    return columns.start < columns.stop


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


def log_rows(rows: NDArray[np.float64], Lambda: NDArray[np.float64]) -> float:
    """Return the log density of normal rows of mean 0 and precision Lambda."""
    _, log_det = np.linalg.slogdet(Lambda)
    return 0.5 * (len(rows) * log_det - float(np.vdot(rows @ Lambda, rows)))


def log_wishart(config: PMFConfig, Lambda: NDArray[np.float64]) -> float:
    """Return the log density of the learned columns of a precision."""
    learned = learned_columns(config)
    own = Lambda[learned, learned]
    size = len(own)
    if size == 0:
        return 0.0
    _, log_det = np.linalg.slogdet(own)
    return 0.5 * ((config.nu0 or size) - size - 1) * log_det - 0.5 * np.trace(own) / config.W0


def state_population(config: PMFConfig, mu: str, Lambda: str, alpha: float) -> tuple[Any, Any]:
    """State in PyMC what rows have in common, under these names where it is learned."""
    import pymc as pm
    import pytensor.tensor as pt

    precision = state_precision(config, Lambda, alpha)
    learned, size = learned_columns(config), config.n_columns
    if learned.start == size:
        return np.zeros(size), precision
    around = np.full(size - learned.start, config.mu0)
    tau = config.beta0 * precision[learned, learned]
    if learned.start == 0:
        return pm.MvNormal(mu, around, tau=tau, dims="factor"), precision
    bias = pm.MvNormal(mu.replace("mu", "mu_bias"), around, tau=tau)
    mean = pt.concatenate([np.zeros(learned.start), bias])
    return pm.Deterministic(mu, mean, dims="factor"), precision


def state_precision(config: PMFConfig, name: str, alpha: float) -> Any:
    """State a precision matrix in PyMC: Wishart in the learned columns, `alpha` in the others."""
    import pymc as pm
    import pytensor.tensor as pt

    learned, size = learned_columns(config), config.n_columns
    n = size - learned.start
    if n == 0:
        return alpha * np.eye(size)
    nu, W0, dims = config.nu0 or n, config.W0 * np.eye(n), ("factor", "other_factor")
    if n == size:
        return pm.Wishart(name, nu=nu, V=W0, dims=dims)
    bias = pm.Wishart(name.replace("Lambda", "Lambda_bias"), nu=nu, V=W0)
    full = pt.set_subtensor(pt.as_tensor(alpha * np.eye(size))[learned, learned], bias)
    return pm.Deterministic(name, full, dims=dims)


def state_rows(name: str, mu: ArrayLike, Lambda: ArrayLike, dims: tuple[str, str]) -> Any:
    """State normal rows in PyMC."""
    import pymc as pm

    if isinstance(Lambda, np.ndarray):  # alpha I, and mu is 0
        return pm.Normal(name, mu=0, sigma=Lambda[0, 0] ** -0.5, dims=dims)
    return pm.MvNormal(name, mu, tau=Lambda, dims=dims)


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
    mean, away = _centred(rows)
    return n, mean, gram(away, size)


@kernel
def _centred(rows: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean of rows, and rows less it."""
    n, size = rows.shape
    mean, away = np.zeros(size), np.empty((n, size))
    for i in range(n):
        for a in range(size):
            mean[a] += rows[i, a]
    for a in range(size):
        mean[a] /= n
    for i in range(n):
        for a in range(size):
            away[i, a] = rows[i, a] - mean[a]
    return mean, away
