"""Scores and checks of predictive distributions: honest ones pass, dishonest ones do not."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, norm

import pmf_core as pmf
from pmf_core.evaluation.calibration import ecdf_band, honesty, stays_in_band
from tests.support import tiny
from tests.support.marks import slow_but

N_POINTS = 100  # of the ECDF
RIGHT = replace(tiny.PRESETS["bpmf"], alpha=2.0, center=False)
SAMPLER = {"draws": 100, "tune": 100, "chains": 2}


@pytest.fixture(scope="module")
def continuous():
    """Ratings drawn from the model itself: any number, so that nothing is rounded."""
    design, _ = pmf.simulate_ratings(100, 80, 3000, 2, 2.0, random_seed=3)
    ratings, _ = pmf.simulate_from_prior(RIGHT, design, random_seed=4)
    return pmf.split_ratings(ratings, 0.4, 0)


@pytest.fixture(scope="module")
def stars():
    """Ratings of whole stars from a known factorization."""
    ratings, _ = pmf.simulate_ratings(100, 80, 3000, 2, 2.0, random_seed=3)
    return pmf.split_ratings(ratings, 0.4, 0)


class Fits(dict):
    """Fits by name, each sampled when it is first asked for."""

    def __init__(self, requests):
        self.requests = requests

    def __missing__(self, name):
        self[name] = pmf.sample_gibbs(*self.requests[name], **SAMPLER)
        return self[name]


@pytest.fixture(scope="module")
def honest(continuous, stars):
    learned = replace(RIGHT, alpha=None, center=True, biases=True)
    ordinal = replace(learned, alpha=1.0, link="ordinal")
    return Fits(
        {"continuous": (continuous, RIGHT), "stars": (stars, learned), "ordinal": (stars, ordinal)}
    )


@pytest.fixture(scope="module")
def wrong(continuous, stars):
    sure, unsure = replace(RIGHT, alpha=8.0), replace(RIGHT, alpha=0.5, center=True)
    return Fits({"continuous": (continuous, sure), "stars": (stars, unsure)})


def in_band(fit):
    curve = pmf.pit_ecdf(fit)
    return curve["difference"].between(curve["lower"] - 1e-12, curve["upper"] + 1e-12)


KINDS = ["stars", "ordinal", "continuous"]


@pytest.mark.parametrize("kind", slow_but(KINDS, "continuous"))
def test_intervals_of_the_right_model_hold_what_they_promise(honest, kind):
    fit = honest[kind]
    scores, n = pmf.evaluate(fit), fit.split.test.n_ratings
    for p in (0.5, 0.8, 0.9, 0.95):
        error = np.sqrt(p * (1 - p) / n)
        assert scores[f"coverage_{100 * p:.0f}"] == pytest.approx(p, abs=4 * error)
    assert in_band(fit).all()


@pytest.mark.slow
def test_too_sure_and_too_unsure_models_are_found_out(wrong):
    sure, unsure = pmf.evaluate(wrong["continuous"]), pmf.evaluate(wrong["stars"])
    assert sure["coverage_90"] < 0.8 and unsure["coverage_50"] > 0.6
    for fit, sign in ((wrong["continuous"], 1), (wrong["stars"], -1)):
        assert not in_band(fit).all()
        difference = sign * pmf.pit_ecdf(fit)["difference"].to_numpy()
        assert difference[20] > 0 > difference[80]  # as the docstring says of narrow and wide


@pytest.mark.slow
def test_proper_scores_prefer_the_right_model(honest, wrong):
    for kind in ("continuous", "stars"):
        right, other = pmf.evaluate(honest[kind]), pmf.evaluate(wrong[kind])
        assert right["crps"] < other["crps"]
        assert right["log_score"] > other["log_score"] + 0.02


@pytest.mark.parametrize("kind", slow_but(KINDS, "continuous"))
def test_crps_and_log_score_are_those_of_simulated_predictions(honest, rng, kind):
    fit = honest[kind]
    heldout = fit.idata["heldout"].dataset
    rating, n = heldout["rating"].values, 1000
    if kind == "continuous":
        mean = heldout["pred_mean"].values
        sd = np.hypot(heldout["pred_sd"].values, heldout["noise_sd"].values)
        x, y = rng.normal(mean, sd, (2, n, len(rating)))
        log_score = norm.logpdf(rating, mean, sd).mean()
    else:
        probability = heldout["probability"].values
        edges = np.cumsum(probability, axis=1)[:, :-1]
        x, y = (1.0 + (u[..., None] > edges).sum(-1) for u in rng.random((2, n, len(rating))))
        log_score = np.log(probability[np.arange(len(rating)), rating.astype(int) - 1]).mean()
    found = pmf.evaluate(fit)
    # E|x - rating| - E|x - y| / 2 (Gneiting & Raftery 2007, eq 21)
    by_rating = np.abs(x - rating).mean(axis=0) - 0.5 * np.abs(x - y).mean(axis=0)
    assert found["crps"] == pytest.approx(by_rating.mean(), abs=0.002)
    assert found["log_score"] == pytest.approx(log_score, rel=1e-5)
    assert found["test_rmse"] == fit.summary()["test_rmse"]
    assert found["coverage_90"] == fit.summary()["coverage_90"]


def test_the_crps_of_a_point_is_its_absolute_error(stars):
    fit = pmf.fit_map(stars, replace(RIGHT, alpha=1e5, center=True))
    heldout = fit.heldout()
    nearest = np.clip(np.round(heldout["pred_mean"]), 1, 5)
    assert pmf.evaluate(fit)["crps"] == pytest.approx(
        np.abs(nearest - heldout["rating"]).mean(), abs=0.01
    )


@pytest.mark.slow
def test_a_map_is_surer_than_it_may_be(honest, stars):
    learned = honest["stars"].config
    point = pmf.fit_map(stars, replace(learned, alpha=2.0, prior="fixed"))
    assert pmf.evaluate(point)["coverage_90"] < 0.9 - 2 * np.sqrt(0.09 / stars.test.n_ratings)


@pytest.mark.slow
def test_the_calibration_table_holds_what_evaluate_says(honest):
    table = pmf.calibration_table(honest["stars"]).set_index("nominal")["actual"]
    scores = pmf.evaluate(honest["stars"])
    assert table[0.9] == scores["coverage_90"] and table[0.5] == scores["coverage_50"]
    assert table.is_monotonic_increasing
    with pytest.raises(ValueError, match="probabilities is 90.* between 0 and 1, such as 0.9"):
        pmf.calibration_table(honest["stars"], [90])


def test_groups_of_held_out_pairs_are_reliable_where_the_model_is_right(honest):
    fit = honest["stars"]
    table, heldout = pmf.reliability_table(fit, 5), fit.heldout()
    assert table["n_ratings"].sum() == len(heldout) and len(table) == 5
    first = heldout[heldout["pred_mean"] <= table["pred_to"][0]]
    assert table["rating"][0] == pytest.approx(first["rating"].mean())
    assert table["se"][0] == pytest.approx(first["rating"].std() / np.sqrt(len(first)))
    assert (np.abs(table["rating"] - table["pred_mean"]) < 4 * table["se"]).all()
    columns = ["pred_from", "pred_to", "pred_mean", "rating", "se", "n_ratings"]
    assert list(table.columns) == columns and list(table.index) == [0, 1, 2, 3, 4]
    for wrong in (0, 1001):
        with pytest.raises(ValueError, match=f"n_bins is {wrong}.* a whole number from 1 to 1000"):
            pmf.reliability_table(fit, wrong)


@pytest.mark.slow
def test_the_curve_and_its_band_are_differences_from_a_uniform(honest):
    curve, at = pmf.pit_ecdf(honest["continuous"]), np.linspace(0, 1, N_POINTS + 1)
    pit = honest["continuous"].pit()["below"].to_numpy()  # of any value: no two ends
    ecdf = (pit[:, None] <= at).mean(axis=0)
    lower, upper = ecdf_band(len(pit))
    expected = {"pit": at, "difference": ecdf - at, "lower": lower - at, "upper": upper - at}
    for name, values in expected.items():
        np.testing.assert_allclose(curve[name], values, atol=1e-12)
    stars = honest["stars"].pit()
    share = pmf.pit_ecdf(honest["stars"], random_seed=2)["difference"] + at
    ends = ((stars[name].to_numpy()[:, None] <= at).mean(axis=0) for name in ("below", "upto"))
    first, last = ends
    assert (last - 1e-12 <= share).all() and (share <= first + 1e-12).all()


@pytest.mark.parametrize("n", [30, 1000])
def test_the_band_holds_whole_curves_of_uniform_numbers(rng, n):
    at = np.linspace(0, 1, N_POINTS + 1)[1:]
    counts = rng.multinomial(n, np.full(N_POINTS, 1 / N_POINTS), size=20_000)  # between points
    ecdf = np.cumsum(counts, axis=1) / n

    def held(lower, upper):
        return ((ecdf >= lower - 1e-9) & (ecdf <= upper + 1e-9)).all(axis=1).mean()

    lower, upper = ecdf_band(n)
    assert (lower[0], upper[0], lower[-1], upper[-1]) == (0, 0, 1, 1)
    # The band is found by 2,000 curves: a standard error of 0.005; and counts go in steps.
    assert 0.935 < held(lower[1:], upper[1:]) < 0.965
    # Control: intervals that hold single points 95 times of 100 do not hold curves as often.
    assert held(*(binom.ppf(q, n, at) / n for q in (0.025, 0.975))) < 0.8


@pytest.mark.parametrize("preset", slow_but(["logistic", "best"], "logistic"))
def test_every_preset_is_scored(preset):
    ratings, _ = pmf.simulate_from_prior(tiny.PRESETS["best"], random_seed=2)
    split = pmf.split_ratings(ratings, 0.2, 0)
    for fit in (
        pmf.sample_gibbs(split, tiny.PRESETS[preset], draws=10, tune=10, chains=1),
        pmf.fit_map(split, tiny.PRESETS[preset]),
    ):
        scores = pmf.evaluate(fit)
        assert np.isfinite(list(scores.values())).all()
        assert len(pmf.pit_ecdf(fit)) == N_POINTS + 1


@pytest.mark.parametrize("link", ["identity", "ordinal"])
def test_a_level_that_training_lacks_is_a_surprise(link):
    ratings = tiny.tiny_ratings(20, 15, 200)
    low = np.flatnonzero(ratings.rating == 1)
    split = pmf.Split(ratings.take(np.flatnonzero(ratings.rating > 1)), ratings.take(low))
    config = replace(RIGHT, alpha=1.0, link=link, center=True)
    fit = pmf.sample_gibbs(split, config, draws=50, tune=50, chains=1)
    scores = pmf.evaluate(fit)
    # All probability lies a level or more above what came, and so does its mean.
    assert 1 <= scores["crps"] <= scores["test_mae"]
    assert scores["log_score"] < -20
    assert scores["coverage_95"] == 0


def test_intervals_of_no_probability_are_refused(honest):
    with pytest.raises(ValueError, match="ci_prob is 1.5; it must be a probability"):
        honest["stars"].heldout(1.5)


def test_a_few_ratings_of_any_value_are_no_levels(continuous):
    few = pmf.split_ratings(continuous.train.take(np.arange(20)), 0.2, 0)
    assert not len(pmf.fit_map(few, RIGHT).levels)


@pytest.mark.parametrize(("difference", "inside"), [((0.0, 0.1), True), ((0.0, 0.11), False)])
def test_a_curve_is_in_its_band_or_leaves_it(difference, inside):
    pit = pd.DataFrame({"difference": difference, "lower": [-0.1, -0.1], "upper": [0.1, 0.1]})
    assert stays_in_band(pit) is inside


def test_all_that_tells_whether_intervals_are_honest(ratings):
    fit = pmf.fit_map(pmf.split_ratings(ratings), pmf.PMFConfig(2))
    found = honesty(fit)
    assert found["scores"] == pmf.evaluate(fit)
    assert found["coverage"].equals(pmf.calibration_table(fit))
    assert found["reliability"].equals(pmf.reliability_table(fit))
    assert found["pit"].equals(pmf.pit_ecdf(fit))
