"""Do chains converge, and how fast? Every scalar of every preset, on MovieLens 100K.

Prints one JSON line for each preset and seed, then a table of medians over seeds; ``--save`` keeps
all, scalar by scalar. Run with ``.venv/bin/python -m benchmarks.mixing --presets pmf,bpmf``; rungs
of the ladder go by their keys, such as ``biases``.
"""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import pmf_core as pmf
from benchmarks.peers import as_json
from pmf_core.evaluation.diagnosis import step_traces
from pmf_core.models.ladder import LADDER

LENGTH, QUICK = pmf.SamplerConfig(draws=500, tune=500), pmf.SamplerConfig(draws=40, tune=40)

MOVES: dict[str, Mapping[str, Any]] = {"default": {}, "none": {"moves": ()}}
"""Further arguments of `sample_gibbs`, by what ``--moves`` calls them."""

MODELS = {rung.key: rung.config for rung in LADDER} | pmf.PRESETS

TEST_SIZE, SPLIT_SEED = 0.1, 0

WINDOW, WITHIN = 20, 2.0
"""Sweeps whose mean is looked at, and how many sd of the last half it may be off."""


def measure(
    split: pmf.Split, preset: str, seed: int, length: pmf.SamplerConfig, moves: str
) -> dict[str, Any]:
    """Sample a preset or a rung; return how well its chains agree.

    Returns
    -------
    dict
        What was asked for; ``seconds`` (wall, tuning included); ``r_hat`` (largest of all scalars)
        and ``r_hat_of``; ``ess`` (smallest, bulk), ``ess_of`` and ``ess_per_second``;
        ``prediction_ess_per_second`` (median) and ``prediction_r_hat`` (largest);
        ``stationary`` (see `sweeps_until_stationary`; the latest scalar) and ``stationary_of``;
        ``test_rmse`` (stars); ``scalars``: r_hat, ess and stationary of each. None for what is not
        known.
    """
    fit = pmf.sample_gibbs(
        split,
        MODELS[preset],
        draws=length.draws,
        tune=length.tune,
        chains=length.chains,
        random_seed=seed,
        **MOVES[moves],
    )
    summary, seconds = fit.summary(), float(fit.attrs["seconds"])
    table, traces = pmf.diagnose(fit), step_traces(fit)
    is_prediction = table["quantity"] == "prediction"
    scalars = table[~is_prediction].set_index("quantity")[["r_hat", "ess_bulk"]]
    scalars.columns = ["r_hat", "ess"]
    scalars["stationary"] = [
        sweeps_until_stationary(_by_chain(traces, name)) for name in scalars.index
    ]
    worst, slowest = scalars["r_hat"].idxmax(), scalars["ess"].idxmin()
    last, predictions = scalars["stationary"].idxmax(), table[is_prediction]
    rounded = scalars.round({"r_hat": 4, "ess": 1}).astype(object)
    return {
        "preset": preset,
        "seed": seed,
        "moves": moves,
        "chains": length.chains,
        "tune": length.tune,
        "draws": length.draws,
        "seconds": round(seconds, 2),
        "r_hat": round(float(scalars["r_hat"][worst]), 4),
        "r_hat_of": worst,
        "ess": round(float(scalars["ess"][slowest]), 1),
        "ess_of": slowest,
        "ess_per_second": round(float(scalars["ess"][slowest]) / seconds, 3),
        "prediction_ess_per_second": round(float(predictions["ess_bulk"].median()) / seconds, 2),
        "prediction_r_hat": round(float(predictions["r_hat"].max()), 4),
        "stationary": int(scalars["stationary"][last]),
        "stationary_of": last,
        "test_rmse": round(summary["test_rmse"], 5),
        "scalars": rounded.where(rounded.notna(), None).to_dict("index"),
    }


def sweeps_until_stationary(trace: NDArray[np.float64]) -> int:
    """Return from which sweep on the chains, from their start, stay where they end up.

    That is the first from which the mean of every `WINDOW` sweeps, over all chains, lies within
    `WITHIN` sd of the last half of all: mean and sd over its sweeps and chains.

    Parameters
    ----------
    trace : ndarray of shape (chains, sweeps)
        Tuning included; nan where not known.

    Returns
    -------
    int
        A multiple of `WINDOW`; the number of sweeps if even the last mean is off.
    """
    n_blocks = trace.shape[1] // WINDOW
    half = trace[:, trace.shape[1] // 2 :]
    blocks = trace[:, : n_blocks * WINDOW].reshape(len(trace), n_blocks, WINDOW)
    off = np.abs(np.nanmean(blocks, axis=(0, 2)) - np.nanmean(half)) > WITHIN * np.nanstd(half)
    return int(WINDOW * (np.flatnonzero(off)[-1] + 1)) if off.any() else 0


def _by_chain(traces: pd.DataFrame, name: str) -> NDArray[np.float64]:
    return traces.pivot(index="chain", columns="step", values=name).to_numpy()


def main() -> None:
    """Measure, print and keep."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--presets", default="pmf,constrained,bpmf,logistic,best", metavar="A,B")
    parser.add_argument("--seeds", default="1,2,3,4,5", metavar="1,2")
    parser.add_argument("--moves", default="default", choices=MOVES)
    parser.add_argument("--quick", action="store_true", help="few draws: shows that it runs")
    parser.add_argument("--save", type=Path, metavar="JSON")
    args = parser.parse_args()
    split = pmf.split_ratings(pmf.load_movielens(), TEST_SIZE, random_seed=SPLIT_SEED)
    pmf.sample_gibbs(split, pmf.PRESETS["bpmf"], draws=2, tune=1, chains=1)  # compiles
    records = []
    for preset in args.presets.split(","):
        for seed in map(int, args.seeds.split(",")):
            found = measure(split, preset, seed, QUICK if args.quick else LENGTH, args.moves)
            records.append(found)
            print(as_json([{k: v for k, v in found.items() if k != "scalars"}])[2:-3], flush=True)
            if args.save is not None:
                args.save.write_text(as_json(records), encoding="utf-8")
    figures = ["r_hat", "ess", "ess_per_second", "prediction_ess_per_second", "stationary"]
    table = pd.DataFrame(records).groupby(["preset", "moves"], sort=False)
    print(
        table[[*figures, "seconds", "test_rmse"]].median().to_string(float_format="{:.4g}".format)
    )


if __name__ == "__main__":
    main()
