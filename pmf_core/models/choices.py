"""What each setting of a model may be, whatever is beside it, and what it is called."""

from collections.abc import Sequence
from numbers import Real
from typing import Any

from pmf_core.support.errors import is_whole, require

CHOICES = {
    "prior": ("fixed", "hierarchical"),
    "implicit": ("none", "user", "item", "both"),
    "implicit_norm": ("sqrt", "mean"),
    "side_info": ("none", "user", "item", "both"),
    "noise": ("shared", "user", "item", "both"),
    "link": ("identity", "logistic", "ordinal"),
    "cut_points": ("shared", "user"),
}
"""What each field that is a choice may be."""

FLAGS = ("center", "biases")
"""Fields that are True or False."""

HIGHEST = {"n_factors": 200, "nu0": 1_000_000}
"""Fields that are whole numbers from 1 on, and up to where."""

LOWEST = {"alpha": 0, "alpha_shape": 0, "alpha_rate": 0, "noise_shape": 0, "beta0": 0, "W0": 0,
          "mu0": -1e6}  # fmt: skip
"""Fields that are numbers, and above what."""

EFFECTS = ("day", "user:day")
"""Groups of ratings that can share an additive effect, where the times of ratings are known."""

EFFECT_CHOICES = {"none": (), "day": EFFECTS[:1], "day + user:day": EFFECTS}
"""What `PMFConfig.effects` can be chosen to be, by the words that people choose by."""

WORDS_OF_NONE = {"alpha": "learned", "nu0": "fewest"}
"""Fields that may be None, and what that is called."""


def effects_words(effects: Sequence[str]) -> str:
    """Return effects in words, as in `EFFECT_CHOICES`."""
    return " + ".join(effects) or "none"


def setting_words(name: str, value: Any) -> Any:
    """Return a value of a setting as tables show it."""
    if name == "effects":
        return effects_words(value)
    return WORDS_OF_NONE.get(name, "none") if value is None else value


def check_setting(name: str, value: Any) -> Any:
    """Return the value of a field of `PMFConfig` in its plain form, whatever is beside it.

    Raises
    ------
    ValueError
        If there is no such field, or it never takes that value.
    """
    if name in CHOICES:
        require(value in CHOICES[name], name, value, f"one of {', '.join(CHOICES[name])}")
        return value
    if name == "effects":
        value = EFFECT_CHOICES.get(value, value) if isinstance(value, str) else value
        valid = isinstance(value, list | tuple) and all(each in EFFECTS for each in value)
        rule = f"one of {', '.join(EFFECT_CHOICES)}, or a tuple of such groups"
        require(valid, name, value, rule)
        return tuple(value)
    if name in FLAGS:
        require(isinstance(value, bool), name, value, "True or False")
        return value
    if value is None and name in WORDS_OF_NONE:
        return None
    if name in HIGHEST:
        high = HIGHEST[name]
        require(is_whole(value, 1, high), name, value, f"a whole number from 1 to {high}")
        return int(value)
    known = [*HIGHEST, *LOWEST, *FLAGS, *CHOICES, "effects"]
    require(name in LOWEST, "name", name, f"one of {', '.join(known)}")
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    low, high = LOWEST[name], 1e6
    rule = f"a number above {low:g} and below {high:g}, such as {max(low, 0) + 1:g}"
    require(is_number and low < value < high, name, value, rule)
    # NumPy's numbers, too, are stored as plain ones: equal settings have equal names.
    return float(value)
