"""People whom a fit has never seen, predicted from a few of their ratings."""

from dataclasses import replace

import numpy as np
import pytest

import pmf_core as pmf
from tests.support import held_out, tiny

OTHERS = ["item mean", "mean of means", "biases"]


@pytest.mark.slow
def test_each_rating_of_somebody_new_helps_where_the_model_is_right():
    ratings, _ = pmf.simulate_ratings(220, 60, 6000, 2, 2.0, 0)
    split = held_out.without_some_users(ratings, 0.3)
    config = replace(tiny.PRESETS["bpmf"], biases=True)
    fit = pmf.sample_gibbs(split, config, draws=30, tune=30, chains=2, keep=20)
    some = held_out.people(split, 16, 60)
    found = held_out.by_revealed(fit, some, (1, 3, 8), None)
    assert found["fit"].is_monotonic_decreasing
    assert (found.loc[3:, OTHERS].min(axis=1) > found.loc[3:, "fit"]).all()
    assert found["coverage"].between(0.85, 0.95).all()
    # Control: somebody else's ratings help nobody.
    moved = [(items, np.roll(rating, 3)) for items, rating in some]
    wrong = held_out.by_revealed(fit, moved, (1, 8), None)["fit"]
    assert wrong[8] > found["fit"][8] + 0.05


# Draws and tuning of two chains, draws that are kept, people, and draws that each is told by.
LENGTHS = {"bpmf": (200, 200, 60, 150, None), "best": (250, 200, 160, 150, 24)}


@pytest.mark.prove
@pytest.mark.parametrize("preset", LENGTHS)
def test_on_movielens_it_learns_from_each_rating_and_knows_how_little(movielens, preset):
    split = held_out.without_some_users(movielens, 0.2)
    draws, tune, keep, most, at_most = LENGTHS[preset]
    config = pmf.PRESETS[preset]
    fit = pmf.sample_gibbs(split, config, draws=draws, tune=tune, chains=2, keep=keep)
    some = held_out.people(split, 30, most)
    found = held_out.by_revealed(fit, some, (1, 3, 5, 10, 20), at_most)
    assert found["fit"].is_monotonic_decreasing
    assert (found.loc[3:, OTHERS].min(axis=1) > found.loc[3:, "fit"]).all()
    assert found["coverage"].between(0.88, 0.92).all()
    # Measured: 1.009 and 0.939 of bpmf.
    assert found["fit"][20] < found["fit"][1] - 0.04


@pytest.mark.prove
def test_on_movielens_ratings_that_tell_most_tell_more_than_random_ones(movielens):
    # Of a model that knows how noisy ratings of each film are: to `bpmf`, which does not, films
    # on which people differ look as if they told most, and chosen ratings tell as much as random.
    config = replace(pmf.PRESETS["bpmf"], biases=True, noise="item")
    found = []
    for split in held_out.without_a_fifth(movielens):
        fit = pmf.sample_gibbs(split, config, draws=100, tune=100, chains=2, keep=40)
        some = held_out.people(split, 40, 1000)
        found.append(held_out.chosen_against_random(fit, some, (1, 3, 5)))
    found = np.concatenate(found)
    mean, error = found.mean(), found.mean(axis=1).std() / np.sqrt(len(found))
    assert mean + 2 * error < 0  # measured: -0.0087, and 0.0041 of 645 people
