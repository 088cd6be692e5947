"""The ingredients of the model: presets, switches, and what they make together."""

from typing import Any

import streamlit as st

from pages.shell import settings
from pmf_core.models.choices import effects_words
from pmf_core.models.config import PMFConfig
from pmf_core.models.presets import PRESETS

SAME = (
    "n_factors", "center", "biases", "prior", "implicit", "implicit_norm", "side_info", "noise",
    "link", "cut_points", "W0", "beta0",
)  # fmt: skip
"""Settings that are fields of the model as they are."""

PRESET_WORDS = {
    "pmf": "The PyMC example's model: factors under a fixed prior, fixed noise.",
    "logistic": "The same through a logistic curve, so that no prediction leaves the scale.",
    "constrained": "Who rated what moves the users' factors (Salakhutdinov & Mnih 2007).",
    "bpmf": "Learns its priors and its noise (Salakhutdinov & Mnih 2008).",
    "best": "All that helps: biases, who rated what, features, days, everyone's own use of stars.",
}


def config() -> PMFConfig:
    """Return the model of the present settings, wherever their widgets are.

    Settings that mean nothing beside others are overruled rather than refused: a visitor is on the
    way from one model to the next.
    """
    value = settings.value
    alpha = None if value("learn_alpha") else value("alpha")
    same = {name: value(name) for name in SAME}
    return PMFConfig.coherent(alpha=alpha, effects=value("effects"), **same)


def knobs() -> PMFConfig:
    """Draw the presets and the switches, and return the model that they make."""
    st.markdown("**Model**")
    current = next((name for name, preset in PRESETS.items() if preset == config()), None)
    with st.container(horizontal=True, gap="xxsmall"):
        for name in PRESETS:
            st.button(
                name, key=f"preset-{name}", help=PRESET_WORDS[name], on_click=settings.change,
                kwargs=as_settings(PRESETS[name]),
                type="primary" if name == current else "secondary",
            )  # fmt: skip
    settings.widget("n_factors")
    ordinal = settings.value("link") == "ordinal"
    settings.widget("alpha", disabled=settings.value("learn_alpha") or ordinal)
    settings.widget("learn_alpha", disabled=ordinal)
    settings.widget("center")
    settings.widget("biases")
    settings.widget("prior", width="stretch")
    with st.expander("More ingredients", icon=":material/blender:"):
        settings.widget("implicit", listed=True)
        if settings.value("implicit") != "none":
            settings.widget("implicit_norm", width="stretch")
        settings.widget("side_info", listed=True)
        settings.widget("noise", listed=True)
        settings.widget("effects", listed=True, disabled=settings.value("link") == "logistic")
        settings.widget("link", listed=True)
        if ordinal:
            settings.widget("cut_points", width="stretch")
        if settings.value("noise") != config().noise:
            st.caption(
                "Own cut points already say how a user's stars spread, so the users' own noise is "
                "left out."
            )
        if settings.value("prior") == "hierarchical":
            settings.widget("W0")
            settings.widget("beta0")
    return config()


def as_settings(model: PMFConfig) -> dict[str, Any]:
    """Return the settings that make a model."""
    found = {name: getattr(model, name) for name in SAME}
    found |= {"effects": effects_words(model.effects), "learn_alpha": model.alpha is None}
    return found if model.alpha is None else found | {"alpha": model.alpha}
