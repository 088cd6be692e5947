"""Settings of a model: what is known of each is said here, once.

To add one, declare its field with `knob`. That checks and refuses its values, draws its widget with
its help, greys it out where it means nothing, lets grids vary it, names it in tables and carries it
in addresses; nothing else has to be told.
"""

from dataclasses import dataclass
from typing import Any, Literal

from pmf_core.support.errors import require
from pmf_core.support.knobs import Nothing, Settings, knob
from pmf_core.support.rules import Idle, Only, Without

Sides = Literal["none", "user", "item", "both"]

EFFECTS = ("day", "user:day")
"""Groups of ratings that can share an additive effect, where the times of ratings are known."""


def _alpha_words(config: Any) -> str:
    return "α learned" if config.alpha is None else f"α={config.alpha:g}"


def _link_word(config: Any) -> str:
    return config.link if config.cut_points == "shared" else ""  # own ones say that there are some


def _has_no_hyperprior(config: Any) -> bool:
    return config.prior == "fixed" and not config.biases


_HYPERPRIOR = Idle(_has_no_hyperprior, "no prior is learned, of factors or of biases")


@dataclass(frozen=True)
class PMFConfig(Settings):
    """Ingredients of a matrix factorization; the defaults are the PyMC example's model.

    A rating has noise precision `alpha` around ``U_i . V_j``, and the rows of U and V have
    normal priors (Mnih & Salakhutdinov 2007, sec 2). Every other field is one step away
    from that and can be switched by itself; combinations that mean nothing are refused.

    Raises
    ------
    ValueError
        If a value breaks its rule; the message gives the value, the rule and the next step.
    """

    n_factors: int = knob(
        10,
        low=1,
        high=200,
        label="Factors D",
        symbol="D",
        help="Numbers that describe each user and each item (the example's DIM). More can say "
        "more, and learn noise sooner.",
        costs="time: about D² for each rating",
        slider=(1, 50, 1),
        sweep=(2, 5, 10, 20, 40),
        said="D={}",
        always_said=True,
        first=True,
    )
    alpha: float | None = knob(
        2.0,
        label="Noise precision α",
        symbol="α",
        help="1 / variance of a rating around U·V, in 1 / unit²; a unit is a quarter of the "
        "scale, one star of 1 to 5. Higher trusts single ratings more, and the prior less.",
        costs="nothing",
        slider=(0.1, 20.0, 0.1),
        sweep=(0.5, 1.0, 2.0, 4.0, None),
        none=Nothing("learned", "Learn α", "Read the noise off the ratings, under a gamma prior."),
        rule=Only(
            1.0,
            lambda config: config.link == "ordinal",
            "with an ordinal link, whose cut points have no other unit",
        ),
        said=_alpha_words,
        always_said=True,
        first=True,
    )
    center: bool = knob(
        False,
        label="Subtract the mean rating",
        help="Factorize what is left after the mean of the training ratings. The example does "
        "not, so its prior pulls predictions towards 0.",
        said="centred",
        first=True,
    )
    prior: Literal["fixed", "hierarchical"] = knob(
        "fixed",
        label="Prior of the factors",
        help="Fixed: around 0, as wide as the example's rule says. Hierarchical: mean and spread "
        "are learned (BPMF), so that it neither shrinks too much nor too little.",
        said="{}",
        first=True,
    )
    """Learned ones are Normal-Wishart (Salakhutdinov & Mnih 2008)."""
    biases: bool = knob(
        False,
        label="Biases",
        help="A number for each user and each item, added to U·V: some people are generous, some "
        "items good.",
        said="biases",
        first=True,
    )
    """Their prior is always learned."""
    implicit: Sides = knob(
        "none",
        label="Who rated what moves",
        help="What somebody rated says what they like, however they rated it (constrained PMF). "
        "The same for items, by who rated them.",
        costs="time: each rating is met twice more",
        said="implicit {}",
    )
    """Constrained PMF is ``user`` (Mnih & Salakhutdinov 2007, sec 4)."""
    implicit_norm: Literal["sqrt", "mean"] = knob(
        "sqrt",
        label="n such ratings weigh",
        help="sqrt: 1/√n each, so that more ratings say more; mean: 1/n each, as in the paper.",
        rule=Idle(lambda config: config.implicit == "none", "who rated what moves neither side"),
    )
    side_info: Sides = knob(
        "none",
        label="Features move",
        help="Age, gender, occupation and region of users, genres and release period of items; "
        "of your own table, any column of words or numbers.",
        said="side {}",
    )
    noise: Literal["shared", "user", "item", "both"] = knob(
        "shared",
        label="Own precision for each",
        help="Some people's ratings are noisier than others'.",
        rule=Without(
            {"user": "shared", "both": "item"},
            lambda config: config.link == "ordinal" and config.cut_points == "user",
            "where each user has cut points, which say the same",
        ),
        said="noise {}",
    )
    """Relative to `alpha`."""
    effects: tuple[Literal["day", "user:day"], ...] = knob(
        (),
        label="Effects of time",
        help="Ratings of a day, or of one person on one day, share a shift.",
        rule=Only(
            (),
            lambda config: config.link == "logistic",
            "with a logistic link: under it, their conditional has no closed form",
        ),
        said="{}",
    )
    link: Literal["identity", "logistic", "ordinal"] = knob(
        "identity",
        label="Link",
        help="Identity: U·V is the rating. Logistic: a curve that stays on the scale. Ordinal: "
        "ratings are ordered labels, with cut points between them that are learned.",
        said=_link_word,
    )
    """Logistic: Mnih & Salakhutdinov 2007, sec 2. Ordinal: Albert & Chib 1993."""
    cut_points: Literal["shared", "user"] = knob(
        "shared",
        label="Cut points",
        help="Shared, or each user's own way of using the scale.",
        rule=Only(
            "shared",
            lambda config: config.link != "ordinal",
            "where the link is not ordinal, as there are none",
        ),
        said="own cut points",
    )
    alpha_shape: float = knob(
        1.0,
        label="Shape of α's prior",
        help="Of the gamma prior of a learned α.",
        sweep=(0.5, 1.0, 2.0, 4.0),
        rule=Idle(lambda config: config.alpha is not None, "α is not learned"),
    )
    alpha_rate: float = knob(
        1.0,
        label="Rate of α's prior",
        help="Of the gamma prior of a learned α.",
        sweep=(0.5, 1.0, 2.0, 4.0),
        rule=Idle(lambda config: config.alpha is not None, "α is not learned"),
    )
    noise_shape: float = knob(
        4.0,
        label="Shape of the precisions' prior",
        help="Shape, and rate, of the gamma prior of each relative precision: its mean is 1.",
        sweep=(1.0, 2.0, 4.0, 8.0, 16.0),
        rule=Idle(lambda config: config.noise == "shared", "all ratings share one precision"),
    )
    mu0: float = knob(
        0.0,
        low=-1e6,
        label="Prior mean μ₀",
        symbol="μ₀",
        help="Normal-Wishart prior: mean of every column's mean.",
        sweep=(-1.0, 0.0, 1.0),
        rule=_HYPERPRIOR,
    )
    beta0: float = knob(
        2.0,
        label="Weight of the prior mean β₀",
        symbol="β₀",
        help="How many rows the prior mean 0 is worth. 2 is the paper's.",
        slider=(0.1, 50.0, 0.1),
        sweep=(0.5, 1.0, 2.0, 4.0, 8.0),
        rule=_HYPERPRIOR,
    )
    nu0: int | None = knob(
        None,
        low=1,
        high=1_000_000,
        label="Degrees of freedom ν₀",
        symbol="ν₀",
        help="Of the Wishart; the fewest for a proper prior are the number of columns.",
        sweep=(None, 20, 40, 80),
        none=Nothing("fewest"),
        rule=_HYPERPRIOR,
    )
    W0: float = knob(
        1.0,
        label="Scale of the Wishart W₀",
        symbol="W₀",
        help="How large precisions of factors are expected to be, times the identity. 1 is the "
        "paper's.",
        slider=(0.05, 20.0, 0.05),
        sweep=(0.1, 0.3, 1.0, 3.0, 10.0),
        rule=_HYPERPRIOR,
    )

    def __post_init__(self) -> None:
        """Check every field, then what they mean together."""
        super().__post_init__()
        rule = f"None or a whole number from {self.n_columns} (the columns) up"
        require(self.nu0 is None or self.nu0 >= self.n_columns, "nu0", self.nu0, rule)

    @property
    def n_columns(self) -> int:
        """Columns of the matrices that are drawn: the factors and, with biases, one more."""
        return self.n_factors + self.biases
