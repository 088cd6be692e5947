"""What is stored of a class: the room, its members, what was claimed and what was rated."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Claim:
    """What a model says of a rating before it is given."""

    probability: tuple[float, ...]
    """Of each level, as they are ordered."""
    low: int
    high: int
    """Position of the first and of the last level of the set that is claimed."""
    mass: float
    """Probability of that set."""

    def holds(self, position: int) -> bool:
        """Return whether a level, by its position, is in the set."""
        return self.low <= position <= self.high

    def to_json(self) -> str:
        """Return it as it is stored."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Claim":
        """Read what `to_json` wrote."""
        found = json.loads(text)
        return cls(**found | {"probability": tuple(found["probability"])})


@dataclass(frozen=True)
class Room:
    """A class."""

    id: str
    """Not to be guessed; what its fit is called by."""
    code: str
    owner: str
    """The visitor who opened it; empty where everything is one person's."""
    run_id: str
    created: float
    ends: float
    """Seconds since 1970, as `created`."""
    films: tuple[int, ...]
    """Row positions of the items, in the order in which they are asked for."""
    levels: tuple[float, ...]
    """The ratings that can be given, in stars, ascending."""
    wanted: int
    """Ratings that each member is asked for."""
    is_open: bool
    """Whether more members may come in."""
    job_id: str
    """Of the fit with the class in it, and of the run that it becomes; empty before."""
    version: int
    """Goes up with every change."""


@dataclass(frozen=True)
class Member:
    """Somebody in a class."""

    id: int
    nickname: str
    """As it was typed, checked: to be escaped wherever it is drawn."""


@dataclass(frozen=True)
class Answer:
    """What a member was asked, and said."""

    member_id: int
    item_idx: int
    claim: Claim
    first: float | None
    """The rating that came first, which the game counts; None before."""
    rating: float | None
    """The rating that holds."""
    is_skipped: bool
    """Whether the member does not know the item, and has not rated it since."""
