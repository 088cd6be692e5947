"""Simulation-based calibration: the truth ranks anywhere among draws given its own ratings.

Parts and ratings are drawn from the prior; a chain then draws the parts given the ratings. If it
draws from the posterior, the rank of the truth among its draws is uniform, whatever the prior
(Talts et al. 2018). Ranks are compared with a simultaneous band for their ECDF (Säilynoja,
Bürkner & Vehtari 2022). Chains start at the truth, which is a draw from the posterior already.
"""

from dataclasses import replace

import numpy as np
import pytest

from pmf_core.evaluation.calibration import ecdf_band
from pmf_core.models.ingredients.work import score
from pmf_core.models.sampler_config import MOVES
from pmf_core.sampling.moves import linear, moves_of
from pmf_core.sampling.start import draw_prior, draw_ratings
from pmf_core.sampling.sweep import step
from tests.support.tiny import BROKEN, PRESETS, tiny_problem

N_POINTS = 100  # of the ECDF and its band
N_DRAWS = 15
RUN = 300, 12, 3  # simulations, sweeps before the first draw, sweeps from draw to draw
# Cut points that each user has, known from a few ratings, take many steps to get anywhere; draws
# that remember the truth would rank it first or last too often. Small scores help.
BEST, LONG_RUN = replace(PRESETS["best"], W0=2.0), (100, 60, 40)
BAND = (
    0.999  # of each quantity: about 40 of them, so that a right sampler is refused in 4% of seeds
)


def quantities(problem, state):
    """Return what is identifiable, and what hyperparameters say of it."""
    eta = score(problem, state)
    error = problem.rating - problem.offset - eta
    found = {
        "first score": eta[0],
        "last score": eta[-1],
        "squared scores": (eta**2).mean(),
        "squared errors": state.alpha * (error**2).mean(),
    }
    if problem.config.alpha is None:
        found["alpha"] = state.alpha
    if problem.config.prior == "hierarchical":
        for side in ("U", "V"):
            found[f"log det of {side}"] = np.linalg.slogdet(getattr(state, f"Lambda_{side}"))[1]
            found[f"mean of {side}"] = (getattr(state, f"mu_{side}") ** 2).sum()
    if "tau_effect" in state:
        found |= {"effect": state.effect[0], "tau of effects": state.tau_effect[-1]}
    if "log_gap" in state:
        found |= {"gap": state.log_gap[0, 0], "mean gap": state.mu_gap[-1]}
    return found


def ranks(problem, n_simulations, apart, every, moves=()):
    """Return where the truth lies among the draws, from 0 to 1, in each simulation."""
    found, moves = [], moves_of(problem.config, moves)
    for seed in range(n_simulations):
        rng = np.random.default_rng((seed, 7))
        state = draw_prior(problem, rng)
        given = problem.with_rating(draw_ratings(problem, state, rng))
        truth, below = quantities(given, state), {}
        for t in range(apart + N_DRAWS * every):
            state = step(rng, given, state, moves, t)
            if t >= apart and (t - apart) % every == 0:
                for name, value in quantities(given, state).items():
                    below[name] = below.get(name, 0) + (value < truth[name])
        # Somewhere in the step of its rank, so that a uniform rank is a uniform number.
        found.append({name: (n + rng.random()) / (N_DRAWS + 1) for name, n in below.items()})
    return {name: np.sort([each[name] for each in found]) for name in found[0]}


def outside(problem, run=RUN, moves=()):
    """Return by how much the ECDF of each quantity's ranks leaves its band, where it does."""
    at = np.linspace(0, 1, N_POINTS + 1)
    lower, upper = ecdf_band(run[0], BAND)
    found = {}
    for name, values in ranks(problem, *run, moves).items():
        ecdf = np.searchsorted(values, at, side="right") / len(values)
        excess = np.maximum(ecdf - upper, lower - ecdf).max()
        if excess > 1e-12:
            found[name] = excess
    return found


@pytest.mark.prove
@pytest.mark.slow
@pytest.mark.parametrize("moves", [(), MOVES], ids=["sweeps", "with moves"])
@pytest.mark.parametrize("preset", [name for name in PRESETS if name != "best"])
def test_ranks_of_the_truth_are_uniform(preset, moves):
    assert not outside(tiny_problem(PRESETS[preset]), moves=moves)


@pytest.mark.prove
@pytest.mark.slow
@pytest.mark.parametrize("moves", [(), MOVES], ids=["sweeps", "with moves"])
def test_ranks_of_the_truth_are_uniform_under_the_best_model(moves):
    assert not outside(tiny_problem(BEST), LONG_RUN, moves)


@pytest.mark.prove
@pytest.mark.slow
def test_a_broken_move_is_found_out(monkeypatch):
    right = linear._orbit
    monkeypatch.setattr(linear, "_orbit", lambda *args: (*right(*args)[:2], right(*args)[2] + 4))
    assert outside(tiny_problem(PRESETS["bpmf"]), moves=("linear",))


@pytest.mark.prove
@pytest.mark.slow
@pytest.mark.parametrize("breaks", BROKEN)
def test_a_broken_sweep_is_found_out(breaks, monkeypatch):
    problem = tiny_problem(PRESETS["bpmf"])
    breaks(monkeypatch)
    assert outside(problem)
