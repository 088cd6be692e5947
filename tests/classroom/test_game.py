"""The game: claims, counts and scores by hand, and forecasts that are the core's own."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import pmf_core as pmf
from pmf_core.classroom import sentences
from pmf_core.classroom.films import choose_films
from pmf_core.classroom.game import can_play, claim_of, course, forecast, standing, training_shares
from pmf_core.classroom.joined import Change
from pmf_core.classroom.records import Answer, Claim
from tests.support import tiny
from tests.support.classes import CLAIM, STARS


@pytest.fixture(scope="module")
def split(ratings):
    return pmf.split_ratings(ratings, 0.1, 0)


@pytest.fixture(scope="module")
def fit(split):
    return pmf.sample_gibbs(split, tiny.PRESETS["bpmf"], draws=60, tune=40, chains=2)


@pytest.mark.parametrize(
    ("probability", "low", "high", "mass"),
    [
        ((0.05, 0.05, 0.2, 0.3, 0.4), 2, 4, 0.9),
        ((0.2, 0.2, 0.2, 0.2, 0.2), 0, 3, 0.8),  # not all five: that would claim nothing
        ((0.96, 0.01, 0.01, 0.01, 0.01), 0, 0, 0.96),
        ((0.0, 0.0, 0.0, 0.0, 1.0), 4, 4, 1.0),
        ((0.5, 0.5), 0, 0, 0.5),
        ((0.03, 0.3, 0.34, 0.3, 0.03), 1, 3, 0.94),
    ],
)
def test_a_claim_is_the_set_nearest_to_ninety_percent(probability, low, high, mass):
    claim = claim_of(np.array(probability))
    assert (claim.low, claim.high) == (low, high) and claim.mass == pytest.approx(mass)
    assert [claim.holds(k) for k in range(len(probability))] == [
        low <= k <= high for k in range(len(probability))
    ]


def test_a_claim_is_stored_to_the_last_bit(rng):
    claim = claim_of(rng.dirichlet(np.ones(9)))
    assert Claim.from_json(claim.to_json()) == claim


def answers(*given, claim=CLAIM):
    return [Answer(1, n, claim, first, first, False) for n, first in enumerate(given)]


def test_the_standing_is_counted_by_hand():
    asked = [*answers(5.0, 3.0, 1.0), Answer(1, 9, CLAIM, None, None, True)]
    now = standing(asked, STARS, np.array([0.1, 0.1, 0.2, 0.3, 0.3]))
    assert (now.n, now.inside, now.expected) == (3, 2, pytest.approx(2.7))
    assert (now.low, now.high) == (1, 3)  # of 3, fewer than 1: 0.1 %; fewer than 2: 2.8 %
    assert now.log_score == pytest.approx((math.log(0.4) + math.log(0.2) + math.log(0.05)) / 3)
    assert now.log_base == pytest.approx((math.log(0.3) + math.log(0.2) + math.log(0.1)) / 3)


def test_the_first_rating_counts_and_not_what_it_was_changed_to():
    changed = [replace(answers(1.0)[0], rating=5.0)]
    assert standing(changed, STARS, np.full(5, 0.2)).inside == 0


def test_the_course_of_the_game_ends_where_it_stands():
    given = answers(*np.resize([5.0, 4.0, 3.0, 1.0], 200))
    frame, now = course(given, STARS), standing(given, STARS, np.full(5, 0.2))
    last = frame.iloc[-1]
    assert (last["n"], last["inside"] * 200) == (200, now.inside) and len(frame) == 80
    assert (round(last["low"] * 200), round(last["high"] * 200)) == (now.low, now.high)
    assert frame.iloc[0]["n"] == 1 and (frame["low"] <= frame["high"]).all()
    assert course([], STARS).empty


def test_what_a_class_changed_is_said_as_it_is():
    films = pd.DataFrame({"change": [0.5, -0.3, 0.01], "sd": 0.1})
    nouns = pmf.Nouns("joke", "jokes", "points")
    better = sentences.class_gains(Change(12, 1.1, 1.0, films), nouns)
    assert better.holds and "Of 12 of your ratings" in better.text
    assert "by 0.100 points less" in better.text and "Of 3 jokes" in better.text
    assert "2 moved by more than two sd" in better.text
    worse = sentences.class_gains(Change(12, 1.0, 1.25, films), nouns)
    assert not worse.holds and "by 0.250 points more" in worse.text
    none = sentences.class_gains(Change(0, math.nan, math.nan, films), nouns)
    assert "Nobody rated enough" in none.text


def test_sentences_are_true_of_the_numbers():
    empty = standing([], STARS, np.full(5, 0.2))
    assert "Nobody has rated yet" in sentences.honesty(empty).text
    assert sentences.knows_more(empty).text == "" and math.isnan(empty.log_score)
    base = np.full(5, 0.2)
    honest = standing(answers(*[5.0] * 18, 1.0, 2.0), STARS, base)
    assert "**18 of 20**" in sentences.honesty(honest).text and sentences.honesty(honest).holds
    assert "18.0 should" in sentences.honesty(honest).text
    assert "it knows something about you" in sentences.knows_more(honest).text
    sure = standing(answers(*[1.0] * 20), STARS, base)
    assert "too sure of itself" in sentences.honesty(sure).text
    assert "knows nothing of use yet" in sentences.knows_more(sure).text
    assert "gave 0.25 times" in sentences.knows_more(sure).text  # 0.05 for what has 0.2
    cautious = standing(answers(*[5.0] * 100), STARS, base)
    assert "too cautious" in sentences.honesty(cautious).text


def test_a_forecast_is_the_prediction_of_somebody_new(fit):
    rated, rating = np.array([3, 8, 11]), np.array([5.0, 1.0, 4.0])
    train = fit.split.train
    claim = forecast(fit, rated, rating, 20)
    given = dict(zip(train.item_ids[rated].tolist(), rating.tolist(), strict=True))
    expected = pmf.recommend(fit, ratings=given, n=40).set_index("item_id")
    mean = np.dot(claim.probability, fit.levels)
    # From 100 draws of a row each; the sd of their mean is a tenth of that of the score.
    error = 0.02 + 3 * expected.loc[train.item_ids[20], "pred_sd"] / 10
    assert abs(mean - expected.loc[train.item_ids[20], "expected"]) < error
    assert sum(claim.probability) == pytest.approx(1) and 0.5 < claim.mass < 1
    assert claim != forecast(fit, rated[:0], rating[:0], 20)
    assert claim == forecast(fit, rated, rating, 20)


def test_shares_of_training_are_those_of_its_ratings(fit):
    train = fit.split.train
    values, counts = np.unique(train.rating, return_counts=True)
    shares = dict(zip(fit.levels.tolist(), training_shares(fit), strict=True))
    assert shares == pytest.approx(dict(zip(values.tolist(), counts / counts.sum(), strict=True)))


def test_a_class_plays_where_ratings_take_a_few_values():
    assert can_play(STARS) and can_play(np.arange(11)) and can_play([0.0, 1.0])
    assert not (can_play([]) or can_play([1.0]) or can_play(np.arange(12)))


def test_films_are_known_ones_each_once_and_the_first_tells_people_apart(fit):
    chosen, train = choose_films(fit, 10), fit.split.train
    count = np.bincount(train.item_idx, minlength=train.n_items)
    assert len(set(chosen.tolist())) == 10
    assert count[chosen].min() >= np.sort(count)[::-1][19]
    aligned = pmf.align_factors(fit)
    U, V = (aligned[name].values.mean(axis=(0, 1)) for name in ("U", "V"))
    spread = np.var(U @ V.T, axis=0)
    known = np.argsort(-count, kind="stable")[:20]
    assert chosen[0] == known[spread[known].argmax()]
    assert len(choose_films(fit, 1000)) == (count > 0).sum()
