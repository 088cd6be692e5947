"""Standard normals between two ends, and how probable that is, compiled.

Everything is worked out in the tail nearer to 0 probability, where differences keep their digits.
"""

import math

import numpy as np
from numpy.typing import NDArray

from pmf_core.kernels.compiler import kernel

LEAST = 1e-300
"""Probability below which none is told apart."""

FURTHEST = 38.0
"""Where the density of a standard normal is 0."""

ROOT_HALF = math.sqrt(0.5)

BLOCK = 256
"""Pairs whose steps are taken one after the other, each in a loop of its own: a loop without
branches is one over vectors."""


@kernel
def scaled_ends(
    cuts: NDArray[np.float64],
    owner: NDArray[np.integer],
    level: NDArray[np.intp],
    eta: NDArray[np.float64],
    sd: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> None:
    """Write where the level of each rating begins and ends, in sd of its score from its mean.

    Parameters
    ----------
    cuts : ndarray of shape (n_owners, n_levels + 1)
        Cut points around levels, ascending, -inf and inf included.
    owner, level : ndarray of shape (n_ratings,)
        Whose cut points are those of each rating, and which level it is.
    eta, sd : ndarray of shape (n_ratings,)
        Mean and sd of each latent score.
    low, high : ndarray of shape (n_ratings,)
    """
    for p in range(eta.shape[0]):
        i, k, scale = owner[p], level[p], 1.0 / sd[p]
        low[p] = (cuts[i, k] - eta[p]) * scale
        high[p] = (cuts[i, k + 1] - eta[p]) * scale


@kernel
def add_log_levels(
    cuts: NDArray[np.float64],
    owner: NDArray[np.integer],
    level: NDArray[np.intp],
    eta: NDArray[np.float64],
    sd: NDArray[np.float64],
    total: NDArray[np.float64],
) -> None:
    """Add the log probability of each rating's level to the sum of its owner.

    Parameters
    ----------
    cuts, owner, level, eta, sd
        As for `scaled_ends`.
    total : ndarray of shape (n_owners,)
        Updated.
    """
    # Probabilities of one owner are multiplied as long as the product keeps its digits: a
    # logarithm of many costs no more than that of one.
    n, product, before = eta.shape[0], 1.0, 0
    low, high, probability = np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK)
    for p in range(0, n, BLOCK):
        q = min(p + BLOCK, n)
        scaled_ends(cuts, owner[p:q], level[p:q], eta[p:q], sd[p:q], low, high)
        _intervals(low[: q - p], high[: q - p], probability)
        for s in range(q - p):
            i = owner[p + s]
            if i != before or product < 1e-100:
                total[before] += math.log(product)
                product, before = 1.0, i
            if probability[s] < 1e-100:
                total[i] += math.log(max(probability[s], LEAST))
            else:
                product *= probability[s]
    if n > 0:
        total[before] += math.log(product)


@kernel
def mean_levels(
    cuts: NDArray[np.float64],
    owner: NDArray[np.integer],
    levels: NDArray[np.float64],
    eta: NDArray[np.float64],
    sd: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """Write the mean level of each pair: the lowest, and a step for each cut point passed.

    Parameters
    ----------
    cuts, owner, eta, sd
        As for `scaled_ends`.
    levels : ndarray of shape (n_levels,)
    out : ndarray of shape (n_pairs,)
    """
    n, x, tail = eta.shape[0], np.empty(BLOCK), np.empty(BLOCK)
    for p in range(0, n, BLOCK):
        size = min(BLOCK, n - p)
        for s in range(size):
            out[p + s] = levels[0]
        for k in range(1, levels.shape[0]):
            for s in range(size):
                x[s] = (eta[p + s] - cuts[owner[p + s], k]) / sd[p + s]
            _tails(x[:size], tail)
            step = levels[k] - levels[k - 1]
            for s in range(size):
                out[p + s] += step * (1.0 - tail[s] if x[s] > 0 else tail[s])


@kernel
def probabilities_below(x: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    """Write the probability of a standard normal below each x: (n,) each."""
    _tails(x, out)
    for s in range(x.shape[0]):
        out[s] = 1.0 - out[s] if x[s] > 0 else out[s]


@kernel
def log_intervals(
    low: NDArray[np.float64], high: NDArray[np.float64], out: NDArray[np.float64]
) -> None:
    """Write the log probability of a standard normal between each two ends: (n_pairs,) each."""
    n, probability = low.shape[0], np.empty(BLOCK)
    for p in range(0, n, BLOCK):
        q = min(p + BLOCK, n)
        _intervals(low[p:q], high[p:q], probability)
        for s in range(q - p):
            out[p + s] = math.log(max(probability[s], LEAST))


@kernel
def draw_between(
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    share: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """Write standard normals between two ends, by inversion.

    Parameters
    ----------
    low, high, out : ndarray of shape (n,)
    share : ndarray of shape (n,)
        Share of the probability between the ends that lies below (above, where both are above 0)
        what is written: uniform for a draw.
    """
    n, a, b = low.shape[0], np.empty(BLOCK), np.empty(BLOCK)
    below, beyond = np.empty(BLOCK), np.empty(BLOCK)
    for p in range(0, n, BLOCK):
        size = min(BLOCK, n - p)
        for s in range(size):  # where both are above 0, from -high to -low: a is below 0
            flip = low[p + s] > 0
            a[s] = -high[p + s] if flip else low[p + s]
            b[s] = -low[p + s] if flip else high[p + s]
        _tails(a[:size], below)
        _tails(b[:size], beyond)
        for s in range(size):
            until = beyond[s] if b[s] <= 0 else 1.0 - beyond[s]
            below[s] += share[p + s] * (until - below[s])
        for s in range(size):
            out[p + s] = _central_quantile(below[s] - 0.5)
        for s in range(size):
            z = out[p + s]
            if b[s] < -DEEPEST:  # beyond the table of `lower`
                first = distribution(a[s])
                z = quantile(first + share[p + s] * (distribution(b[s]) - first))
            elif not abs(below[s] - 0.5) <= CENTRAL:
                z = quantile(below[s])
            z = min(max(z, max(a[s], -FURTHEST)), min(b[s], FURTHEST))
            out[p + s] = -z if low[p + s] > 0 else z


@kernel
def _intervals(
    low: NDArray[np.float64], high: NDArray[np.float64], out: NDArray[np.float64]
) -> None:
    # The probability of a standard normal between each two ends, at most a `BLOCK` of them.
    below, above, n = np.empty(BLOCK), np.empty(BLOCK), low.shape[0]
    _tails(low, below)
    _tails(high, above)
    for s in range(n):
        apart = 1.0 - below[s] - above[s]
        out[s] = abs(below[s] - above[s]) if (low[s] > 0) == (high[s] > 0) else apart


@kernel
def _tails(x: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    # The probability of a standard normal further from 0 than each x, on its side.
    for s in range(x.shape[0]):
        out[s] = lower(-abs(x[s]))


@kernel
def distribution(x: float) -> float:
    """Return the probability of a standard normal below x."""
    if x < -DEEPEST:
        return 0.5 * math.erfc(-ROOT_HALF * x) if x > -np.inf else 0.0
    return lower(x) if x <= 0.0 else 1.0 - lower(-x)


NODES, DEEPEST = 320, 37.0
"""Points in an sd at which `lower` is known, and how far out: there it is 6e-300."""

BELOW = np.array([0.5 * math.erfc(ROOT_HALF * k / NODES) for k in range(int(DEEPEST * NODES) + 1)])
DENSITY = np.exp(-0.5 * (np.arange(len(BELOW)) / NODES) ** 2) / math.sqrt(2.0 * math.pi)


@kernel
def lower(x: float) -> float:
    """Return the probability of a standard normal below x, which is not above 0.

    To 12 digits, by the Taylor series at the nearest point of a table: erfc takes longer, and much
    of a sweep under cut points went into it.
    """
    x = max(x, -DEEPEST)
    k = int(0.5 - x * NODES)
    at = -k / NODES
    t, square = x - at, at * at
    # Derivatives of the density, over the density: Hermite polynomials.
    fifth = t / 6.0 * at * (square * (10.0 - square) - 15.0)
    fourth = t / 5.0 * (square * (square - 6.0) + 3.0 + fifth)
    third = t / 4.0 * (at * (3.0 - square) + fourth)
    second = t / 3.0 * (square - 1.0 + third)
    return BELOW[k] + DENSITY[k] * t * (1.0 + t / 2.0 * (second - at))


CENTRAL = 0.425
"""How far from 1/2 a probability lies in the middle, where its quantile needs no logarithm."""


@kernel
def quantile(p: float) -> float:
    """Return where the probability of a standard normal below is p, to 16 digits; -inf at 0.

    References
    ----------
    Wichura (1988), Algorithm AS 241: The percentage points of the normal distribution, Applied
    Statistics 37.
    """
    if p <= 0.0 or p >= 1.0:
        return -np.inf if p <= 0.0 else np.inf
    q = p - 0.5
    if abs(q) <= CENTRAL:
        return _central_quantile(q)
    r = math.sqrt(-math.log(p if q < 0 else 1.0 - p))
    if r <= 5.0:
        r -= 1.6
        top = 2.27238449892691845833e-2 + r * 7.74545014278341407640e-4
        top = 1.27045825245236838258 + r * (2.41780725177450611770e-1 + r * top)
        top = 5.76949722146069140550 + r * (3.64784832476320460504 + r * top)
        top = 1.42343711074968357734 + r * (4.63033784615654529590 + r * top)
        bottom = 5.47593808499534494600e-4 + r * 1.05075007164441684324e-9
        bottom = 1.48103976427480074590e-1 + r * (1.51986665636164571966e-2 + r * bottom)
        bottom = 1.67638483018380384940 + r * (6.89767334985100004550e-1 + r * bottom)
        bottom = 1.0 + r * (2.05319162663775882187 + r * bottom)
    else:
        r -= 5.0
        top = 2.71155556874348757815e-5 + r * 2.01033439929228813265e-7
        top = 2.65321895265761230930e-2 + r * (1.24266094738807843860e-3 + r * top)
        top = 1.78482653991729133580 + r * (2.96560571828504891230e-1 + r * top)
        top = 6.65790464350110377720 + r * (5.46378491116411436990 + r * top)
        bottom = 1.42151175831644588870e-7 + r * 2.04426310338993978564e-15
        bottom = 7.86869131145613259100e-4 + r * (1.84631831751005468180e-5 + r * bottom)
        bottom = 1.36929880922735805310e-1 + r * (1.48753612908506148525e-2 + r * bottom)
        bottom = 1.0 + r * (5.99832206555887937690e-1 + r * bottom)
    return -top / bottom if q < 0 else top / bottom


@kernel
def _central_quantile(q: float) -> float:
    # That of probability ``1/2 + q``, in the middle alone.
    r = 0.180625 - q * q
    top = 3.3430575583588128105e4 + r * 2.5090809287301226727e3
    top = 4.5921953931549871457e4 + r * (6.7265770927008700853e4 + r * top)
    top = 1.9715909503065514427e3 + r * (1.3731693765509461125e4 + r * top)
    top = 3.3871328727963666080 + r * (1.3314166789178437745e2 + r * top)
    bottom = 2.8729085735721942674e4 + r * 5.2264952788528545610e3
    bottom = 2.1213794301586595867e4 + r * (3.9307895800092710610e4 + r * bottom)
    bottom = 6.8718700749205790830e2 + r * (5.3941960214247511077e3 + r * bottom)
    bottom = 1.0 + r * (4.2313330701600911252e1 + r * bottom)
    return q * top / bottom
