"""Settings of a model and of a sampler, as frozen dataclasses that check their values."""

import json
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from pmf_core.models.choices import EFFECTS, check_setting, effects_words
from pmf_core.support.errors import is_whole, require


@dataclass(frozen=True)
class PMFConfig:
    """Ingredients of a matrix factorization; the defaults are the PyMC example's model.

    A rating has noise precision `alpha` around ``U_i . V_j``, and the rows of U and V have
    normal priors (Mnih & Salakhutdinov 2007, eqs 1 and 2). Every other field is one step away
    from that and can be switched by itself; combinations that mean nothing are refused.

    Raises
    ------
    ValueError
        If a value breaks its rule; the message gives the value, the rule and the next step.
    """

    n_factors: int = 10
    """Latent dimensions D, 1 to 200."""
    alpha: float | None = 2.0
    """Noise precision of a rating, 1 / variance, in 1 / stars squared; None learns it. With an
    ordinal link it is that of the latent score and must be 1, which sets the unit."""
    center: bool = False
    """Subtract the mean of the training ratings before factorizing."""
    prior: str = "fixed"
    """Of the rows: ``fixed`` as the example sets it from the data, or ``hierarchical``, learned
    under a Normal-Wishart (Salakhutdinov & Mnih 2008)."""
    biases: bool = False
    """A number for each user and item, added to ``U_i . V_j``; its prior is always learned."""
    implicit: str = "none"
    """Whose rows are moved by which ratings exist, whatever their values: ``user`` (constrained
    PMF), ``item`` or ``both``."""
    implicit_norm: str = "sqrt"
    """How n such ratings are weighted: ``sqrt`` by 1 / sqrt(n), ``mean`` by 1 / n."""
    side_info: str = "none"
    """Whose rows are moved by their features (age, genre, ...): ``user``, ``item`` or ``both``."""
    noise: str = "shared"
    """Whose ratings have a precision of their own, relative to `alpha`."""
    effects: tuple[str, ...] = ()
    """Groups of ratings that share an additive effect: ``day``, ``user:day``."""
    link: str = "identity"
    """From ``U_i . V_j`` to ratings: ``identity``, ``logistic`` (bounded by the scale), or
    ``ordinal`` (cut points between ordered stars; Albert & Chib 1993)."""
    cut_points: str = "shared"
    """Whether all share the cut points of an ordinal link, or each ``user`` has their own."""
    alpha_shape: float = 1.0
    """Shape of the gamma prior of a learned alpha."""
    alpha_rate: float = 1.0
    """Its rate."""
    noise_shape: float = 4.0
    """Shape, and rate, of the gamma prior of each relative precision: its mean is 1."""
    mu0: float = 0.0
    """Normal-Wishart prior: mean of every column's mean."""
    beta0: float = 2.0
    """How many rows that mean is worth."""
    nu0: int | None = None
    """Degrees of freedom; None takes the number of columns, the fewest for a proper prior."""
    W0: float = 1.0
    """Scale of the Wishart, times the identity."""

    def __post_init__(self) -> None:
        """Check every field, then what they mean together."""
        for name, value in list(vars(self).items()):
            object.__setattr__(self, name, check_setting(name, value))
        self._check_combinations()

    def _check_combinations(self) -> None:
        require(
            self.nu0 is None or self.nu0 >= self.n_columns, "nu0", self.nu0,
            f"None or a whole number from {self.n_columns} (the columns) up",
        )  # fmt: skip
        if self.link == "ordinal":
            require(
                self.alpha == 1.0, "alpha", self.alpha,
                "1.0 with an ordinal link, whose cut points have no other unit",
            )  # fmt: skip
        else:
            require(
                self.cut_points == "shared", "cut_points", self.cut_points,
                "shared where the link is not ordinal, as there are none",
            )  # fmt: skip
        require(
            not (self.link == "logistic" and self.effects), "effects", self.effects,
            "empty with a logistic link: under it, their conditional has no closed form",
        )  # fmt: skip
        require(
            not (self.cut_points == "user" and self.noise in ("user", "both")), "noise",
            self.noise, "shared or item where each user has cut points, which say the same",
        )  # fmt: skip

    @classmethod
    def coherent(cls, **loose: Any) -> "PMFConfig":
        """Return the model of loose fields, where those that mean nothing are overruled.

        The constructor refuses them. This is for whoever is on the way from one model to another,
        a setting at a time, as on a page or along a sweep.

        Raises
        ------
        ValueError
            If a field never takes its value, also where it is overruled, or `nu0` is too small.
        """
        plain = {field.name: field.default for field in fields(cls)}
        given = plain | {name: check_setting(name, value) for name, value in loose.items()}
        if given["link"] == "ordinal":
            given["alpha"] = 1.0
            if given["cut_points"] == "user":
                others = {"user": "shared", "both": "item"}
                given["noise"] = others.get(given["noise"], given["noise"])
        else:
            given["cut_points"] = "shared"
        if given["link"] == "logistic":
            given["effects"] = ()
        # What no part of the model reads is as by default, so that equal models are equal.
        for is_read, names in (
            (given["implicit"] != "none", ("implicit_norm",)),
            (given["alpha"] is None, ("alpha_shape", "alpha_rate")),
            (given["noise"] != "shared", ("noise_shape",)),
            (given["prior"] == "hierarchical" or given["biases"], ("mu0", "beta0", "nu0", "W0")),
        ):
            if not is_read:
                given |= {name: plain[name] for name in names}
        return cls(**given)

    @property
    def n_columns(self) -> int:
        """Columns of the matrices that are drawn: the factors and, with biases, one more."""
        return self.n_factors + self.biases

    def words(self) -> list[str]:
        """Return what differs from the example's model, shortest first: for names and titles."""
        alpha = [] if self.link == "ordinal" else ["α learned"]
        if self.alpha is not None and self.link != "ordinal":
            alpha = [f"α={self.alpha:g}"]
        cuts = "own cut points" if self.cut_points == "user" else "ordinal"
        return [f"D={self.n_factors}", *alpha] + [
            word
            for word, is_on in (
                ("centred", self.center),
                ("hierarchical", self.prior == "hierarchical"),
                ("biases", self.biases),
                (f"implicit {self.implicit}", self.implicit != "none"),
                (f"side {self.side_info}", self.side_info != "none"),
                (f"noise {self.noise}", self.noise != "shared"),
                (effects_words(self.effects), self.effects),
                ("logistic", self.link == "logistic"),
                (cuts, self.link == "ordinal"),
            )
            if is_on
        ]

    def to_json(self) -> str:
        """Return the fields as JSON, the form in which a fit stores them."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "PMFConfig":
        """Read what `to_json` wrote, also by a version that had fewer fields.

        Raises
        ------
        ValueError
            If there are fields that this version does not know, or values that break a rule.
        """
        found = json.loads(text)
        unknown = sorted(set(found) - {field.name for field in fields(cls)})
        if unknown:
            raise ValueError(
                f"the model has the fields {', '.join(unknown)}, which this version does not "
                "know; it was written by a newer version, so update this one"
            )
        return cls(**found)


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


_HIERARCHICAL = PMFConfig(prior="hierarchical", alpha=None, center=True)

PRESETS: dict[str, PMFConfig] = {
    "pmf": PMFConfig(),
    "logistic": PMFConfig(link="logistic"),
    "constrained": PMFConfig(implicit="user", implicit_norm="mean"),
    "bpmf": _HIERARCHICAL,
    "best": replace(
        _HIERARCHICAL, n_factors=16, alpha=1.0, biases=True, implicit="both", side_info="both",
        effects=EFFECTS, link="ordinal", cut_points="user",
    ),
}  # fmt: skip
"""Named configurations; ``pmf`` is the PyMC example's model."""
