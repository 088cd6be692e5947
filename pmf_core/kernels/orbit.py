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
