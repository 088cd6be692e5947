"""Settings check their values and survive a round trip."""

import dataclasses

import pytest

import pmf_core as pmf


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("n_factors", 0),
        ("n_factors", 2.5),
        ("n_factors", True),
        ("alpha", -1.0),
        ("alpha", float("nan")),
        ("center", 1),
    ],
)
def test_bad_values_are_refused_with_value_and_rule(field, value):
    with pytest.raises(ValueError, match=f"{field} is {value!r}; it must be"):
        pmf.PMFConfig(**{field: value})


def test_settings_are_frozen_and_survive_json():
    config = pmf.PMFConfig(n_factors=7, alpha=3, center=True)
    assert pmf.PMFConfig.from_json(config.to_json()) == config
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.alpha = 1.0


def test_the_default_is_the_example():
    assert pmf.PRESETS["pmf"] == pmf.PMFConfig(n_factors=10, alpha=2.0, center=False)
