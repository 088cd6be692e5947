"""Settings check their values and survive a round trip."""

import dataclasses
import re

import pytest

import pmf_core as pmf
from pages.shell.settings import SETTINGS


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("n_factors", 0),
        ("n_factors", 2.5),
        ("n_factors", True),
        ("alpha", -1.0),
        ("alpha", float("nan")),
        ("alpha", True),
        ("mu0", False),
        ("nu0", 9),
        ("center", 1),
        ("effects", "week"),
        ("effects", ("day", "hour")),
    ],
)
def test_bad_values_are_refused_with_value_and_rule(field, value):
    with pytest.raises(ValueError, match=re.escape(f"{field} is {value!r}; it must be")):
        pmf.PMFConfig(**{field: value})


def test_settings_are_frozen_and_survive_json():
    config = pmf.PMFConfig(n_factors=7, alpha=3, center=True)
    assert pmf.PMFConfig.from_json(config.to_json()) == config
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.alpha = 1.0


def test_the_default_is_the_example():
    assert pmf.PRESETS["pmf"] == pmf.PMFConfig(n_factors=10, alpha=2.0, center=False)


EFFECTS = {"none": (), "day": ("day",), "day + user:day": ("day", "user:day")}


@pytest.mark.parametrize("words", EFFECTS)
def test_effects_are_called_alike_everywhere(words):
    assert pmf.PMFConfig(effects=words).effects == EFFECTS[words]
    assert pmf.PMFConfig.in_words({"effects": list(EFFECTS[words])}) == {"effects": words}
    assert SETTINGS["effects"].options == tuple(EFFECTS)


@pytest.mark.parametrize("preset", pmf.PRESETS)
def test_a_model_without_idle_settings_is_coherent_as_it_is(preset):
    assert pmf.PMFConfig.coherent(**vars(pmf.PRESETS[preset])) == pmf.PRESETS[preset]


@pytest.mark.parametrize(
    ("loose", "kept"),
    [
        ({"link": "ordinal", "alpha": None}, {"link": "ordinal", "alpha": 1.0}),
        ({"cut_points": "user"}, {}),
        ({"link": "logistic", "effects": "day"}, {"link": "logistic"}),
        ({"link": "ordinal", "cut_points": "user", "noise": "both"},
         {"link": "ordinal", "cut_points": "user", "noise": "item", "alpha": 1.0}),
        ({"link": "ordinal", "cut_points": "user", "noise": "user"},
         {"link": "ordinal", "cut_points": "user", "alpha": 1.0}),
        ({"W0": 3.0, "nu0": 5, "noise_shape": 9, "alpha_rate": 7, "implicit_norm": "mean"}, {}),
        ({"W0": 3.0, "biases": True}, {"W0": 3.0, "biases": True}),
        ({"alpha_rate": 3.0, "alpha": None}, {"alpha_rate": 3.0, "alpha": None}),
    ],
)  # fmt: skip
def test_settings_that_mean_nothing_beside_others_are_overruled(loose, kept):
    assert pmf.PMFConfig.coherent(**loose) == pmf.PMFConfig(**kept)


@pytest.mark.parametrize(
    ("loose", "why"),
    [
        ({"cut_points": "mine"}, "cut_points is 'mine'; it must be one of shared, user"),
        ({"W0": -1.0}, "W0 is -1.0; it must be a number above 0"),
        ({"depth": 3}, "name is 'depth'; it must be one of n_factors"),
        ({"nu0": 5, "biases": True}, "nu0 is 5; it must be None or a whole number from 11"),
    ],
)
def test_what_is_overruled_is_checked_all_the_same(loose, why):
    with pytest.raises(ValueError, match=why):
        pmf.PMFConfig.coherent(**loose)
