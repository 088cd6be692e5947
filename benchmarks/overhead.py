"""What a fit costs beyond its kernels: segments, checkpoints, accumulators, progress."""

import tempfile
import time

import pmf_core as pmf
from pmf_core.kernels.randomness import Draws
from pmf_core.models.arrange import arrange
from pmf_core.sampling.segments import local_executor
from pmf_core.sampling.start import initial_state
from pmf_core.sampling.sweep import chain_rng, sweep


def overhead(split: pmf.Split, length: pmf.SamplerConfig, repeats: int) -> list[float]:
    """Return the seconds of a whole fit beyond its kernels, as a share of theirs, several times.

    Both run the same chains on the same threads, in turn so that they meet the same machine; the
    kernels alone are the random numbers and the sweeps, with nothing kept.
    """
    pmf.sample_gibbs(split, draws=2, tune=1, chains=1)  # compiles
    return [_whole(split, length) / _kernels(split, length) - 1 for _ in range(repeats)]


def _kernels(split: pmf.Split, length: pmf.SamplerConfig) -> float:
    problem = arrange(pmf.PMFConfig(), split.train)

    def run(chain: int) -> None:
        state = initial_state(problem, 0, chain)
        for t in range(length.tune + length.draws):
            state = sweep(problem, state, Draws(chain_rng(0, chain, t)))

    started = time.perf_counter()
    list(local_executor().map(run, range(length.chains)))  # threads of the same priority
    return time.perf_counter() - started


def _whole(split: pmf.Split, length: pmf.SamplerConfig) -> float:
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        pmf.sample_gibbs(
            split,
            draws=length.draws,
            tune=length.tune,
            chains=length.chains,
            checkpoint=folder,
            progress=lambda progress: True,
        )
        return time.perf_counter() - started
