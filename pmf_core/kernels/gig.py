"""Draws of the generalised inverse Gaussian distribution, compiled.

SciPy's take a tenth of a millisecond each, and kernels cannot call them.
"""

import numpy as np

from pmf_core.kernels.compiler import kernel


@kernel
def draw_gig(rng: np.random.Generator, p: float, a: float, b: float) -> float:
    """Draw a number of density ``x^(p - 1) exp(-(a x + b / x) / 2)``, a and b being positive.

    ``x = sqrt(b / a) e^y m``, with m such that y has its mode at 0, where its log density is
    concave: between two points it is proposed uniformly, beyond them exponentially. About one
    proposal in two is taken at worst, whatever p, a and b. Where these have left the range of
    numbers, nan is returned.

    References
    ----------
    Devroye (2014), Random variate generation for the generalized inverse Gaussian distribution,
    Statistics and Computing 24.
    """
    shape = abs(p)
    omega = np.sqrt(a * b)
    if not 0.0 < omega < np.inf:  # nan would never be accepted
        return np.nan
    # sqrt(omega^2 + shape^2) - shape, without the difference of what is nearly equal
    curve = omega * omega / (np.sqrt(omega * omega + shape * shape) + shape)
    right = _reach(curve, shape, 1.0)
    left = _reach(curve, shape, -1.0)
    eta, zeta = -_log_density(right, curve, shape), -_slope(right, curve, shape)
    theta, xi = -_log_density(-left, curve, shape), _slope(-left, curve, shape)
    below, above = 1.0 / xi, 1.0 / zeta
    inner_right, inner_left = right - above * eta, left - below * theta
    inner = inner_right + inner_left
    while True:
        u, v, w = rng.random(), 1.0 - rng.random(), rng.random()
        if u * (below + inner + above) < inner:
            y = inner * v - inner_left
        elif u * (below + inner + above) < inner + above:
            y = inner_right - above * np.log(v)
        else:
            y = below * np.log(v) - inner_left
        hat = 1.0
        if y > inner_right:
            hat = np.exp(-eta - zeta * (y - right))
        elif y < -inner_left:
            hat = np.exp(-theta + xi * (y + left))
        if w * hat <= np.exp(_log_density(y, curve, shape)):
            break
    ratio = shape / omega
    x = (ratio + np.sqrt(1.0 + ratio * ratio)) * np.exp(y)
    return np.sqrt(b / a) * (x if p >= 0 else 1.0 / x)


@kernel
def _log_density(y: float, curve: float, shape: float) -> float:
    return -curve * (np.cosh(y) - 1.0) - shape * (np.exp(y) - y - 1.0)


@kernel
def _slope(y: float, curve: float, shape: float) -> float:
    return -curve * np.sinh(y) - shape * (np.exp(y) - 1.0)


@kernel
def _reach(curve: float, shape: float, side: float) -> float:
    """Return how far from the mode, on one side, the density has fallen by a factor of about e."""
    fallen = -_log_density(side, curve, shape)
    if 0.5 <= fallen <= 2.0:
        return 1.0
    if side > 0:
        if fallen > 2.0:
            return np.sqrt(2.0 / (curve + shape))
        return np.log(4.0 / (curve + 2.0 * shape))
    if fallen > 2.0:
        return np.sqrt(4.0 / (curve * np.cosh(1.0) + shape))
    far = np.log(1.0 + 1.0 / curve + np.sqrt(1.0 / (curve * curve) + 2.0 / curve))
    return min(1.0 / shape, far) if shape > 0 else far
