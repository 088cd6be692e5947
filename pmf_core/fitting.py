"""What every way of fitting does before it starts, while it runs, and when it ends."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pmf_core.config import PMFConfig, SamplerConfig
from pmf_core.fit import Fit
from pmf_core.gibbs.chains import SEGMENT_BYTES
from pmf_core.gibbs.problem import Problem
from pmf_core.gibbs.state import State
from pmf_core.labels import label_fit
from pmf_core.recorder import Recorder
from pmf_core.split import Split


@dataclass(frozen=True, eq=False)
class Progress:
    """Where a fit stands, for a progress bar or a live chart."""

    done: int
    """Steps that all chains have taken, tuning included."""
    total: int
    """Steps that they were asked for."""
    seconds: float
    """Since the fit was started."""
    recorder: Recorder
    """What has been accumulated; read it, do not change it."""

    @property
    def seconds_left(self) -> float:
        """Time left at the rate so far, nan before the first step."""
        return self.seconds / self.done * (self.total - self.done) if self.done else float("nan")


ProgressCallback = Callable[[Progress], bool | None]
"""Called after each step or few; returning False stops the fit, which keeps what it has drawn."""


def estimate_memory(split: Split, config: PMFConfig, sampler: SamplerConfig) -> int:
    """Return about how many bytes a fit holds at its peak, stored draws included."""
    train, test = split.train, split.test
    rows = train.n_users + train.n_items
    rows += {"none": 0, "user": train.n_items, "item": train.n_users, "both": rows}[config.implicit]
    factors = rows * config.n_columns
    kept = min(sampler.keep, sampler.draws * sampler.chains) * factors * 4
    with_features = (config.implicit, config.side_info) != ("none", "none")
    statistics = (train.n_users + train.n_items) * config.n_columns**2 * with_features
    running = sampler.chains * (factors * 8 * 4 + 2 * SEGMENT_BYTES + statistics * 8)
    return int(2 * kept + running + 200 * train.n_ratings + 120 * test.n_ratings)


def estimate_work(split: Split, config: PMFConfig) -> float:
    """Return about what a sweep costs, in units of a rating and a factor^1.5 of the plain model.

    Steps of the kernels grow between linearly and quadratically in the factors. What ingredients
    cost beside them was measured at 100,000 ratings and 10 factors.
    """
    sides = {"none": 0, "user": 1, "item": 1, "both": 2}
    moved = max(sides[config.implicit], sides[config.side_info])
    extra = 1.5 * moved + 0.6 * bool(config.effects)
    extra += {"identity": 0.0, "logistic": 3.0, "ordinal": 4.0}[config.link]
    return split.train.n_ratings * config.n_columns**1.5 * (1 + extra)


def start_recorder(
    split: Split, problem: Problem, settings: SamplerConfig, tuning_every: int = 1
) -> Recorder:
    """Return an empty recorder for a run of this length."""
    return Recorder(
        split,
        problem,
        chains=settings.chains,
        tune=settings.tune,
        draws=settings.draws,
        keep=settings.keep,
        tuning_every=tuning_every,
    )


def report(
    progress: ProgressCallback | None, recorder: Recorder, total: int, started: float
) -> bool:
    """Tell the caller how far a fit is; return whether it goes on."""
    if progress is None:
        return True
    elapsed = time.perf_counter() - started
    return progress(Progress(recorder.steps, total, elapsed, recorder)) is not False


def finish_fit(
    method: str,
    split: Split,
    settings: SamplerConfig,
    recorder: Recorder,
    seconds: float,
) -> Fit:
    """Label what was drawn, as partial where it was stopped.

    Raises
    ------
    InterruptedError
        If no draw was kept.
    """
    if not recorder.kept:
        raise too_soon(recorder.steps, settings, recorder.thin)
    partial = recorder.n_draws < settings.draws or recorder.chains < settings.chains
    return label_fit(method, split, settings, recorder, seconds, partial=partial)


def too_soon(steps: int, settings: SamplerConfig, thin: int) -> InterruptedError:
    """Return the error of a fit that was stopped before there was anything to keep."""
    return InterruptedError(
        f"stopped after {steps} of {settings.tune + settings.draws} steps, before the first stored "
        f"draw at step {settings.tune + thin}; let it run longer, or ask for fewer tuning steps"
    )


def as_draw(state: State) -> State:
    """Return a state in the precision of draws."""
    return State(*(np.asarray(field, np.float32) for field in state))
