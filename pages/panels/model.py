"""The ingredients of the model: presets, switches, and what they make together."""

import streamlit as st

from pages.shell import settings
from pmf_core.models.config import PMFConfig
from pmf_core.models.presets import LENGTHS, PRESET_WORDS, PRESETS
from pmf_core.support.knobs import Knob

MOST_SIDE_BY_SIDE = 2
"""Options that stand in a row; more of them drop down."""


def config() -> PMFConfig:
    """Return the model of the present settings, wherever their widgets are.

    Settings that mean nothing beside others are overruled rather than refused: a visitor is on the
    way from one model to the next.
    """
    return PMFConfig.coherent(**settings.given(PMFConfig))


def knobs() -> PMFConfig:
    """Draw the presets and the switches, and return the model that they make."""
    st.markdown("**Model**")
    present = config()
    current = next((name for name, preset in PRESETS.items() if preset == present), None)
    with st.container(horizontal=True, gap="xxsmall"):
        for name in PRESETS:
            st.button(
                name,
                key=f"preset-{name}",
                help=f"{PRESET_WORDS[name]} Sets {LENGTHS[name].tune:,} tuning steps and "
                f"{LENGTHS[name].draws:,} draws.",
                on_click=settings.change,
                kwargs=settings.as_settings(PRESETS[name]) | _length(name),
                type="primary" if name == current else "secondary",
            )
    first = [knob for knob in PMFConfig.offered() if knob.first]
    for knob in first:
        _draw(knob, present)
    with st.expander("More ingredients", icon=":material/blender:"):
        for knob in PMFConfig.offered():
            if knob not in first:
                _draw(knob, present)
    return config()  # a widget that has just read the address has changed it


def _length(name: str) -> dict[str, int]:
    """Return how long a preset is to be sampled, as settings."""
    return {"tune": LENGTHS[name].tune, "draws": LENGTHS[name].draws}


def _draw(knob: Knob, present: PMFConfig) -> None:
    """Draw a setting and, where it may be None, its switch; greyed out where it is not free."""
    held, is_free = knob.says(present), knob.is_free(present)
    changes = {} if is_free else {"disabled": True, "help": f"{knob.tip} Now it is {held}."}
    if len(knob.kind.options) > MOST_SIDE_BY_SIDE:
        changes |= {"listed": True}
    elif knob.kind.options and not isinstance(knob.default, bool):
        changes |= {"width": "stretch"}
    if knob.none is None:
        settings.widget(knob.key, **changes)
        if held and is_free and knob.check(settings.value(knob.key)) != getattr(present, knob.name):
            st.caption(f"{knob.label}: now {held}.")
        return
    is_none = settings.value(settings.switch(knob))
    settings.widget(knob.key, **{"disabled": is_none} | changes)
    settings.widget(settings.switch(knob), disabled=not is_free)
