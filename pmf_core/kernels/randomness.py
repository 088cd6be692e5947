"""Where the steps of a sweep take their values from: random draws, or the mode instead."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from pmf_core.kernels.gaussian import draw_gaussian, wishart_from
from pmf_core.kernels.normal import draw_between


class Draws:
    """Random draws from full conditionals.

    Parameters
    ----------
    rng : numpy.random.Generator
    of_rows, of_weights : float
        Correlation of a row, and of a feature's weights, with what they were, given all else: 0
        where draws are independent. See `pmf_core.sampling.moves.overrelax`.
    """

    def __init__(
        self, rng: np.random.Generator, of_rows: float = 0.0, of_weights: float = 0.0
    ) -> None:
        self.rng, self.of_rows, self.of_weights = rng, of_rows, of_weights

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
        below = self.rng.standard_normal((size, size))
        return wishart_from(scale, below, self.rng.chisquare(df - np.arange(size)))

    def normal_wishart(
        self, around: NDArray, beta: float, df: float, scale: NDArray
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Draw ``Lambda ~ Wishart(df, scale)``, then ``mu ~ N(around, (beta Lambda)^-1)``."""
        Lambda, away = self.wishart(df, scale), np.empty(len(around))
        draw_gaussian(beta * Lambda, np.zeros(len(around)), self.normal(len(around)), 0.0, away)
        return around + away, Lambda

    def log_uniform(self, *shape: int) -> NDArray[np.float64]:
        """Draw what the log of a Metropolis ratio must exceed."""
        return np.log(self.rng.random(shape))

    def truncated_normal(self, low: NDArray, high: NDArray) -> NDArray[np.float64]:
        """Draw standard normals between `low` and `high`, by inversion."""
        out = np.empty(low.shape)
        share = self.rng.random(out.size)
        draw_between(low.ravel(), high.ravel(), share, out.reshape(-1))
        return out

    def truncated_variance(self, low: NDArray, high: NDArray) -> float:
        """Return 0: what was drawn is taken as it is."""
        return 0.0


class Modes:
    """The mode of every full conditional: a sweep is then a step of coordinate ascent.

    Latent scores of an ordinal link are the exception: they take their mean, which makes the step
    one of expectation and maximisation.

    Parameters
    ----------
    turn : int
        Number of the sweep: proposals, which are not drawn either, take turns.
    """

    of_rows = of_weights = 0.0

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

    def normal_wishart(
        self, around: NDArray, beta: float, df: float, scale: NDArray
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the mode of both together: mu at its own says as much of Lambda as a row."""
        return around, self.wishart(df + 1, scale)

    def log_uniform(self, *shape: int) -> NDArray[np.float64]:
        """Return zeros: only what raises the density is accepted."""
        return np.zeros(shape)

    def truncated_normal(self, low: NDArray, high: NDArray) -> NDArray[np.float64]:
        """Return means of standard normals between `low` and `high`."""
        return _truncated_moments(low, high)[0]

    def truncated_variance(self, low: NDArray, high: NDArray) -> NDArray[np.float64]:
        """Return their variances."""
        return _truncated_moments(low, high)[1]


def _truncated_moments(low: NDArray, high: NDArray) -> tuple[NDArray, NDArray]:
    # In the tail nearer to 0 probability, as drawn: in the other, it rounds to 0, or worse.
    flip = low > 0
    a, b = np.where(flip, -high, low), np.where(flip, -low, high)
    probability = np.maximum(ndtr(b) - ndtr(a), 1e-300)
    at_a, at_b = (np.exp(-0.5 * x**2) / np.sqrt(2 * np.pi) / probability for x in (a, b))
    mean = np.clip(at_a - at_b, a, b)
    # At an infinite end the density is 0, and 0 times infinity is to be 0 as well.
    slope = np.where(np.isfinite(a), a, 0) * at_a - np.where(np.isfinite(b), b, 0) * at_b
    variance = np.clip(1 + slope - mean**2, 0, 1)
    return np.where(flip, -mean, mean), variance
