"""What a recorder accumulates against the same worked out at once from all draws."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

import pmf_core as pmf
from pmf_core.fits.predictor import Predictor
from pmf_core.fits.progress import as_draw
from pmf_core.fits.recorder import Recorder
from pmf_core.models.arrange import arrange, pairs_of
from pmf_core.sampling.start import draw_prior
from tests.support.tiny import PRESETS, tiny_ratings

TUNE, DRAWS, CHAINS = 3, 7, 2
CONFIGS = {
    "pmf": PRESETS["pmf"],
    "noise": replace(PRESETS["bpmf"], biases=True, noise="both", effects=("day",)),
    "logistic": replace(PRESETS["logistic"], center=True),
    "best": PRESETS["best"],
}


def near_the_middle(problem, rng):
    """Draw a state whose scores are on the scale: far out, probabilities lose their digits."""
    state = draw_prior(problem, rng)
    names = "U", "V", "effect", "log_gap"
    return state.replace(**{name: np.tanh(state[name]) for name in names if name in state})


class Run:
    """Draws from the prior as those of a chain, and what they predict."""

    def __init__(self, config):
        self.split = pmf.split_ratings(tiny_ratings(12, 10, 80), 0.25, random_seed=0)
        self.problem = arrange(config, self.split.train)
        self.config = self.problem.config
        rng = np.random.default_rng(4)
        self.steps = [
            [as_draw(near_the_middle(self.problem, rng)) for _ in range(CHAINS)]
            for _ in range(TUNE + DRAWS)
        ]
        self.predictor = Predictor.of(self.problem)

    def recorder(self, **options):
        options = {"chains": CHAINS, "tune": TUNE, "draws": DRAWS, "keep": 6} | options
        return Recorder(self.split, self.problem, **options)

    def recorded(self, **options):
        recorder = self.recorder(**options)
        for draws in self.steps:
            recorder.add(draws)
        return recorder

    def means(self, ratings):
        """Mean ratings of (step, chain, pair)."""
        pairs, find = pairs_of(self.problem, ratings), self.predictor
        return np.array(
            [[find.mean(s, pairs, find.score(s, pairs)) for s in draws] for draws in self.steps]
        )


@pytest.fixture(scope="module", params=CONFIGS)
def run(request):
    return Run(CONFIGS[request.param])


def rmse(prediction, ratings):
    error = np.clip(prediction, *ratings.scale) - ratings.rating
    return np.sqrt((error**2).mean(axis=-1))


def test_errors_of_draws_and_of_their_running_mean(run):
    recorder = run.recorded()
    for part in ("train", "test"):
        ratings = getattr(run.split, part)
        means = run.means(ratings)
        name = f"{part}_rmse"
        np.testing.assert_allclose(recorder.traces[name], rmse(means, ratings).T, rtol=1e-5)
        so_far = means[TUNE:].mean(axis=1).cumsum(axis=0) / np.arange(1, DRAWS + 1)[:, None]
        np.testing.assert_allclose(recorder.running[name], rmse(so_far, ratings), rtol=1e-5)
    flat = means[TUNE:].reshape(-1, ratings.n_ratings)
    np.testing.assert_allclose(recorder.test.mean(), flat.mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(recorder.test.sd(), flat.std(axis=0), rtol=1e-3, atol=1e-4)
    assert recorder.monitored.tolist() == list(range(ratings.n_ratings))
    predictions = means[TUNE:].swapaxes(0, 1)
    np.testing.assert_allclose(recorder.predictions, predictions, rtol=1e-5)


def test_traces_of_draws(run):
    recorder, train = run.recorded(), run.split.train
    pairs, n_factors = pairs_of(run.problem, train), run.config.n_factors
    for t, draws in enumerate(run.steps):
        for c, draw in enumerate(draws):
            traced = {name: values[c, t] for name, values in recorder.traces.items()}
            assert traced["norm_U"] == pytest.approx(np.linalg.norm(draw.U[:, :n_factors]))
            assert traced["norm_V"] == pytest.approx(np.linalg.norm(draw.V[:, :n_factors]))
            assert traced["alpha"] == pytest.approx(float(draw.alpha))
            sd, score = run.predictor.noise_sd(draw, pairs), run.predictor.score(draw, pairs)
            if run.config.link == "ordinal":
                level = np.searchsorted(run.problem.levels, train.rating)
                probability = run.predictor.probability(draw, pairs, score)
                expected = np.log(probability[np.arange(len(level)), level]).sum()
            else:
                mean = run.predictor.mean(draw, pairs, score)
                expected = norm.logpdf(train.rating, mean, sd).sum()
            assert traced["total_log_likelihood"] == pytest.approx(expected, rel=1e-4)
    rates = {"logistic": ["accepted_U", "accepted_V"], "ordinal": ["accepted_cut_points"]}
    found = [name for name in recorder.traces if name.startswith("accepted")]
    assert found == rates.get(run.config.link, [])


def test_draws_are_kept_at_equal_distances(run):
    recorder = run.recorded()
    assert (recorder.thin, recorder.kept_draws.tolist()) == (3, [2, 5])  # 3 of each chain at most
    assert len(recorder.kept) == 2
    for kept, draw in zip(recorder.kept, recorder.kept_draws, strict=True):
        for state, own in zip(kept, run.steps[TUNE + draw], strict=True):
            for field, expected in zip(state, own, strict=True):
                np.testing.assert_array_equal(field, expected)
    whole = run.recorded(keep=100)
    assert (whole.thin, len(whole.kept)) == (1, DRAWS)
    assert run.recorded(keep=1).thin == DRAWS  # one of each chain, although fewer were asked for
    assert run.recorder().n_draws == 0 and recorder.n_draws == DRAWS


def test_while_tuning_training_ratings_are_scored_now_and_then(run):
    recorder = run.recorded(tuning_every=2)
    scored = np.isfinite(recorder.traces["train_rmse"]).all(axis=0)
    assert scored.tolist() == [True, False, True] + [True] * DRAWS
    assert np.isfinite(recorder.traces["test_rmse"]).all()
    again = run.recorded()
    np.testing.assert_array_equal(recorder.running["train_rmse"], again.running["train_rmse"])


def test_what_was_accumulated_goes_on_elsewhere(run):
    half, whole = run.recorder(), run.recorded()
    for draws in run.steps[: TUNE + 4]:
        half.add(draws)
    other = run.recorder()
    other.restore({k: v.copy() for k, v in half.state().items()}, list(half.kept))
    for draws in run.steps[TUNE + 4 :]:
        other.add(draws)
    found, expected = other.state(), whole.state()
    assert found.keys() == expected.keys() and len(other.kept) == len(whole.kept)
    for name in expected:
        np.testing.assert_array_equal(found[name], expected[name], err_msg=name)


def test_tuning_that_ends_early_leaves_all_draws_to_come(run):
    recorder = run.recorder(tune=20)
    for draws in run.steps[:2]:
        recorder.add(draws)
    recorder.end_tuning()
    assert recorder.tune == 2 and recorder.traces["alpha"].shape == (CHAINS, 2 + DRAWS)
    for draws in run.steps[2 : 2 + DRAWS]:
        recorder.add(draws)
    assert recorder.n_draws == DRAWS and np.isfinite(recorder.traces["train_rmse"]).all()


def test_of_many_pairs_two_hundred_are_monitored():
    run, n = Run(CONFIGS["pmf"]), 1000
    many = run.split.test.take(np.arange(n) % run.split.test.n_ratings)
    run.split = pmf.Split(run.split.train, many)
    monitored = run.recorder().monitored
    assert len(monitored) == 200 and (monitored[0], monitored[-1]) == (0, n - 1)
    assert np.ptp(np.diff(monitored)) <= 1
