"""How the sweep draws rows and weights: against where they are, once in a step."""

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.kernels.randomness import Draws
from pmf_core.models.sampler_config import MOVES
from pmf_core.sampling.moves import moves_of
from pmf_core.sampling.moves.overrelax import correlations
from pmf_core.sampling.start import draw_prior
from pmf_core.sampling.sweep import sweep
from tests.support.tiny import LIGHT, tiny_problem

N = 3000


@pytest.mark.parametrize(
    ("preset", "without", "expected"),
    [
        ("bpmf", None, (-0.8, -0.8)),
        ("constrained", None, (-0.8, -0.8)),
        ("best", None, (0.0, -0.8)),  # its move `rows` draws them against where they are
        ("best", "rows", (-0.8, -0.8)),
        ("best", "overrelax", (0.0, 0.0)),
        ("logistic", None, (0.0, 0.0)),
    ],
)
def test_rows_are_drawn_against_where_they_are_once_in_a_step(preset, without, expected):
    moves = moves_of(pmf.PRESETS[preset], tuple(name for name in MOVES if name != without))
    assert correlations(moves) == expected


def test_the_mean_of_a_row_lies_as_far_on_the_other_side_as_asked():
    problem = tiny_problem(pmf.PMFConfig(**LIGHT))  # U comes first, given nothing that is drawn
    state = draw_prior(problem, np.random.default_rng(0))
    drawn = {r: rows_of_users(problem, state, r) for r in (0.0, -0.8)}
    mean, against = (rows.mean(axis=0) for rows in drawn.values())
    independent, leaning = (rows.var(axis=0) for rows in drawn.values())
    error = np.sqrt((independent + leaning) / N)
    off = state.side("user").rows - mean
    assert np.abs((against - mean + 0.8 * off) / error).max() < 4.5
    assert np.abs(off / error).max() > 20  # so that another correlation would be seen
    # They scatter as much as independent draws less what goes with where they were.
    np.testing.assert_allclose(leaning / independent, 0.36, rtol=0.2)


@pytest.mark.parametrize(("given", "moved"), [((-0.8, 0.0), "rows"), ((0.0, -0.8), "W")])
def test_rows_and_weights_have_each_their_own_correlation(given, moved):
    problem = tiny_problem(pmf.PMFConfig(**LIGHT, side_info="user"))
    state = draw_prior(problem, np.random.default_rng(0))
    plain, found = (
        sweep(problem, state, Draws(np.random.default_rng(1), *each)).side("user")
        for each in ((0.0, 0.0), given)
    )
    # Rows follow their weights, which are drawn first.
    assert not np.array_equal(found.rows, plain.rows)
    assert np.array_equal(found.W, plain.W) == (moved == "rows")


def rows_of_users(problem, state, correlation):
    """Return the rows of N sweeps from one state: (N, n_users, n_factors)."""
    rng = np.random.default_rng(1)
    return np.stack(
        [sweep(problem, state, Draws(rng, correlation)).side("user").rows for _ in range(N)]
    )
