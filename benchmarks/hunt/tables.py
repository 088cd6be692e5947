"""Read thousands of odd tables: each must be read or refused with a sentence, soon, in memory.

Run as ``python -m benchmarks.hunt.tables --rounds 5000``. What goes wrong is printed with its
number, and ``--only NUMBER`` does that one again in this process.
"""

import argparse
import io
import json
import re
import resource
import select
import subprocess
import sys
import time
import traceback
import warnings
from collections import Counter

import numpy as np

from benchmarks.hunt.odd_tables import make_table

SECONDS = 10
"""Of a processor, for one table; more is a hang, and so is no answer for six times as long."""
MEMORY = 3_000_000_000
"""Bytes of data that the process which reads may have."""
OUTCOMES = ("tried", "refused", "accepted", "noted", "fitted", "tracebacks", "hangs", "killed")
_STEPS = re.compile(
    r"\b(give|remove|correct|add|rename|save|close|separate|pack|unpack|leave|pass|write|put|use|"
    r"look|take|make|load)\b"
)
"""A refusal ends with something to do."""


def hunt(rounds: int, seed: int) -> dict[str, int]:
    """Read `rounds` tables in processes of their own.

    Returns
    -------
    dict
        How many were tried, refused (with a next step), accepted, of these noted, and of these
        split, scored and fitted; tracebacks (any other error), hangs, processes killed; and the
        most memory that reading took, in MB.
    """
    counts, done, peak = Counter(dict.fromkeys(OUTCOMES, 0)), 0, 0
    while done < rounds:
        command = [sys.executable, "-m", "benchmarks.hunt.tables", "--seed", str(seed)]
        command += ["--rounds", str(rounds), "--from", str(done), "--worker"]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as worker:
            while select.select([worker.stdout], [], [], 6 * SECONDS)[0]:
                line = worker.stdout.readline()
                if not line:
                    break
                found = json.loads(line)
                peak, done = max(peak, found.pop("peak_mb")), done + 1
                counts.update(found)
            else:
                worker.kill()
                print(f"table {done} hangs", file=sys.stderr)
                counts["hangs"] += 1
                done += 1
                continue
        if done < rounds:
            print(f"table {done} ended the process with {worker.returncode}", file=sys.stderr)
            counts["killed"] += 1
            done += 1
    return dict(counts) | {"peak_mb": peak}


def try_table(seed: int, number: int, fits: bool = True) -> Counter:
    """Read one table, and of some that are accepted fit a model; return what happened."""
    import pmf_core as pmf

    rng, started = np.random.default_rng((seed, number, 1)), time.process_time()
    counts, shown = Counter(tried=1), None
    file = io.BytesIO(make_table(seed, number))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            rule = str(rng.choice(["error", "last", "mean"]))
            shown = _shown(file, rule)
            ratings = pmf.read_ratings(file, duplicates=rule)
            if shown is None or shown.id != ratings.id:
                raise AssertionError("what the dashboard shows first is not what is read")
            _require_sound(ratings)
            counts.update(accepted=1, noted=len(ratings.notes) > 0)
            if fits and ratings.n_ratings >= 10 and rng.random() < 0.2:
                _fit(ratings, str(rng.choice(sorted(pmf.PRESETS))))
                counts["fitted"] += 1
        except ValueError as error:
            if _is_clear(error) and shown is None:
                counts["refused"] += not counts["accepted"]
            else:
                counts["tracebacks"] += 1
                print(f"table {number}: {type(error).__name__} {error!s:.300}", file=sys.stderr)
        except Exception:  # whatever it is, it is what is looked for
            counts["tracebacks"] += 1
            print(f"table {number}: {traceback.format_exc()}", file=sys.stderr)
    if time.process_time() - started > SECONDS:
        counts["hangs"] += 1
        print(f"table {number}: {time.process_time() - started:.0f} s", file=sys.stderr)
    return counts


def _is_clear(error: ValueError) -> bool:
    """Tell whether a refusal is one short line of what can be seen, with a next step."""
    text = str(error)
    return len(text) < 700 and text.isprintable() and _STEPS.search(text) is not None


def _shown(file: io.BytesIO, rule: str) -> object:
    """Return what the dashboard shows of a table before it is used; None if it has a problem."""
    import pmf_core as pmf

    try:
        return pmf.inspect_table(file, duplicates=rule).ratings
    except ValueError:
        return None


def _require_sound(ratings: object) -> None:
    """Require of accepted ratings what every page takes for granted."""
    names = [*ratings.titles, *ratings.user_ids.astype(str), *ratings.item_ids.astype(str)]
    if not all(0 < len(name) <= 1000 and "\n" not in name for name in names):
        raise AssertionError("a name is empty, too long or of several lines")
    if len(set(ratings.user_ids)) < ratings.n_users or len(set(ratings.item_ids)) < ratings.n_items:
        raise AssertionError("an identifier is there twice")
    if not (np.abs(ratings.rating) <= 1e6).all():
        raise AssertionError("a rating is out of range")
    if not all(note.isprintable() and len(note) < 600 for note in ratings.notes):
        raise AssertionError("a note cannot be shown")


def _fit(ratings: object, preset: str) -> None:
    import pmf_core as pmf

    split = pmf.split_ratings(ratings, 0.2)
    pmf.evaluate_baselines(split)
    fit = pmf.fit_map(split, pmf.PRESETS[preset], progress=lambda progress: progress.done < 3)
    if not np.isfinite(fit.summary()["test_rmse"]):
        raise AssertionError("the fit is not finite")
    pmf.recommend(fit, ratings.user_ids[0])


def _work(seed: int, numbers: range) -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    for number in numbers:
        found = {name: int(n) for name, n in try_table(seed, number).items()}
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000
        print(json.dumps(found | {"peak_mb": peak}), flush=True)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int, help="number of the one table to read, here")
    parser.add_argument("--from", dest="start", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.only is not None:
        print(make_table(asked.seed, asked.only)[:2000], dict(try_table(asked.seed, asked.only)))
    elif asked.worker:
        _work(asked.seed, range(asked.start, asked.rounds))
    else:
        found = hunt(asked.rounds, asked.seed)
        print(json.dumps(found))
        sys.exit(any(found[name] for name in ("tracebacks", "hangs", "killed")))


if __name__ == "__main__":
    main()
