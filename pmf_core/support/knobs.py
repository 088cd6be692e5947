"""Settings that say for themselves what they are, what they cost and when they mean something.

A field of a frozen dataclass is declared with `knob`, and whatever checks, overrules, names,
sweeps, tabulates or draws settings reads the `Knob` of each: nothing has to be told of a new one.
"""

import dataclasses
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any, Self, get_type_hints

from pmf_core.support.errors import require
from pmf_core.support.kinds import Kind, kind_of
from pmf_core.support.rules import Idle, Only, Rule


@dataclass(frozen=True)
class Nothing:
    """What it is called that a setting is None, and the switch that makes it so."""

    words: str
    label: str = ""
    help: str | None = None


@dataclass(frozen=True)
class Knob:
    """All that is known of a setting, whatever is beside it or not."""

    name: str
    default: Any
    kind: Kind
    label: str = ""
    """What people call it."""
    symbol: str = ""
    """What formulas call it, and whatever has no room for the label."""
    help: str = ""
    """What it does, in a sentence or two."""
    costs: str = ""
    """What more of it costs, after ``Costs``."""
    slider: tuple[float, float, float] | None = None
    """From, to and step of what people are offered of a number; None offers nothing."""
    sweep: tuple[Any, ...] = ()
    """Values that are suggested to try side by side; all options of what has options."""
    none: Nothing | None = None
    """Of a setting that may be None."""
    rule: Rule | None = None
    """Where it is not free beside the others."""
    said: str | Callable[[Any], str] = ""
    """Word for a model in which it is not as by default, `{}` being its value; or what makes it."""
    always_said: bool = False
    first: bool = False
    """Among those that everybody should see first."""
    key: str = ""
    """Its name in an address."""

    def check(self, value: Any) -> Any:
        """Return a value in its plain form, whatever is beside it.

        Raises
        ------
        ValueError
            If the setting never takes that value.
        """
        if value is None and self.none is not None:
            return None
        return self.kind.check(self.name, value)

    def read(self, text: str) -> Any:
        """Return the value that words mean, as `words` says it; raise ValueError as `check`."""
        if self.none is not None and text == self.none.words:
            return None
        return self.check(self.kind.read(text))

    def words(self, value: Any) -> Any:
        """Return a value as tables show it."""
        if value is None:
            return "none" if self.none is None else self.none.words
        return self.kind.words(value)

    @property
    def is_offered(self) -> bool:
        """Whether people can set it on a page."""
        return bool(self.kind.options) or self.slider is not None

    @property
    def short(self) -> str:
        """What people call it where there is little room."""
        return self.symbol or self.label or self.name

    @property
    def tip(self) -> str:
        """What it does and what it costs."""
        return f"{self.help} Costs {self.costs}." if self.costs else self.help

    @property
    def suggested(self) -> str:
        """Values to try side by side, as `read` takes each; empty where it is not varied."""
        texts = (self.words(each) for each in self.sweep or self.kind.options)
        return ", ".join(f"{t:g}" if isinstance(t, float) else str(t).lower() for t in texts)

    def is_free(self, beside: Any) -> bool:
        """Return whether more than one value means something beside the other settings."""
        holds = isinstance(self.rule, Idle | Only) and self.rule.where(beside)
        return not holds

    def says(self, beside: Any) -> str:
        """Return how the other settings hold it, after ``It is``; empty where they do not."""
        holds = self.rule is not None and self.rule.where(beside)
        return self.rule.says(self) if holds else ""

    def settle(self, value: Any, beside: Any) -> Any:
        """Return what a value is beside the other settings."""
        if self.rule is None or not self.rule.where(beside):
            return value
        return self.rule.instead(self, value)

    def word(self, beside: Any) -> str:
        """Return what a name of the whole says of it, if anything."""
        value = getattr(beside, self.name)
        if not self.is_free(beside) or (value == self.default and not self.always_said):
            return ""
        return (
            self.said.format(self.words(value)) if isinstance(self.said, str) else self.said(beside)
        )


def knob(
    default: Any,
    *,
    low: float = 0,
    high: float | None = None,
    offered: tuple[tuple[str, ...], ...] = (),
    **about: Any,
) -> Any:
    """Declare a field of a `Settings` class.

    Parameters
    ----------
    default : object
    low, high : float, optional
        Lowest and highest whole number; or what a number has to be above and below.
    offered : tuple of tuple of str, optional
        Of several of a group: what people can choose from.
    **about
        Fields of `Knob`. Its kind follows from the type of the field, its name from the name.
    """
    about = {"low": low, "high": high, "offered": offered, "about": about}
    return dataclasses.field(default=default, metadata=about)


@cache
def _knobs(cls: type) -> dict[str, Knob]:
    hints = get_type_hints(cls)
    found = {}
    for field in dataclasses.fields(cls):
        kind = kind_of(hints[field.name], field.metadata["low"], field.metadata["high"])
        if field.metadata["offered"]:
            kind = dataclasses.replace(kind, offered=field.metadata["offered"])
        about = {"key": field.name} | field.metadata["about"]
        found[field.name] = Knob(field.name, field.default, kind, **about)
    return found


class Settings:
    """Base of frozen dataclasses whose fields are declared with `knob`.

    Raises
    ------
    ValueError
        If a value breaks its rule; the message gives the value, the rule and the next step.
    """

    @classmethod
    def knobs(cls) -> dict[str, Knob]:
        """Return what is known of each setting, by its name."""
        return _knobs(cls)

    @classmethod
    def knob(cls, name: str) -> Knob:
        """Return what is known of a setting, or raise ValueError if there is none of that name."""
        require(name in cls.knobs(), "name", name, f"one of {', '.join(cls.knobs())}")
        return cls.knobs()[name]

    @classmethod
    def offered(cls) -> list[Knob]:
        """Return what is known of the settings that people can set on a page."""
        return [knob for knob in cls.knobs().values() if knob.is_offered]

    def __post_init__(self) -> None:
        """Check every setting, then what they mean together."""
        for name, each in self.knobs().items():
            object.__setattr__(self, name, each.check(getattr(self, name)))
        for name, each in self.knobs().items():
            value = getattr(self, name)
            if each.rule is not None and each.rule.refuses:
                require(each.settle(value, self) == value, name, value, each.rule.says(each))

    @classmethod
    def coherent(cls, **loose: Any) -> Self:
        """Return settings of loose values, where those that mean nothing are overruled.

        The constructor refuses them. This is for whoever is on the way from one model to another,
        a setting at a time, as on a page or along a sweep. What nothing reads is as by default,
        so that equal models are equal.

        Raises
        ------
        ValueError
            If a setting never takes its value, also where it is overruled.
        """
        given = {name: each.default for name, each in cls.knobs().items()}
        given |= {name: cls.knob(name).check(value) for name, value in loose.items()}
        for _ in given:  # each turn can free or hold a further one
            beside, before = SimpleNamespace(**given), given
            given = {name: cls.knob(name).settle(value, beside) for name, value in given.items()}
            if given == before:
                break
        return cls(**given)

    def words(self) -> list[str]:
        """Return what differs from the default, in the words that names and titles use."""
        said = (each.word(self) for each in self.knobs().values())
        return [word for word in said if word]

    @classmethod
    def in_words(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return values of settings as tables show them; of a name that is not known, as it is."""
        known = cls.knobs()
        return {
            name: known[name].words(value) if name in known else value
            for name, value in values.items()
        }

    def to_json(self) -> str:
        """Return all settings as JSON, the form in which a fit stores them."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote, also by a version that had fewer settings.

        Raises
        ------
        ValueError
            If there are settings that this version does not know, or values that break a rule.
        """
        found = json.loads(text)
        unknown = sorted(set(found) - set(cls.knobs()))
        if unknown:
            raise ValueError(
                f"it has the fields {', '.join(unknown)}, which this version does not "
                "know; it was written by a newer version, so update this one"
            )
        return cls(**found)
