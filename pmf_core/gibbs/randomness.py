"""Where the steps of a sweep take their values from: random draws, or the mode instead."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri


class Draws:
    """Random draws from full conditionals.

    Parameters
    ----------
    rng : numpy.random.Generator
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng

    def normal(self, *shape: int) -> NDArray[np.float64]:
        """Draw standard normals."""
        return self.rng.standard_normal(shape)

    def gamma(self, shape: ArrayLike, rate: ArrayLike) -> NDArray[np.float64]:
        """Draw gamma variables with mean ``shape / rate``, independent ones for each rate."""
        size = np.broadcast_shapes(np.shape(shape), np.shape(rate))
        return self.rng.standard_gamma(shape, size) / rate

    def wishart(self, df: float, scale: NDArray) -> NDArray[np.float64]:
        """Draw a Wishart matrix with mean ``df * scale``, by Bartlett's decomposition."""
        size = len(scale)
        bartlett = np.tril(self.rng.standard_normal((size, size)), -1)
        np.fill_diagonal(bartlett, np.sqrt(self.rng.chisquare(df - np.arange(size))))
        root = np.linalg.cholesky(scale) @ bartlett
        return root @ root.T

    def log_uniform(self, *shape: int) -> NDArray[np.float64]:
        """Draw what the log of a Metropolis ratio must exceed."""
        return np.log(self.rng.random(shape))

    def truncated_normal(self, low: NDArray, high: NDArray) -> NDArray[np.float64]:
        """Draw standard normals between `low` and `high`, by inversion."""
        # In the tail nearer to 0 probability, where differences of them keep their digits.
        flip = low > 0
        a, b = np.where(flip, -high, low), np.where(flip, -low, high)
        below = ndtr(a)
        share = below + self.rng.random(a.shape) * (ndtr(b) - below)
        z = np.clip(ndtri(share), np.maximum(a, -38), np.minimum(b, 38))
        return np.where(flip, -z, z)


class Modes:
    """The mode of every full conditional: a sweep is then a step of coordinate ascent.

    Latent scores of an ordinal link are the exception: they take their mean, which makes the step
    one of expectation and maximisation.

    Parameters
    ----------
    turn : int
        Number of the sweep: proposals, which are not drawn either, take turns.
    """

    def __init__(self, turn: int = 0) -> None:
        self.turn = turn

    def normal(self, *shape: int) -> NDArray[np.float64]:
        """Return zeros."""
        return np.zeros(shape)

    def gamma(self, shape: ArrayLike, rate: ArrayLike) -> NDArray[np.float64]:
        """Return ``(shape - 1) / rate``, where that is positive."""
        return np.maximum(np.asarray(shape) - 1, 1e-3) / rate

    def wishart(self, df: float, scale: NDArray) -> NDArray[np.float64]:
        """Return ``(df - p - 1) * scale`` for p columns, where that is positive."""
        return max(df - len(scale) - 1, 1e-3) * scale

    def log_uniform(self, *shape: int) -> NDArray[np.float64]:
        """Return zeros: only what raises the density is accepted."""
        return np.zeros(shape)

    def truncated_normal(self, low: NDArray, high: NDArray) -> NDArray[np.float64]:
        """Return means of standard normals between `low` and `high`."""
        # In the tail nearer to 0 probability, as above: in the other, it rounds to 0, or worse.
        flip = low > 0
        a, b = np.where(flip, -high, low), np.where(flip, -low, high)
        probability = np.maximum(ndtr(b) - ndtr(a), 1e-300)
        density = np.exp(-0.5 * a**2) - np.exp(-0.5 * b**2)
        mean = np.clip(density / np.sqrt(2 * np.pi) / probability, a, b)
        return np.where(flip, -mean, mean)
