"""Kernels of moves of weights against closed forms and against their interpreted form."""

import numpy as np
import pytest
from scipy import stats

from pmf_core.kernels import orbit
from pmf_core.kernels.weights import regress


@pytest.mark.parametrize("interpreted", [False, True])
def test_weights_given_rows_are_those_of_a_regression(rng, interpreted):
    X, u, W = rng.normal(size=(30, 4)), rng.normal(size=(30, 3)), rng.normal(size=(4, 3))
    X[rng.random(X.shape) < 0.4] = 0.0
    d, noise, residual, found = rng.uniform(0.5, 3, 3), rng.normal(size=(2, 3)), u.copy(), W[2:]
    columns = [np.flatnonzero(column) for column in X.T]
    indptr = np.cumsum([0, *map(len, columns)])
    values = np.concatenate([X[rows, f] for f, rows in enumerate(columns)])
    draw, found = regress.py_func if interpreted else regress, found.copy()
    draw(indptr, np.concatenate(columns).astype(np.int32), values, 2, d, noise, residual, found)
    left = u.copy()
    for k, f in enumerate((2, 3)):  # the others stay
        precision = d + (X[:, f] ** 2).sum()
        target = left + np.outer(X[:, f], W[f])
        expected = X[:, f] @ target / precision + noise[k] / np.sqrt(precision)
        np.testing.assert_allclose(found[k], expected)
        left = target - np.outer(X[:, f], expected)
    np.testing.assert_allclose(residual, left)


def stretched(rng, step, n_rounds=3):
    """Return what `stretch` was given, and G with what it keeps along."""
    root = np.random.default_rng(2).normal(size=(3, 6, 4))
    S, L, Q = root.swapaxes(1, 2) @ root
    K = np.random.default_rng(3).normal(size=(4, 4))
    given, G = (S.copy(), K.copy(), L, Q.copy()), np.eye(4)
    step(rng, S, K, L, Q, 7.0, n_rounds, G)
    return given, (G, S, K, Q)


def test_what_stretches_keep_along_is_what_is_seen_from_where_they_stand(rng):
    (S, K, L, Q), (G, S_there, K_there, Q_there) = stretched(rng, orbit.stretch)
    np.testing.assert_allclose(S_there, G.T @ S @ G, rtol=1e-8)
    np.testing.assert_allclose(K_there, G.T @ (K - S @ (G - np.eye(4)) @ L), rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(G @ Q_there @ G.T, Q, rtol=1e-8, atol=1e-8)


def test_compiled_stretches_are_those_of_their_interpreted_form():
    found = [
        stretched(np.random.default_rng(1), step)[1][0]
        for step in (orbit.stretch, orbit.stretch.py_func)
    ]
    np.testing.assert_allclose(*found, rtol=1e-9)


@pytest.mark.parametrize(
    ("slope", "curvature", "q", "nu"),
    [(3.0, 20.0, 2.0, 6.0), (0.0, 1e-3, 0.5, 4.0), (9, 500, 1, 5)],
)
def test_scales_are_drawn_from_their_density(slope, curvature, q, nu, rng):
    grid = np.linspace(-8, 8, 40_001)
    away = np.exp(grid) - 1

    def log_density(nu):
        return slope * away - curvature * away**2 / 2 - nu * grid - q * np.exp(-2 * grid) / 2

    def probability_below(nu):
        below = np.cumsum(np.exp(log_density(nu) - log_density(nu).max()))
        return lambda x: np.interp(x, grid, below / below[-1])

    found = np.interp(rng.random(2000), probability_below(nu)(grid), grid)
    for n, start in enumerate(found):  # independent draws: one step leaves their density alone
        s = np.exp(start)  # as seen from there
        a, b = s * (slope - curvature * (s - 1)), s * s * curvature
        found[n] = start + orbit._log_scale(rng, a, b, q / s**2, nu)
    assert stats.kstest(found, probability_below(nu)).pvalue > 1e-4
    assert stats.kstest(found, probability_below(0.5 * nu)).pvalue < 1e-4
