"""Sums over groups against the same in NumPy, and against their own interpreted form."""

import numpy as np
import pytest

from pmf_core.kernels.groups import put_back, take_out, total_effect


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("interpreted", [False, True])
def test_errors_without_a_group_s_effects_are_summed_by_level(rng, weighted, interpreted):
    take, put = (f.py_func if interpreted else f for f in (take_out, put_back))
    effect, before = rng.normal(size=9), rng.normal(size=50)
    idx = rng.integers(4, 9, 50).astype(np.int32)  # the second of two groupings, of five levels
    weight = rng.uniform(0.5, 2, 50) if weighted else None
    error, (total, count) = before.copy(), np.zeros((2, 5))
    take(idx, 4, effect, error, weight, total, count)
    np.testing.assert_allclose(error, before + effect[idx])
    w = np.ones(50) if weight is None else weight
    np.testing.assert_allclose(total, np.bincount(idx - 4, w * error, minlength=5))
    np.testing.assert_allclose(count, np.bincount(idx - 4, w, minlength=5))
    put(idx, effect, error)
    np.testing.assert_allclose(error, before)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_effects_of_all_groupings_are_summed_for_each_rating(rng, kind):
    effect, idx = rng.normal(size=9).astype(kind), rng.integers(0, 9, (3, 50)).astype(np.int32)
    for each in (total_effect, total_effect.py_func):
        found = each(idx, effect)
        assert found.dtype == kind
        np.testing.assert_allclose(found, effect[idx].sum(axis=0), rtol=1e-5)
