"""A MAP is a maximum of the density that PyMC states, and what leads to it never goes down."""

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.fits import by_map
from pmf_core.kernels.randomness import Modes
from pmf_core.sampling.density import log_prior
from pmf_core.sampling.start import draw_prior, initial_state
from pmf_core.sampling.sweep import sweep
from tests.support.stated import QUICK, SLOW, arranged, cases, stated_once
from tests.support.tiny import PRESETS, tiny_ratings

N_SWEEPS = 2000
POSITIVE = (
    "alpha", "noise_scale_user", "noise_scale_item", "tau_effect", "tau_gap",
    "Lambda_U", "Lambda_V", "Lambda_W_U", "Lambda_W_V",
)  # fmt: skip
STEP = 1e-4


@pytest.mark.parametrize("config", cases(QUICK.keys() - {"best", "everything"}))
def test_the_log_prior_is_that_of_pymc(config):
    problem, stated = arranged(config)[1], stated_once(config)
    one, other = (draw_prior(problem, np.random.default_rng(seed)) for seed in (1, 2))
    found = log_prior(problem, one) - log_prior(problem, other)
    expected = stated.log_prior(one) - stated.log_prior(other)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def steepest(config, n_sweeps=N_SWEEPS):
    """Return the largest slope of PyMC's log density where coordinate ascent ends."""
    problem = arranged(config)[1]
    stated, state = stated_once(config), initial_state(problem, 0, 0)
    for turn in range(n_sweeps):
        state = sweep(problem, state, Modes(turn))
    slopes = {name: np.abs(slope).max() for name, slope in stated.gradient(state).items()}
    for name in POSITIVE:  # in the log of a scale
        value = state.get(name, np.zeros(0))
        if value.size:
            up, down = (
                stated.density(state.replace(**{name: value * (1 + step)}))
                for step in (STEP, -STEP)
            )
            slopes[name] = abs(up - down) / (2 * STEP)
    given = {"alpha"} if config.alpha is not None else set()
    if config.prior == "fixed" and not config.biases:
        given |= {"Lambda_U", "Lambda_V", "Lambda_W_U", "Lambda_W_V"}
    return max(slope for name, slope in slopes.items() if name not in given)


@pytest.mark.parametrize("config", cases(["pmf"]))
def test_a_map_is_where_the_gradient_of_pymc_is_zero(config):
    assert steepest(config) < 0.05  # ascent along coordinates creeps where parts go together


@pytest.mark.slow
def test_a_mode_that_forgets_a_degree_of_freedom_is_found_out(monkeypatch):
    class Wrong(Modes):
        def normal_wishart(self, around, beta, df, scale):
            return around, self.wishart(df, scale)

    monkeypatch.setattr(f"{__name__}.Modes", Wrong)
    assert steepest(PRESETS["bpmf"]) > 0.5


@pytest.mark.slow
def test_noise_that_forgets_how_latent_scores_spread_is_found_out(monkeypatch):
    monkeypatch.setattr(Modes, "truncated_variance", lambda self, low, high: 0.0)
    assert steepest(SLOW["ordinal, noise"]) > 0.5


@pytest.mark.parametrize("preset", PRESETS)
def test_no_sweep_of_a_map_goes_down(preset, monkeypatch):
    densities = []

    def watched(problem, state):
        densities.append(log_prior(problem, state))
        return densities[-1]

    def forget(self, steps, forget_after=by_map.Recorder.forget_after):
        del densities[steps:]  # a leap that was no higher
        forget_after(self, steps)

    monkeypatch.setattr(by_map, "log_prior", watched)
    monkeypatch.setattr(by_map.Recorder, "forget_after", forget)
    split = pmf.split_ratings(tiny_ratings(12, 10, 80), 0.1, random_seed=0)
    fit = pmf.fit_map(split, PRESETS[preset])
    likelihood = fit.idata["warmup_sample_stats"].dataset["total_log_likelihood"].values[0]
    assert not fit.is_partial
    assert np.diff(likelihood + densities).min() > -1e-4  # traces come from 32 bits
