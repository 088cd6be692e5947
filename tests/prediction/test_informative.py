"""What to rate next, against rows folded in with and without each rating, worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.fits.draws import predictor_of
from pmf_core.prediction.newcomer import fold_in, newcomer_pairs
from pmf_core.prediction.own_row import own_rows, predictive, some_draws
from tests.support import by_hand, tiny
from tests.support.marks import slow_but

TABLE, _ = pmf.simulate_from_prior(tiny.PRESETS["best"], random_seed=2)
RATINGS = {TABLE.item_ids[at]: value for at, value in ((0, 5.0), (3, 2.0), (7, 4.0))}
MODELS = {
    "pmf": tiny.PRESETS["pmf"],
    "bpmf": replace(tiny.PRESETS["bpmf"], biases=True, noise="item"),
    "all": replace(
        tiny.PRESETS["bpmf"], biases=True, noise="item", implicit="user", effects=("day",)
    ),
}


@pytest.fixture(scope="module")
def split():
    return pmf.split_ratings(TABLE, 0.2, 0)


@pytest.fixture(scope="module")
def fit(split):
    return sample(split, MODELS["bpmf"])


def sample(split, config, draws=8):
    return pmf.sample_gibbs(split, config, draws=draws, tune=10, chains=2, keep=2 * draws)


def variances(fit, ratings, known=RATINGS):
    """Variance of what is thought of each item given each draw, in stars squared, by hand.

    Who rated what is `known` of the prior of the row, whatever the ratings.
    """
    ids, config, found = list(fit.split.train.item_ids), fit.config, []
    rated = [ids.index(item_id) for item_id in ratings]
    for draw in by_hand.draws_of(fit):
        design, precision = draw["V"], draw.get("Lambda_U")
        if precision is None:
            precision = fit.attrs["alpha_U"] * np.eye(config.n_factors)
        if config.implicit == "user":
            told = [ids.index(item_id) for item_id in known]
            _, among = by_hand.moved_by_rated(fit, draw["W_U"], told)
            precision = np.linalg.inv(np.linalg.inv(precision) + among)
        if config.biases:
            design = np.column_stack([design, np.ones(len(design))])
        if config.effects:
            design = np.column_stack([design, np.ones(len(design))])
            precision = np.pad(precision, (0, 1))
            precision[-1, -1] = 1 / (1 / draw["tau_effect"]).sum()
        weight = draw["alpha"] * draw.get("noise_scale_item", np.ones(len(design)))
        seen = design[rated]
        C = np.linalg.inv(precision + (seen * weight[rated, None]).T @ seen)
        found.append(np.einsum("jk,kl,jl->j", design, C, design))
    return np.mean(found, axis=0) * fit.unit**2


@pytest.mark.parametrize("name", slow_but(MODELS, "bpmf"))
def test_the_reduction_is_what_one_more_rating_takes_away_whatever_it_is(split, fit, name):
    fit = fit if name == "bpmf" else sample(split, MODELS[name])
    ids = list(fit.split.train.item_ids)
    found = pmf.informative_items(fit, RATINGS, n=100).set_index("item_id")
    assert set(found.index) == set(ids) - set(RATINGS)
    assert found["reduction"].is_monotonic_decreasing
    unrated = [at for at, item_id in enumerate(ids) if item_id not in RATINGS]
    before = variances(fit, RATINGS)
    for item_id in (found.index[0], found.index[20], found.index[-1]):
        others = [at for at in unrated if ids[at] != item_id]
        after = variances(fit, RATINGS | {item_id: 1.0})
        expected = before[others].sum() - after[others].sum()
        assert found["reduction"][item_id] == pytest.approx(expected, rel=1e-4)
        share = expected / before[unrated].sum()
        assert found["share"][item_id] == pytest.approx(share, rel=1e-4)
    # Control: of the item itself, too, another sum falls.
    first = ids.index(found.index[0])
    own = before[first] - variances(fit, RATINGS | {found.index[0]: 1.0})[first]
    assert own > 0.05 * found["reduction"].iloc[0]


@pytest.mark.slow
def test_what_is_predicted_is_the_mixture_of_the_rows_that_are_drawn(fit):
    rated = np.array([0, 3, 7])
    rating = np.array(list(RATINGS.values()))
    predictor, every = predictor_of(fit), newcomer_pairs(fit, np.arange(40))
    found = predictive(fit, own_rows(fit, rated, rating), 0.9)
    scores = []
    for seed in range(40):
        states = fold_in(fit, rated, rating, seed)
        scores += [predictor.mean(s, every, predictor.score(s, every)) for s in states]
    sd, n = np.std(scores, axis=0), len(scores)
    assert np.abs((np.mean(scores, axis=0) * fit.unit - found.mean) / found.sd).max() < 5 / n**0.5
    np.testing.assert_allclose(found.sd, sd * fit.unit, rtol=0.15)
    # Control: within a draw there is something left to learn.
    rows = list(own_rows(fit, rated, rating))
    between = np.std([own.score for own in rows], axis=0)
    assert (between < 0.9 * found.sd / fit.unit).any()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["logistic", "ordinal"])
def test_elsewhere_it_is_near_what_ratings_take_away(split, name):
    config = {
        "logistic": replace(tiny.PRESETS["logistic"], center=True),
        "ordinal": replace(tiny.PRESETS["best"], effects=(), implicit="none"),
    }[name]
    fit = sample(split, config, 21)
    rated = np.arange(6)
    rating = np.array([1.0, 2, 3, 4, 5, 4])
    ratings = dict(zip(fit.split.train.item_ids[rated], rating, strict=True))
    found = pmf.informative_items(fit, ratings, n=100)
    assert (found["reduction"] > 0).all() and found["share"].max() < 1
    # The variance around a draw is about that of draws of the row, given all else.
    fixed = pmf.Fit(fit.idata.copy())
    posterior = fit.idata["posterior"].dataset.isel(chain=[0], draw=np.full(250, 20))
    fixed.idata["posterior"] = posterior.assign_coords(draw=np.arange(250))
    predictor, every = predictor_of(fixed), newcomer_pairs(fixed, np.arange(40))
    rows = list(own_rows(fixed, rated, rating))
    drawn = np.var([predictor.mean(r.state, every, r.score, r.spread()) for r in rows], axis=0)
    drawn += np.mean([row.slope**2 * row.spread() for row in rows], axis=0)
    said = np.mean([r.slope**2 * np.diag(r.design @ r.covariance @ r.design.T) for r in rows], 0)
    assert 0.5 < np.median(said[6:] / drawn[6:]) < 2


def test_draws_that_are_taken_are_evenly_spaced(fit):
    assert some_draws(fit, None) == list(range(8)) == some_draws(fit, 16)
    assert some_draws(fit, 6) == [0, 4, 7]
    assert len(list(own_rows(fit, np.zeros(0, int), np.zeros(0), 0, 6))) == 6


def test_only_what_is_allowed_is_asked_for(fit):
    train = fit.split.train
    some = [item_id for item_id in train.item_ids[:6]]
    found = pmf.informative_items(fit, RATINGS, among=some)
    assert set(found["item_id"]) == set(some) - set(RATINGS)
    assert pmf.informative_items(fit, RATINGS, among=[]).empty
    known = pmf.informative_items(fit, RATINGS, n=100, min_ratings=8)
    assert (known["n_ratings"] >= 8).all() and len(known) > 0
    assert len(pmf.informative_items(fit)) == 10


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 0}, "n is 0.* a whole number from 1"),
        ({"min_ratings": -1}, "min_ratings is -1"),
        ({"ratings": {-9: 3.0}}, "item_id is -9"),
        ({"ratings": {TABLE.item_ids[0]: 9.0}}, "rating is 9.0.* the scale of this fit"),
        ({"among": [-9]}, "item_id is -9"),
    ],
)
def test_arguments_that_mean_nothing_are_refused(fit, arguments, message):
    with pytest.raises(ValueError, match=message):
        pmf.informative_items(fit, **arguments)
