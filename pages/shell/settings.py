"""Every setting that an address can carry: its widget, its help, its link.

The key of a setting is the name of its query parameter, so a link reproduces what is on the page.
"""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from pages import PAGES
from pages.shell.setting_kinds import Setting, of_knobs, of_parameter, plain, switch
from pmf_core.data.sources import SOURCES
from pmf_core.models.config import PMFConfig
from pmf_core.models.play_config import PlayConfig
from pmf_core.models.sampler_config import SamplerConfig
from pmf_core.support.knobs import Settings

_VARIED = tuple(name for name, knob in PMFConfig.knobs().items() if knob.suggested)
"""Settings of a model that a sweep may vary."""

SETTINGS: dict[str, Setting] = {
    "data": Setting(
        "Ratings", SOURCES[0].label, options=tuple(source.label for source in SOURCES),
        help="What every page works on.\n"
        + "".join(f"\n- **{source.label}**: {source.help}" for source in SOURCES),
    ),
    **{
        each.name: of_parameter(each) for source in SOURCES for each in source.parameters
    },
    "table": Setting("Uploaded table", ""),
    "test_size": Setting(
        "Held out (%)", 10, 5, 50, 1,
        help="Share of the ratings that no method learns from. The example holds out 10%.",
    ),
    "split_seed": Setting("Seed of the split", 0, 0, 9999, 1, help="Another holds others out."),
    **of_knobs(PMFConfig),
    **of_knobs(SamplerConfig),
    **of_knobs(PlayConfig),
    "play_ratings": Setting("Ratings of the playground", "", longest=36),
    "auto": Setting("Sample at every change", False,
                    help="Sampling starts by itself when a setting changes."),
    "sweep": Setting("Sweep", ""),
    "grid_x": Setting("From left to right", _VARIED[0], options=_VARIED),
    "grid_x_values": Setting("Values from left to right", "", longest=200),
    "grid_y": Setting("From bottom to top", _VARIED[1], options=_VARIED),
    "grid_y_values": Setting("Values from bottom to top", "", longest=200),
    "grid_by": Setting("Fit each by", "map", options=("map", "gibbs")),
    "search": Setting("Search", ""),
    "search_over": Setting("Vary", "", longest=250, help="Settings that the search may change."),
    "search_factors": Setting("Most factors D", 20, 2, 50, 1, help="Where D ends, if it varies."),
    "search_trials": Setting("Trials", 30, 2, 60, 1, help="Fits in all; each learns from others."),
    "search_minutes": Setting("Minutes of work", 20, 1, 60, 1, help="No trial begins after them."),
    "search_by": Setting("Fit each by", "map", options=("map", "gibbs")),
    "view": Setting("Show", "Runs", options=("Runs", "Sweeps", "Search", "Ladder")),
    "run": Setting("Run", ""),
    "run_a": Setting("A", ""),
    "run_b": Setting("B", ""),
    "with_series": Setting(
        "With runs of sweeps, searches and the ladder", False,
        help="They are many, and are kept under what they are of.",
    ),
    "having": Setting("In name or note", "", help="Words that a run's name or note has."),
    "of_model": Setting("Model", "", help="A preset, whatever its size, or what else a model is."),
    "of_split": Setting("Held-out ratings", "", help="Errors compare on the same ones alone."),
    "curves": Setting("Curves of", "", longest=400),
    "close_up": Setting("Close-up", False, help="Leaves out what is worse than mean of means."),
    "rung": Setting("Take a rung to the Fit page", ""),
    "residuals_of": Setting("Method", ""),
    "demo": Setting("Demonstration", "1", options=tuple(map(str, range(1, 9)))),
    "step": Setting("Step", "1", options=tuple(map(str, range(1, 13)))),
    "teacher": Setting("For teachers", False, help="Minutes, notes, and the plan of a class."),
    "mine": Setting("Your ratings of the tour", "", longest=12),
    "alike": Setting("Who or what is alike", "Users", options=("Users", "Items")),
    "alike_to": Setting("Alike to", "", help="Most ratings first; type to search.", longest=1000),
    "for_whom": Setting("For", "You", options=("You", "Friends", "A user")),
    "user": Setting("User", "", help="Most active first; type to search.", longest=1000),
    "sort": Setting(
        "Sort by", "Mean", options=("Mean", "Lower bound", "Probability"),
        help="The mean rating expected; the lower end of its interval, which passes over what is "
        "uncertain; or the probability of a high rating.",
    ),
    "fewest": Setting(
        "Fewest ratings", 0, 0, 200, 1, help="Items with fewer training ratings are left out.",
    ),
    "novelty": Setting(
        "Novelty (%)", 0, 0, 100, 5, help="Weight of a place by how few have rated it, in the mean "
        "with its place as sorted.",
    ),
    "which": Setting(
        "Which 50", "First by title", help="Those whose mean ratings are shown.",
        options=("First by title", "Most rated", "Least rated"),
    ),
    "min_ratings": Setting("Fewest ratings", 1, 1, 200, 1,
                           help="Items with fewer ratings than this are left out."),
    "shrinkage": Setting(
        "Shrinkage (ratings)", 0, 0, 100, 1,
        help="As many ratings at the global mean are added to each item before it is averaged.",
    ),
    "add_noise": Setting(
        "As the example does: add noise and clip", False,
        help="Draws a rating from N(U·V, 1/α) for every pair and draw, clips it to the scale, and "
        "averages those, over the draws whose factors are stored.",
    ),
    "axis_x": Setting("To the right", "", help="The axis that the map has from left to right."),
    "axis_y": Setting("Upwards", "", help="The axis that the map has from bottom to top."),
    "map_color": Setting("Colour", "", help="What a dot's colour says."),
    "find": Setting("Find in titles", "", help="Words of a title: what has them is ringed."),
    "axis": Setting("Axis", "", help="The first is the one along which factors vary most."),
    "item": Setting("Near to", "", help="Most rated first; type to search.", longest=1000),
    "taste": Setting("True taste", ""),
    "turned_by": Setting(
        "Turn chain 1 by (degrees)", 0, 0, 360, 15,
        help="U and V of one chain are turned together, in the plane of the first two axes.",
    ),
    "how_far": Setting("How far into the run (%)", 100, 0, 100, 5, help="Which draw is shown."),
    "job": Setting("Fit on its way", ""),
    "room": Setting("Code of a class", ""), "seat": Setting("Seat in a class", ""),
}  # fmt: skip

OF_PAGES = {"auto"}.union(*(page.shares for page in PAGES))
"""Settings that a link carries only where a page says so."""

_USUAL = "usual_choices"
"""Of the session: what `choice` was told is usual, by key."""


def widget(key: str, place: Any = st, listed: bool = False, **changes: Any) -> Any:
    """Draw the widget of a setting and return its value; `listed` drops options down."""
    setting = SETTINGS[key]
    options = {"key": key, "help": setting.help, "persist_state": "session"} | changes
    if listed:
        at = setting.options.index(setting.default)
        return place.selectbox(setting.label, setting.options, at, **options)
    if setting.options:
        return place.segmented_control(
            setting.label, setting.options, default=setting.default, required=True, **options
        )
    if isinstance(setting.default, bool):
        return place.toggle(setting.label, setting.default, **options)
    kind = place.number_input if "seed" in key else place.slider
    return kind(setting.label, setting.low, setting.high, setting.default, setting.step, **options)


def choice(
    key: str, options: Sequence[str], usual: str | None = None, place: Any = st, **changes: Any
) -> str:
    """Draw a choice among options that the data make, and return it.

    Who has not chosen has the `usual` one, also when that changes; an address leaves it out.
    Without one, it is the first, and an address names it.
    """
    known = st.session_state.setdefault(_USUAL, {})
    if value(key) not in options or value(key) == known.get(key):
        st.session_state[key] = usual or options[0]
    known[key] = usual
    return place.selectbox(
        SETTINGS[key].label, options, key=key, persist_state="session", **changes
    )


def text(key: str, usual: str, place: Any = st, label: str | None = None) -> str:
    """Draw a line of text and return it; who empties it has the `usual` one, as in `choice`."""
    setting, known = SETTINGS[key], st.session_state.setdefault(_USUAL, {})
    if value(key) in ("", known.get(key)):
        st.session_state[key] = usual
    known[key] = usual
    return place.text_input(
        label or setting.label, key=key, max_chars=setting.longest, persist_state="session"
    )


def default(key: str) -> Any:
    """Return what a setting is where nobody has set it."""
    return st.session_state.get(_USUAL, {}).get(key) or SETTINGS[key].default


def refused(key: str, texts: list[str]) -> str | None:
    """Return the rule that what an address gives for a setting breaks, or None."""
    if len(texts) > 1:
        return "given once"
    try:
        for text in texts:
            SETTINGS[key].parse(text)
    except ValueError as rule:
        return str(rule)
    return None


def value(key: str) -> Any:
    """Return what a setting is now, also where its widget is not on the page."""
    return st.session_state.get(key, SETTINGS[key].default)


def share(key: str) -> float:
    """Return a setting that people see in percent as a share, as the core takes it."""
    return value(key) / 100


def change(**values: Any) -> None:
    """Set settings from code; call it in a callback, before their widgets are drawn."""
    for key, new in values.items():
        setting = SETTINGS[key]
        if setting.low is not None:
            new = type(setting.default)(min(max(new, setting.low), setting.high))
        st.session_state[key] = new


def given(kind: type[Settings]) -> dict[str, Any]:
    """Return the fields of a settings class as they are set now; they may contradict each other."""
    return {
        knob.name: None if knob.none is not None and value(switch(knob)) else value(knob.key)
        for knob in kind.offered()
    }


def as_settings(settings: Settings) -> dict[str, Any]:
    """Return what `change` has to set for `given` to find these fields."""
    found = {}
    for knob in settings.offered():
        field = getattr(settings, knob.name)
        if knob.none is not None:
            found[switch(knob)] = field is None
        if field is not None:
            found[knob.key] = plain(knob, field)
    return found
