"""Slices: draws have the density that they are given, and a wrong one is found out."""

import numpy as np
import pytest
from scipy import stats

from pmf_core.stats.slices import draw_slice

GAMMA = stats.loggamma(3.0)


@pytest.mark.parametrize("width", [0.02, 1.0, 30.0])
def test_a_step_of_slice_sampling_leaves_a_density_as_it_is(width, rng):
    start = GAMMA.rvs(2000, random_state=rng)
    found = [draw_slice(rng, lambda x: 3.0 * x - np.exp(x), at, width) for at in start]
    assert stats.kstest(found, GAMMA.cdf).pvalue > 1e-4
    if width > 0.1:
        wrong = [draw_slice(rng, lambda x: 2.0 * x - np.exp(x), at, width) for at in start]
        assert stats.kstest(wrong, GAMMA.cdf).pvalue < 1e-4
