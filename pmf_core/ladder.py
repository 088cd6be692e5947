"""The way from the PyMC example's model to the best one, an ingredient at a time."""

from dataclasses import dataclass, replace

from pmf_core.config import PRESETS, PMFConfig


@dataclass(frozen=True)
class Rung:
    """A model, and what it adds to the one below."""

    key: str
    """Names the rung in stored figures."""
    adds: str
    """What is new, for people."""
    why: str
    """What that is for, in a sentence."""
    config: PMFConfig


def _climb() -> tuple[Rung, ...]:
    config = PRESETS["pmf"]
    rungs = [
        Rung("pmf", "The example's PMF", "Factors under a prior around zero, fixed noise.", config)
    ]
    for key, adds, why, changes in (
        ("centred", "the mean rating", "The prior pulls towards the mean, not towards 0 stars.",
         {"center": True}),
        ("hierarchical", "a learned prior", "How far factors spread is read off the ratings.",
         {"prior": "hierarchical"}),
        ("bpmf", "learned noise", "So is the noise: this is BPMF.", {"alpha": None}),
        ("biases", "biases", "Some people are generous and some movies good, without any factor.",
         {"biases": True}),
        ("implicit", "who rated what", "Which movies somebody rated says what they like, before "
         "any star.", {"implicit": "both"}),
        ("side_info", "age, job, genre, year", "Features help where ratings are few.",
         {"side_info": "both"}),
        ("effects", "days", "People rate in sessions, and a mood lasts a day.",
         {"effects": ("day", "user:day")}),
        ("ordinal", "an ordinal link", "Stars are ordered labels; 4 to 5 need not be as far as 1 "
         "to 2.", {"link": "ordinal", "alpha": 1.0}),
        ("cut_points", "own cut points", "Everybody uses the stars in their own way.",
         {"cut_points": "user"}),
        ("best", "more factors", "With all that explained, more factors pay: this is the preset "
         "called best.", {"n_factors": PRESETS["best"].n_factors}),
    ):  # fmt: skip
        config = replace(config, **changes)
        rungs.append(Rung(key, adds, why, config))
    return tuple(rungs)


LADDER = _climb()
"""From ``pmf`` to ``best``; ``bpmf`` is on the way."""
