"""Models that have a name."""

from typing import Any

from pmf_core.models.config import EFFECTS, PMFConfig

PRESETS: dict[str, PMFConfig] = {
    "pmf": PMFConfig(),
    "logistic": PMFConfig(link="logistic"),
    "constrained": PMFConfig(implicit="user", implicit_norm="mean"),
    "bpmf": PMFConfig(prior="hierarchical", alpha=None, center=True),
    "best": PMFConfig(
        n_factors=16,
        alpha=1.0,
        center=True,
        prior="hierarchical",
        biases=True,
        implicit="both",
        side_info="both",
        effects=EFFECTS,
        link="ordinal",
        cut_points="user",
    ),
}
"""Named configurations; ``pmf`` is the PyMC example's model."""

PRESET_WORDS = {
    "pmf": "The PyMC example's model: factors under a fixed prior, fixed noise.",
    "logistic": "The same through a logistic curve, so that no prediction leaves the scale.",
    "constrained": "Who rated what moves the users' factors (Mnih & Salakhutdinov 2007, sec 4).",
    "bpmf": "Learns its priors and its noise (Salakhutdinov & Mnih 2008).",
    "best": "All that helps: biases, who rated what, features, days, own use of the scale.",
}
"""What each of `PRESETS` is, in a sentence."""

LEARNED: dict[str, Any] = {"center": True, "prior": "hierarchical", "biases": True, "alpha": None}
"""The settings of a model in which nothing is set by hand that could be read off the ratings."""
