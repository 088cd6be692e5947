"""A random sample of mutants, drawn from cosmic-ray's operators, with the tests that run them."""

import ast
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

from benchmarks.environments import environment
from benchmarks.mutant_runner import CORE, KERNEL, ROOT, Mutant, Runner, find_one

COSMIC_RAY = "cosmic-ray==8.7.0"
SCRIPT = Path(__file__).with_name("peer_scripts") / "with_cosmic_ray.py"

MODULES = (
    "kernels/*", "models/ingredients/*", "models/baselines", "sampling/sweep", "sampling/start",
    "sampling/density", "fits/predictor", "fits/recorder", "fits/checkpoint",
    "evaluation/calibration", "runs/store",
)  # fmt: skip
"""Files of the core that are mutated."""

TESTS = (
    "test_rows", "test_logistic", "test_scores", "test_randomness", "test_conditionals",
    "test_ordinal", "test_by_map", "test_joint", "test_prior_draws", "test_baselines",
    "test_calibration", "test_checkpoint", "test_store", "test_by_gibbs", "test_pairs",
    "test_diagnosis", "test_recorder", "test_start", "test_store_list", "test_pymc_model",
    "test_features", "test_ingredients", "test_priors", "test_newcomer", "test_segments",
    "test_running", "test_store_room",
)  # fmt: skip
"""Files of tests that are chosen from."""

OF_KERNELS = (
    "test_rows", "test_logistic", "test_scores", "test_conditionals", "test_joint", "test_by_map",
    "test_by_gibbs",
)  # fmt: skip
"""Files of tests for compiled lines, of which Python does not see that they run."""


def sample(runner: Runner, size: int, seed: int, only: list[str] | None = None) -> list[Mutant]:
    """Draw mutants, each with the tests that run its line, the fastest first; or `only` some.

    Lines that no test runs are drawn as well: their mutants survive.
    """
    tests = [find_one("tests", name) for name in TESTS]
    found = runner.check(set(tests))
    tests.sort(key=lambda test: found[test][0])
    mutants = []
    for each in _drawn(size, seed):
        path = Path(each["path"])
        name = str(path.relative_to(ROOT))
        if each["line"] in _compiled(path):
            chosen = [test for test in tests if test.stem in OF_KERNELS]
        else:
            lines = set(_statement(path, each["line"]))
            chosen = [test for test in tests if lines & found[test][1].get(name, set())]
        what = f"{each['operator']}, {path.name}: {each['was'].strip()} -> {each['is'].strip()}"
        id = f"{path.stem}-{each['line']}-{each['operator']}-{each['occurrence']}"
        if not only or id in only:
            mutants.append(Mutant(id, what, path, each["text"], tuple(chosen)))
    return mutants


def _drawn(size: int, seed: int) -> list[dict]:
    files = [str(path) for name in MODULES for path in sorted(CORE.glob(f"{name}.py"))]
    command = [environment(COSMIC_RAY), SCRIPT, str(size), str(seed), *files]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"cosmic-ray failed: {done.stderr}")
    return json.loads(done.stdout)


def _compiled(path: Path) -> set[int]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            if any(f"@{ast.unparse(each)}" == KERNEL for each in node.decorator_list):
                found.update(range(node.lineno, node.end_lineno + 1))
    return found


def _statement(path: Path, line: int) -> Iterator[int]:
    """Return the lines of the smallest statement around a line: Python notes only some of them."""
    around = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.stmt):
            first = [node, *getattr(node, "decorator_list", ())]
            start = min(each.lineno for each in first)
            if start <= line <= node.end_lineno:
                around.append((node.end_lineno - start, start, node.end_lineno))
    _, start, stop = min(around)
    return range(start, stop + 1)
