"""Counts of unlike events: against every outcome, the binomial, and a band that is too narrow."""

from itertools import product

import numpy as np
import pytest
from scipy.stats import binom

from pmf_core.stats.poisson_binomial import count_band, count_distribution


def test_the_distribution_is_that_of_all_outcomes(rng):
    p = rng.random(7)
    expected = np.zeros(8)
    for outcome in product((0, 1), repeat=7):
        chances = [q if hit else 1 - q for hit, q in zip(outcome, p, strict=True)]
        expected[sum(outcome)] += np.prod(chances)
    np.testing.assert_allclose(count_distribution(p), expected, rtol=1e-12)


def test_of_equal_events_it_is_binomial():
    np.testing.assert_allclose(
        count_distribution(np.full(300, 0.9)), binom.pmf(np.arange(301), 300, 0.9), atol=1e-14
    )
    # 270 expected, sd 5.2: the quantiles of the binomial.
    assert count_band(np.full(300, 0.9)) == tuple(binom.ppf((0.025, 0.975), 300, 0.9))


@pytest.mark.parametrize("n", [0, 1, 4, 25])
def test_no_more_than_the_tails_lies_beyond_the_band_and_no_band_is_shorter(rng, n):
    p = rng.random(n)
    chance = count_distribution(p)
    low, high = count_band(p)
    assert chance[:low].sum() <= 0.025 and chance[high + 1 :].sum() <= 0.025
    assert chance[: low + 1].sum() > 0.025 and chance[high:].sum() > 0.025


def test_what_is_no_probability_is_refused():
    for wrong in (-0.1, 1.1, np.nan):
        with pytest.raises(ValueError, match="give 0 to 1"):
            count_distribution(np.array([0.5, wrong]))
