"""Every setting that an address can carry: its widget, its help, its link.

The key of a setting is the name of its query parameter, so a link reproduces what is on the page.
"""

import re
from dataclasses import dataclass
from typing import Any

import streamlit as st

from pmf_core.data.sources import SOURCES
from pmf_core.data.sources.base import Knob
from pmf_core.models.choices import CHOICES, EFFECT_CHOICES
from pmf_core.models.config import PMFConfig, SamplerConfig

Number = int | float

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_FORMS = {
    int: re.compile(r"-?[0-9]{1,18}"),
    float: re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,20})?"),
}


@dataclass(frozen=True)
class Setting:
    """One setting: a slider, a switch, a number, or a choice among `options`."""

    label: str
    default: Any
    low: Number | None = None
    high: Number | None = None
    step: Number | None = None
    options: tuple[str, ...] = ()
    """As the page shows them: Streamlit writes what it shows into the address."""
    help: str | None = None
    longest: int = 100
    """Characters of a text that an address may give."""

    def parse(self, text: str) -> Any:
        """Return the value that an address gives as `text`, or raise ValueError with the rule."""
        if self.options:
            if text not in self.options:
                raise ValueError(f"one of {', '.join(self.options)}")
            return text
        if isinstance(self.default, bool):
            if text.lower() not in ("true", "false"):
                raise ValueError("true or false")
            return text.lower() == "true"
        if self.low is None:
            if len(text) > self.longest or _CONTROL.search(text):
                raise ValueError(f"up to {self.longest} characters on one line")
            return text
        kind = type(self.default)
        # Python's own reading is wider: inf, nan, 1_0, digits of other scripts.
        value = kind(text) if _FORMS[kind].fullmatch(text) else None
        if value is None or not self.low <= value <= self.high:
            whole = "whole number" if kind is int else "number"
            raise ValueError(f"a {whole} from {self.low} to {self.high}")
        return value


def _of(knob: Knob) -> Setting:
    words = dict(knob.choices)
    default = words.get(knob.default, knob.default)
    return Setting(
        knob.label, default, knob.low, knob.high, knob.step, tuple(words.values()), knob.help
    )


_PMF, _RUN = PMFConfig(), SamplerConfig()

SETTINGS: dict[str, Setting] = {
    "data": Setting(
        "Ratings", SOURCES[0].label, options=tuple(source.label for source in SOURCES),
        help="What every page works on.\n"
        + "".join(f"\n- **{source.label}**: {source.help}" for source in SOURCES),
    ),
    **{knob.name: _of(knob) for source in SOURCES for knob in source.knobs},
    "table": Setting("Uploaded table", ""),
    "test_size": Setting(
        "Held out (%)", 10, 5, 50, 1,
        help="Share of the ratings that no method learns from. The example holds out 10 %.",
    ),
    "split_seed": Setting(
        "Seed of the split", 0, 0, 9999, 1, help="Another seed holds other ratings out."
    ),
    "n_factors": Setting(
        "Factors D", _PMF.n_factors, 1, 50, 1,
        help="Numbers that describe each user and each movie (the example's DIM). More can say "
        "more, learn noise sooner, and cost time: about D² for each rating.",
    ),
    "alpha": Setting(
        "Noise precision α", _PMF.alpha, 0.1, 20.0, 0.1,
        help="1 / variance of a rating around U·V, in 1 / stars². Higher trusts single ratings "
        "more, and the prior less. It costs nothing.",
    ),
    "center": Setting(
        "Subtract the mean rating", _PMF.center,
        help="Factorize what is left after the mean of the training ratings. The example does "
        "not, so its prior pulls predictions towards 0 stars.",
    ),
    "learn_alpha": Setting(
        "Learn α", False, help="Read the noise off the ratings, under a gamma prior."
    ),
    "biases": Setting(
        "Biases", False,
        help="A number for each user and each movie, added to U·V: some people are generous, some "
        "movies good.",
    ),
    "prior": Setting(
        "Prior of the factors", _PMF.prior, options=CHOICES["prior"],
        help="Fixed: around 0, as wide as the example's rule says. Hierarchical: mean and spread "
        "are learned (BPMF), so that it neither shrinks too much nor too little.",
    ),
    "implicit": Setting(
        "Who rated what moves", _PMF.implicit, options=CHOICES["implicit"],
        help="Which movies somebody rated says what they like, whatever the stars (constrained "
        "PMF). The same for movies. Costs time: each rating is met twice more.",
    ),
    "implicit_norm": Setting(
        "n such ratings weigh", _PMF.implicit_norm, options=CHOICES["implicit_norm"],
        help="sqrt: 1/√n each, so that more ratings say more; mean: 1/n each, as in the paper.",
    ),
    "side_info": Setting(
        "Features move", _PMF.side_info, options=CHOICES["side_info"],
        help="Age, gender, occupation and region of users, genres and release period of movies; "
        "of your own table, any column of words or numbers.",
    ),
    "noise": Setting(
        "Own precision for each", _PMF.noise, options=CHOICES["noise"],
        help="Some people's ratings are noisier than others'.",
    ),
    "effects": Setting(
        "Effects of time", "none", options=tuple(EFFECT_CHOICES),
        help="Ratings of a day, or of one person on one day, share a shift.",
    ),
    "link": Setting(
        "Link", _PMF.link, options=CHOICES["link"],
        help="Identity: U·V is the rating. Logistic: a curve that stays on the scale. Ordinal: "
        "stars are ordered labels, with cut points between them that are learned.",
    ),
    "cut_points": Setting(
        "Cut points", _PMF.cut_points, options=CHOICES["cut_points"],
        help="Shared, or each user's own way of using the stars.",
    ),
    "W0": Setting(
        "Scale of the Wishart W₀", _PMF.W0, 0.05, 20.0, 0.05,
        help="How large precisions of factors are expected to be. 1 is the paper's.",
    ),
    "beta0": Setting(
        "Weight of the prior mean β₀", _PMF.beta0, 0.1, 50.0, 0.1,
        help="How many rows the prior mean 0 is worth. 2 is the paper's.",
    ),
    "draws": Setting(
        "Draws", _RUN.draws, 50, 2000, 50,
        help="Kept steps of each chain. Time grows in proportion.",
    ),
    "tune": Setting(
        "Tuning steps", _RUN.tune, 0, 2000, 50,
        help="First steps of each chain, which are thrown away: they still remember the start.",
    ),
    "chains": Setting(
        "Chains", _RUN.chains, 1, 8, 1,
        help="Independent runs. r_hat compares them, so have at least two; four is usual.",
    ),
    "seed": Setting(
        "Seed of the sampler", _RUN.random_seed, 0, 9999, 1,
        help="The same seed gives the same draws, bit for bit.",
    ),
    "auto": Setting(
        "Sample at every change", False, help="Sampling starts by itself when a setting changes."
    ),
    "sweep": Setting("Sweep", ""),
    "view": Setting("Show", "Runs", options=("Runs", "Sweeps", "Ladder")),
    "run": Setting("Run", ""),
    "user": Setting("User", "", help="Most active first; type to search.", longest=1000),
    "sort": Setting(
        "Sort by", "Mean", options=("Mean", "Lower bound", "Probability"),
        help="The mean rating expected; the lower end of its interval, which passes over what is "
        "uncertain; or the probability of a high rating.",
    ),
    "fewest": Setting(
        "Fewest ratings", 0, 0, 200, 1,
        help="Movies with fewer training ratings than this are left out.",
    ),
    "min_ratings": Setting(
        "Fewest ratings", 1, 1, 200, 1, help="Movies with fewer ratings than this are left out.",
    ),
    "shrinkage": Setting(
        "Shrinkage (ratings)", 0, 0, 100, 1,
        help="As many ratings at the global mean are added to each movie before it is averaged.",
    ),
    "add_noise": Setting(
        "As the example does: add noise and clip", False,
        help="Draws a rating from N(U·V, 1/α) for every pair and draw, clips it to the scale, and "
        "averages those, over the draws whose factors are stored.",
    ),
    "job": Setting("Fit on its way", ""),
}  # fmt: skip

UNSHARED = (
    "run", "job", "auto", "sweep", "view", "user", "sort", "fewest", "min_ratings",
    "shrinkage", "add_noise",
)  # fmt: skip
"""Settings that a link carries only where a page says so."""


def widget(key: str, place: Any = st, listed: bool = False, **changes: Any) -> Any:
    """Draw the widget of a setting and return its value; `listed` drops options down."""
    setting = SETTINGS[key]
    # Where Back leads to an address that is refused, the widget must not read it.
    bound = refused(key, st.query_params.get_all(key)) is None
    options = {
        "key": key, "help": setting.help, "bind": "query-params" if bound else None,
        "persist_state": "session",
    } | changes  # fmt: skip
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


def change(**values: Any) -> None:
    """Set settings from code; call it in a callback, before their widgets are drawn."""
    for key, new in values.items():
        setting = SETTINGS[key]
        if setting.low is not None:
            new = type(setting.default)(min(max(new, setting.low), setting.high))
        st.session_state[key] = new
