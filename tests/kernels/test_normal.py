"""Compiled normals between two ends against SciPy, and against their own interpreted form."""

import numpy as np
import pytest
from scipy.special import log_ndtr, ndtr, ndtri

from pmf_core.kernels.normal import (
    add_log_levels,
    distribution,
    draw_between,
    log_intervals,
    mean_levels,
    probabilities_below,
    quantile,
    scaled_ends,
)


def test_quantiles_are_those_of_scipy():
    p = np.concatenate([np.logspace(-300, -1, 400), np.linspace(0.01, 0.99, 99), [1 - 1e-12]])
    for each in (quantile, quantile.py_func):
        np.testing.assert_allclose([each(x) for x in p], ndtri(p), rtol=1e-13, atol=1e-15)
    assert (quantile(0.0), quantile(1.0)) == (-np.inf, np.inf)


def test_probabilities_are_those_of_scipy():
    x = np.concatenate([np.linspace(-37, 8, 451), [-np.inf, np.inf]])
    for each in (distribution, distribution.py_func):
        np.testing.assert_allclose([each(t) for t in x], ndtr(x), rtol=1e-12)
    for each in (probabilities_below, probabilities_below.py_func):
        found = np.empty(len(x))
        each(x, found)
        np.testing.assert_allclose(found, ndtr(x), rtol=1e-12, atol=1e-299)


@pytest.fixture
def data(rng):
    """Ratings of three owners, some so improbable that their product has no digits."""
    n, cuts = 400, np.array([-np.inf, 0.0, 0.7, 2.0, np.inf])
    eta = rng.normal(0, 2, n)
    eta[::7] += rng.choice([-25.0, 25.0, 60.0], len(eta[::7]))
    return {
        "cuts": np.stack([cuts, 2 * cuts, cuts * 0.3]),
        "owner": np.sort(rng.integers(3, size=n)).astype(np.int32),
        "level": rng.integers(4, size=n),
        "eta": eta,
        "sd": rng.uniform(0.5, 2, n),
    }


def ends(data):
    cuts, owner, level = (data[name] for name in ("cuts", "owner", "level"))
    both = cuts[owner, level], cuts[owner, level + 1]
    return [(cut - data["eta"]) / data["sd"] for cut in both]


def log_probability(low, high):
    """Return the same from SciPy's logarithms, which keep their digits further out."""
    flip = low > 0
    a, b = np.where(flip, -high, low), np.where(flip, -low, high)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.maximum(
            log_ndtr(b) + np.log1p(-np.exp(log_ndtr(a) - log_ndtr(b))), np.log(1e-300)
        )


@pytest.mark.parametrize("mixed", [False, True])
def test_log_probabilities_are_summed_by_owner(data, mixed, rng):
    if mixed:  # in any order
        data["owner"] = rng.permutation(data["owner"])
    expected = np.bincount(data["owner"], log_probability(*ends(data)))
    for each in (add_log_levels, add_log_levels.py_func):
        total = np.full(3, 2.0)
        each(*data.values(), total)
        np.testing.assert_allclose(total - 2, expected, rtol=1e-10)


def test_mean_levels_are_sums_over_probabilities(data):
    levels, cuts = np.array([0.5, 1.0, 3.0, 4.0]), data["cuts"][data["owner"]]
    eta, sd = data["eta"], data["sd"]
    below = ndtr((cuts - eta[:, None]) / sd[:, None])
    expected = np.diff(below, axis=1) @ levels
    for each in (mean_levels, mean_levels.py_func):
        found = np.empty(len(eta))
        each(data["cuts"], data["owner"], levels, eta, sd, found)
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_log_probabilities_one_by_one(data):
    found = np.empty(len(data["eta"]))
    log_intervals(*ends(data), found)
    np.testing.assert_allclose(found, log_probability(*ends(data)), rtol=1e-9, atol=1e-12)


def test_what_is_drawn_has_its_share_of_the_probability_below(data, rng):
    low, high = np.empty((2, len(data["eta"])))
    scaled_ends(*data.values(), low, high)
    np.testing.assert_allclose([low, high], ends(data))
    share, drawn, interpreted = rng.random(len(low)), np.empty_like(low), np.empty_like(low)
    draw_between(low, high, share, drawn)
    draw_between.py_func(low, high, share, interpreted)
    np.testing.assert_allclose(drawn, interpreted, rtol=1e-10)
    assert ((low <= drawn) & (drawn <= high)).all()
    near = np.minimum(abs(low), abs(high)) < 30
    low, high, drawn, share = low[near], high[near], drawn[near], share[near]
    flip = low > 0
    a, b = np.where(flip, -high, low), np.where(flip, -low, high)
    below = (ndtr(np.where(flip, -drawn, drawn)) - ndtr(a)) / (ndtr(b) - ndtr(a))
    np.testing.assert_allclose(below, share, rtol=1e-6)
