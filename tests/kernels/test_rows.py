"""The row kernels against closed forms and against their own interpreted form."""

import numpy as np
import pytest

from pmf_core.kernels.gaussian import draw_gaussian
from pmf_core.kernels.rows import (
    draw_from_statistics,
    draw_rows,
    row_statistics,
)
from pmf_core.kernels.weights import draw_weights
from pmf_core.sampling.sweep import chain_rng

N_FACTORS = 3
ALPHA = 2.0


@pytest.fixture(scope="module")
def row():
    """One row with 12 ratings of 8 items, and a prior that is not spherical."""
    rng = np.random.default_rng(3)
    root = rng.normal(size=(N_FACTORS, N_FACTORS))
    return {
        "indices": rng.integers(0, 8, 12).astype(np.int32),
        "rating": rng.normal(3.5, 1, 12),
        "other": rng.normal(size=(8, N_FACTORS)),
        "prior_precision": root @ root.T + np.eye(N_FACTORS),
        "prior_linear": rng.normal(size=N_FACTORS),
    }


def closed_form(row, alpha=ALPHA):
    design = row["other"][row["indices"]]
    precision = row["prior_precision"] + alpha * design.T @ design
    linear = row["prior_linear"] + alpha * design.T @ row["rating"]
    return np.linalg.solve(precision, linear), precision


def draw(row, noise, alpha=ALPHA, weight=None):
    """Draw the same row once for every line of `noise`."""
    n, size = len(noise), len(row["rating"])
    out = np.empty_like(noise)
    draw_rows(
        np.arange(n + 1) * size,
        np.tile(row["indices"], n),
        np.tile(row["rating"], n),
        None if weight is None else np.tile(weight, n),
        row["other"],
        alpha,
        row["prior_precision"],
        row["prior_linear"],
        noise,
        0.0,
        out,
    )
    return out


def test_mean_and_precision_equal_the_closed_form(row):
    mean, precision = closed_form(row)
    np.testing.assert_allclose(draw(row, np.zeros((1, N_FACTORS)))[0], mean, atol=1e-8)
    # Unit noise gives the columns of L'^-1, whose outer products sum to the covariance.
    columns = draw(row, np.eye(N_FACTORS)) - mean
    np.testing.assert_allclose(np.linalg.inv(columns.T @ columns), precision, atol=1e-8)


def moments_agree(sample, mean, covariance):
    """Whether sample moments lie within 4.5 Monte Carlo standard errors of the given ones."""
    n = len(sample)
    variance = np.diag(covariance)
    mean_error = np.abs(sample.mean(axis=0) - mean) / np.sqrt(variance / n)
    spread = np.sqrt((np.outer(variance, variance) + covariance**2) / n)
    covariance_error = np.abs(np.cov(sample.T) - covariance) / spread
    return max(mean_error.max(), covariance_error.max()) < 4.5


def test_draws_match_mean_and_covariance_and_a_wrong_precision_is_found_out(row, rng):
    mean, precision = closed_form(row)
    noise = rng.standard_normal((20_000, N_FACTORS))
    assert moments_agree(draw(row, noise), mean, np.linalg.inv(precision))
    assert not moments_agree(draw(row, noise, alpha=1.1 * ALPHA), mean, np.linalg.inv(precision))


@pytest.mark.parametrize("n_factors", [1, 2, 5, 8])
def test_compiled_kernel_equals_its_interpreted_form(n_factors, rng):
    counts = np.array([0, 1, 7, 30])
    args = (
        np.concatenate(([0], np.cumsum(counts))),
        rng.integers(0, 9, counts.sum()).astype(np.int32),
        rng.normal(size=counts.sum()),
        None,
        rng.normal(size=(9, n_factors)),
        ALPHA,
        np.eye(n_factors),
        np.zeros(n_factors),
        rng.normal(size=(len(counts), n_factors)),
        -0.3,
    )
    compiled, interpreted = (np.ones((len(counts), n_factors)) for _ in range(2))
    squares = draw_rows(*args, compiled), draw_rows.py_func(*args, interpreted)
    np.testing.assert_allclose(compiled, interpreted, atol=1e-12)
    np.testing.assert_allclose(*squares, rtol=1e-12)


def test_gaussian_step_equals_its_interpreted_form(rng):
    root = rng.normal(size=(4, 4))
    precision, linear, noise = root @ root.T + np.eye(4), rng.normal(size=4), rng.normal(size=4)
    compiled, interpreted = np.empty(4), np.empty(4)
    draw_gaussian(precision.copy(), linear.copy(), noise, 0.0, compiled)
    draw_gaussian.py_func(precision.copy(), linear.copy(), noise, 0.0, interpreted)
    np.testing.assert_allclose(compiled, interpreted, atol=1e-12)


def test_a_draw_against_what_was_leans_to_the_other_side_of_the_mean(rng):
    root, linear, noise, before = rng.normal(size=(4, 4)), *rng.normal(size=(3, 4))
    precision = root @ root.T + np.eye(4)
    mean = np.linalg.solve(precision, linear)
    away = np.linalg.solve(np.linalg.cholesky(precision).T, noise)
    expected = mean - 0.6 * (before - mean) + 0.8 * away
    for each in (draw_gaussian, draw_gaussian.py_func):
        found = before.copy()
        each(precision.copy(), linear.copy(), noise, -0.6, found)
        np.testing.assert_allclose(found, expected, atol=1e-10)


@pytest.mark.parametrize("correlation", [0.0, -0.45, 0.8])
@pytest.mark.parametrize("n_factors", [1, 4, 5, 11])
def test_many_rows_equal_rows_one_at_a_time(n_factors, correlation, rng):
    # More than are taken side by side, and not a multiple of them.
    n_rows, n_other = 250, 40
    counts = rng.integers(0, 30, n_rows)
    indptr = np.concatenate(([0], np.cumsum(counts)))
    indices = rng.integers(0, n_other, indptr[-1]).astype(np.int32)
    target, weight = rng.normal(size=indptr[-1]), rng.gamma(2.0, size=indptr[-1])
    other, noise = rng.normal(size=(n_other, n_factors)), rng.normal(size=(n_rows, n_factors))
    root = rng.normal(size=(n_factors, n_factors))
    prior, pull = root @ root.T + np.eye(n_factors), rng.normal(size=n_factors)
    before = rng.normal(size=(n_rows, n_factors))
    out = before.copy()
    ratings = indptr, indices, target, weight, other, ALPHA
    square = draw_rows(*ratings, prior, pull, noise, correlation, out)
    expected = 0.0
    for row in range(n_rows):
        mine = slice(indptr[row], indptr[row + 1])
        V, w, t = other[indices[mine]], weight[mine], target[mine]
        precision = prior + ALPHA * (V.T * w) @ V
        upper = np.linalg.cholesky(precision).T
        mean = np.linalg.solve(precision, pull + ALPHA * V.T @ (w * t))
        away = np.sqrt(1 - correlation**2) * np.linalg.solve(upper, noise[row])
        drawn = mean + correlation * (before[row] - mean) + away
        np.testing.assert_allclose(out[row], drawn, rtol=1e-8, atol=1e-8)
        expected += np.sum(w * (t - V @ out[row]) ** 2)
    np.testing.assert_allclose(square, expected, rtol=1e-9)


def test_a_row_without_ratings_is_drawn_from_its_prior(row, rng):
    noise = rng.standard_normal((2, N_FACTORS))
    out = np.empty_like(noise)
    none = np.zeros(0)
    draw_rows(
        np.zeros(3, np.int64),
        none.astype(np.int32),
        none,
        None,
        row["other"],
        ALPHA,
        4 * np.eye(N_FACTORS),
        np.zeros(N_FACTORS),
        noise,
        0.0,
        out,
    )
    np.testing.assert_allclose(out, noise / 2)


def test_weights_are_relative_precisions(row):
    weight = np.linspace(0.2, 3, len(row["rating"]))
    design = row["other"][row["indices"]]
    precision = row["prior_precision"] + ALPHA * (design.T * weight) @ design
    linear = row["prior_linear"] + ALPHA * design.T @ (weight * row["rating"])
    mean = draw(row, np.zeros((1, N_FACTORS)), weight=weight)[0]
    np.testing.assert_allclose(mean, np.linalg.solve(precision, linear), atol=1e-8)


def test_rows_from_statistics_equal_rows_from_ratings(row, rng):
    noise = rng.standard_normal((4, N_FACTORS))
    n, size = len(noise), len(row["rating"])
    precision, linear = np.empty((n, N_FACTORS, N_FACTORS)), np.empty((n, N_FACTORS))
    data = np.arange(n + 1) * size, np.tile(row["indices"], n), np.tile(row["rating"], n)
    row_statistics(*data, None, row["other"], ALPHA, precision, linear)
    out, prior = np.empty_like(noise), np.tile(row["prior_linear"], (n, 1))
    draw_from_statistics(precision, linear, row["prior_precision"], prior, noise, 0.0, out)
    np.testing.assert_allclose(out, draw(row, noise), atol=1e-10)


@pytest.mark.parametrize("correlation", [0.0, -0.45])
def test_weights_of_features_are_drawn_one_after_the_other(rng, correlation):
    # Two features, of seven rows and of none; two groups, each with a prior of its own.
    n_rows, size = 7, 3
    root = rng.normal(size=(n_rows, size, size))
    A, c = root @ root.transpose(0, 2, 1), rng.normal(size=(n_rows, size))
    row, x, noise = rng.normal(size=(n_rows, size)), rng.normal(size=n_rows), np.eye(2, size)
    prior, W0 = np.stack([np.eye(size), 3 * np.eye(size)]), rng.normal(size=(2, size))
    pull = c - np.einsum("iab,ib->ia", A, row)

    def drawn(function):
        W, left = W0.copy(), pull.copy()
        indptr, rows, group = np.array([0, 7, 7]), np.arange(7, dtype=np.int32), np.array([1, 0])
        given = indptr, rows, x, group.astype(np.int32), A, left, prior
        function(*given, noise, correlation, W)
        return W, left

    W, left = drawn(draw_weights)
    precision = prior[1] + np.einsum("i,iab->ab", x**2, A)
    resting = row - x[:, None] * W0[0]  # what the feature does not explain
    linear = x @ (c - np.einsum("iab,ib->ia", A, resting))
    away = np.linalg.solve(np.linalg.cholesky(precision).T, noise[0])
    mean, rest = np.linalg.solve(precision, linear), np.sqrt(1 - correlation**2)
    expected = mean + correlation * (W0[0] - mean) + rest * away
    np.testing.assert_allclose(W[0], expected, atol=1e-10)
    np.testing.assert_allclose(W[1], correlation * W0[1] + rest * noise[1])  # no row has it
    now = resting + x[:, None] * W[0]
    np.testing.assert_allclose(left, c - np.einsum("iab,ib->ia", A, now), atol=1e-10)
    for found, again in zip((W, left), drawn(draw_weights.py_func), strict=True):
        np.testing.assert_allclose(found, again, atol=1e-12)


def test_every_sweep_of_every_chain_has_its_own_stream():
    streams = {
        tuple(chain_rng(seed, chain, sweep).standard_normal(3))
        for seed in range(3)
        for chain in range(3)
        for sweep in range(-1, 3)
    }
    assert len(streams) == 3 * 3 * 4
