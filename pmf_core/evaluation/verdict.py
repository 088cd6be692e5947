"""Is a fit worth having? Put it beside the baselines; if it loses, say why and what to change."""

from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from pmf_core.evaluation.methods import best_baseline
from pmf_core.evaluation.mixing import agreement, doubt
from pmf_core.fits.fit import Fit
from pmf_core.models.config import PMFConfig
from pmf_core.models.presets import LEARNED
from pmf_core.models.sampler_config import SamplerConfig
from pmf_core.support.numbers import figure

PULL = 0.05
"""Share of the scale by which predictions must miss the mean rating to be called pulled away."""
FLAT = 0.25
"""Predictions that vary less than this share of what the ratings do say nothing of anybody."""
OVERFIT = 0.85
"""Ratio of training to test error below which a fit has learnt its ratings by heart."""
LONGER = 4
"""Times as many draws and tuning steps, where those that there are do not do."""


@dataclass(frozen=True)
class Remedy:
    """Why a fit is not what it could be, what helps, and that as something to press."""

    cause: str
    """In a clause, true of this fit."""
    advice: str
    """What to change, in a clause."""
    change: dict[str, Any] = field(default_factory=dict)
    """The same as fields of `PMFConfig` to replace; empty where no setting mends it."""
    samples: bool = False
    """Whether it takes sampling, rather than another MAP."""
    times: int = 1
    """How many times as long to sample."""
    tunes: bool = True
    """Whether tuning is to take as many times as long, too."""

    @property
    def is_offered(self) -> bool:
        """Whether there is something to press."""
        return bool(self.change) or self.samples

    def config(self, before: PMFConfig) -> PMFConfig:
        """Return the model that is to be fitted next."""
        return PMFConfig.coherent(**{**vars(before), **self.change})

    def sampler(self, before: SamplerConfig) -> SamplerConfig:
        """Return how long to sample it."""
        draws = min(before.draws * self.times, 100_000)
        if not self.tunes:  # then the longer fit begins as this one, which need not be drawn again
            return replace(before, draws=draws)
        return replace(before, draws=draws, tune=min(max(before.tune, 1) * self.times, 100_000))


@dataclass(frozen=True)
class Verdict:
    """How a fit compares with the best baseline on the same held-out ratings."""

    baseline: str
    """The baseline with the lowest test RMSE."""
    baseline_rmse: float
    """Its test RMSE, in stars."""
    test_rmse: float
    """The fit's, in stars."""
    doubt: str | None = None
    """Why its draws are not to be believed, so that it wins nothing; see `doubt`."""
    remedy: Remedy | None = None
    """None where it wins and is believed."""

    @property
    def wins(self) -> bool:
        """Whether the fit has the lower error, and its draws are to be believed."""
        return self.is_lower and self.doubt is None

    @property
    def is_lower(self) -> bool:
        """Whether the fit has the lower error, whatever its draws are worth."""
        return self.test_rmse <= self.baseline_rmse

    @property
    def margin(self) -> float:
        """By how much it wins or loses, in stars."""
        return abs(self.baseline_rmse - self.test_rmse)


def judge(fit: Fit, baselines: pd.DataFrame) -> Verdict:
    """Compare a fit with `evaluate_baselines` of its split.

    Draws that are not to be believed come first: there is no trophy for chains that disagree. The
    cause of a loss is read off the fit: predictions pulled away from the mean rating (an uncentred
    prior), predictions that hardly vary, or a training error far below the test error.
    """
    best, scores = best_baseline(baselines), fit.summary()
    why = doubt(scores, fit.nouns)
    found = Verdict(best["method"], float(best["test_rmse"]), scores["test_rmse"], why)
    if found.wins:
        return found
    if why is not None:
        return replace(found, remedy=_longer(why, scores))
    return replace(found, remedy=_remedy(fit, scores))


def _longer(why: str, scores: dict[str, Any]) -> Remedy:
    """Return that more draws help; chains that agree have been tuned for long enough."""
    tunes = agreement(scores["r_hat"], scores["ess"]) != "few"
    return Remedy(why, "sample four times longer", samples=True, times=LONGER, tunes=tunes)


def _remedy(fit: Fit, scores: dict[str, Any]) -> Remedy:
    """Return the likeliest cause of a loss; the first that is true of the fit."""
    heldout, unit = fit.heldout(), fit.nouns.unit
    varies, given = heldout["pred_mean"].std(), heldout["rating"].std()
    if (pulled := _pulled(fit, float(heldout["pred_mean"].mean()))) is not None:
        return pulled
    if varies < FLAT * given:
        sizes = f"predictions hardly differ (sd {varies:.3g} {unit}, ratings {given:.3g})"
        if fit.config.prior == "fixed":
            alpha_U = f"α_U = {fit.attrs['alpha_U']:.1f}, larger the sparser the ratings"
            return _learn(fit, f"{sizes}: the prior ({alpha_U}) outweighs the ratings")
        if fit.is_point_estimate:
            return _learn(fit, f"{sizes}: where the prior is learned, the mode prunes factors")
        return _learn(fit, f"{sizes}: {_LITTLE}")
    if scores["train_rmse"] < OVERFIT * scores["test_rmse"]:
        return _by_heart(fit, scores)
    return _learn(fit, f"it neither collapses nor learns by heart: {_LITTLE}")


_LITTLE = "these ratings hold little more than the means of users and items"


def _pulled(fit: Fit, predicted: float) -> Remedy | None:
    """Return that a fixed prior around a score of 0 pulls predictions there, if it does."""
    config, (low, high) = fit.config, fit.attrs["scale"]
    mean = float(fit.split.train.rating.mean())
    if config.center or config.prior != "fixed" or abs(predicted - mean) <= PULL * (high - low):
        return None
    zero = {"identity": 0.0, "logistic": (low + high) / 2, "ordinal": low}[config.link]
    if (predicted - mean) * (zero - mean) <= 0:  # they miss it on the other side
        return None
    return Remedy(
        f"the prior pulls every U·V towards 0, which stands for {figure(zero)} {fit.nouns.unit}, "
        f"while ratings lie around {figure(mean, '.2f')}: predictions average "
        f"{figure(predicted, '.2f')}. Here the example's rule makes that prior as strong as "
        f"α_U = {fit.attrs['alpha_U']:.1f}",
        "subtract the mean rating first, so that the prior pulls towards the mean",
        {"center": True},
    )


def _by_heart(fit: Fit, scores: dict[str, Any]) -> Remedy:
    cause = (
        f"it has learnt its training ratings by heart: RMSE {scores['train_rmse']:.3f} there, "
        f"{scores['test_rmse']:.3f} on held-out ones"
    )
    fewer = max(1, fit.config.n_factors // 2)
    if fit.is_point_estimate or _unlearned(fit.config) or fewer == fit.config.n_factors:
        return _learn(fit, cause)
    advice = f"use fewer factors: {fewer} instead of {fit.config.n_factors}"
    return Remedy(cause, advice, {"n_factors": fewer}, samples=True)


def _unlearned(config: PMFConfig) -> dict[str, Any]:
    """Return what a model could still learn from the ratings, as settings that would."""
    # The noise of an ordinal link is its unit, which nothing can learn.
    wanted = {k: v for k, v in LEARNED.items() if k != "alpha" or config.link != "ordinal"}
    return {name: value for name, value in wanted.items() if getattr(config, name) != value}


def _learn(fit: Fit, cause: str) -> Remedy:
    """Return the way out that is left: learn what can be, and average over draws."""
    change = _unlearned(fit.config)
    words = {
        "center": "subtract the mean rating",
        "prior": "learn the prior from the ratings",
        "alpha": "learn the noise",
        "biases": "add biases",
    }
    steps = [words[name] for name in words if name in change]
    if fit.is_point_estimate or change:
        steps.append("sample the posterior, whose mean overfits less than its mode")
        return Remedy(cause, ", ".join(steps), change, samples=True)
    more = f"more ratings of each user and {fit.nouns.thing}"
    return Remedy(cause, f"{more}; no setting of the model adds what is not in them")
