"""Accuracy of every preset and of the ladder between them, on two splits of MovieLens 100K.

Prints one JSON line for each model and split, then a table. ``--validate`` instead scores choices
(number of factors, which ingredients) on a tenth of the *training* part of each split, which is
how the presets were chosen: no held-out rating had a say. Run with
``.venv/bin/python -m benchmarks.accuracy``.
"""

import argparse
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

import pmf_core as pmf
from benchmarks.peers import as_json, load_splits
from pmf_core.models.ladder import LADDER

LENGTH = pmf.SamplerConfig(draws=500, tune=300, chains=4)
VALIDATION = pmf.SamplerConfig(draws=200, tune=150, chains=2)
QUICK = pmf.SamplerConfig(draws=20, tune=20, chains=2)


def models() -> dict[str, tuple[str, pmf.PMFConfig]]:
    """Return every model by its key: what to call it, and its configuration."""
    best = pmf.PRESETS["best"]
    found = {
        rung.key: (("+ " if k else "") + rung.adds, rung.config) for k, rung in enumerate(LADDER)
    }
    found |= {name: (f"preset {name}", pmf.PRESETS[name]) for name in ("logistic", "constrained")}
    return found | {"no_times": ("best without timestamps", replace(best, effects=()))}


def choices() -> dict[str, tuple[str, pmf.PMFConfig]]:
    """Return the models among which the presets were chosen."""
    best, bpmf = pmf.PRESETS["best"], pmf.PRESETS["bpmf"]
    found = {f"bpmf_{d}": (f"bpmf, D={d}", replace(bpmf, n_factors=d)) for d in (5, 10, 20)}
    found |= {f"best_{d}": (f"best, D={d}", replace(best, n_factors=d)) for d in (8, 16, 24)}
    without = {
        "side_info": "none", "implicit": "none", "effects": (), "biases": False,
        "cut_points": "shared",
    }  # fmt: skip
    found |= {
        f"best_no_{name}": (f"best, {name}: {value or 'none'}", replace(best, **{name: value}))
        for name, value in without.items()
    }
    own = replace(best, cut_points="shared", noise="user")
    return found | {"best_noise": ("best, own noise instead of own cut points", own)}


def run_models(
    splits: Mapping[str, pmf.Split],
    chosen: Mapping[str, tuple[str, pmf.PMFConfig]],
    length: pmf.SamplerConfig,
) -> Iterator[dict[str, Any]]:
    """Fit every model to every split and yield a record for each.

    Yields
    ------
    dict
        split, key, model, n_factors; test_rmse and test_mae (stars); coverage_90 (share of the
        held-out ratings in the central 90% of their predictive distribution); r_hat and ess of
        the predictions (worst of 200); largest_r_hat and smallest_ess of all that is monitored,
        and what they are of; seconds (wall); sweeps_per_second (of all chains).
    """
    for split_name, split in splits.items():
        for key, (name, config) in chosen.items():
            fit = pmf.sample_gibbs(
                split, config, draws=length.draws, tune=length.tune, chains=length.chains, keep=100
            )
            found, table = fit.summary(), fit.convergence
            predictions = table[table["quantity"] == "prediction"]
            sweeps = length.chains * (length.draws + length.tune)
            record = {"split": split_name, "key": key, "model": name}
            record["n_factors"] = config.n_factors
            for score in ("test_rmse", "test_mae", "coverage_90"):
                record[score] = round(found[score], 5)
            record["r_hat"] = round(float(predictions["r_hat"].max()), 4)
            record["ess"] = round(float(predictions["ess_bulk"].min()), 1)
            record["largest_r_hat"] = round(found["r_hat"], 4)
            record["smallest_ess"] = round(found["ess"], 1)
            record |= {name: found[name] for name in ("r_hat_of", "ess_of")}
            record["seconds"] = round(found["seconds"], 2)
            record["sweeps_per_second"] = round(sweeps / found["seconds"], 1)
            print(json.dumps(record), flush=True)
            yield record


def validation_splits(splits: Mapping[str, pmf.Split]) -> dict[str, pmf.Split]:
    """Return each split's training part, split in turn."""
    return {name: pmf.split_ratings(split.train, 0.1, 1) for name, split in splits.items()}


def main() -> None:
    """Run, print, and store where asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few draws: shows that it runs")
    parser.add_argument("--validate", action="store_true", help="score choices, not presets")
    parser.add_argument("--only", nargs="+", metavar="KEY", help="these models alone")
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the records as JSON")
    given = parser.parse_args()
    splits, chosen, length = load_splits(), models(), LENGTH
    if given.validate:
        splits, chosen, length = validation_splits(splits), choices(), VALIDATION
    elif given.quick:
        length = QUICK
        chosen = {key: each for key, each in chosen.items() if each[1] in pmf.PRESETS.values()}
    if given.only:
        chosen = {key: chosen[key] for key in given.only}
    records = list(run_models(splits, chosen, length))
    if given.save:
        given.save.parent.mkdir(parents=True, exist_ok=True)
        given.save.write_text(as_json(records), encoding="utf-8")
    print(pd.DataFrame(records).to_string(index=False))


if __name__ == "__main__":
    main()
