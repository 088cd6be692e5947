"""Which items are alike, against correlations worked out from every prediction."""

import numpy as np
import pytest

import pmf_core as pmf
from tests.support import by_hand, tiny


@pytest.fixture(scope="module")
def split():
    ratings, _ = pmf.simulate_ratings(50, 20, 600, 2, 2.0, 0)
    return pmf.split_ratings(ratings, 0.2, 0)


@pytest.fixture(scope="module")
def fit(split):
    return pmf.sample_gibbs(split, tiny.PRESETS["bpmf"], draws=30, tune=20, chains=2)


def correlations(fit, at):
    """Correlation of each item's predictions with those of one, less averages: (draws, items)."""
    found = []
    for draw in by_hand.draws_of(fit):
        whole = draw["U"] @ draw["V"].T
        rest = whole - whole.mean(axis=1, keepdims=True)  # of each user
        found.append([np.corrcoef(rest[:, at], column)[0, 1] for column in rest.T])
    return np.array(found)


def test_similarity_is_the_correlation_of_what_users_think_beyond_averages(fit):
    train = fit.split.train
    expected = correlations(fit, 3)
    found = pmf.similar_items(fit, train.item_ids[3], n=100)
    rows = [list(train.item_ids).index(item_id) for item_id in found["item_id"]]
    assert sorted(rows) == [k for k in range(train.n_items) if k != 3]
    assert list(found["title"]) == list(train.titles[rows])
    np.testing.assert_allclose(found["similarity"], expected[:, rows].mean(axis=0), atol=1e-5)
    ends = np.quantile(expected[:, rows], (0.05, 0.95), axis=0)
    np.testing.assert_allclose(found[["lower", "upper"]].T, ends, atol=1e-5)
    assert found["similarity"].is_monotonic_decreasing
    narrow = pmf.similar_items(fit, train.item_ids[3], n=4, ci_prob=0.5)
    assert list(narrow["item_id"]) == list(found["item_id"][:4])
    assert (narrow["upper"] - narrow["lower"] < (found["upper"] - found["lower"])[:4]).all()


def test_it_is_not_the_angle_between_raw_factors(fit):
    V = fit.idata["posterior"]["V"].values.astype(float)
    unit = V / np.linalg.norm(V, axis=-1, keepdims=True)
    cosine = (unit * unit[:, :, [3]]).sum(axis=-1).mean(axis=(0, 1))
    found = pmf.similar_items(fit, fit.split.train.item_ids[3], n=100)
    rows = [list(fit.split.train.item_ids).index(item_id) for item_id in found["item_id"]]
    assert np.abs(found["similarity"] - cosine[rows]).max() > 0.1


def test_a_map_has_no_interval(split):
    found = pmf.similar_items(pmf.fit_map(split, pmf.PMFConfig(2)), split.train.item_ids[0], n=5)
    np.testing.assert_allclose(found["lower"], found["similarity"], atol=1e-6)
    np.testing.assert_allclose(found["upper"], found["similarity"], atol=1e-6)


def test_factors_of_zeros_make_nothing_alike(fit):
    posterior = fit.idata["posterior"].dataset
    values = posterior["V"].values.copy()
    try:
        posterior["V"].values[:] = 0
        found = pmf.similar_items(fit, fit.split.train.item_ids[0])
        assert (found[["similarity", "lower", "upper"]] == 0).all(axis=None)
    finally:
        posterior["V"].values[:] = values


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"item_id": 999}, "item_id is 999, which the ratings of this fit do not have"),
        ({"n": 0}, "n is 0; it must be a whole number from 1"),
        ({"ci_prob": 1.0}, "ci_prob is 1.0; it must be a probability"),
    ],
)
def test_arguments_that_mean_nothing_are_refused(fit, change, words):
    with pytest.raises(ValueError, match=words):
        pmf.similar_items(fit, **({"item_id": 1} | change))
