"""Do the tests notice an error in the code? Deliberate ones, and a random sample.

``python -m benchmarks.mutants`` makes each error of ``deliberate_errors.toml`` in a copy of the
repository and runs the tests named with it, the quick ones first: one must fail.
``--random 200 --seed 0`` makes errors that cosmic-ray draws instead, against the quick tests that
run the line. ``--save`` keeps the outcome.
"""

import argparse
import json
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from benchmarks.mutant_runner import CORE, Mutant, Runner, find_one
from benchmarks.mutant_sample import MODULES, sample

ERRORS = Path(__file__).with_name("deliberate_errors.toml")


def main() -> None:
    """Run the mutants, print those that survive, and exit with 1 if any does."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", help="ids of mutants")
    parser.add_argument("--random", type=int, metavar="N", help="N random mutants instead")
    parser.add_argument("--seed", type=int, default=0, help="of the random mutants")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--save", type=Path, help="JSON file that is brought up to date")
    options = parser.parse_args()
    with Runner(options.workers, with_slow=not options.random) as runner:
        if options.random:
            mutants = sample(runner, options.random, options.seed, options.only)
        else:
            mutants = list(deliberate(options.only))
            runner.check({name for mutant in mutants for name in mutant.tests})
        survivors = []
        for count, (mutant, killer, seconds) in enumerate(runner.run(mutants), start=1):
            outcome = killer or "SURVIVED"
            print(f"{count}/{len(mutants)} {mutant.id}: {outcome} ({seconds:.0f} s)", flush=True)
            if not killer:
                survivors.append(mutant)
    for mutant in survivors:
        print(f"\n{mutant.id}: {mutant.breaks}\n{mutant.difference()}")
    print(f"\n{len(mutants) - len(survivors)} of {len(mutants)} killed")
    if options.save:
        key = f"random, seed {options.seed}" if options.random else "deliberate"
        save(options.save, key, mutants, survivors)
    sys.exit(bool(survivors) and not options.random)


def deliberate(only: list[str] | None = None) -> Iterator[Mutant]:
    """Yield the deliberate errors, each in the one file of the core that has its old text.

    Raises
    ------
    ValueError
        If a text is not found exactly once, as after the code around it was changed.
    """
    sources = {path: path.read_text(encoding="utf-8") for path in CORE.rglob("*.py")}
    for record in tomllib.loads(ERRORS.read_text(encoding="utf-8"))["error"]:
        if only and record["id"] not in only:
            continue
        old, new = record["old"], record["new"]
        places = [path for path, text in sources.items() for _ in range(text.count(old))]
        if len(places) != 1:
            raise ValueError(
                f"the old text of {record['id']!r} is {len(places)} times in {CORE.name}; bring "
                f"it up to date in {ERRORS.name}, so that it is there once:\n{old}"
            )
        tests = tuple(find_one("tests", name) for name in record["tests"])
        text = sources[places[0]].replace(old, new)
        yield Mutant(record["id"], record["breaks"], places[0], text, tests)


def save(path: Path, key: str, mutants: list[Mutant], survivors: list[Mutant]) -> None:
    """Bring the table of results up to date; what is said of survivors of old is kept."""
    table = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    said = table.get(key, {}).get("survivors", {})
    table[key] = {
        "mutants": len(mutants),
        "killed": len(mutants) - len(survivors),
        "survivors": {each.id: said.get(each.id, each.breaks) for each in survivors},
    }
    if key.startswith("random"):
        table[key]["modules"] = list(MODULES)
    path.write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
