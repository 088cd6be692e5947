"""Settings of the playground: a model of few numbers, declared as larger ones are."""

from dataclasses import dataclass
from typing import Literal

from pmf_core.models.config import PMFConfig
from pmf_core.support.knobs import Settings, knob


@dataclass(frozen=True)
class PlayConfig(Settings):
    """A centred model with a fixed prior, and how it is fitted.

    Raises
    ------
    ValueError
        If a value breaks its rule; the message gives the value, the rule and the next step.
    """

    method: Literal["MAP", "Gibbs"] = knob(
        "Gibbs",
        label="Method",
        help="MAP: every row goes to its most probable place, until nothing moves. Gibbs: every "
        "row is drawn from all its probable places, again and again.",
        key="play_method",
    )
    factors: Literal["1", "2"] = knob(
        "2",
        label="Factors D",
        help="Numbers that describe each person and each film.",
        key="play_factors",
    )
    alpha: float = knob(
        2.0,
        high=1e4,
        label="Noise precision α",
        symbol="α",
        help="1 / variance of a rating around U·V. Higher trusts single ratings more, and the "
        "prior less.",
        slider=(0.1, 20.0, 0.1),
        key="play_alpha",
    )
    width: float = knob(
        1.0,
        high=1e2,
        label="Prior width",
        symbol="w",
        help="Sd of every number of U and V before a rating is seen. Narrow: all predictions "
        "stay near the mean rating. Wide: whatever the ratings say.",
        slider=(0.1, 3.0, 0.1),
        key="play_width",
    )

    @property
    def n_factors(self) -> int:
        """How many numbers describe a person."""
        return int(self.factors)

    @property
    def precision(self) -> float:
        """Prior precision of each of them, ``1 / width^2``: alpha_U and alpha_V."""
        return self.width**-2

    @property
    def model(self) -> PMFConfig:
        """The model as all others are said."""
        return PMFConfig(self.n_factors, self.alpha, center=True)
