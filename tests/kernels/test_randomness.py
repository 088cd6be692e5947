import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import kstest, norm, truncnorm, wishart

from pmf_core.kernels.gaussian import wishart_from
from pmf_core.kernels.randomness import Draws, Modes


@pytest.mark.parametrize(
    ("low", "high"),
    [(-np.inf, np.inf), (-1, 2), (-np.inf, -6), (6, np.inf), (9, np.inf), (8.5, 9), (-9, -8.5)],
)
def test_the_mean_of_a_truncated_normal_is_that_of_its_density(low, high):
    start = min(max(0, low), high)  # densities relative to the largest: far out, too

    def density(x, power):
        return x**power * np.exp(norm.logpdf(x) - norm.logpdf(start))

    ends = max(low, start - 12), min(high, start + 12)
    expected = quad(density, *ends, args=(1,))[0] / quad(density, *ends, args=(0,))[0]
    [found] = Modes().truncated_normal(np.array([float(low)]), np.array([float(high)]))
    assert found == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_far_beyond_all_probability_the_mean_is_the_nearer_end():
    low, high = np.array([50.0, -np.inf, 39.0, -60.0]), np.array([np.inf, -50.0, 41.0, -45.0])
    np.testing.assert_array_equal(Modes().truncated_normal(low, high), [50, -50, 39, -45])


@pytest.mark.parametrize(
    ("low", "high"), [(-np.inf, np.inf), (-1, 2), (-np.inf, -6), (6, np.inf), (8.5, 9)]
)
def test_the_variance_of_a_truncated_normal_is_that_of_its_density(low, high):
    ends = np.array([float(low)]), np.array([float(high)])
    [mean] = Modes().truncated_normal(*ends)

    def density(x, power):
        return (x - mean) ** power * np.exp(norm.logpdf(x) - norm.logpdf(mean))

    around = max(low, mean - 12), min(high, mean + 12)
    expected = quad(density, *around, args=(2,))[0] / quad(density, *around, args=(0,))[0]
    [found] = Modes().truncated_variance(*ends)
    assert found == pytest.approx(expected, rel=1e-5)


def moments_agree(sample, mean, variance):
    """Whether means and variances lie within 5 standard errors of the given ones."""
    sample = np.asarray(sample, float)
    away = sample - mean
    square = away**2 - variance
    return all(
        (np.abs(x.mean(axis=0)) < 5 * x.std(axis=0) / np.sqrt(len(x))).all() for x in (away, square)
    )


def test_wishart_draws_have_the_moments_of_a_wishart(rng):
    scale = np.array([[1.0, 0.6], [0.6, 0.5]])
    draws = [Draws(rng).wishart(5, scale) for _ in range(4000)]
    right = wishart(5, scale)
    assert moments_agree(draws, right.mean(), right.var())
    assert not moments_agree(draws, right.mean(), 1.2 * right.var())


@pytest.mark.parametrize("size", [1, 2, 7])
def test_a_wishart_matrix_is_a_product_of_triangles(rng, size):
    scale, below = (
        np.cov(rng.normal(size=(size, 20))).reshape(size, size),
        rng.normal(size=(size, size)),
    )
    root = np.linalg.cholesky(scale)
    squares = rng.chisquare(9, size)
    factor = root @ (np.tril(below, -1) + np.diag(np.sqrt(squares)))
    for each in (wishart_from, wishart_from.py_func):
        found = each(scale, below, squares)
        np.testing.assert_allclose(found, factor @ factor.T, rtol=1e-9)
        np.testing.assert_array_equal(found, found.T)


def test_means_of_a_normal_wishart_scatter_by_its_precision(rng):
    scale, away = np.array([[1.0, 0.6], [0.6, 0.5]]), []
    for _ in range(4000):
        mean, Lambda = Draws(rng).normal_wishart(np.array([1.0, -2.0]), 3.0, 8, scale)
        away.append(np.sqrt(3.0) * np.linalg.cholesky(Lambda).T @ (mean - [1, -2]))
    assert moments_agree(away, 0, 1)
    assert moments_agree(np.prod(away, axis=1), 0, 1)


def test_draws_of_gammas_are_independent_and_have_their_rate(rng):
    draws = Draws(rng).gamma(3.0, np.full(4000, 2.0))
    assert moments_agree(draws, 1.5, 0.75) and len(np.unique(draws)) == 4000


@pytest.mark.parametrize(("low", "high"), [(-1, 0.5), (2, 3), (-np.inf, -1), (7, np.inf)])
def test_truncated_draws_are_those_of_a_truncated_normal(rng, low, high):
    draws = Draws(rng).truncated_normal(np.full(2000, float(low)), np.full(2000, float(high)))
    assert kstest(draws, truncnorm(low, high).cdf).pvalue > 1e-4


def test_modes_are_where_densities_are_highest():
    modes, scale = Modes(), np.array([[1.0, 0.6], [0.6, 0.5]])
    assert modes.gamma(3.0, 2.0) == 1.0
    best = modes.wishart(8, scale)
    density = wishart(8, scale).logpdf
    assert all(density(best) > density(factor * best) for factor in (0.99, 1.01))
    np.testing.assert_allclose(modes.normal_wishart(np.zeros(2), 3.0, 8, scale)[1], best * 6 / 5)
    assert 0 < modes.gamma(0.5, 2.0) < 0.01  # its density has no top
    assert modes.normal(2, 3).shape == (2, 3) and not modes.normal(2, 3).any()
