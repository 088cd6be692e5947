"""What every way of fitting does before it starts, while it runs, and when it ends."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pmf_core.data.split import Split
from pmf_core.fits.fit import Fit
from pmf_core.fits.labels import label_fit
from pmf_core.fits.recorder import Recorder
from pmf_core.models.problem import Problem
from pmf_core.models.sampler_config import SamplerConfig
from pmf_core.models.state import State


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
    def share(self) -> float:
        """Part of the steps that is done, in [0, 1]."""
        return self.done / self.total

    @property
    def steps_per_second(self) -> float:
        """Rate so far, of all chains together."""
        return self.done / max(self.seconds, 1e-9)

    @property
    def seconds_left(self) -> float:
        """Time left at the rate so far, nan before the first step."""
        return self.seconds / self.done * (self.total - self.done) if self.done else float("nan")


ProgressCallback = Callable[[Progress], bool | None]
"""Called after each step or few; returning False stops the fit, which keeps what it has drawn."""


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
    return state.map(lambda part: np.asarray(part, np.float32))
