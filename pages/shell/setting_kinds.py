"""One setting that an address can carry, and those that settings of a model make."""

import re
from dataclasses import dataclass
from typing import Any

from pmf_core.data.sources.base import Parameter
from pmf_core.support.knobs import Knob, Settings

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
    """As the page shows them, and the address."""
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


def of_parameter(each: Parameter) -> Setting:
    """Return what a parameter of a source of ratings says of itself."""
    words = dict(each.choices)
    default = words.get(each.default, each.default)
    return Setting(
        each.label, default, each.low, each.high, each.step, tuple(words.values()), each.help
    )


def of_knobs(kind: type[Settings]) -> dict[str, Setting]:
    """Return what the fields of a settings class say of themselves, by their key in an address."""
    found = {}
    for knob in kind.offered():
        is_flag = isinstance(knob.default, bool)
        found[knob.key] = Setting(
            knob.label,
            plain(knob, knob.default),
            *knob.slider or (None, None, None),
            options=() if is_flag else tuple(map(knob.words, knob.kind.options)),
            help=knob.tip,
        )
        if knob.none is not None:
            label = knob.none.label or f"{knob.label}: {knob.none.words}"
            found[switch(knob)] = Setting(label, knob.default is None, help=knob.none.help)
    return found


def switch(knob: Knob) -> str:
    """Return the key of the switch that makes a setting None."""
    return f"learn_{knob.key}"


def plain(knob: Knob, value: Any) -> Any:
    """Return a value as its widget has it."""
    if knob.kind.options:
        return knob.words(value)
    return knob.slider[0] if value is None else value
