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
import xarray as xr

from pmf_core.checkpoint import Checkpoint
from pmf_core.config import PMFConfig, SamplerConfig
from pmf_core.fit import Fit
from pmf_core.gibbs.chains import SEGMENT_BYTES, Block, local_executor, run_chains
from pmf_core.gibbs.problem import Problem
from pmf_core.gibbs.randomness import Modes
from pmf_core.gibbs.start import initial_state
from pmf_core.gibbs.state import State
from pmf_core.gibbs.sweep import sweep
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
    recorder = _recorder(split, problem, SamplerConfig(1, MAX_MAP_SWEEPS, 1, random_seed, keep=1))
    density, converged = -np.inf, False
    while not converged and recorder.steps < MAX_MAP_SWEEPS:
        state = sweep(problem, state, Modes(recorder.steps))
        recorder.add([_single(state)])
        before, density = density, _log_joint(state, recorder)
        converged = abs(density - before) < MAP_TOLERANCE * abs(density)
        if not _report(progress, recorder, MAX_MAP_SWEEPS, started):
            break
    recorder.end_tuning()
    recorder.add([_single(state)])
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
    draws = _draws_of(posterior, _single(initial_state(problem, random_seed, chain=0)))
    recorder.chains = len(draws)
    for t in range(posterior.sizes["draw"]):
        recorder.add([State(*(field[t] for field in chain)) for chain in draws])
    seconds = time.perf_counter() - started
    return _finish("nuts", split, config, settings, recorder, seconds)


def _recorder(split: Split, problem: Problem, settings: SamplerConfig) -> Recorder:
    return Recorder(
        split,
        problem,
        chains=settings.chains,
        tune=settings.tune,
        draws=settings.draws,
        keep=settings.keep,
    )


def _draws_of(posterior: xr.Dataset, like: State) -> list[State]:
    """Return PyMC's draws of each chain; what its model does not draw is as in `like`."""
    n_chains, n_draws = posterior.sizes["chain"], posterior.sizes["draw"]
    fields = {
        name: np.asarray(posterior[name].values, np.float32)
        if name in posterior
        else np.broadcast_to(field, (n_chains, n_draws, *field.shape))
        for name, field in like._asdict().items()
    }
    return [State(**{name: field[c] for name, field in fields.items()}) for c in range(n_chains)]


def _log_joint(state: State, recorder: Recorder) -> float:
    """Return the log density of ratings and rows, by which a MAP is seen to have converged."""
    density = recorder.traces["log_likelihood"][0, recorder.steps - 1]
    for rows, mu, Lambda in (
        (state.U, state.mu_U, state.Lambda_U), (state.V, state.mu_V, state.Lambda_V)
    ):  # fmt: skip
        _, log_det = np.linalg.slogdet(Lambda / (2 * np.pi))
        away = rows - mu
        density += 0.5 * (len(rows) * log_det - np.einsum("ia,ab,ib->", away, Lambda, away))
    return density


def _single(state: State) -> State:
    """Return a state in the precision of draws."""
    return State(*(np.asarray(field, np.float32) for field in state))


def _record(
    block: Block,
    recorder: Recorder,
    total: int,
    started: float,
    progress: ProgressCallback | None,
) -> bool:
    for t in range(len(block.draws[0].U)):
        recorder.add([State(*(field[t] for field in draws)) for draws in block.draws])
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
