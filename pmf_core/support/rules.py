"""Where a setting is not free beside the others: what it is then, and why."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Idle:
    """Where nothing reads a setting: it may be anything there, and is as by default."""

    where: Callable[[Any], bool]
    """Of the other settings."""
    why: str
    """The same in words, such as ``nothing is learned``."""
    refuses = False

    def instead(self, knob: Any, value: Any) -> Any:
        """Return what the setting is there."""
        return knob.default

    def says(self, knob: Any) -> str:
        """Return the rule in words."""
        return f"without meaning: {self.why}"


@dataclass(frozen=True)
class Only:
    """Where a setting has one value that goes with the others."""

    value: Any
    where: Callable[[Any], bool]
    why: str
    refuses = True

    def instead(self, knob: Any, value: Any) -> Any:
        """Return what the setting is there."""
        return self.value

    def says(self, knob: Any) -> str:
        """Return the rule in words."""
        return f"{knob.words(self.value)} {self.why}"


@dataclass(frozen=True)
class Without:
    """Where some values of a setting do not go with the others, and what takes their place."""

    swaps: Mapping[Any, Any]
    where: Callable[[Any], bool]
    why: str
    refuses = True

    def instead(self, knob: Any, value: Any) -> Any:
        """Return what the setting is there."""
        return self.swaps.get(value, value)

    def says(self, knob: Any) -> str:
        """Return the rule in words."""
        left = (each for each in knob.kind.options if each not in self.swaps)
        return f"{' or '.join(left)} {self.why}"


Rule = Idle | Only | Without
