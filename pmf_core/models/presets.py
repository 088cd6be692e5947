"""Models that have a name."""

from typing import Any

from pmf_core.models.config import EFFECTS, PMFConfig
from pmf_core.models.sampler_config import SamplerConfig

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

LENGTHS: dict[str, SamplerConfig] = {
    "pmf": SamplerConfig(tune=500, draws=500),
    "logistic": SamplerConfig(tune=200, draws=500),
    "constrained": SamplerConfig(tune=300, draws=500),
    "bpmf": SamplerConfig(tune=200, draws=500),
    "best": SamplerConfig(tune=300, draws=1000),
}
"""How long each of `PRESETS` is to be sampled.

Tuning is five times what chains took to get to where they stay, or more; draws are as many as it
takes until every scalar has an ess of 100 and an r_hat below 1.05. Measured on 2026-11-30 on
MovieLens 100K with 4 chains of 500 + 500, medians over seeds 1 to 5: sweeps from the start until
every scalar is stationary (the mean of every 20 within 2 sd of the last half), and of the slowest
scalar ess and r_hat (`benchmarks.mixing`). ``pmf`` is as long as the example has it.

=========== ========== ===== =====
preset      stationary ess   r_hat
=========== ========== ===== =====
pmf         20         1282  1.002
logistic    40         546   1.011
constrained 20         1039  1.005
bpmf        20         404   1.007
best        40         88    1.045
=========== ========== ===== =====
"""

LEARNED: dict[str, Any] = {"center": True, "prior": "hierarchical", "biases": True, "alpha": None}
"""The settings of a model in which nothing is set by hand that could be read off the ratings."""
