"""Fit a model: MAP by alternating least squares, Gibbs by the compiled kernel, NUTS by PyMC.

The three take the same arguments and return the same thing.
"""

import os
import time
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import dataclass

import numpy as np

from pmf_core.checkpoint import Checkpoint
from pmf_core.config import PMFConfig, SamplerConfig
from pmf_core.fit import Fit
from pmf_core.gibbs.chains import SEGMENT_BYTES, Block, local_executor, run_chains
from pmf_core.gibbs.pmf import Problem, State, initial_state, log_prior, sweep
from pmf_core.labels import label_fit
from pmf_core.recorder import Recorder
from pmf_core.split import Split

MAX_MAP_SWEEPS = 500
MAP_TOLERANCE = 3e-6
"""A MAP has converged when a sweep raises the log density by less than this share of it."""


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
    factors = (train.n_users + train.n_items) * config.n_factors
    kept = min(sampler.keep, sampler.draws * sampler.chains) * factors * 4
    running = sampler.chains * (factors * 8 * 4 + 2 * SEGMENT_BYTES)
    return int(2 * kept + running + 120 * train.n_ratings + 60 * test.n_ratings)


def fit_map(
    split: Split,
    config: PMFConfig | None = None,
    *,
    random_seed: int = 0,
    progress: ProgressCallback | None = None,
) -> Fit:
    """Find a maximum a posteriori estimate of U and V by alternating least squares.

    Each step is a Gibbs sweep with zero noise, so it maximises the joint density over U, then
    over V, exactly; no parameter is integrated out. The density has many equal maxima (rotations
    of the factors) and the seed picks the one that is found.

    Parameters
    ----------
    split : Split
        What to learn from, and what to score on.
    config : PMFConfig, optional
        The model; the PyMC example's by default.
    random_seed : int
        Seed of the starting point.
    progress : callable, optional
        Called with a `Progress` after each sweep; returning False stops there.

    Returns
    -------
    Fit
        With one chain of one draw, marked as a point estimate. Group ``tuning`` traces the
        sweeps.

    References
    ----------
    Mnih & Salakhutdinov (2007), Probabilistic Matrix Factorization, eq 4.
    """
    config = config or PMFConfig()
    started = time.perf_counter()
    problem = Problem.from_ratings(config, split.train)
    state = initial_state(problem, random_seed, chain=0)
    zeros = State(np.zeros_like(state.U), np.zeros_like(state.V))
    recorder = _recorder(split, problem, SamplerConfig(1, MAX_MAP_SWEEPS, 1, random_seed, keep=1))
    density, converged = -np.inf, False
    while not converged and recorder.steps < MAX_MAP_SWEEPS:
        state = sweep(problem, state, *zeros)
        recorder.add(*(factors[None].astype(np.float32) for factors in state))
        before, density = density, _log_joint(problem, state, recorder)
        converged = density - before < MAP_TOLERANCE * abs(density)
        if not _report(progress, recorder, MAX_MAP_SWEEPS, started):
            break
    recorder.end_tuning()
    recorder.add(*(factors[None].astype(np.float32) for factors in state))
    seconds = time.perf_counter() - started
    settings = SamplerConfig(1, recorder.tune, 1, random_seed, keep=1)
    return label_fit("map", split, config, settings, recorder, seconds, partial=not converged)


def sample_gibbs(
    split: Split,
    config: PMFConfig | None = None,
    *,
    draws: int = 500,
    tune: int = 500,
    chains: int = 4,
    random_seed: int = 0,
    keep: int = 200,
    executor: Executor | None = None,
    progress: ProgressCallback | None = None,
    checkpoint: str | os.PathLike | None = None,
) -> Fit:
    """Sample the posterior of U and V by Gibbs sweeps.

    Parameters
    ----------
    split : Split
        What to learn from, and what to score on.
    config : PMFConfig, optional
        The model; the PyMC example's by default.
    draws, tune, chains, random_seed, keep : int
        As in `SamplerConfig`. Equal seeds give equal draws, whatever runs them.
    executor : concurrent.futures.Executor, optional
        Where segments of chains run; by default threads of this process, one for each core.
    progress : callable, optional
        Called with a `Progress` from the calling thread as draws arrive; returning False stops
        the fit, which keeps what it has drawn.
    checkpoint : path-like, optional
        Folder to which the state is written as the fit goes on. If it holds the state of the
        same fit, cut off before its end, that fit is taken up there, to the identical draws.

    Returns
    -------
    Fit
        Marked as partial if it was stopped.

    Raises
    ------
    InterruptedError
        If it was stopped before any draw was kept.
    ValueError
        If `checkpoint` holds another fit.

    References
    ----------
    Salakhutdinov & Mnih (2008), Bayesian Probabilistic Matrix Factorization using MCMC, sec 3.
    """
    config = config or PMFConfig()
    settings = SamplerConfig(draws, tune, chains, random_seed, keep)
    started = time.perf_counter()
    problem = Problem.from_ratings(config, split.train)
    recorder = _recorder(split, problem, settings)
    states = [initial_state(problem, random_seed, chain) for chain in range(chains)]
    saved = None
    if checkpoint is not None:
        fingerprint = f"{split.id} {config.to_json()} {settings}"
        saved = Checkpoint(checkpoint, fingerprint)
        states, seconds_before = saved.read(recorder) or (states, 0.0)
        started -= seconds_before
    blocks = run_chains(
        problem, states, random_seed, recorder.steps, tune + draws, executor or local_executor()
    )
    with closing(blocks):
        for block in blocks:
            if not _record(block, recorder, tune + draws, started, progress):
                break
            if saved is not None:
                saved.write(block.states, recorder, time.perf_counter() - started)
    seconds = time.perf_counter() - started
    return _finish("gibbs", split, config, settings, recorder, seconds)


def sample_nuts(
    split: Split,
    config: PMFConfig | None = None,
    *,
    draws: int = 500,
    tune: int = 500,
    chains: int = 4,
    random_seed: int = 0,
    keep: int = 200,
    executor: Executor | None = None,
    progress: ProgressCallback | None = None,
) -> Fit:
    """Sample the same posterior with PyMC's NUTS: a check on `sample_gibbs`, for small sets.

    Takes what `sample_gibbs` takes. Chains run one after the other in this thread, so
    `executor` is not used; `progress` is called with the steps of all chains together.
    """
    import pymc as pm  # here: it takes seconds to import, and only NUTS needs it

    from pmf_core.models import build_model

    config = config or PMFConfig()
    settings = SamplerConfig(draws, tune, chains, random_seed, keep)
    started = time.perf_counter()
    problem = Problem.from_ratings(config, split.train)
    recorder = _recorder(split, problem, SamplerConfig(draws, 0, chains, random_seed, keep))

    def callback(trace: object, draw: object) -> None:
        done = (draw.chain * (tune + draws) + draw.draw_idx + 1) // chains
        status = Progress(done, tune + draws, time.perf_counter() - started, recorder)
        if progress is not None and progress(status) is False:
            raise KeyboardInterrupt  # PyMC's own signal to stop and keep what there is

    with build_model(config, split.train):
        posterior = pm.sample(
            draws=draws,
            tune=tune,
            chains=chains,
            cores=1,
            random_seed=random_seed,
            nuts_sampler="pymc",
            callback=callback,
            progressbar=False,
            compute_convergence_checks=False,
        )["posterior"].dataset
    U = posterior["U"].transpose("chain", "draw", "user", "factor").values.astype(np.float32)
    V = posterior["V"].transpose("chain", "draw", "item", "factor").values.astype(np.float32)
    recorder.chains = len(U)
    for t in range(U.shape[1]):
        recorder.add(U[:, t], V[:, t])
    seconds = time.perf_counter() - started
    return _finish("nuts", split, config, settings, recorder, seconds)


def _recorder(split: Split, problem: Problem, settings: SamplerConfig) -> Recorder:
    return Recorder(
        split,
        problem.alpha,
        problem.offset,
        chains=settings.chains,
        tune=settings.tune,
        draws=settings.draws,
        keep=settings.keep,
    )


def _log_joint(problem: Problem, state: State, recorder: Recorder) -> float:
    log_likelihood = recorder.traces["log_likelihood"][0, recorder.steps - 1]
    return log_likelihood + log_prior(problem, state)


def _record(
    block: Block,
    recorder: Recorder,
    total: int,
    started: float,
    progress: ProgressCallback | None,
) -> bool:
    for U, V in zip(zip(*block.U, strict=True), zip(*block.V, strict=True), strict=True):
        recorder.add(U, V)
        if not _report(progress, recorder, total, started):
            return False
    return True


def _report(
    progress: ProgressCallback | None, recorder: Recorder, total: int, started: float
) -> bool:
    if progress is None:
        return True
    elapsed = time.perf_counter() - started
    return progress(Progress(recorder.steps, total, elapsed, recorder)) is not False


def _finish(
    method: str,
    split: Split,
    config: PMFConfig,
    settings: SamplerConfig,
    recorder: Recorder,
    seconds: float,
) -> Fit:
    if not recorder.kept:
        raise InterruptedError(
            f"stopped after {recorder.steps} of {settings.tune + settings.draws} steps, before "
            f"the first stored draw at step {settings.tune + recorder.thin}; let it run longer, "
            "or ask for fewer tuning steps"
        )
    partial = recorder.n_draws < settings.draws
    return label_fit(method, split, config, settings, recorder, seconds, partial=partial)
