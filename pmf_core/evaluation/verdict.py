"""Is a fit worth having? Put it beside the baselines; if it loses, say why and what to change."""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from pmf_core.evaluation.methods import best_baseline
from pmf_core.fits.fit import Fit

PULL = 0.05
"""Share of the scale by which predictions must miss the mean rating to be called pulled away."""
FLAT = 0.25
"""Predictions that vary less than this share of what the ratings do say nothing of anybody."""
OVERFIT = 0.85
"""Ratio of training to test error below which a fit has learnt its ratings by heart."""


@dataclass(frozen=True)
class Verdict:
    """How a fit compares with the best baseline on the same held-out ratings."""

    baseline: str
    """The baseline with the lowest test RMSE."""
    baseline_rmse: float
    """Its test RMSE, in stars."""
    test_rmse: float
    """The fit's, in stars."""
    cause: str | None = None
    """Why the fit most likely loses, in a sentence; None where it wins."""
    remedy: str | None = None
    """What to change, in a sentence; None where it wins."""
    change: dict[str, Any] = field(default_factory=dict)
    """The same as fields of `PMFConfig` to replace; empty where no switch mends it."""

    @property
    def wins(self) -> bool:
        """Whether the fit has the lower error."""
        return self.test_rmse < self.baseline_rmse

    @property
    def margin(self) -> float:
        """By how much it wins or loses, in stars."""
        return abs(self.baseline_rmse - self.test_rmse)


def judge(fit: Fit, baselines: pd.DataFrame) -> Verdict:
    """Compare a fit with `evaluate_baselines` of its split.

    The cause is read off the fit: predictions pulled away from the mean rating (an uncentred
    prior), predictions that hardly vary (a prior too strong for the data: that of the PyMC
    example grows as the ratings get sparser), or a training error far below the test error.
    """
    best = best_baseline(baselines)
    scores = fit.summary()
    verdict = Verdict(best["method"], float(best["test_rmse"]), scores["test_rmse"])
    if verdict.wins:
        return verdict
    return Verdict(
        verdict.baseline, verdict.baseline_rmse, verdict.test_rmse, *_diagnosis(fit, scores)
    )


def _diagnosis(fit: Fit, scores: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    heldout, config = fit.heldout(), fit.config
    low, high = fit.attrs["scale"]
    mean = fit.split.train.rating.mean()
    miss = heldout["pred_mean"].mean() - mean
    if not config.center and abs(miss) > PULL * (high - low):
        return (
            f"the prior pulls every U·V towards 0, while ratings lie around {mean:.2f}: "
            f"predictions average {mean + miss:.2f}. On these ratings the example's rule makes "
            f"that prior strong (alpha_U = {fit.attrs['alpha_U']:.1f})",
            "subtract the mean rating first, so that the prior pulls towards the mean",
            {"center": True},
        )
    learn = {"prior": "hierarchical", "biases": True}
    can_learn = config.prior == "fixed" or not config.biases
    if heldout["pred_mean"].std() < FLAT * heldout["rating"].std() and can_learn:
        return (
            f"predictions hardly differ (sd {heldout['pred_mean'].std():.2f} stars, ratings "
            f"{heldout['rating'].std():.2f}): the prior (alpha_U = {fit.attrs['alpha_U']:.1f}, "
            "larger the sparser the ratings) outweighs the data",
            "learn the prior from the ratings, add biases, and sample the posterior",
            learn,
        )
    if scores["train_rmse"] < OVERFIT * scores["test_rmse"]:
        fewer = max(1, config.n_factors // 2)
        cause = (
            f"it has learnt its training ratings by heart: RMSE {scores['train_rmse']:.3f} there, "
            f"{scores['test_rmse']:.3f} on held-out ones"
        )
        sample = ""
        if fit.is_point_estimate:
            sample = "sample the posterior, whose mean overfits less, or "
        if fewer < config.n_factors:
            remedy = f"{sample}use fewer factors: {fewer} instead of {config.n_factors}"
            return cause, remedy, {"n_factors": fewer}
        if config.alpha is not None and config.link != "ordinal":
            half = config.alpha / 2
            trust = f"{sample}trust single ratings less: lower alpha to {half:g}"
            return cause, trust, {"alpha": half}
    remedy = "more ratings for each user"
    if fit.is_point_estimate:
        remedy += ", or sampling"
    if can_learn:
        remedy = "a model that learns its prior and has biases, sampled rather than maximised"
    return (
        "it neither collapses nor learns by heart: user and item means explain these ratings "
        "better than products of factors do",
        remedy,
        learn if can_learn else {},
    )
