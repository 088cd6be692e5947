"""A few rounds of the hunt that kills the server; all of it is `benchmarks.hunt.kills`."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.harness import HOW_TO_GET_ONE, NAMES

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.browser
def test_a_few_kills_lose_nothing():
    """In a process of its own, as one process drives one browser."""
    if not any(map(shutil.which, NAMES)):
        pytest.skip(HOW_TO_GET_ONE)
    code = "from benchmarks.hunt.kills import hunt; print(hunt(rounds=3, seed=5))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = ast.literal_eval(done.stdout.splitlines()[-1])
    bad = ("tracebacks", "killed", "lost", "doubled", "damaged")
    assert found["tried"] == 3
    assert {name: found[name] for name in bad} == dict.fromkeys(bad, 0)
