"""How many sweeps a second beside SMURFF's: BPMF with 10 factors on one core, each in its turn.

Both learn the noise, add up predictions and run as one chain, on Linux pinned to one core.
Prints sweeps a second of both and the median of their paired ratios. Run with
``.venv/bin/python -m benchmarks.smurff``.
"""

import argparse
import json
import os
import statistics
import sys
from collections.abc import Mapping

import pmf_core as pmf
from benchmarks.environments import Unavailable
from benchmarks.peers import PEERS, load_splits, run_peers

BURNIN, KEPT = 400, 800
"""Sweeps of a run, as in `benchmarks/peer_scripts/with_smurff.py`."""

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def compare(splits: Mapping[str, pmf.Split], times: int, quick: bool = False) -> list[dict]:
    """Run both in turn, some times; return sweeps a second of each pair and their ratio.

    Returns
    -------
    list of dict
        ``ours``, ``smurff`` (sweeps a second of wall time, predictions included) and ``ratio``.

    Raises
    ------
    Unavailable
        If SMURFF cannot be installed or fails.
    """
    split = splits["random"]
    smurff = tuple(peer for peer in PEERS if peer.script == "with_smurff.py")
    pmf.sample_gibbs(split, pmf.PRESETS["bpmf"], draws=2, tune=1, chains=1)  # compiles
    tune, draws = (20, 20) if quick else (BURNIN, KEPT)
    found = []
    for _ in range(times):
        records = run_peers({"random": split}, quick, smurff)
        if not records:
            raise Unavailable("SMURFF gave no figures")
        fit = pmf.sample_gibbs(split, pmf.PRESETS["bpmf"], draws=draws, tune=tune, chains=1)
        ours, theirs = (tune + draws) / fit.attrs["seconds"], records[0]["sweeps_per_second"]
        found.append({"ours": ours, "smurff": theirs, "ratio": ours / theirs})
    return found


def main() -> None:
    """Pin, compare and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few sweeps: shows that it runs")
    parser.add_argument("--times", type=int, default=5, metavar="N", help="pairs (default 5)")
    args = parser.parse_args()
    os.environ |= dict.fromkeys(THREADS, "1")
    if hasattr(os, "sched_setaffinity"):  # for all that is started from here; not on every system
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    try:
        found = compare(load_splits(), 1 if args.quick else args.times, args.quick)
    except (pmf.DataUnavailable, Unavailable) as reason:
        print(f"Not compared with SMURFF: {reason}", file=sys.stderr)
        return
    for pair in found:
        print(json.dumps({name: round(value, 2) for name, value in pair.items()}))
    ours, theirs, ratio = (
        statistics.median(pair[name] for pair in found) for name in ("ours", "smurff", "ratio")
    )
    print(f"sweeps a second: {ours:.0f} here, {theirs:.0f} by SMURFF; median ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
