"""What panels make of frames and settings, without a page."""

import pytest

import pmf_core as pmf
from pages.shell import settings, show


def test_a_percent_of_the_page_is_a_share_of_the_core():
    assert settings.SETTINGS["test_size"].default == 10
    assert settings.share("test_size") == 0.1


@pytest.mark.parametrize("preset", pmf.PRESETS)
def test_a_model_survives_the_settings_of_the_page(preset, monkeypatch):
    config, state = pmf.PRESETS[preset], {}
    monkeypatch.setattr("streamlit.session_state", state)
    settings.change(**settings.as_settings(config))
    assert pmf.PMFConfig(**settings.given(pmf.PMFConfig)) == config


def test_what_is_no_number_is_a_dash():
    assert show.number(float("nan"), ".3f") == "—" and show.number(1.23456, ".3f") == "1.235"
