"""Every ingredient keeps to what it declares, and a new one takes part everywhere by itself."""

from dataclasses import replace

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core import models
from pmf_core.fits import schema
from pmf_core.kernels.randomness import Draws
from pmf_core.models.arrange import arrange
from pmf_core.models.ingredients import (
    all_constants,
    all_numbers,
    all_parts,
    all_steps,
    ingredients_of,
    parts_of,
    steps_of,
)
from pmf_core.models.ingredients.base import Constant, Ingredient, Part
from pmf_core.sampling.density import log_prior
from pmf_core.sampling.start import draw_prior, initial_state
from pmf_core.sampling.sweep import sweep
from tests.support.tiny import LIGHT, PRESETS, tiny_ratings

EVERYTHING = pmf.PMFConfig(
    alpha=None, prior="hierarchical", biases=True, implicit="both", side_info="both", noise="both",
    effects=("day", "user:day"), **LIGHT,
)  # fmt: skip
MODELS = PRESETS | {"everything": EVERYTHING}


@pytest.mark.parametrize("name", MODELS)
def test_what_is_drawn_is_what_is_declared(name):
    problem = arrange(MODELS[name], tiny_ratings())
    config, sizes = problem.config, {"user": 6, "item": 5, "factor": 2}
    start = initial_state(problem, 0, 0)
    prior = draw_prior(problem, np.random.default_rng(0))
    drawn = sweep(problem, prior, Draws(np.random.default_rng(0)))
    rates = {step.trace for step in steps_of(config)}
    for state in (start, prior, drawn):
        stored = {name: part[None] for name, part in state.items() if part.size}
        for ingredient in ingredients_of(config):
            stored = ingredient.to_stored(config, stored)
        assert stored.keys() - rates == parts_of(config).keys()
        for part in parts_of(config).values():
            shape = stored[part.name].shape[1:]
            assert len(shape) == len(part.dims), part
            for dim, size in zip(part.dims, shape, strict=True):
                assert size == sizes.setdefault(dim, size), part
            if part.owner is not None:
                assert shape[0] == sizes[part.owner]
        assert {name: part.shape for name, part in state.items()} == {
            name: part.shape for name, part in start.items()
        }
    assert parts_of(config).keys() <= all_parts().keys()
    assert set(steps_of(config)) <= set(all_steps())


def test_all_that_models_may_store_is_known_without_a_model():
    parts = {
        "U", "V", "mu_U", "mu_V", "Lambda_U", "Lambda_V", "W_U", "W_V", "Lambda_W_U", "Lambda_W_V",
        "b_U", "b_V", "alpha", "noise_scale_user", "noise_scale_item", "effect", "tau_effect",
        "log_gap", "mu_gap", "tau_gap",
    }  # fmt: skip
    assert all_parts().keys() == parts
    assert [step.trace for step in all_steps()] == [
        "accepted_U", "accepted_V", "accepted_cut_points",
    ]  # fmt: skip
    assert {each.name for each in all_constants()} == {"side_mean", "side_covariance", "effect_idx"}
    assert set(all_numbers()) == {"alpha_U", "alpha_V", "effect_sizes"}


class OfParity(Ingredient):
    """A toy: items whose positions share a last bit share a shift of their ratings."""

    stored = (Constant("toy_idx", ("obs",), "iu"),)

    def is_in(self, config):
        return config.center

    def parts(self, config):
        return (Part("toy", ("parity",)),)

    def start(self, random, problem):
        return {"toy": np.zeros(2)}

    def draw_prior(self, random, problem):
        return {"toy": random.normal(2)}

    def given(self, data, ratings):
        return {"toy_idx": (ratings.item_idx % 2).astype(np.int32)}

    def constants(self, problem, train):
        return {"toy_idx": train.given["toy_idx"]}

    def unseen(self, attrs, n_pairs):
        return {"toy_idx": np.zeros(n_pairs, np.int32)}

    def step(self, random, problem, state, work):
        error, idx = work.error(state), problem.pairs.given["toy_idx"]
        error += state.toy[idx]
        precision = 1 + state.alpha * np.bincount(idx, minlength=2)
        mean = state.alpha * np.bincount(idx, error, minlength=2) / precision
        toy = mean + random.normal(2) / np.sqrt(precision)
        error -= toy[idx]
        return state.replace(toy=toy)

    def log_prior(self, problem, state):
        return -0.5 * (state.toy**2).sum()

    def shares(self, state, pairs):
        return (state.toy[pairs.given["toy_idx"]],)


@pytest.fixture
def with_a_new_one(monkeypatch):
    """Add the toy to the list; what was worked out for models without it is forgotten."""
    toy, listed = OfParity(), models.ingredients.INGREDIENTS
    monkeypatch.setattr(models.ingredients, "INGREDIENTS", (*listed[:3], toy, *listed[3:]))
    ingredients_of.cache_clear()
    stored = {"posterior": "toy", "constant_data": "toy_idx"}  # listed when the schema is imported
    for group, name in stored.items():
        dims = ("chain", "draw", "parity") if name == "toy" else ("obs",)
        variable = schema.Variable(dims, "iuf", is_required=False)
        monkeypatch.setitem(schema.GROUPS[group], name, variable)
    yield toy
    ingredients_of.cache_clear()


@pytest.mark.slow
def test_a_new_ingredient_is_sampled_stored_and_predicts(with_a_new_one, ratings, tmp_path):
    shift = np.where(ratings.item_idx % 2, 1.5, 0)  # what it is there to find
    ratings = replace(ratings, rating=ratings.rating + shift, scale=(1, 7))
    split = pmf.split_ratings(ratings, 0.2, random_seed=1)
    config = replace(pmf.PRESETS["bpmf"], n_factors=1)
    fit = pmf.sample_gibbs(split, config, draws=30, tune=30, chains=2)
    toy = fit.idata["posterior"]["toy"].values
    assert toy.shape == (2, 30, 2)
    assert 1.1 < (toy[..., 1] - toy[..., 0]).mean() < 1.9
    path = pmf.save_fit(fit, tmp_path / "fit.nc")
    again = pmf.load_fit(path)
    assert again.summary()["test_rmse"] < 1
    means = pmf.predict(again, [1, 1], [1, 2])["pred_mean"].values
    assert np.isfinite(means).all()
    assert len(pmf.recommend(again, ratings={1: 6.0}, n=3)) == 3
    problem = arrange(config, split.train)
    state = draw_prior(problem, np.random.default_rng(0))
    more = log_prior(problem, state.replace(toy=state.toy + 1)) - log_prior(problem, state)
    assert more == pytest.approx(-0.5 * (2 * state.toy + 1).sum())
    assert pmf.fit_map(split, config).attrs["maximised"].split(", ").count("toy") == 1


def test_no_dim_is_called_as_a_part():
    # netCDF takes an array of the name of its dim for the labels of that dim.
    assert not {dim for part in all_parts().values() for dim in part.dims} & all_parts().keys()
