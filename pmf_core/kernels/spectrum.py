"""How far effects of features spread, the effects integrated out, compiled."""

import numpy as np
from numpy.typing import NDArray

from pmf_core.kernels.compiler import kernel

WIDTH = 0.5
"""First width of a slice, of the logarithm of a precision."""


@kernel
def draw_spreads(
    rng: np.random.Generator,
    values: NDArray[np.float64],
    told: NDArray[np.float64],
    rest: NDArray[np.float64],
    power: float,
    rate: NDArray[np.float64],
    shape: float,
    precision: NDArray[np.float64],
    scale: NDArray[np.float64],
) -> None:
    """Draw precisions of effects and of noise, one column after the other.

    Column a of what rows are told by effects and noise has, along the direction of eigenvalue s,
    variance ``(1 + s / d_a) / x_a``: noise of precision x, effects of x d. With both integrated
    out, and the gamma density that is left of x, of `shape` k,

    ``d^power prod |d_a - d_b| prod (1 + s / d)^-1/2 B(d)^-k``, ``B(d) = sum told / (1 + s / d) +
    rest + rate d``

    is the density of d, which a slice on its logarithm draws from; then ``x ~ Gamma(k, B / 2)``.

    Parameters
    ----------
    values : ndarray of shape (rank,)
        Eigenvalues.
    told : ndarray of shape (n_columns, rank)
        Squares along the eigenvectors.
    rest : ndarray of shape (n_columns,)
        Squares along all other directions, and what the prior of x says.
    power : float
    rate : ndarray of shape (n_columns,)
        What the prior of x d says.
    shape : float
    precision : ndarray of shape (n_columns,)
        The d, which are replaced.
    scale : ndarray of shape (n_columns,)
        Becomes the x.

    References
    ----------
    Neal (2003), Slice sampling, Annals of Statistics 31, sec 4.
    """
    for a in range(len(precision)):
        given = values, told[a], rest[a], power, rate[a], shape, precision
        at = np.log(precision[a])
        level = _log_density(at, a, *given) + np.log(1.0 - rng.random())
        low = at - WIDTH * rng.random()
        high = low + WIDTH
        while _log_density(low, a, *given) > level:
            low -= WIDTH
        while _log_density(high, a, *given) > level:
            high += WIDTH
        while True:
            x = low + (high - low) * rng.random()
            if not _log_density(x, a, *given) <= level:  # nan ends it
                break
            if x < at:
                low = x
            else:
                high = x
        precision[a] = np.exp(x)
        _, total = _sums(values, told[a], precision[a])
        total += rest[a] + rate[a] * precision[a]
        scale[a] = 2.0 * rng.standard_gamma(shape) / total


@kernel
def _log_density(
    x: float,
    a: int,
    values: NDArray[np.float64],
    told: NDArray[np.float64],
    rest: float,
    power: float,
    rate: float,
    shape: float,
    precision: NDArray[np.float64],
) -> float:
    d = np.exp(x)
    log_det, total = _sums(values, told, d)
    apart = 0.0
    for b in range(len(precision)):
        if b != a:
            apart += np.log(np.abs(d - precision[b]) + 1e-300)
    return (power + 1.0) * x + apart - 0.5 * log_det - shape * np.log(total + rest + rate * d)


@kernel
def _sums(values: NDArray[np.float64], told: NDArray[np.float64], d: float) -> tuple[float, float]:
    """Return the sums of ``log(1 + s / d)`` and of ``told / (1 + s / d)``."""
    log_det, total, product = 0.0, 0.0, 1.0
    for r in range(len(values)):
        grown = 1.0 + values[r] / d
        total += told[r] / grown
        product *= grown
        if product > 1e250:
            log_det += np.log(product)
            product = 1.0
    return log_det + np.log(product), total


@kernel
def rotate(
    rng: np.random.Generator,
    values: NDArray[np.float64],
    along: NDArray[np.float64],
    prior: NDArray[np.float64],
    precision: NDArray[np.float64],
    turned: NDArray[np.float64],
) -> None:
    """Turn columns in each pair of them, where noise has precision 1 in every direction.

    Which columns have effects of which precision is then an orthogonal matrix, and its uniform
    measure. With the effects integrated out, the angle t in the plane of a and b has the density
    ``exp(-q(t) / 2)`` for a quadratic form q in its cosine and sine, that is of von Mises in 2 t.

    Parameters
    ----------
    values : ndarray of shape (rank,)
        Eigenvalues.
    along : ndarray of shape (n_columns, rank)
        Rows along the eigenvectors; turned.
    prior : ndarray of shape (n_columns, n_columns)
        The prior of precisions is ``exp(-sum d_a prior_aa / 2)``; turned on both sides.
    precision : ndarray of shape (n_columns,)
        The d of each column.
    turned : ndarray of shape (n_columns, n_columns)
        Replaced by itself times the rotation.
    """
    n = len(precision)
    share = np.empty(along.shape)
    for a in range(n):
        for r in range(len(values)):
            share[a, r] = 1.0 / (1.0 + values[r] / precision[a])
    for a in range(n):
        for b in range(a + 1, n):
            difference, cross = 0.0, 0.0
            for r in range(len(values)):
                x, y, weight = along[a, r], along[b, r], share[a, r] - share[b, r]
                difference += (x * x - y * y) * weight
                cross += x * y * weight
            apart = precision[a] - precision[b]
            difference += apart * (prior[a, a] - prior[b, b])
            cross += apart * prior[a, b]
            t = 0.5 * _von_mises(rng, -0.25 * difference, -0.5 * cross)
            c, s = np.cos(t), np.sin(t)
            _turn(along, a, b, c, s)
            _turn(prior, a, b, c, s)
            _turn(prior.T, a, b, c, s)
            _turn(turned.T, a, b, c, s)


@kernel
def _turn(rows: NDArray[np.float64], a: int, b: int, c: float, s: float) -> None:
    for r in range(rows.shape[1]):
        x, y = rows[a, r], rows[b, r]
        rows[a, r] = c * x + s * y
        rows[b, r] = c * y - s * x


@kernel
def _von_mises(rng: np.random.Generator, x: float, y: float) -> float:
    """Draw an angle of density ``exp(x cos t + y sin t)``.

    References
    ----------
    Best & Fisher (1979), Efficient simulation of the von Mises distribution, Applied Statistics 28.
    """
    kappa, middle = np.sqrt(x * x + y * y), np.arctan2(y, x)
    if kappa < 1e-8:
        return 2.0 * np.pi * rng.random()
    if kappa > 1e6:  # a normal, to six digits; the proposal loses its own
        return middle + rng.standard_normal() / np.sqrt(kappa)
    tau = 1.0 + np.sqrt(1.0 + 4.0 * kappa * kappa)
    rho = (tau - np.sqrt(2.0 * tau)) / (2.0 * kappa)
    top = (1.0 + rho * rho) / (2.0 * rho)
    while True:
        z = np.cos(np.pi * rng.random())
        f = (1.0 + top * z) / (top + z)
        c, u = kappa * (top - f), rng.random()
        if c * (2.0 - c) > u or np.log(c / u) + 1.0 >= c:
            angle = np.arccos(min(max(f, -1.0), 1.0))
            return middle + (angle if rng.random() < 0.5 else -angle)
