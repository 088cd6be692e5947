"""Accuracy of other packages on the same held-out ratings, each in an environment of its own.

Prints one JSON line for each model and split, then a table. The first run installs the packages
under build/peers. Run with ``.venv/bin/python -m benchmarks.peers``.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import pmf_core as pmf
from benchmarks.environments import Unavailable, environment, required, run
from pmf_core.stats.metrics import coverage, mae, rmse

SCRIPTS = Path(__file__).parent / "peer_scripts"


@dataclass(frozen=True)
class Peer:
    """A package to compare with."""

    requirement: str
    """What to install: name and version."""
    script: str
    """File of peer_scripts that runs in the package's environment."""
    models: Mapping[str, str]
    """What the script calls each model, and what the table does."""
    slow: frozenset[str] = frozenset()
    """Models left out of a quick run."""


# Every model with 10 factors and seed 0.
PEERS = (
    Peer(required("smurff"), "with_smurff.py", {"bpmf": "SMURFF: BPMF, noise learned"}),
    Peer(
        required("myfm"),
        "with_myfm.py",
        {
            "ids": "myFM: Bayesian FM, ids only",
            "implicit": "myFM: Bayesian SVD++, implicit features of both sides",
            "probit": "myFM: the same, ordered probit",
        },
    ),
    Peer(
        required("scikit-surprise"),
        "with_surprise.py",
        {"svd": "Surprise: SVD", "svdpp": "Surprise: SVD++"},
        slow=frozenset({"svdpp"}),
    ),
)


def main() -> None:
    """Run every peer, print the records and a table, and store them if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few draws: shows that it runs")
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the records as JSON")
    given = parser.parse_args()
    try:
        splits = load_splits()
    except pmf.DataUnavailable as reason:
        sys.exit(f"The peers are compared on MovieLens 100K only: {reason}")
    records = run_peers(splits, given.quick)
    if given.save:
        given.save.parent.mkdir(parents=True, exist_ok=True)
        given.save.write_text(as_json(records), encoding="utf-8")
    print(pd.DataFrame(records).to_string(index=False, na_rep="-"))


def load_splits() -> dict[str, pmf.Split]:
    """Return the random tenth that the dashboard holds out and, if at hand, the official fold u1.

    Raises
    ------
    pmf.DataUnavailable
        If MovieLens 100K cannot be had.
    """
    splits = {"random": pmf.split_ratings(pmf.load_movielens(), 0.1, random_seed=0)}
    try:
        splits["u1"] = pmf.load_movielens_fold(1)
    except pmf.DataUnavailable as reason:
        print(f"Left out, the official fold u1: {reason}", file=sys.stderr)
    return splits


def run_peers(
    splits: Mapping[str, pmf.Split], quick: bool = False, peers: tuple[Peer, ...] = PEERS
) -> list[dict[str, Any]]:
    """Fit every model to every split, print a JSON line for each and return them.

    What cannot be installed or fails is told in one line on standard error and left out.

    Parameters
    ----------
    splits : mapping of str to Split
        By the names that the records are to carry.
    quick : bool
        Few draws and no slow models: figures that only show that everything runs.
    peers : tuple of Peer
        Whom to compare with.

    Returns
    -------
    list of dict
        split, model, version; test_rmse and test_mae (stars); coverage_90 (share of the held-out
        ratings inside their 90% interval, which covers more where it has to end on whole stars;
        None for a model without one); seconds (wall, to fit and predict); sweeps_per_second
        (prediction included; None unless it is a Gibbs sampler).
    """
    installed = list(_installed(peers))
    records = []
    for name, split in splits.items():
        for peer, python in installed:
            for model, label in peer.models.items():
                if quick and model in peer.slow:
                    continue
                try:
                    found = _predict(peer, python, model, split, quick)
                except Unavailable as reason:
                    print(f"Left out, {label} on {name}: {reason}", file=sys.stderr)
                    continue
                version = peer.requirement.replace("==", " ")
                record = {"split": name, "model": label, "version": version}
                records.append(record | _scores(split.test, found))
                print(json.dumps(records[-1]), flush=True)
    return records


def as_json(records: list[dict[str, Any]]) -> str:
    """Return the records as a JSON list with one record a line, which makes for readable diffs."""
    return "[\n" + ",\n".join(json.dumps(each) for each in records) + "\n]\n"


def _installed(peers: tuple[Peer, ...]) -> Iterator[tuple[Peer, Path]]:
    for peer in peers:
        try:
            yield peer, environment(peer.requirement)
        except Unavailable as reason:
            print(f"Left out, cannot install {peer.requirement}: {reason}", file=sys.stderr)


def _predict(peer: Peer, python: Path, model: str, split: pmf.Split, quick: bool) -> dict[str, Any]:
    """Return what the peer's script found; it is shown no held-out rating."""
    train, test = split.train, split.test
    # Outside the repository, and gone afterwards: ratings may not be redistributed.
    with tempfile.TemporaryDirectory() as folder:
        pairs, found = Path(folder, "pairs.npz"), Path(folder, "found.npz")
        np.savez(
            pairs,
            user_idx=train.user_idx,
            item_idx=train.item_idx,
            rating=train.rating,
            test_user_idx=test.user_idx,
            test_item_idx=test.item_idx,
            shape=(train.n_users, train.n_items),
            scale=train.scale,
        )
        run(python, SCRIPTS / peer.script, pairs, found, model, *["--quick"][: int(quick)])
        with np.load(found) as arrays:
            return dict(arrays)


def _scores(test: pmf.Ratings, found: dict[str, Any]) -> dict[str, float | None]:
    """Score as `pmf.Fit` is scored: everything clipped to the scale first."""
    prediction, lower, upper = (
        np.clip(found[name], *test.scale) if name in found else None
        for name in ("prediction", "lower", "upper")
    )
    covered = None if lower is None else coverage(test.rating, lower, upper)
    seconds, sweeps = float(found["seconds"]), found.get("sweeps")
    return {
        "test_rmse": round(rmse(test.rating, prediction), 5),
        "test_mae": round(mae(test.rating, prediction), 5),
        "coverage_90": None if covered is None else round(covered, 5),
        "seconds": round(seconds, 2),
        "sweeps_per_second": None if sweeps is None else round(float(sweeps) / seconds, 2),
    }


if __name__ == "__main__":
    main()
