"""A leap of a climb: it lands where a steady climb ends, and never leaves a MAP worse."""

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.fits import by_map
from pmf_core.models.arrange import arrange
from pmf_core.sampling.density import log_prior
from pmf_core.sampling.leap import leap
from pmf_core.sampling.start import initial_state
from tests.support.marks import slow_but
from tests.support.tiny import PRESETS, tiny_ratings

ROWS = ("U", "V", "mu_U", "mu_V", "W_U", "W_V")


@pytest.fixture(scope="module")
def problem():
    return arrange(pmf.PRESETS["bpmf"], tiny_ratings(12, 10, 80))


def steady(problem, share, n=3):
    """States of which each has come `share` less of the way to the first's rows, halved."""
    state = initial_state(problem, 0, 0)
    parts = {name: state[name] for name in ROWS}
    return [
        state.replace(**{name: part * (0.5 + 0.5 * share**t) for name, part in parts.items()})
        for t in range(n)
    ]


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_it_lands_where_a_steady_climb_ends(problem, share):
    found = leap(steady(problem, share))
    for name in ROWS:
        np.testing.assert_allclose(found[name], initial_state(problem, 0, 0)[name] / 2, atol=1e-9)
    assert found.alpha == initial_state(problem, 0, 0).alpha


def test_it_goes_no_further_than_is_wise(problem):
    path = steady(problem, 0.99)  # it would go a hundred steps
    r, v = path[1].U - path[0].U, path[2].U - 2 * path[1].U + path[0].U
    np.testing.assert_allclose(leap(path).U, path[0].U + 32 * r + 256 * v)


def test_there_is_none_where_a_climb_does_not_slow_down(problem):
    path = steady(problem, 0.5)
    assert leap(path[:2]) is None
    assert leap([path[0]] * 3) is None
    assert leap(steady(problem, 3.0)) is None


def test_a_precision_stays_one(problem):
    path = steady(problem, 0.9)
    size = len(path[0].Lambda_U)
    shrinking = [
        s.replace(Lambda_U=c * np.eye(size)) for s, c in zip(path, (9, 5, 1.2), strict=True)
    ]
    assert np.linalg.eigvalsh(leap(shrinking).Lambda_U).min() > 0
    assert (leap(shrinking).Lambda_U == shrinking[-1].Lambda_U).all()


def climbed(split, config, seed):
    """Return a MAP, its log density and the sweeps that it took."""
    fit = pmf.fit_map(split, config, random_seed=seed)
    densities = fit.idata["warmup_sample_stats"].dataset["total_log_likelihood"].values[0]
    return fit, float(densities[-1]), fit.sampler.tune


@pytest.fixture
def watched(monkeypatch):
    """The log prior of the last state that each climb looked at."""
    found = []

    def watching(problem, state):
        found.append(log_prior(problem, state))
        return found[-1]

    monkeypatch.setattr(by_map, "log_prior", watching)
    return found


@pytest.mark.parametrize(
    "preset, share", slow_but([("pmf", 0.7), ("bpmf", 0.7), ("constrained", 1.05)], ("pmf", 0.7))
)
def test_a_map_is_no_lower_than_without_leaps_and_sooner_there(preset, share, watched, monkeypatch):
    ratings, _ = pmf.simulate_ratings(80, 60, 1500, n_factors=3, random_seed=2)
    split, config = pmf.split_ratings(ratings), PRESETS[preset]
    gains, sweeps = [], []
    for seed in range(10):
        _, likelihood, with_leaps = climbed(split, config, seed)
        reached = likelihood + watched[-1]
        with monkeypatch.context() as patch:
            patch.setattr(by_map, "leap", lambda path: None)
            patch.setattr(by_map, "MAP_TOLERANCE", 3e-6)  # what a climb by sweeps alone ended at
            _, likelihood, without = climbed(split, config, seed)
        gains.append(reached - (likelihood + watched[-1]))
        sweeps.append((with_leaps, without))
    with_leaps, without = np.mean(sweeps, axis=0)
    assert with_leaps < share * without
    assert np.median(gains) > -1e-3
    # Where a density has several maxima, two ways up may end on either.
    assert np.mean(np.array(gains) > -0.01) >= 0.8


def test_a_leap_that_is_no_higher_leaves_no_trace(monkeypatch):
    split = pmf.split_ratings(tiny_ratings(12, 10, 80), 0.1, random_seed=0)
    monkeypatch.setattr(by_map, "leap", lambda path: None)
    plain = pmf.fit_map(split, PRESETS["pmf"])
    far_off = {"U": 1e3, "nan": np.nan}
    for scale in far_off.values():
        monkeypatch.setattr(
            by_map,
            "leap",
            lambda path, scale=scale: (
                path[-1].replace(U=path[-1].U + 1, V=scale * path[-1].V) if len(path) == 3 else None
            ),
        )
        fit = pmf.fit_map(split, PRESETS["pmf"])
        for group in ("posterior", "warmup_sample_stats"):
            assert fit.idata[group].dataset.equals(plain.idata[group].dataset)
