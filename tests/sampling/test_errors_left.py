"""What the noise is drawn from: errors that rows leave, or what changed them since."""

from dataclasses import replace

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.kernels.randomness import Draws
from pmf_core.models.ingredients import ingredients_of, noise
from pmf_core.models.ingredients.work import total_precision
from pmf_core.sampling import sweep as sweeps
from pmf_core.sampling.start import draw_prior
from tests.support.stated import arranged, scores

PLAIN = pmf.PMFConfig(prior="hierarchical", alpha=None, n_factors=2, center=True)


@pytest.mark.parametrize(
    "config",
    [
        PLAIN,
        replace(PLAIN, biases=True),
        replace(PLAIN, biases=True, effects=("day",)),
        replace(PLAIN, noise="both"),
        replace(PLAIN, implicit="user"),
    ],
    ids=["bpmf", "biases", "days", "noise", "features"],
)
def test_noise_is_drawn_given_the_errors_that_are_left(config, monkeypatch):
    _, problem = arranged(config)
    asked = []
    monkeypatch.setattr(noise, "draw_alpha", lambda *args: asked.append(args) or np.asarray(1.3))
    new = sweeps.sweep(
        problem, draw_prior(problem, np.random.default_rng(1)), Draws(np.random.default_rng(2))
    )
    [(_, _, square, n)] = asked
    error = problem.rating - scores(problem, new)
    relative = total_precision(ingredients_of(problem.config), new, problem.pairs)
    assert n == len(error)
    assert square == pytest.approx((error**2 * (1.0 if relative is None else relative)).sum())
