"""Ratings from the prior and from a fit: against simulations of the same model, and by hand."""

from dataclasses import replace

import arviz as az
import numpy as np
import pytest

import pmf_core as pmf
from tests.support import by_hand, tiny

TOLERANCE = 4.5  # standard errors
DRAWS = 200
EVERYTHING = pmf.PMFConfig(
    alpha=None, prior="hierarchical", biases=True, implicit="both", side_info="both", noise="both",
    effects=("day", "user:day"), **tiny.LIGHT,
)  # fmt: skip
MODELS = {
    "identity": pmf.PMFConfig(2),
    "centred": pmf.PMFConfig(2, center=True, alpha=1.0),
    "logistic": pmf.PMFConfig(2, link="logistic"),
    "ordinal": pmf.PMFConfig(2, link="ordinal", alpha=1.0),
    "everything": EVERYTHING,
    "best": tiny.PRESETS["best"],
}


# Those of one link each are quick; of a model with every ingredient, the others are slow.
ALL = [
    name if name in ("identity", "ordinal") else pytest.param(name, marks=pytest.mark.slow)
    for name in MODELS
]


@pytest.fixture(scope="module")
def split():
    return pmf.split_ratings(tiny.tiny_ratings(12, 10, 80), 0.2, 0)


def statistics(rating, scale):
    """Of every draw, numbers in which wrong models differ: also of ratings that go together."""
    rating = np.clip(rating, *scale)  # as the simulation of a logistic link does
    first, second = rating[:, :-1], rating[:, 1:]
    cross = (first**2 * second**2).mean(axis=1)
    low = (rating < np.mean(scale)).mean(axis=1)
    return np.stack([rating.mean(axis=1), (rating**2).mean(axis=1), cross, low], axis=1)


def apart(one, other):
    """How far two sets of draws are apart in their means, in standard errors."""
    variance = one.var(axis=0) / len(one) + other.var(axis=0) / len(other)
    return (np.abs(one.mean(axis=0) - other.mean(axis=0)) / np.sqrt(variance + 1e-12)).max()


def prior(config, train, **options):
    tree = pmf.prior_predictive(config, train, draws=DRAWS, **options)
    return tree["prior_predictive"]["rating"].values[0]


def simulated(config, train):
    pairs = [pmf.simulate_from_prior(config, train, random_seed=s)[0] for s in range(DRAWS)]
    return np.array([ratings.rating for ratings in pairs])


WRONG = {
    "identity": {"alpha": 1.0},
    "centred": {"center": False},
    "logistic": {"n_factors": 8},
    "ordinal": {"n_factors": 8},
    "everything": {"mu0": 1.0},
    "best": {"mu0": 1.0},
}


@pytest.mark.parametrize("name", ALL)
def test_prior_predictive_is_what_a_simulation_gives_and_that_of_another_model_is_not(split, name):
    train, config = split.train, MODELS[name]
    # Of the ratings of one user, which go together, and not in the order of the set.
    order = np.lexsort((train.item_idx, train.user_idx))
    expected = statistics(simulated(config, train)[:, order], train.scale)
    for change, differs in (({}, False), (WRONG[name], True)):
        found = prior(replace(config, **change), train, random_seed=5)[:, order]
        z = apart(statistics(found, train.scale), expected)
        assert (z > TOLERANCE) == differs, z


@pytest.mark.parametrize("unit", [1.0, 10.0])
def test_prior_predictive_of_the_example_has_its_known_moments(unit):
    base = tiny.tiny_ratings(12, 10, 80)
    given = unit * base.rating
    ratings = replace(base, rating=given, scale=(unit, 4 * unit), unit=unit)
    # The example's rule: 1 / the variance of a user's (an item's) ratings, blanks at the mean.
    full = np.full((12, 10), base.rating.mean())
    full[base.user_idx, base.item_idx] = base.rating
    alpha_U, alpha_V = 1 / full.var(axis=1).mean(), 1 / full.var(axis=0).mean()
    for center in (False, True):
        config = pmf.PMFConfig(3, alpha=4.0, center=center)
        rating = prior(config, ratings, random_seed=2) / unit
        offset = base.rating.mean() if center else 0.0
        mean, square = rating.mean(axis=1), ((rating - offset) ** 2).mean(axis=1)
        expected = 3 / (alpha_U * alpha_V) + 1 / 4
        error = TOLERANCE / np.sqrt(DRAWS)
        assert abs(mean.mean() - offset) < error * mean.std()
        assert abs(square.mean() - expected) < error * square.std()
        assert abs(square.mean() - expected - 1 / 4) > error * square.std()


@pytest.mark.parametrize("name", ALL)
def test_a_point_gives_ratings_that_vary_by_the_noise_alone(split, name):
    fit, draws = pmf.fit_map(split, MODELS[name]), 1000
    tree = pmf.posterior_predictive(fit, draws=draws)
    rating = tree["posterior_predictive"]["rating"]
    assert rating.dims == ("chain", "draw", "pair") and rating.shape == (1, draws, 64)
    [draw] = by_hand.draws_of(fit)
    user, item, given = of_training(fit)
    eta, sd = by_hand.latent(fit, draw, user, item, given)
    if fit.config.link == "ordinal":
        probability = by_hand.level_probability(draw, user, eta, sd)
        share = (rating.values[0, :, :, None] == fit.levels).mean(axis=0)
        z = (share - probability) / np.sqrt(probability * (1 - probability) / draws + 1e-6)
        assert np.abs(z).max() < TOLERANCE and share.sum() == pytest.approx(64)
        return
    mean = 1 + 3 / (1 + np.exp(-eta)) if fit.config.link == "logistic" else eta
    z = (rating.values[0] - mean) / sd
    assert np.abs(z.mean(axis=0)).max() < TOLERANCE / np.sqrt(draws)
    assert np.abs((z**2).mean(axis=0) - 1).max() < TOLERANCE * np.sqrt(2 / draws)
    assert np.abs((z**2).mean() - 1 / 1.1) > TOLERANCE * np.sqrt(2 / z.size)


def of_training(fit):
    constant = fit.idata["constant_data"].dataset
    given = constant["effect_idx"].values if "effect_idx" in constant else None
    return constant["user_idx"].values, constant["item_idx"].values, given


@pytest.mark.parametrize("name", ALL)
def test_draws_give_a_rating_of_every_pair_each(split, name):
    fit = pmf.sample_gibbs(split, MODELS[name], draws=60, tune=20, chains=2, keep=60)
    tree = pmf.posterior_predictive(fit, random_seed=3)
    rating = tree["posterior_predictive"]["rating"]
    stored = fit.idata["posterior"]["draw"].values
    assert rating.shape == (2, 30, 64) and list(rating["draw"].values) == list(stored)
    user, item, given = of_training(fit)
    total = variance = 0.0
    for draw, of_draw in zip(by_hand.draws_of(fit), rating.values.reshape(60, 64), strict=True):
        eta, sd = by_hand.latent(fit, draw, user, item, given)
        if fit.config.link == "ordinal":
            probability = by_hand.level_probability(draw, user, eta, sd)
            mean = probability @ fit.levels
            square = probability @ fit.levels**2 - mean**2
        else:
            mean = 1 + 3 / (1 + np.exp(-eta)) if fit.config.link == "logistic" else eta
            square = sd**2
        total, variance = total + (of_draw - mean).sum(), variance + square.sum()
    assert abs(total) < TOLERANCE * np.sqrt(variance)
    # Pairs that are shifted by one are other people's.
    again = np.roll(rating.values, 1, axis=2)
    means = rating.values.mean(axis=(0, 1)), again.mean(axis=(0, 1))
    predicted = np.mean([by_hand.latent(fit, d, user, item, given)[0] for d in
                         by_hand.draws_of(fit)], axis=0)  # fmt: skip
    own, others = (np.corrcoef(predicted, each)[0, 1] for each in means)
    assert own > 0.8 > others


def test_of_many_pairs_a_part_is_drawn_the_same_one_before_and_after(split):
    config = MODELS["identity"]
    fit = pmf.sample_gibbs(split, config, draws=20, tune=5, chains=2, keep=40)
    before = pmf.prior_predictive(config, split.train, draws=5, random_seed=9, max_pairs=10)
    after = pmf.posterior_predictive(fit, draws=8, random_seed=9, max_pairs=10)
    pair = before["prior_predictive"]["pair"].values
    assert list(pair) == list(after["posterior_predictive"]["pair"].values) == sorted(pair)
    assert len(set(pair)) == 10 and pair.max() > 10
    assert list(after["posterior_predictive"]["draw"].values) == [0, 6, 13, 19]
    train = split.train
    for tree in (before, after):
        observed = tree["observed_data"]
        np.testing.assert_array_equal(observed["rating"], train.rating[pair])
        np.testing.assert_array_equal(observed["user_id"], train.user_ids[train.user_idx[pair]])
        np.testing.assert_array_equal(observed["item_id"], train.item_ids[train.item_idx[pair]])
        assert tree.attrs["n_ratings"] == 64 and tree.attrs["levels"] == [1, 2, 3, 4]
    # What is drawn of the model does not depend on how many pairs are looked at.
    whole = pmf.prior_predictive(config, split.train, draws=5, random_seed=9)
    assert whole["prior_predictive"].sizes["pair"] == 64
    other = pmf.prior_predictive(config, split.train, draws=5, random_seed=8, max_pairs=10)
    assert list(other["prior_predictive"]["pair"].values) != list(pair)


def test_fewer_draws_than_chains_are_one_of_each(split):
    fit = pmf.sample_gibbs(split, MODELS["identity"], draws=6, tune=2, chains=3)
    tree = pmf.posterior_predictive(fit, draws=2)
    assert dict(tree["posterior_predictive"].sizes) == {"chain": 3, "draw": 1, "pair": 64}
    assert list(tree["posterior_predictive"]["draw"].values) == [5]


def test_levels_are_those_that_were_given_to_the_last_bit():
    base = tiny.tiny_ratings(12, 10, 80)
    odd = 0.1 + base.rating * 0.7
    ratings = replace(base, rating=odd, scale=(odd.min(), odd.max()), unit=None)
    split, config = pmf.split_ratings(ratings, 0.2, 0), MODELS["ordinal"]
    fit = pmf.sample_gibbs(split, config, draws=6, tune=2, chains=2)
    for tree, group in (
        (pmf.prior_predictive(config, split.train), "prior_predictive"),
        (pmf.posterior_predictive(fit), "posterior_predictive"),
    ):
        assert set(np.unique(tree[group]["rating"])) <= set(odd)


@pytest.mark.slow  # importing what ArviZ draws with takes seconds
@pytest.mark.parametrize("name", ["identity", "logistic", "ordinal"])
def test_arviz_draws_both(split, name):
    fit = pmf.sample_gibbs(split, MODELS[name], draws=40, tune=5, chains=2, keep=80)
    after = pmf.posterior_predictive(fit)
    drawn = az.plot_ppc_dist(after, backend="none").viz
    assert {"predictive_dist", "observed_dist"} <= set(drawn.children)
    before = pmf.prior_predictive(MODELS[name], split.train, draws=60)
    drawn = az.plot_ppc_dist(before, group="prior_predictive", backend="none").viz
    assert drawn["predictive_dist"].sizes["sample"] == 50
    after["prior_predictive"] = before["prior_predictive"]
    assert {"prior_predictive", "posterior_predictive", "observed_data"} == set(after.children)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"config": "bpmf"}, "config is 'bpmf'; it must be a PMFConfig"),
        ({"ratings": [1]}, r"ratings is \[1\]; it must be Ratings with at least one"),
        ({"draws": 0}, "draws is 0; it must be a whole number from 1"),
        ({"draws": 2.5}, "draws is 2.5; it must be a whole number"),
        ({"random_seed": -1}, "random_seed is -1; it must be a whole number from 0"),
        ({"max_pairs": 0}, "max_pairs is 0; it must be a whole number from 1 up"),
        ({"draws": 1_000_000}, "1,000,000 draws of 64 pairs take 512 MB; the limit is 400 MB, so "
                               "give at most 781,250 draws or a smaller max_pairs"),
    ],
)  # fmt: skip
def test_refuses_with_the_value_the_rule_and_the_next_step(split, given, message):
    arguments = {"config": MODELS["identity"], "ratings": split.train} | given
    with pytest.raises(ValueError, match=message):
        pmf.prior_predictive(arguments.pop("config"), arguments.pop("ratings"), **arguments)


def test_precisions_of_the_prior_may_be_given(split):
    config = pmf.PMFConfig(2, center=True, alpha=1e4)
    sds = [
        pmf.prior_predictive(config, split.train, draws=DRAWS, precisions=(p, p))
        for p in (1.0, 100.0)
    ]
    sds = [each["prior_predictive"]["rating"].values.std() for each in sds]
    # A product of two normals has the product of their sds, two of them a root of 2 more.
    expected = [np.hypot(2**0.5 / p, 0.01) for p in (1, 100)]
    assert sds == pytest.approx(expected, rel=0.15)
