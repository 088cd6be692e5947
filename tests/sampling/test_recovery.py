"""At the size of MovieLens 100K, fits find the truth that ratings were drawn from, and how well.

Ratings are drawn from the model itself with hyperparameters that the fit does not know, so that
intervals must hold as many held-out ratings as they say, and posterior sds must be the size of
the errors.
"""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom

import pmf_core as pmf
from pmf_core.kernels.scores import pair_scores
from pmf_core.models.arrange import arrange

SIZE = {"n_users": 943, "n_items": 1682, "n_ratings": 100_000}
# What the truth is drawn with: factors of sd around 0.6 and, where it is learned, alpha around 2.
TRUTH = {"nu0": 60, "W0": 0.05, "alpha_shape": 200.0, "alpha_rate": 100.0}
UNKNOWN = {"nu0": None, "W0": 1.0, "alpha_shape": 1.0, "alpha_rate": 1.0}
LENGTH = {"draws": 150, "tune": 100, "chains": 2, "random_seed": 0}

BPMF = replace(pmf.PRESETS["bpmf"], n_factors=4, **TRUTH)
BEST = replace(pmf.PRESETS["best"], n_factors=4, **TRUTH)


def fitted(config, design, **wrong):
    ratings, truth = pmf.simulate_from_prior(config, design, random_seed=3)
    split = pmf.split_ratings(ratings, 0.1, random_seed=0)
    model = replace(config, **UNKNOWN, **wrong)
    return pmf.sample_gibbs(split, model, **LENGTH), truth, split


def missed(fit):
    """Return the intervals that hold a share of the held-out ratings that chance does not."""
    found, n = pmf.evaluate(fit), len(fit.heldout())
    coverage = {p: found[f"coverage_{p}"] for p in (50, 80, 90, 95)}
    return {
        p: share
        for p, share in coverage.items()
        if not 1e-4 < binom.cdf(round(share * n), n, p / 100) < 1 - 1e-4
    }


@pytest.fixture(scope="module")
def design():
    return pmf.simulate_ratings(**SIZE, random_seed=5)[0]


@pytest.mark.slow
def test_bpmf_recovers_what_its_ratings_were_drawn_from(design):
    fit, truth, split = fitted(BPMF, design)
    assert missed(fit) == {}
    alpha = fit.idata["posterior"]["alpha"].values
    assert abs(alpha.mean() - truth.alpha) < 5 * alpha.std()
    heldout = fit.heldout()
    user, item = (heldout[name].to_numpy(np.int32) for name in ("user_idx", "item_idx"))
    score = np.empty(len(heldout))
    pair_scores(truth.U, truth.V, user, item, BPMF.n_factors, score)
    # The ratings were drawn around the mean of the design's, not of their own.
    offset = arrange(BPMF, design).offset
    error = heldout["pred_mean"].to_numpy() - offset - score
    assert np.sqrt((error**2).mean()) < 0.5 * score.std()
    # Errors of pairs that share a row go together, so this is looser than of 10,000 numbers.
    assert 0.9 < ((error / heldout["pred_sd"].to_numpy()) ** 2).mean() < 1.1


@pytest.mark.slow
def test_a_wrong_noise_precision_is_found_out(design):
    fit, truth, _ = fitted(BPMF, design, alpha=1.3 * 2.0)
    assert {80, 90, 95} <= missed(fit).keys()


@pytest.mark.slow
def test_the_best_model_covers_ratings_that_it_could_have_drawn(movielens):
    fit, _, _ = fitted(BEST, movielens)
    assert not fit.attrs["left_out"]
    assert missed(fit) == {}
