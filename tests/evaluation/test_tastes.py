"""True tastes are found in aligned factors, as well as anybody could."""

from dataclasses import replace

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.evaluation import tastes

WORLD = replace(pmf.PRESETS["bpmf"], n_factors=5, center=False)
"""A world's ratings are dot products of five numbers, with no mean beside them."""

LENGTH = {"draws": 250, "tune": 200, "chains": 2}


def told(truth, train):
    """The users' tastes, had somebody the true profiles, noise and spread of tastes."""
    mean, precision = truth.U.mean(axis=0), np.linalg.inv(np.cov(truth.U.T))
    alpha = 1 / (0.5 + 1 / 12)  # the noise of a world, and rounding
    found = np.empty_like(truth.U)
    for user in range(len(found)):
        own = train.user_idx == user
        V = truth.V[train.item_idx[own]]
        known, pull = (
            precision + alpha * V.T @ V,
            precision @ mean + alpha * V.T @ train.rating[own],
        )
        found[user] = np.linalg.solve(known, pull)
    return correlations(found, truth.U)


def correlations(one, other):
    return np.array([np.corrcoef(a, b)[0, 1] for a, b in zip(one.T, other.T, strict=True)])


def found_in(seed):
    ratings, truth = pmf.simulate_world(random_seed=seed)
    split = pmf.split_ratings(ratings, 0.1, 0)
    fit = pmf.sample_gibbs(split, WORLD, random_seed=seed, **LENGTH)
    assert fit.summary()["r_hat"] < 1.05
    return fit, split, truth


def check_a_world(seed):
    """Check one world; return the correlations of the five tastes over the items."""
    fit, split, truth = found_in(seed)
    aligned = pmf.align_factors(fit)
    U, V = (aligned[name].values.mean((0, 1), dtype=float) for name in ("U", "V"))
    of_users, of_items = tastes.map_to_truth(fit, truth)
    np.testing.assert_allclose(of_users, np.linalg.inv(of_items).T, atol=1e-9)
    users, items = correlations(U @ of_users, truth.U), correlations(V @ of_items, truth.V)
    table = tastes.tastes_found(fit, None, truth)
    np.testing.assert_allclose(table["items"], items)
    np.testing.assert_allclose(table["users"], users)
    assert min(items.min(), users.min()) > 0.8
    # Of people the ratings tell less: nobody gets to 0.95, and this gets as far as one can.
    ceiling = told(truth, split.train)
    assert np.median(ceiling) < 0.95 and (users > ceiling - 0.03).all(), (users, ceiling)
    # Control: the tastes of another world are not found.
    other = pmf.simulate_world(random_seed=seed + 100)[1]
    assert tastes.tastes_found(fit, None, other)["items"].max() < 0.5
    return items


@pytest.mark.slow
def test_the_tastes_of_a_world_are_found():
    items = check_a_world(0)
    assert np.median(items) > 0.95 and list(pmf.simulate_world(9, 9, 9)[1].factor_names)


@pytest.mark.prove
def test_the_tastes_of_five_worlds_are_found():
    items = np.array([check_a_world(seed) for seed in range(5)])
    assert np.median(items) > 0.95, items
    assert items.min() > 0.8, items


@pytest.fixture(scope="module")
def small():
    ratings, truth = pmf.simulate_world(60, 40, 1500)
    split = pmf.split_ratings(ratings, 0.1, 0)
    return pmf.sample_gibbs(split, replace(WORLD, n_factors=6), draws=30, tune=30, chains=2), truth


def test_with_more_factors_than_tastes_the_inverse_is_the_pseudo_inverse(small):
    fit, truth = small
    of_users, of_items = tastes.map_to_truth(fit, truth)
    assert of_users.shape == of_items.shape == (6, 5)
    np.testing.assert_allclose(of_users.T @ of_items, np.eye(5), atol=1e-9)
    table = tastes.tastes_found(fit, None, truth)
    assert list(table["taste"]) == ["moody", "light-hearted", "cinematic", "dialogue", "big budget"]
    rows = tastes.one_taste(fit, None, truth, "dialogue")
    for side, column in (("items", "items"), ("users", "users")):
        one = rows[rows["side"] == side]
        assert np.corrcoef(one["true"], one["learnt"])[0, 1] == pytest.approx(table[column][3])


def test_an_arrow_is_as_long_along_an_axis_as_the_taste_goes_with_it(small):
    fit, truth = small
    arrows = tastes.taste_arrows(fit, None, truth, 0, 1)
    V = pmf.align_factors(fit)["V"].values.mean((0, 1), dtype=float)
    mapped = V @ tastes.map_to_truth(fit, truth)[1]
    for k, arrow in arrows.iterrows():
        # Axes go with each other next to nothing, so these are almost correlations.
        along = np.array([np.corrcoef(mapped[:, k], V[:, axis])[0, 1] for axis in (0, 1)])
        reach = np.array([arrow["x"], arrow["y"]]) / np.abs(V[:, :2]).max(axis=0)
        np.testing.assert_allclose(reach, along, atol=0.15)
        assert arrow["share"] == pytest.approx(np.square(reach).sum())


def test_true_numbers_are_those_of_the_items_on_the_map(small):
    fit, truth = small
    found = tastes.with_true_taste(fit, None, truth, 0, 1, "cinematic")
    at = [list(fit.split.train.item_ids).index(item_id) for item_id in found["item_id"]]
    np.testing.assert_array_equal(found["true_taste"], truth.V[at, 2])


def test_factors_that_stand_for_nothing_are_numbered():
    truth = pmf.simulate_ratings(5, 5, 9, n_factors=2)[1]
    assert tastes.names_of(truth) == ["true 1", "true 2"]
