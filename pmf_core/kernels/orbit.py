"""Draws along the orbit of a group of matrices, compiled."""

import numpy as np
from numpy.typing import NDArray

from pmf_core.kernels.compiler import kernel
from pmf_core.kernels.gig import draw_gig


@kernel
def wander(
    rng: np.random.Generator,
    P: NDArray[np.float64],
    Q: NDArray[np.float64],
    power: float,
    n_rounds: int,
    A: NDArray[np.float64],
) -> None:
    """Move A over GL(D) by Gibbs steps in one-parameter subgroups.

    Its density, with respect to the Haar measure, is
    ``|A|^power exp(-tr(A' P A + A^-1 Q A^-T) / 2)``. Column a scaled by s has s^2 from a
    generalised inverse Gaussian, ``GIG(power / 2, P_aa, Q_aa)``; column b plus t times column a is
    normal in t, with precision ``P_aa + Q_bb`` and linear term ``Q_ab - P_ab``. P and Q are kept
    as seen from where A stands, so that every step starts at the identity.

    Parameters
    ----------
    P, Q : ndarray of shape (n_factors, n_factors)
        Replaced by ``A' P A`` and ``A^-1 Q A^-T``.
    power : float
    n_rounds : int
    A : ndarray of shape (n_factors, n_factors)
        Replaced by itself times the step.
    """
    D = A.shape[0]
    for _ in range(n_rounds):
        for a in range(D):
            s = np.sqrt(draw_gig(rng, 0.5 * power, P[a, a], Q[a, a]))
            for c in range(D):
                A[c, a] *= s
                P[a, c] *= s
                Q[a, c] /= s
            for c in range(D):
                P[c, a] *= s
                Q[c, a] /= s
            for b in range(D):
                if b == a:
                    continue
                precision = P[a, a] + Q[b, b]
                t = (Q[a, b] - P[a, b]) / precision + rng.standard_normal() / np.sqrt(precision)
                for c in range(D):
                    A[c, b] += t * A[c, a]
                    P[b, c] += t * P[a, c]
                    Q[a, c] -= t * Q[b, c]
                for c in range(D):
                    P[c, b] += t * P[c, a]
                    Q[c, a] -= t * Q[c, b]


@kernel
def stretch(
    rng: np.random.Generator,
    S: NDArray[np.float64],
    K: NDArray[np.float64],
    L: NDArray[np.float64],
    Q: NDArray[np.float64],
    nu: float,
    n_rounds: int,
    G: NDArray[np.float64],
) -> None:
    """Move G over GL by steps in one-parameter subgroups, as `wander` does.

    Its density, with respect to the Haar measure, is
    ``|G|^-nu exp(tr(H' K) - tr(H' S H L) / 2 - tr(G^-1 Q G^-T) / 2)`` with ``H = G - I``. Column b
    plus t times column a is normal in t, with precision ``S_aa L_bb + Q_bb`` and linear term
    ``K_ab + Q_ab``; the scale of a column is drawn by a slice. S, K and Q are kept as seen from
    where G stands, so that every step starts at the identity.

    Parameters
    ----------
    S, K, L, Q : ndarray of shape (n_columns, n_columns)
        S, L and Q symmetric. S is replaced by ``G' S G``, K by ``G' (K - S H L)`` and Q by
        ``G^-1 Q G^-T``.
    nu : float
    n_rounds : int
    G : ndarray of shape (n_columns, n_columns)
        Replaced by itself times the step.
    """
    D = G.shape[0]
    for _ in range(n_rounds):
        for a in range(D):
            s = np.exp(_log_scale(rng, K[a, a], S[a, a] * L[a, a], Q[a, a], nu))
            _less_what_is_moved(K, S, L, a, a, s - 1.0)
            for c in range(D):
                G[c, a] *= s
                S[a, c] *= s
                K[a, c] *= s
                Q[a, c] /= s
            for c in range(D):
                S[c, a] *= s
                Q[c, a] /= s
            for b in range(D):
                if b == a:
                    continue
                precision = S[a, a] * L[b, b] + Q[b, b]
                t = (K[a, b] + Q[a, b]) / precision + rng.standard_normal() / np.sqrt(precision)
                _less_what_is_moved(K, S, L, a, b, t)
                for c in range(D):
                    G[c, b] += t * G[c, a]
                    S[b, c] += t * S[a, c]
                    K[b, c] += t * K[a, c]
                    Q[a, c] -= t * Q[b, c]
                for c in range(D):
                    S[c, b] += t * S[c, a]
                    Q[c, a] -= t * Q[c, b]


@kernel
def _less_what_is_moved(
    K: NDArray[np.float64],
    S: NDArray[np.float64],
    L: NDArray[np.float64],
    a: int,
    b: int,
    t: float,
) -> None:
    # K - S H L for ``H = t e_a e_b'``
    for c in range(K.shape[0]):
        moved = t * S[c, a]
        for d in range(K.shape[0]):
            K[c, d] -= moved * L[b, d]


@kernel
def _log_scale(
    rng: np.random.Generator, slope: float, curvature: float, q: float, nu: float
) -> float:
    """Draw x by a slice from 0: see `_log_density_of_scale`.

    References
    ----------
    Neal (2003), Slice sampling, Annals of Statistics 31, sec 4.
    """
    width = 3.0 / np.sqrt(curvature + 2.0 * q + nu + 1.0)
    level = _log_density_of_scale(0.0, slope, curvature, q, nu) + np.log(1.0 - rng.random())
    low = -width * rng.random()
    high = low + width
    while _log_density_of_scale(low, slope, curvature, q, nu) > level:
        low -= width
    while _log_density_of_scale(high, slope, curvature, q, nu) > level:
        high += width
    while True:
        x = low + (high - low) * rng.random()
        if not _log_density_of_scale(x, slope, curvature, q, nu) <= level:  # nan ends it
            return x
        if x < 0.0:
            low = x
        else:
            high = x


@kernel
def _log_density_of_scale(x: float, slope: float, curvature: float, q: float, nu: float) -> float:
    """Return the log density of the logarithm of a scale: that of `stretch` for ``G_aa = e^x``."""
    away = np.exp(x) - 1.0
    return slope * away - 0.5 * curvature * away * away - nu * x - 0.5 * q * np.exp(-2.0 * x)
