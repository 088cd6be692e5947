"""The whole sweep leaves the joint distribution of model and ratings as it is (Geweke 2004)."""

import pytest

from pmf_core.kernels.randomness import Draws
from pmf_core.sampling.sweep import sweep
from tests.support.joint import LIMIT, MODELS, replicates, worst, z_scores
from tests.support.tiny import BROKEN, PRESETS, tiny_problem


def swept(rng, problem, state):
    return sweep(problem, state, Draws(rng))


QUICK = [*PRESETS, "hierarchical, biases, all features"]
SOON = 100  # replicates, of 4 sweeps, that find a gross error within a second


@pytest.mark.parametrize("name", QUICK)
def test_a_few_sweeps_leave_the_joint_distribution_as_it_is(name):
    z = z_scores(*replicates(tiny_problem(MODELS[name]), SOON, swept, 4))
    assert max(map(abs, z.values())) < LIMIT + 1, worst(z)  # so few are not quite normal


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_a_sweep_leaves_the_joint_distribution_as_it_is(name):
    z = z_scores(*replicates(tiny_problem(MODELS[name]), 1000, swept))
    assert max(map(abs, z.values())) < LIMIT, worst(z)


@pytest.mark.slow
@pytest.mark.parametrize("breaks", BROKEN)
def test_a_broken_sweep_is_found_out(breaks, monkeypatch):
    problem = tiny_problem(PRESETS["bpmf"])
    breaks(monkeypatch)
    z = z_scores(*replicates(problem, 600, swept))
    assert max(map(abs, z.values())) > LIMIT, worst(z)
