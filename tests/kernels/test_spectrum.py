"""How far effects and noise spread, against densities that are summed over a grid."""

import numpy as np
import pytest

from pmf_core.kernels.spectrum import draw_spreads

VALUES = np.array([4.0, 1.5, 0.3])
TOLD = np.array([[9.0, 2.0, 0.4], [0.5, 0.2, 0.1]])
REST, RATE, POWER, SHAPE = np.array([1.3, 2.0]), np.array([0.7, 0.4]), 0.5, 6.5
OTHER = 0.2  # near to where the first is


def on_grid(a, other):
    """Log density of log d of column a given the other column's d, on a grid."""
    log_d = np.linspace(-9, 7, 4001)
    d = np.exp(log_d)[:, None]
    grown = 1 + VALUES / d
    B = (TOLD[a] / grown).sum(axis=1) + REST[a] + RATE[a] * d[:, 0]
    density = (POWER + 1) * log_d - 0.5 * np.log(grown).sum(axis=1) - SHAPE * np.log(B)
    return log_d, density + np.log(np.abs(d[:, 0] - other)), B


@pytest.mark.parametrize("draw", [draw_spreads, draw_spreads.py_func], ids=["compiled", "python"])
def test_spreads_have_their_density(draw):
    rng, d, x = np.random.default_rng(2), np.array([1.0, OTHER]), np.empty(2)
    n = 4000 if draw is draw_spreads else 300
    found = []
    for _ in range(n):
        d[1] = OTHER  # the second column is drawn given the first
        draw(rng, VALUES, TOLD, REST, POWER, RATE, SHAPE, d, x)
        found.append([np.log(d[0]), x[0]])
    log_d, density, B = on_grid(0, OTHER)
    weight = np.exp(density - density.max())
    weight /= weight.sum()
    mean, sd = weight @ log_d, np.sqrt(weight @ log_d**2 - (weight @ log_d) ** 2)
    found = np.array(found)
    error = 2 / np.sqrt(n)  # a slice takes some steps to forget where it was
    assert abs(found[:, 0].mean() - mean) < 4 * sd * error
    assert found[:, 0].std() == pytest.approx(sd, rel=4 * error)
    expected = weight @ (2 * SHAPE / B)  # the mean of a gamma
    assert abs(found[:, 1].mean() - expected) < 4 * found[:, 1].std() * error
    # Control: without the factor of the measure it lies elsewhere.
    other = np.exp(density - np.log(np.abs(np.exp(log_d) - OTHER)))
    assert abs(other @ log_d / other.sum() - mean) > 0.15 * sd
