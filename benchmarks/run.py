"""Speed at the PyMC example's setting, beside what the machine can do in the same minute.

Prints one JSON line for each measurement, then a table. Run with ``make bench``.
"""

import argparse
import json
import platform
import statistics
import time
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
import pandas as pd

import pmf_core as pmf
from benchmarks.overhead import overhead

TEST_SIZE, SEED = 0.1, 0


def main() -> None:
    """Measure, print, and say on which ratings and which machine."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few draws: shows that it runs")
    quick = parser.parse_args().quick
    length = pmf.SamplerConfig(draws=20 if quick else 500, tune=20 if quick else 500)
    repeats = 1 if quick else 3

    ratings = _ratings()
    split = pmf.split_ratings(ratings, TEST_SIZE, random_seed=SEED)
    config = pmf.PMFConfig()
    emit = _Emitter(
        ratings=ratings.name,
        n_ratings=ratings.n_ratings,
        n_factors=config.n_factors,
        cores=numba.config.NUMBA_DEFAULT_NUM_THREADS,
        python=platform.python_version(),
        numpy=np.__version__,
        numba=numba.__version__,
    )

    # The first call of each compiles its kernels, or reads them from the disk.
    seconds, _ = timed(lambda: pmf.sample_gibbs(split, config, draws=2, tune=1, chains=1))
    emit("first fit of the process (compiles, or reads compiled kernels)", [seconds])

    gemm = matmul_rate()
    emit("matrix multiply, NumPy float64, all cores", gemm, unit="GFLOP/s")

    seconds, fits = repeat(lambda: pmf.fit_map(split, config, random_seed=SEED), repeats)
    emit("fit_map", seconds, test_rmse=fits[-1].summary()["test_rmse"])

    def sample() -> pmf.Fit:
        return pmf.sample_gibbs(
            split,
            config,
            draws=length.draws,
            tune=length.tune,
            chains=length.chains,
            random_seed=SEED,
        )

    seconds, fits = repeat(sample, repeats)
    label = f"sample_gibbs, {length.chains} chains x {length.tune} + {length.draws}"
    emit(label, seconds, test_rmse=fits[-1].summary()["test_rmse"])

    n_sweeps = length.chains * (length.tune + length.draws)
    work = n_sweeps * sweep_flops(split.train, config.n_factors) / 1e9
    rates = [work / each for each in seconds]
    share = statistics.median(rates) / statistics.median(gemm)
    emit("sweeps of sample_gibbs, all that a fit does included", rates, unit="GFLOP/s")
    emit("their share of the matrix-multiply rate", [share], unit="ratio")

    cost = overhead(split, length, 1 if quick else 5)
    emit("segments, checkpoints and accumulators over the kernels alone", cost, unit="ratio")
    emit.table()


def _ratings() -> pmf.Ratings:
    try:
        return pmf.load_movielens()
    except pmf.DataUnavailable as reason:
        print(f"Simulated ratings of the same shape, because: {reason}")
        return pmf.simulate_ratings(random_seed=SEED)[0]


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """Return the wall time of a call, in seconds, and what it returned."""
    started = time.perf_counter()
    result = call()
    return time.perf_counter() - started, result


def repeat(call: Callable[[], Any], times: int) -> tuple[list[float], list[Any]]:
    """Time several calls; return the seconds of each and what each returned."""
    seconds, results = zip(*(timed(call) for _ in range(times)), strict=True)
    return list(seconds), list(results)


def matmul_rate(size: int = 2000, times: int = 7) -> list[float]:
    """Return the rate of each of several float64 matrix products, in GFLOP/s."""
    a = np.random.default_rng(0).standard_normal((size, size))
    a @ a  # the first call starts the threads
    seconds, _ = repeat(lambda: a @ a, times)
    return [2 * size**3 / each / 1e9 for each in seconds]


def sweep_flops(train: pmf.Ratings, n_factors: int) -> float:
    """Return the floating-point operations that one sweep of both sides needs.

    Each rating adds the lower triangle of an outer product and a vector to its row, on either
    side; each row then takes a Cholesky factor and two triangular solves.
    """
    d = n_factors
    per_rating = d * (d + 1) + 2 * d
    per_row = d**3 / 3 + 2 * d**2
    return 2 * train.n_ratings * per_rating + (train.n_users + train.n_items) * per_row


class _Emitter:
    """Prints a JSON line for each measurement and remembers it for the table."""

    def __init__(self, **context: Any) -> None:
        self.context = context
        self.rows: list[dict[str, Any]] = []

    def __call__(self, what: str, values: list[float], unit: str = "s", **found: float) -> None:
        row = {"what": what, "median": statistics.median(values), "unit": unit}
        row |= {"low": min(values), "high": max(values), "runs": len(values)}
        self.rows.append(row)
        print(json.dumps(row | found | self.context), flush=True)

    def table(self) -> None:
        print(pd.DataFrame(self.rows).to_string(index=False, float_format="{:.3f}".format))


if __name__ == "__main__":
    main()
