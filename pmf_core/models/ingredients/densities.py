"""Log densities of priors, up to a constant."""

import numpy as np
from numpy.typing import NDArray


def log_gamma(x: NDArray[np.float64], shape: float, rate: float) -> float:
    """Return the log density of independent gamma variables."""
    return np.sum((shape - 1) * np.log(x) - rate * x)


def log_normal(x: NDArray[np.float64], precision: NDArray[np.float64] | float) -> float:
    """Return the log density of independent normal variables of mean 0."""
    return 0.5 * np.sum(np.log(precision) - precision * x**2)
