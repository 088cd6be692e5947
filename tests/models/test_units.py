"""Settings mean the same on every scale: the same ratings in another unit give the same fit."""

from dataclasses import replace

import numpy as np
import pytest

import pmf_core as pmf
from tests.support import tiny
from tests.support.scales import SCALES, on_scale


@pytest.mark.parametrize(
    "scale",
    [
        pytest.param(scale, id=name, marks=() if name == "-10..10" else pytest.mark.slow)
        for name, scale in SCALES.items()
    ],
)
@pytest.mark.parametrize(
    "name", ["bpmf", *(pytest.param(n, marks=pytest.mark.slow) for n in ("logistic", "best"))]
)
def test_the_same_ratings_in_another_unit_give_the_same_fit(ratings, name, scale):
    split, config = pmf.split_ratings(ratings), replace(tiny.PRESETS[name], center=True)
    low, high = scale
    unit, length = (high - low) / 4, {"draws": 4, "tune": 4, "chains": 2}
    a, b = (pmf.sample_gibbs(s, config, **length) for s in (split, on_scale(split, low, high)))
    assert (a.unit, b.unit) == (1.0, unit)
    for error in ("train_rmse", "test_rmse", "test_mae"):
        np.testing.assert_allclose(b.summary()[error], unit * a.summary()[error], rtol=1e-4)
    assert b.summary()["alpha"] == pytest.approx(a.summary()["alpha"], rel=1e-4)
    one, other = (pmf.predict(f, f.split.train.user_ids[0], ratings.item_ids) for f in (a, b))
    for column in ("expected", "pred_mean", "pred_lower", "pred_upper"):
        expected = low + (one[column] - 1) * unit
        np.testing.assert_allclose(other[column], expected, rtol=1e-3, atol=1e-3 * unit)
    np.testing.assert_allclose(other["probability"], one["probability"], atol=1e-3)
    new = [list(pmf.recommend(f, ratings={1: top, 2: top})["item_id"])
           for f, top in ((a, 5), (b, high))]  # fmt: skip
    assert new[0] == new[1]
    assert low <= b.heldout()["pred_mean"].min() and b.heldout()["pred_mean"].max() <= high


def test_the_unit_is_a_quarter_of_the_scale_and_goes_with_the_ratings(ratings):
    assert ratings.unit == 1.0 and ratings.in_units() is ratings
    wide = replace(ratings, rating=ratings.rating * 20, scale=(0, 100), unit=None)
    assert wide.unit == 25.0
    assert wide.in_units().scale == (0.0, 4.0) and wide.in_units().unit == 1.0
    np.testing.assert_array_equal(wide.in_units().rating, wide.rating / 25)
    # What is drawn from a prior may lie beyond the scale, whose unit it has all the same.
    simulated, _ = pmf.simulate_from_prior(pmf.PMFConfig(3), wide, random_seed=1)
    assert simulated.unit == 25.0


def test_a_fit_of_an_earlier_version_has_draws_in_stars(ratings):
    split = pmf.split_ratings(replace(ratings, rating=ratings.rating * 2, scale=(0, 10), unit=1))
    fit = pmf.fit_map(split, tiny.PRESETS["pmf"])
    before = pmf.predict(fit, ratings.user_ids[0], ratings.item_ids)
    del fit.idata.attrs["unit"]
    assert fit.unit == fit.split.train.unit == 1.0
    assert pmf.predict(fit, ratings.user_ids[0], ratings.item_ids).equals(before)
