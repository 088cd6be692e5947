"""The whole hunt (`make hunt`): every kind of hostile input, one after the other, and the counts.

Each hunt draws its inputs from a seed, tries them on the real code or the real server, and returns
counts. Whatever must not happen is in `NEVER`; one of those above zero ends with exit status 1.
"""

import argparse
import importlib
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

HUNTS = {
    "tables": 5000,
    "damaged_runs": 1000,
    "hostile_runs": 100,
    "addresses": 400,
    "sessions": 30,
    "kills": 50,
    "full_disk": 200,
}
"""Module of each hunt, and its rounds."""

NEVER = ("tracebacks", "hangs", "killed", "lost", "doubled", "foreign_bytes", "wrong_values")
"""What no input may bring about."""

QUICK = 20
"""By how much `--quick` divides the rounds."""


def main() -> None:
    """Run the hunts that are asked for, print a table and, if asked, save it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("hunts", nargs="*", metavar="HUNT", help=f"of {', '.join(HUNTS)}")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--quick", action="store_true", help="a twentieth of the rounds")
    parser.add_argument("--save", type=Path, help="file for the counts, as JSON")
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.hunts) - set(HUNTS))
    if unknown:
        parser.error(f"no hunt is called {', '.join(unknown)}; choose of {', '.join(HUNTS)}")
    found = {}
    for name in arguments.hunts or HUNTS:
        rounds = max(2, HUNTS[name] // QUICK) if arguments.quick else HUNTS[name]
        started = time.perf_counter()
        hunt = importlib.import_module(f"benchmarks.hunt.{name}").hunt
        found[name] = hunt(rounds, arguments.seed)
        figures = ", ".join(f"{count} {what}" for what, count in found[name].items())
        print(f"{name:>13}: {figures} ({time.perf_counter() - started:.0f} s)", flush=True)
    if arguments.save:
        about = {"date": datetime.now(UTC).date().isoformat(), "seed": arguments.seed}
        arguments.save.write_text(json.dumps(about | {"hunts": found}, indent=2) + "\n")
    wrong = [
        f"{name}: {counts[what]} {what}"
        for name, counts in found.items()
        for what in NEVER
        if counts.get(what, 0)
    ]
    if wrong:
        sys.exit("These must be 0: " + "; ".join(wrong))


if __name__ == "__main__":
    main()
