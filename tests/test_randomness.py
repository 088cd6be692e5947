import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from pmf_core.gibbs.randomness import Modes


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
