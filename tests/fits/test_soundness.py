"""What a file says of a fit is held against the parts that its model's ingredients declare."""

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.fits.fit import Fit
from pmf_core.fits.soundness import check_fit
from tests.support.tiny import tiny_ratings


@pytest.fixture(scope="module")
def fit():
    split = pmf.split_ratings(tiny_ratings(), 0.2, 0)
    config = pmf.PMFConfig(2, effects=("day",), noise="user")
    return pmf.sample_gibbs(split, config, draws=2, tune=1, chains=1)


def with_arrays(fit, group, **arrays):
    tree = fit.idata.copy()
    names = [*arrays, *{dim for dims, _ in arrays.values() for dim in dims} - {"chain", "draw"}]
    dataset = tree[group].to_dataset().drop_vars(names, errors="ignore")
    tree[group].dataset = dataset.assign(arrays)
    return Fit(tree)


def test_a_sound_fit_passes(fit):
    check_fit(fit)


def test_a_part_of_another_model_is_refused(fit):
    log_gap = ("chain", "draw", "gap_owner", "gap"), np.zeros((1, 2, 1, 2))
    with pytest.raises(ValueError, match="also draws log_gap, which its model does not have"):
        check_fit(with_arrays(fit, "posterior", log_gap=log_gap))


def test_a_part_of_another_size_than_its_ingredient_says_is_refused(fit):
    effect = ("chain", "draw", "effect_level"), np.zeros((1, 2, 99))
    with pytest.raises(ValueError, match="effect has the shape .*99.* where the model's is"):
        check_fit(with_arrays(fit, "posterior", effect=effect))


def test_positions_that_an_ingredient_does_not_know_are_refused(fit):
    wrong = np.full((1, fit.split.train.n_ratings), 99)
    with pytest.raises(ValueError, match=r"effect_idx is \[99, 99, 99\]; it must be from 0 to"):
        check_fit(with_arrays(fit, "constant_data", effect_idx=(("effect_of", "obs"), wrong)))
