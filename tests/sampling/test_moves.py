"""Moves leave the posterior as it is, each by itself, and chains get on by them."""

from dataclasses import replace

import arviz as az
import numpy as np
import pytest
from scipy import stats

import pmf_core as pmf
from pmf_core.kernels import gig, orbit
from pmf_core.models import feature_matrix
from pmf_core.models.ingredients import ingredients_of, link_of
from pmf_core.models.ingredients.work import score, total_precision, total_share
from pmf_core.models.sampler_config import MOVES as NAMES
from pmf_core.runs.recipe import snippet
from pmf_core.sampling.moves import MOVES, biases, cuts, moves_of, schedule, sessions
from pmf_core.sampling.start import draw_prior, draw_ratings
from pmf_core.sampling.sweep import step
from tests.support.joint import HIERARCHICAL, LIMIT, MODELS, ORDINAL, replicates, worst, z_scores
from tests.support.marks import slow_but
from tests.support.tiny import LIGHT, PRESETS, tiny_problem

FIXED = pmf.PMFConfig(**LIGHT, biases=True, implicit="both", side_info="both", alpha=1.0)
MORE = {
    "hierarchical, means around 0.5, all features": replace(
        HIERARCHICAL, biases=True, mu0=0.5, implicit="user", side_info="both"
    ),
    "ordinal, fixed prior": replace(FIXED, link="ordinal", center=True),
    "ordinal, no biases": replace(ORDINAL, mu0=0.3),
    "days alone": replace(HIERARCHICAL, biases=True, effects=("day",)),
    "days, biases, noise both": replace(
        HIERARCHICAL, biases=True, effects=("user:day", "day"), noise="both", mu0=0.3
    ),
    "days, ordinal": replace(ORDINAL, biases=True, effects=("user:day",)),
}  # fmt: skip
ALONE = [
    (move.name, name)
    for move in MOVES
    for name, config in (MODELS | MORE).items()
    if move.applies(config)
]
SLOW, PROOF = pytest.mark.slow, pytest.mark.prove
QUICK = [
    ("overrelax", "pmf"),
    ("linear", "pmf"),
    ("linear", "hierarchical, means around 0.5, all features"),
    ("shift", "hierarchical, means around 0.5, all features"),
    ("translate", "hierarchical, means around 0.5, all features"),
    ("regress", "hierarchical, biases, all features"),
    ("stretch", "hierarchical, biases, all features"),
    ("noise", "days, biases, noise both"),
    ("biases", "hierarchical, biases, all features"),
    ("nested", "best"),
    ("sessions", "best"),
    ("sessions", "days alone"),
    ("own_cuts", "best"),
    ("cuts", "best"),
    ("spread", "best"),
    ("rows", "hierarchical, biases, all features"),
    ("overrelax", "hierarchical, biases, all features"),
]


def named(name):
    [move] = [each for each in MOVES if each.name == name]
    return move


def stepping(name):
    """Return what is one step of a move by itself; of one that changes a sweep, with a sweep."""
    move = named(name)
    return move.step if name != "overrelax" else lambda *where: step(*where, [move], 0)


def of(name):
    return tiny_problem((MODELS | MORE)[name])


def test_moves_are_declared_by_the_names_that_settings_take():
    assert tuple(move.name for move in MOVES) == NAMES == pmf.SamplerConfig().moves
    used = {name: [each.name for each in moves_of(pmf.PRESETS[name], NAMES)] for name in PRESETS}
    of_weights = ["translate", "regress", "stretch"]
    others = ["nested", "sessions", "own_cuts", "cuts", "spread"]
    first = ["overrelax", "cuts_first", "rows", "linear", "shift"]
    assert used["best"] == [*first, *of_weights, *others]
    assert used["bpmf"] == used["pmf"] == ["overrelax", "linear"]
    assert used["constrained"] == ["overrelax", "linear", "regress"]
    assert used["logistic"] == ["linear"]
    assert list(schedule.EVERY) == list(NAMES)
    assert list(schedule.due(MOVES, 7)) == list(MOVES)
    assert moves_of(pmf.PRESETS["best"], ()) == ()


@pytest.mark.parametrize(("move", "name"), slow_but(QUICK, *QUICK[:4], QUICK[7]), ids=str)
def test_a_few_steps_of_a_move_alone_leave_the_joint_distribution_as_it_is(move, name):
    z = z_scores(*replicates(of(name), 100, stepping(move), 4))
    assert max(map(abs, z.values())) < LIMIT + 1, worst(z)  # so few are not quite normal


@pytest.mark.parametrize(
    ("move", "name"),
    [pytest.param(*each, marks=[SLOW if each in QUICK else PROOF]) for each in ALONE],
    ids=str,
)
def test_a_move_alone_leaves_the_joint_distribution_as_it_is(move, name):
    z = z_scores(*replicates(of(name), 400, stepping(move)))
    assert max(map(abs, z.values())) < LIMIT, worst(z)


@pytest.mark.slow
def test_of_too_many_features_each_is_drawn_by_itself(monkeypatch):
    monkeypatch.setattr(feature_matrix, "MOST_DIRECTIONS", 0)
    problem = of("hierarchical, biases, all features")
    assert problem.user.features.spectra == (None, None)
    z = z_scores(*replicates(problem, 400, named("regress").step))
    assert max(map(abs, z.values())) < LIMIT, worst(z)


@pytest.mark.parametrize("most", [4, 5])
def test_directions_take_no_more_memory_than_a_square(monkeypatch, most):
    monkeypatch.setattr(feature_matrix, "MOST_DIRECTIONS", most)
    items = of("hierarchical, biases, all features").item.features  # 5 items, by 6 users
    assert (items.spectra[0] is None) == (most == 4)
    users = of("hierarchical, biases, all features").user.features  # 6 users, by 5 items
    assert users.spectra[0] is None  # 6 times 5 is more than 25


def test_directions_of_features_are_those_of_their_matrix():
    features = of("hierarchical, biases, all features").user.features
    for (_, matrix), (values, vectors) in zip(features.by_group, features.spectra, strict=True):
        square = (matrix @ matrix.T).toarray()
        np.testing.assert_allclose(vectors * values @ vectors.T, square, atol=1e-6)
        np.testing.assert_allclose(vectors.T @ vectors, np.eye(len(values)), atol=1e-6)


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[SLOW if name in PRESETS else PROOF]) for name in MODELS | MORE],
)
def test_a_sweep_with_all_its_moves_leaves_the_joint_distribution_as_it_is(name):
    problem = of(name)
    moves = moves_of(problem.config, NAMES)
    found = replicates(problem, 600, lambda *where: step(*where, moves, 0))
    z = z_scores(*found)
    assert max(map(abs, z.values())) < LIMIT, worst(z)


@pytest.mark.parametrize(
    "name", ["pmf", "constrained", "logistic", "bpmf", "best", "days, biases, noise both"]
)
@pytest.mark.parametrize(
    ("move", "part"),
    [
        ("linear", "U"),
        ("shift", "U"),
        ("translate", "W_U"),
        ("regress", "W_U"),
        ("stretch", "W_U"),
        ("noise", "alpha"),
        ("nested", "U"),
    ],
)
def test_scores_and_their_precisions_stay_where_they_are(move, part, name):
    problem = of(name)
    if not named(move).applies(problem.config):
        pytest.skip("this model has nothing to move")
    before = draw_prior(problem, np.random.default_rng(4))
    after = named(move).step(np.random.default_rng(5), problem, before)
    assert np.abs(after[part] - before[part]).max() > 1e-3
    np.testing.assert_allclose(all_scores(problem, after), all_scores(problem, before), rtol=1e-8)
    np.testing.assert_allclose(precisions(problem, after), precisions(problem, before), rtol=1e-8)


def last_biases(move, problem, n=400):
    """Items' biases after a step, in sd from the mean that all else then gives them."""
    found, idx = [], problem.item_idx
    for seed in range(n):
        rng = np.random.default_rng(seed)
        state = draw_prior(problem, rng)
        rating = draw_ratings(problem, state, rng)
        state = named(move).step(rng, problem.with_rating(rating), state)
        half, b = state.item, state.V[:, -1]
        Y = half.rows - half.mu - problem.item.features.times(half.W)
        prior = half.Lambda[-1, -1]
        mean = b - Y @ half.Lambda[:, -1] / prior
        weight = np.broadcast_to(precisions(problem, state), rating.shape)
        left = rating - problem.offset - all_scores(problem, state) + b[idx]
        P = prior + np.bincount(idx, weight, len(b))
        linear = prior * mean + np.bincount(idx, weight * left, len(b))
        found.append(np.sqrt(P) * (b - linear / P))
    return np.array(found)


@pytest.mark.parametrize(
    ("move", "name"),
    [("biases", "hierarchical, biases, all features"), ("sessions", "days, biases, noise both")],
)
def test_biases_that_are_drawn_last_have_their_full_conditional(move, name, monkeypatch):
    problem = of(name)
    z = last_biases(move, problem)
    error = 1 / np.sqrt(z.size)
    assert abs(z.mean()) < 4 * error and abs(z.std() - 1) < 3 * error
    # Control: with what was unexplained before the users' biases were drawn it is another one.
    for module in (biases, sessions):
        monkeypatch.setattr(module, "unexplained", lambda problem, state, work: work.error(state))
    assert abs(last_biases(move, problem).std() - 1) > 5 * error


def precisions(problem, state):
    relative = total_precision(ingredients_of(problem.config), state, problem.pairs)
    return state.alpha * (1.0 if relative is None else relative)


def all_scores(problem, state):
    share = total_share(ingredients_of(problem.config), state, problem.pairs)
    return score(problem, state) + (0 if share is None else share)


@pytest.mark.parametrize("name", ["best", "ordinal, noise both", "ordinal, fixed prior"])
def test_the_probability_that_cuts_are_moved_by_is_that_of_the_link(name, rng):
    problem = of(name)
    state = draw_prior(problem, rng)
    eta = problem.offset + all_scores(problem, state)
    precision = total_precision(ingredients_of(problem.config), state, problem.pairs)
    precision = np.ones(len(eta)) if precision is None else precision
    args = draws_of(state), problem.pairs, problem.level, eta, precision
    expected = link_of(problem.config).log_density(problem, *args).sum()
    assert cuts.Likelihood(problem, state)(0.0) == pytest.approx(expected, rel=1e-4)


def draws_of(state):
    return state.map(lambda part: part.astype(np.float32))


@pytest.mark.parametrize("p", [-370.0, -3.0, -0.2, 0.0, 0.5, 40.0])
@pytest.mark.parametrize(("a", "b"), [(2.0, 3.0), (1e-3, 1e-2), (1500.0, 800.0)])
def test_draws_of_the_generalised_inverse_gaussian_have_its_density(p, a, b, rng):
    found = np.array([gig.draw_gig(rng, p, a, b) for _ in range(4000)])
    assert stats.kstest(found, lambda x: probability_below(x, p, a, b)).pvalue > 1e-4
    twice = np.array(
        [gig.draw_gig(rng, p + 1 + 0.2 * abs(p) + 0.1 * np.sqrt(a * b), a, b) for _ in range(4000)]
    )
    assert stats.kstest(twice, lambda x: probability_below(x, p, a, b)).pvalue < 1e-4


def probability_below(x, p, a, b):
    """Return the distribution function, of the density summed over a fine grid of log x."""
    log_x = np.linspace(*(np.log(x.min()) - 3, np.log(x.max()) + 3), 200_001)
    log_density = p * log_x - 0.5 * (a * np.exp(log_x) + b * np.exp(-log_x))
    below = np.cumsum(np.exp(log_density - log_density.max()))
    return np.interp(np.log(x), log_x, below / below[-1])


@pytest.mark.parametrize("power", [-3.0, 0.0, 7.0])
def test_compiled_steps_along_the_orbit_are_those_of_their_interpreted_form(power):
    found = []
    for wander in (orbit.wander, orbit.wander.py_func):
        rng = np.random.default_rng(1)
        root = np.random.default_rng(2).normal(size=(2, 3, 5))
        P, Q, A = *(root @ root.swapaxes(1, 2)), np.eye(3)
        start = P.copy(), Q.copy()
        wander(rng, P, Q, power, 3, A)
        np.testing.assert_allclose(P, A.T @ start[0] @ A, rtol=1e-9)
        np.testing.assert_allclose(A @ Q @ A.T, start[1], rtol=1e-9)
        found.append(A)
    np.testing.assert_allclose(*found, rtol=1e-9)


@pytest.mark.slow
def test_norms_that_crawl_walk_with_the_move(movielens):
    split = pmf.split_ratings(movielens)
    ess = {}
    for moves in ((), ("linear",)):
        fit = pmf.sample_gibbs(split, pmf.PRESETS["bpmf"], tune=100, draws=200, moves=moves)
        norms = pmf.factor_norms(fit)
        ess[moves] = min(float(az.ess(norms)[side]) for side in ("U", "V"))
    assert ess["linear",] > 400 and ess["linear",] > 10 * ess[()]  # of 800 draws


def test_what_follows_sweeps_is_part_of_a_fit_and_of_the_lines_that_repeat_it(simulated, tmp_path):
    split = pmf.split_ratings(simulated[0])
    few = {"draws": 5, "tune": 2, "chains": 1}
    plain = pmf.sample_gibbs(split, pmf.PRESETS["bpmf"], moves=(), **few)
    moved = pmf.sample_gibbs(split, pmf.PRESETS["bpmf"], **few)
    assert plain.sampler.moves == () and moved.sampler.moves == NAMES
    assert "moves=()" in snippet(plain) and "moves" not in snippet(moved)
    assert not np.array_equal(plain.idata["posterior"]["U"], moved.idata["posterior"]["U"])
    pmf.save_fit(plain, tmp_path / "fit.nc")
    assert pmf.load_fit(tmp_path / "fit.nc").sampler.moves == ()
    with pytest.raises(ValueError, match="linear"):
        pmf.sample_gibbs(split, moves=("sideways",), **few)
