"""Predictions against simulation from the stored draws, link by link."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

import pmf_core as pmf
from tests.support import by_hand, tiny
from tests.support.marks import slow_but

BPMF, ORDINAL = tiny.PRESETS["bpmf"], replace(tiny.PRESETS["best"], cut_points="shared")
CONFIGS = {
    "pmf": tiny.PRESETS["pmf"],
    "noise": replace(BPMF, biases=True, noise="both"),
    "effects": replace(BPMF, biases=True, effects=("day", "user:day")),
    "logistic": replace(tiny.PRESETS["logistic"], noise="item", center=True),
    "ordinal": replace(ORDINAL, noise="user"),
    "best": tiny.PRESETS["best"],
}
SAMPLER = {"draws": 30, "tune": 20, "chains": 2, "keep": 60}
ARRIVED = {"noise": {"tune": 200}}  # precisions of one's own are far from where they end at 20


@pytest.fixture(scope="module")
def split():
    """Ratings of 1 to 5 stars with days and features; nobody rated by user 3 or of item 5."""
    ratings, _ = pmf.simulate_from_prior(tiny.PRESETS["best"], random_seed=2)
    warm = np.flatnonzero((ratings.user_idx != 3) & (ratings.item_idx != 5))
    return pmf.split_ratings(ratings.take(warm), 0.2, 0)


@pytest.fixture(scope="module", params=slow_but(CONFIGS, "pmf"))
def fit(request, split):
    length = SAMPLER | ARRIVED.get(request.param, {})
    return pmf.sample_gibbs(split, CONFIGS[request.param], **length)


@pytest.fixture(scope="module")
def plain(split):
    return pmf.sample_gibbs(split, CONFIGS["pmf"], **SAMPLER)


def some_pairs(fit):
    """Forty pairs, with cold ones, in no order."""
    rng = np.random.default_rng(1)
    user, item = rng.integers(60, size=40), rng.integers(40, size=40)
    user[:3], item[2:5] = 3, 5
    train = fit.split.train
    return user, item, pmf.predict(fit, train.user_ids[user], train.item_ids[item])


def test_mean_and_sd_are_those_of_the_draws(fit):
    user, item, found = some_pairs(fit)
    draws = np.array([by_hand.mean_rating(fit, d, user, item) for d in by_hand.draws_of(fit)])
    mean = draws.mean(axis=0)
    np.testing.assert_allclose(found["pred_mean"], np.clip(mean, 1, 5), rtol=1e-5)
    np.testing.assert_allclose(found["pred_sd"], draws.std(axis=0), rtol=1e-4, atol=1e-6)


def test_probabilities_are_those_of_simulated_ratings(fit, rng):
    user, item, found = some_pairs(fit)
    simulated = by_hand.simulate(fit, user, item, rng, 200)
    nearest = np.clip(np.round(simulated), 1, 5)
    share = (nearest[..., None] == fit.levels).mean(axis=0)
    probability = found["probability"].values
    error = np.sqrt(probability * (1 - probability) / len(simulated)) + 1e-4
    assert np.abs(share - probability).max() < 0.02
    assert (np.abs(share - probability) < 4.5 * error).all()
    np.testing.assert_allclose(probability.sum(axis=1), 1)
    # Control: one draw alone, as if certain, gives others.
    one = (nearest[:200, :, None] == fit.levels).mean(axis=0)
    assert (np.abs(one - probability) > 4.5 * error * np.sqrt(60)).any()


@pytest.mark.parametrize("ci_prob", [0.5, 0.9])
def test_intervals_hold_their_share_of_simulated_ratings(fit, rng, ci_prob):
    train = fit.split.train
    user, item, _ = some_pairs(fit)
    found = pmf.predict(fit, train.user_ids[user], train.item_ids[item], ci_prob)
    assert found.attrs == {"ci_prob": ci_prob, "ci_kind": "eti"}
    lower, upper = found["pred_lower"].values, found["pred_upper"].values
    simulated = by_hand.simulate(fit, user, item, rng, 200)
    tail, error = (1 - ci_prob) / 2, 0.012  # three Monte Carlo errors of a share of 12,000
    below, above = (simulated < lower).mean(axis=0), (simulated > upper).mean(axis=0)
    if fit.config.link == "ordinal":  # the first levels that leave no more outside
        assert (below < tail + error).all() and (above < tail + error).all()
        assert ((simulated <= lower).mean(axis=0) > tail - error).all()
        assert ((simulated >= upper).mean(axis=0) > tail - error).all()
        return
    # The draws' mixture is taken for a normal: near enough in the tails, and on average.
    warm = ~(found["is_cold_user"] | found["is_cold_item"]).values
    shares = np.concatenate([below[warm & (lower > 1)], above[warm & (upper < 5)]])
    assert len(shares) > 3
    assert np.abs(shares - tail).max() < (0.1 if ci_prob == 0.5 else 0.025)
    assert abs(shares.mean() - tail) < 0.015
    # Control: without the noise of a rating they would hold far too few.
    half = norm.ppf(0.5 + ci_prob / 2) * found["pred_sd"].values
    narrow = (np.abs(simulated - simulated.mean(axis=0)) < half).mean(axis=0)
    assert np.median(narrow[warm]) < ci_prob - 0.1


def test_the_variance_of_a_rating_is_that_of_its_mean_and_of_noise(plain):
    _, _, found = some_pairs(plain)
    half = 1.6448536 * np.sqrt(found["pred_sd"] ** 2 + 1 / 2.0)
    inside = (found["pred_mean"] > 1) & (found["pred_upper"] < 5)
    assert inside.any()
    np.testing.assert_allclose(
        found["pred_upper"][inside], (found["pred_mean"] + half)[inside], rtol=1e-6
    )


@pytest.mark.slow
def test_held_out_ratings_are_predicted_as_any_pair(split):
    for name in ("pmf", "noise", "logistic", "ordinal"):
        config = replace(CONFIGS[name], effects=())
        fit = pmf.sample_gibbs(split, config, **SAMPLER)
        heldout, train = fit.heldout(), fit.split.train
        users, items = heldout["user_idx"], heldout["item_idx"]
        found = pmf.predict(fit, train.user_ids[users], train.item_ids[items])
        for column in ("pred_mean", "pred_sd", "pred_lower", "pred_upper"):
            np.testing.assert_allclose(found[column], heldout[column], rtol=1e-3, atol=1e-4)


def test_pairs_in_pieces_are_pairs_at_once(plain, monkeypatch):
    whole = some_pairs(plain)[2]
    monkeypatch.setattr("pmf_core.prediction.pairs.CHUNK", 7)
    assert whole.identical(some_pairs(plain)[2])


def test_a_map_is_one_point_with_the_noise_of_a_rating(split):
    fit = pmf.fit_map(split, pmf.PMFConfig(2, alpha=3.0, center=True))
    found = some_pairs(fit)[2]
    assert (found["pred_sd"] == 0).all()
    inside = (found["pred_lower"] > 1) & (found["pred_upper"] < 5)
    width = (found["pred_upper"] - found["pred_lower"])[inside]
    np.testing.assert_allclose(width, 2 * 1.6448536 / np.sqrt(3.0), rtol=1e-6)


def test_what_is_cold_is_named_and_less_certain(plain):
    _, _, found = some_pairs(plain)
    assert found["is_cold_user"].values[:3].all() and found["is_cold_item"].values[2:5].all()
    warm = ~(found["is_cold_user"] | found["is_cold_item"])
    assert warm[5:].mean() > 0.9
    assert found["pred_sd"][~warm].median() > 2 * found["pred_sd"][warm].median()


def test_nothing_leaves_the_scale(fit):
    _, _, found = some_pairs(fit)
    for name in ("pred_mean", "pred_lower", "pred_upper"):
        assert ((found[name] >= 1) & (found[name] <= 5)).all()


def test_one_user_goes_with_every_item(plain):
    train = plain.split.train
    found = pmf.predict(plain, train.user_ids[0], train.item_ids[:3])
    each = pmf.predict(plain, np.repeat(train.user_ids[0], 3), train.item_ids[:3])
    assert found.identical(each)
    alone = pmf.predict(plain, train.user_ids[0], train.item_ids[1])
    assert alone["pred_mean"].item() == pytest.approx(found["pred_mean"][1].item(), rel=1e-6)


def test_what_cannot_be_predicted_is_refused_with_the_next_step(plain):
    known = plain.split.train.user_ids[0]
    with pytest.raises(ValueError, match=r"user_id is 'me'.*recommend\(fit, ratings="):
        pmf.predict(plain, "me", 1)
    with pytest.raises(ValueError, match=r"item_id is -4, .* fit.split.train.item_ids, such as"):
        pmf.predict(plain, known, -4)
    with pytest.raises(ValueError, match=r"\(2,\) and item_id \(3,\); give one item for each"):
        pmf.predict(plain, [1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="ci_prob is 90.* a probability between 0 and 1"):
        pmf.predict(plain, known, 1, ci_prob=90)
