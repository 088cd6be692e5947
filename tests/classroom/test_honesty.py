"""The band of the game holds an honest model as often as it says, and lets a wrong one out."""

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.classroom.films import choose_films
from pmf_core.classroom.game import forecast, standing
from tests.support import tiny
from tests.support.simulated_classes import Claims, class_of, halves, play


@pytest.fixture(scope="module")
def fit():
    ratings, _ = pmf.simulate_ratings(200, 80, 4000, n_factors=3, random_seed=2)
    split = pmf.split_ratings(ratings, 0.1, 0)
    config = tiny.PRESETS["bpmf"]
    return pmf.sample_gibbs(split, config, draws=80, tune=60, chains=2, keep=160)


def within(fit, n_classes, sd_factor=1.0, seed=0):
    """Share of classes of 30 people and 10 films in which the model lies in the band."""
    rng, items = np.random.default_rng(seed), choose_films(fit, 10)
    truths, draws = halves(fit)
    held = []
    for n in range(n_classes):
        rating = class_of(fit, truths[n % len(truths)], items, 30, rng)
        answers = play(fit, draws, items, rating, sd_factor)
        held.append(standing(answers, fit.levels, np.full(len(fit.levels), 0.2)).is_within)
    return float(np.mean(held))


@pytest.mark.slow
def test_what_the_core_claims_is_the_mixture_in_closed_form(fit):
    rng, items = np.random.default_rng(1), choose_films(fit, 10)
    truths, _ = halves(fit)
    [rating] = class_of(fit, truths[0], items, 1, rng)
    claims, away = Claims(fit, truths + halves(fit)[1], 1), []
    wrong = Claims(fit, truths, 1, sd_factor=0.5)
    for k, item in enumerate(items.tolist()):
        own = np.array(forecast(fit, items[:k], rating[:k], item, random_seed=k).probability)
        away.append([np.abs(own - each.of(item)[0]).max() for each in (claims, wrong)])
        for each in (claims, wrong):
            each.learn(item, rating[k : k + 1])
    away = np.array(away)
    # The core draws a row from each of 100 draws, where the mixture has all of their normals.
    assert away[:, 0].max() < 0.06
    assert away[:, 1].max() > 0.1  # control: half the noise


@pytest.mark.slow
def test_the_band_holds_an_honest_model_and_lets_go_of_one_too_sure(fit):
    # Of 40 classes, 95 % is 38; fewer than 33 has a probability of one in a thousand.
    assert within(fit, 40) >= 33 / 40
    assert within(fit, 20, sd_factor=0.5) <= 0.2


@pytest.mark.prove
def test_of_two_hundred_classes_the_band_holds_ninety_to_ninety_nine_percent(fit):
    assert 0.90 <= within(fit, 200, seed=1) <= 0.99
    assert within(fit, 200, sd_factor=0.5, seed=1) <= 0.2
