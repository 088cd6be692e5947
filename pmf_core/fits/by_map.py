"""The most probable state of a model, by coordinate ascent: sweeps that take modes, not draws."""

import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from pmf_core.data import Split
from pmf_core.fits.fit import Fit
from pmf_core.fits.labels import label_fit
from pmf_core.fits.progress import ProgressCallback, as_draw, report, start_recorder
from pmf_core.fits.recorder import Recorder
from pmf_core.kernels.randomness import Modes
from pmf_core.models.arrange import arrange
from pmf_core.models.config import PMFConfig
from pmf_core.models.problem import Problem
from pmf_core.models.sampler_config import SamplerConfig
from pmf_core.models.state import State
from pmf_core.sampling.density import log_prior
from pmf_core.sampling.leap import leap
from pmf_core.sampling.start import initial_state
from pmf_core.sampling.sweep import sweep
from pmf_core.support.errors import NotFinite, staying_finite

MAX_MAP_SWEEPS = 500
MAP_TOLERANCE = 1e-6
"""A MAP has converged when a sweep raises the log density by less than this share of it."""


@threadpool_limits.wrap(limits=1, user_api="blas")  # as for chains, so that bits agree
@staying_finite()
def fit_map(
    split: Split,
    config: PMFConfig | None = None,
    *,
    random_seed: int = 0,
    progress: ProgressCallback | None = None,
) -> Fit:
    """Find a maximum a posteriori estimate by coordinate ascent.

    Each step is a Gibbs sweep in which every part of the model takes the mode of its conditional
    instead of a draw; for the example's model that is alternating least squares. After every two
    sweeps it leaps ahead along them (`pmf_core.sampling.leap`), and back where that is not higher.
    Everything is maximised over, hyperparameters included; only the latent scores of an ordinal
    link are integrated out (a step of expectation and maximisation). `Fit.attrs` names both under
    ``maximised`` and ``integrated``. The density has many equal maxima (rotations of the factors)
    and the seed picks the one that is found. Under a hierarchical prior the joint mode prunes
    factors: to maximise over variances is not to average over them.

    Parameters
    ----------
    split : Split
        What to learn from, and what to predict.
    config : PMFConfig, optional
        The model; the PyMC example's by default.
    random_seed : int
        Seed of the starting point.
    progress : callable, optional
        Called with a `Progress` after each sweep; returning False stops there.

    Returns
    -------
    Fit
        With one chain of one draw, marked as a point estimate. Group ``warmup_sample_stats``
        traces the sweeps; ``attrs["sweep_seconds"]`` is what one of them takes.

    Raises
    ------
    NotFinite
        If a sweep leaves the range of numbers, as with ratings far from all others.

    References
    ----------
    Mnih & Salakhutdinov (2007), Probabilistic Matrix Factorization, sec 2.
    """
    config = config or PMFConfig()
    started = time.perf_counter()
    problem = arrange(config, split.train)
    recorder = climb_recorder(split, problem, random_seed)
    climb = climb_to_mode(
        problem,
        recorder,
        random_seed,
        lambda: report(progress, recorder, MAX_MAP_SWEEPS, started),
    )
    recorder.end_tuning()
    recorder.add([as_draw(climb.state)])
    seconds = time.perf_counter() - started
    settings = SamplerConfig(1, recorder.tune, 1, random_seed, keep=1, moves=())
    fit = label_fit("map", split, settings, recorder, seconds, partial=not climb.is_settled)
    fit.idata.attrs["sweep_seconds"] = climb.sweep_seconds
    return fit


class Climb(NamedTuple):
    """Where a climb has ended."""

    state: State
    is_settled: bool
    """Whether the last sweep still raised the density by less than `MAP_TOLERANCE` of it."""
    sweep_seconds: float
    """What one sweep took: the median, as the first sweep of all compiles the kernels."""


def climb_recorder(split: Split, problem: Problem, random_seed: int) -> Recorder:
    """Return an empty recorder for the sweeps of a climb."""
    return start_recorder(split, problem, SamplerConfig(1, MAX_MAP_SWEEPS, 1, random_seed, keep=1))


def climb_to_mode(
    problem: Problem, recorder: Recorder, random_seed: int, goes_on: Callable[[], bool]
) -> Climb:
    """Climb from where the first chain of a seed starts until no sweep gets higher.

    Parameters
    ----------
    problem : Problem
    recorder : Recorder
        As of `climb_recorder`; the sweeps are added to it.
    random_seed : int
    goes_on : callable
        Asked after each sweep.
    """
    state = initial_state(problem, random_seed, chain=0)
    density, gain, ends = -np.inf, np.inf, [time.perf_counter()]
    path: deque[State] = deque(maxlen=3)
    while gain >= MAP_TOLERANCE and recorder.steps < MAX_MAP_SWEEPS:
        far = leap(path)
        if far is None:
            before = density
            state, density = _swept(problem, state, recorder)
            gain = (density - before) / abs(density)
        else:
            path.clear()
            state, density = _leapt(problem, far, recorder, density) or (state, density)
        path.append(state)
        ends.append(time.perf_counter())
        if not goes_on():
            break
    return Climb(state, bool(gain < MAP_TOLERANCE), float(np.median(np.diff(ends))))


def _swept(problem: Problem, start: State, recorder: Recorder) -> tuple[State, float]:
    """Record a sweep from a state; return where it ends and the log density there."""
    state = sweep(problem, start, Modes(recorder.steps))
    recorder.add([as_draw(state)])
    log_likelihood = recorder.traces["total_log_likelihood"][0, recorder.steps - 1]
    return state, log_likelihood + log_prior(problem, state)


def _leapt(
    problem: Problem, far: State, recorder: Recorder, density: float
) -> tuple[State, float] | None:
    """Return what `_swept` does of a leap; None, and nothing recorded, where it is no higher."""
    steps = recorder.steps
    try:
        with staying_finite():
            state, higher = _swept(problem, far, recorder)
    except NotFinite:
        higher = -np.inf
    if higher > density:
        return state, higher
    recorder.forget_after(steps)
    return None
