"""What the PyMC statement of each model is made of, and the plates that picture it."""

from dataclasses import replace

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.models.arrange import arrange
from pmf_core.models.ingredients import link_of
from pmf_core.models.plates import plates
from pmf_core.sampling.start import initial_state
from tests.support.marks import slow_but
from tests.support.tiny import PRESETS, tiny_ratings

EVERYTHING = pmf.PMFConfig(
    2, None, prior="hierarchical", biases=True, implicit="both", side_info="both", noise="both",
    effects=("day", "user:day"),
)  # fmt: skip
MODELS = PRESETS | {
    "everything": EVERYTHING,
    "fixed, biases": pmf.PMFConfig(2, biases=True, implicit="user", side_info="item"),
    "logistic, everything but effects": replace(EVERYTHING, link="logistic", effects=()),
    "ordinal, shared cut points": replace(EVERYTHING, link="ordinal", alpha=1.0),
}


@pytest.mark.parametrize("name", slow_but(MODELS, "pmf", "logistic", "constrained", "bpmf"))
def test_a_model_has_what_the_sampler_draws_in_the_same_shapes(name):
    ratings = tiny_ratings()
    model = pmf.build_model(MODELS[name], ratings)
    problem = arrange(MODELS[name], ratings)
    state = initial_state(problem, 0, chain=0)
    for field, value in state.items():
        if field in model.named_vars:
            assert tuple(model[field].shape.eval()) == value.shape, field
    drawn = {field for field in state if field in model.named_vars}
    learned = {"U", "V"}
    for side, features in (("U", problem.user.features), ("V", problem.item.features)):
        if features.n_features:
            learned.add(f"W_{side}")
        if MODELS[name].prior == "hierarchical" or MODELS[name].biases:
            learned |= {f"mu_{side}", f"Lambda_{side}"}
            if features.n_features:
                learned.add(f"Lambda_W_{side}")
    others = {"alpha"} if MODELS[name].alpha is None else set()
    others |= {
        field
        for field in state
        if field.startswith(("noise", "effect", "tau", "log_gap", "mu_gap"))
        and getattr(state, field).size
    }
    assert drawn == learned | others


def test_observed_ratings_are_in_stars_less_the_offset():
    ratings = tiny_ratings()
    model = pmf.build_model(pmf.PMFConfig(2, center=True), ratings)
    observed = model.rvs_to_values[model["rating"]].data
    np.testing.assert_allclose(observed, ratings.rating - ratings.rating.mean())


def test_observed_ordinal_ratings_are_levels():
    ratings = tiny_ratings()
    model = pmf.build_model(pmf.PMFConfig(2, 1.0, link="ordinal"), ratings)
    observed = model.rvs_to_values[model["rating"]].data
    np.testing.assert_array_equal(observed, ratings.rating - 1)


def test_a_model_without_its_data_is_stated_without_that_part():
    ratings = replace(tiny_ratings(), timestamp=None)
    assert "effect" not in pmf.build_model(EVERYTHING, ratings).named_vars


def test_an_ordinal_link_is_left_out_where_there_are_no_levels_to_order():
    ratings = tiny_ratings()
    two = replace(ratings, rating=np.where(ratings.rating > 2, 4.0, 1.0))
    config = replace(PRESETS["best"], noise="item")
    assert "log_gap" in pmf.build_model(config, ratings).named_vars
    model = pmf.build_model(config, two)
    assert "log_gap" not in model.named_vars and "alpha" in model.named_vars
    problem = arrange(config, two)
    assert problem.config == replace(config, link="identity", cut_points="shared", alpha=None)
    [note] = problem.left_out
    assert "takes 3 to 21 different ratings and these have 2" in note


def test_three_levels_are_enough_for_an_ordinal_link_whose_unit_is_a_level():
    ratings = tiny_ratings()
    three = replace(ratings, rating=np.clip(ratings.rating, 2.0, 4.0), scale=(2.0, 4.0))
    problem = arrange(PRESETS["best"], three)
    assert problem.config.link == "ordinal" and len(problem.levels) == 3
    assert link_of(problem.config).unit(three) == 1.0


@pytest.mark.parametrize("name", MODELS)
def test_plates_show_every_free_variable_and_what_depends_on_what(name):
    model = pmf.build_model(MODELS[name], tiny_ratings())
    dot = plates(model)
    for variable in model.basic_RVs:
        assert f'"{variable.name}" [label=' in dot
    for plate in ("user (6)", "item (5)", "obs (20)"):
        assert plate in dot
    assert '"U" -> "rating";' in dot and '"V" -> "rating";' in dot
    assert "user_idx" not in dot
