"""Metropolis steps under a logistic link against the ratio that their definition gives."""

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import multivariate_normal

from pmf_core.kernels.logistic import step_rows

LOW, SPAN, ALPHA = 1.0, 4.0, 2.0
PRIOR = np.array([[2.0, 0.3], [0.3, 1.5]])


@pytest.fixture
def data(rng):
    """Two rows with four and three ratings, and a third that has none."""
    return {
        "indptr": np.array([0, 4, 7, 7]),
        "indices": np.array([0, 1, 2, 3, 1, 3, 4], np.int32),
        "target": rng.uniform(1, 5, 7),
        "weight": rng.uniform(0.5, 2, 7),
        "shift": rng.normal(0, 0.5, 7),
        "other": rng.normal(size=(5, 2)),
        "centre": rng.normal(size=(3, 2)),
        "rows": rng.normal(size=(3, 2)),
        "noise": rng.standard_normal((3, 2)),
    }


def step(data, log_uniform, climb=False):
    rows = data["rows"].copy()
    moved = step_rows(
        data["indptr"], data["indices"], data["target"], data["weight"], data["shift"],
        data["other"], ALPHA, LOW, SPAN, PRIOR, data["centre"], data["noise"],
        np.broadcast_to(log_uniform, 3).copy(), climb, rows,
    )  # fmt: skip
    return rows, moved


def expanded(data, i, row):
    """Log density of a row, and the mean and precision of a Gauss-Newton step from there."""
    some = slice(data["indptr"][i], data["indptr"][i + 1])
    v, weight = data["other"][data["indices"][some]], ALPHA * data["weight"][some]
    g = expit(data["shift"][some] + v @ row)
    slope, error = SPAN * g * (1 - g), data["target"][some] - LOW - SPAN * g
    away = row - data["centre"][i]
    density = -0.5 * (away @ PRIOR @ away + (weight * error**2).sum())
    precision = PRIOR + (v.T * weight * slope**2) @ v
    gradient = v.T @ (weight * slope * error) - PRIOR @ away
    return density, row + np.linalg.solve(precision, gradient), precision


def test_a_proposal_is_taken_if_the_ratio_of_metropolis_and_hastings_says_so(data):
    proposed, moved = step(data, -np.inf)
    assert moved == 3
    ratio = []
    for i, (row, there) in enumerate(zip(data["rows"], proposed, strict=True)):
        here, mean, precision = expanded(data, i, row)
        root = np.linalg.cholesky(precision)
        np.testing.assert_allclose(there, mean + np.linalg.solve(root.T, data["noise"][i]))
        value, back, its_precision = expanded(data, i, there)
        forward = multivariate_normal(mean, np.linalg.inv(precision)).logpdf(there)
        backward = multivariate_normal(back, np.linalg.inv(its_precision)).logpdf(row)
        ratio.append(value - here + backward - forward)
    ratio = np.array(ratio)
    assert ratio[2] == pytest.approx(0)  # without ratings the proposal is the conditional itself
    for sign, rows, count in ((-1, proposed, 3), (1, data["rows"], 0)):
        found, moved = step(data, ratio + sign * 1e-7)
        np.testing.assert_array_equal(found, rows)
        assert moved == count


def test_a_climb_goes_as_far_as_raises_the_density(data):
    data["noise"][:] = 0
    data["weight"] *= 100
    data["rows"] *= 4  # so far out that full steps overshoot
    found, moved = step(data, 0.0, climb=True)
    halved = 0
    for i, row in enumerate(data["rows"]):
        here, mean, _ = expanded(data, i, row)
        tried = [row + (mean - row) * 0.5**k for k in range(8)]
        best = next((each for each in tried if expanded(data, i, each)[0] > here), row)
        np.testing.assert_allclose(found[i], best)
        halved += not np.allclose(best, mean)
    assert moved == 3 and halved
