"""Density, autocorrelation and growing convergence, of chains whose truth is known."""

import numpy as np
import pytest
from arviz_stats.base import array_stats
from scipy.stats import gaussian_kde, norm

from pmf_core.stats.convergence import convergence
from pmf_core.stats.curves import autocorrelations, convergence_so_far, density_curves


@pytest.fixture(scope="module")
def walks():
    """Two chains whose draws remember 0.8 of the one before."""
    rng = np.random.default_rng(0)
    draws = np.zeros((2, 4000))
    for t in range(1, 4000):
        draws[:, t] = 0.8 * draws[:, t - 1] + rng.normal(0, 0.6, 2)
    return draws


def test_a_density_is_that_of_the_draws(rng):
    draws = np.stack([rng.normal(3, 2, 4000), rng.normal(5, 1, 4000)])
    table = density_curves(draws)
    for chain, (mean, sd) in enumerate([(3, 2), (5, 1)]):
        one = table[table["chain"] == chain]
        expected = norm.pdf(one["value"], mean, sd)
        assert np.abs(one["density"] - expected).max() < 0.08 * expected.max()
        step = np.diff(one["value"])
        assert step.sum() > 0 and (one["density"].iloc[1:] * step).sum() == pytest.approx(1, 0.01)
        kernel = gaussian_kde(draws[chain])
        assert np.abs(one["density"] - kernel(one["value"])).max() < 0.05 * expected.max()
    assert table["value"][:128].tolist() == table["value"][128:].tolist()


def test_of_a_chain_that_stands_still_there_is_no_density():
    draws = np.stack([np.full(50, 7.0), np.arange(50.0)])
    assert set(density_curves(draws)["chain"]) == {1}
    assert density_curves(draws[:1]).empty
    heap = np.array([[0.0] * 40 + [1.0] * 10])  # no interquartile range
    assert np.isfinite(density_curves(heap)["density"]).all()


def test_autocorrelation_is_that_of_the_process_and_of_arviz(walks):
    table = autocorrelations(walks, 30)
    assert list(table["lag"]) == list(range(31)) * 2
    for chain in range(2):
        found = table[table["chain"] == chain]["autocorrelation"].to_numpy()
        np.testing.assert_allclose(found[:10], 0.8 ** np.arange(10), atol=0.1)
        np.testing.assert_allclose(found, array_stats.autocorr(walks[chain])[:31], atol=1e-3)
    assert abs(found[1] - 0.6) > 0.1
    assert len(autocorrelations(walks[:, :9])) == 2 * 5
    assert np.isnan(autocorrelations(np.ones((1, 9)))["autocorrelation"]).all()
    assert list(autocorrelations(np.ones((1, 1)))["lag"]) == [0]


def test_convergence_so_far_ends_at_that_of_all_draws(walks):
    table = convergence_so_far(walks[:, :400], 8)
    assert list(table["draw"]) == [50, 100, 150, 200, 250, 300, 350, 400]
    for row in (table.iloc[0], table.iloc[-1]):
        expected = convergence(walks[:, : int(row["draw"]), None])
        for name in ("r_hat", "ess_bulk", "ess_tail"):
            assert row[name] == pytest.approx(expected[name][0])
    assert table["ess_bulk"].iloc[-1] > 4 * table["ess_bulk"].iloc[0]
    assert list(convergence_so_far(walks[:, :5])["draw"]) == [4, 5]
    few = convergence_so_far(walks[:, :2])
    assert list(few["draw"]) == [2] and few["r_hat"].isna().all()


@pytest.mark.parametrize("function", [density_curves, autocorrelations, convergence_so_far])
def test_refuses_what_are_no_chains(function):
    with pytest.raises(ValueError, match=r"draws.shape is \(3,\); it must be \(chains, draws\)"):
        function(np.zeros(3))
