"""Settings of a model and of a sampler, as frozen dataclasses that check their values."""

import json
from dataclasses import asdict, dataclass
from numbers import Real

from pmf_core.errors import is_whole, require


@dataclass(frozen=True)
class PMFConfig:
    """Ingredients of a matrix factorization; the defaults are the PyMC example's model.

    Ratings have noise precision `alpha` around ``U_i . V_j`` and the rows of U and V have
    spherical normal priors (Mnih & Salakhutdinov 2007, eqs 1 and 2).

    Raises
    ------
    ValueError
        If a value breaks its rule; the message gives the value, the rule and the next step.
    """

    n_factors: int = 10
    """Latent dimensions D, 1 to 200."""
    alpha: float = 2.0
    """Noise precision of a rating, 1 / variance, in 1 / stars squared."""
    center: bool = False
    """Subtract the mean of the training ratings before factorizing."""

    def __post_init__(self) -> None:
        """Check every field."""
        whole = is_whole(self.n_factors, 1, 200)
        require(whole, "n_factors", self.n_factors, "a whole number from 1 to 200")
        precision = isinstance(self.alpha, Real) and 0 < self.alpha < 1e6
        require(precision, "alpha", self.alpha, "a precision above 0 and below 1e6, such as 2.0")
        require(isinstance(self.center, bool), "center", self.center, "True or False")
        # NumPy's numbers, too, are stored as plain ones: so that equal settings have equal names.
        object.__setattr__(self, "n_factors", int(self.n_factors))
        object.__setattr__(self, "alpha", float(self.alpha))

    def to_json(self) -> str:
        """Return the fields as JSON, the form in which a fit stores them."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "PMFConfig":
        """Read what `to_json` wrote."""
        return cls(**json.loads(text))


@dataclass(frozen=True)
class SamplerConfig:
    """Length and seed of a sampling run.

    Raises
    ------
    ValueError
        If a value breaks its rule; the message gives the value, the rule and the next step.
    """

    draws: int = 500
    """Kept sweeps of each chain."""
    tune: int = 500
    """Sweeps of each chain that are discarded first."""
    chains: int = 4
    """Independent chains."""
    random_seed: int = 0
    """Seed from which the random numbers of every chain and sweep are derived."""
    keep: int = 200
    """Factor draws that are stored, over all chains; statistics use every draw."""

    def __post_init__(self) -> None:
        """Check every field."""
        rules = {"draws": (1, 100_000), "tune": (0, 100_000), "chains": (1, 64)}
        rules |= {"random_seed": (0, 2**32 - 1), "keep": (1, 1_000_000)}
        for name, (low, high) in rules.items():
            value = getattr(self, name)
            rule = f"a whole number from {low} to {high}"
            require(is_whole(value, low, high), name, value, rule)
            object.__setattr__(self, name, int(value))


PRESETS: dict[str, PMFConfig] = {"pmf": PMFConfig()}
"""Named configurations; ``pmf`` is the PyMC example's model."""
