"""What a fit costs beyond its kernels: segments, checkpoints, accumulators, progress.

Prints one JSON line. Run by ``make bench``, or alone with ``python -m benchmarks.overhead``.
"""

import json
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

import pmf_core as pmf
from pmf_core.gibbs.chains import local_executor
from pmf_core.gibbs.pmf import Problem, chain_rng, initial_state, sweep

LENGTH = pmf.SamplerConfig()
REPEATS = 5


def main() -> None:
    """Measure in turn, so that both meet the same machine, and print the median ratio."""
    print(json.dumps(overhead(pmf.split_ratings(pmf.load_movielens()), LENGTH, REPEATS)))


def overhead(split: pmf.Split, length: pmf.SamplerConfig, repeats: int) -> dict[str, object]:
    """Return seconds of the kernels alone and of a whole fit, and the share beyond the kernels.

    Both run the same chains on as many threads; the kernels alone are the random numbers and the
    sweeps, with nothing kept.
    """
    kernels, whole = [], []
    pmf.sample_gibbs(split, draws=2, tune=1, chains=1)  # compiles
    for _ in range(repeats):
        kernels.append(_kernels(split, length))
        whole.append(_whole(split, length))
    ratios = [b / a - 1 for a, b in zip(kernels, whole, strict=True)]
    return {
        "what": "overhead of segments, checkpoints and accumulators over the kernels",
        "median": statistics.median(ratios),
        "unit": "ratio",
        "kernels_s": kernels,
        "whole_s": whole,
    }


def _kernels(split: pmf.Split, length: pmf.SamplerConfig) -> float:
    problem = Problem.from_ratings(pmf.PMFConfig(), split.train)

    def run(chain: int) -> None:
        state = initial_state(problem, 0, chain)
        for t in range(length.tune + length.draws):
            rng = chain_rng(0, chain, t)
            noise = (rng.standard_normal(factors.shape) for factors in state)
            state = sweep(problem, state, *noise)

    started = time.perf_counter()
    with ThreadPoolExecutor(local_executor()._max_workers) as pool:
        list(pool.map(run, range(length.chains)))
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


if __name__ == "__main__":
    main()
