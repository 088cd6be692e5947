"""What a newcomer meets first: the make targets and the pins."""

import importlib.util
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from benchmarks import accuracy

ROOT = Path(__file__).resolve().parents[1]


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    # This test may itself be run by make, which would hand its own flags down.
    environment = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    return subprocess.run(
        ["make", *arguments], cwd=folder, env=environment, capture_output=True, text=True
    )


@pytest.fixture
def clone(tmp_path):
    """A folder with what `make` reads, and nothing set up."""
    for name in ("Makefile", "requirements.txt", "requirements-dev.txt"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


@pytest.mark.parametrize("target", ["app", "test"])
def test_an_older_python_gets_one_line_that_says_what_is_needed(clone, target):
    old = clone / "old-python"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.11.7" || exit 1\n')
    old.chmod(0o755)
    done = make(clone, target, "PYTHON=./old-python")
    assert done.returncode != 0
    said = [line for line in done.stderr.splitlines() if not line.startswith("make:")]
    assert len(said) == 1
    for part in (
        "needs Python 3.12 or newer",
        "'./old-python' is: Python 3.11.7",
        f"make {target}",
    ):
        assert part in said[0]
    assert not (clone / ".venv").exists()


def test_a_python_without_venv_is_told_what_to_install(clone):
    bare = clone / "bare-python"
    bare.write_text('#!/bin/sh\n[ "$1" = -c ] || { mkdir .venv; exit 1; }\n')
    bare.chmod(0o755)
    done = make(clone, "app", "PYTHON=./bare-python")
    assert done.returncode != 0
    assert "apt install python3-venv" in done.stderr
    assert not (clone / ".venv").exists(), "half an environment would be taken for a whole one"


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_the_pins_cover_what_the_project_asks_for(name):
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = {
        "requirements.txt": settings["project"]["dependencies"],
        "requirements-dev.txt": settings["dependency-groups"]["dev"],
    }
    pins = (ROOT / name).read_text(encoding="utf-8")
    pinned = set(re.findall(r"^([\w.-]+)==", pins, re.MULTILINE))
    asked = {re.match(r"[\w.-]+", wanted)[0] for wanted in groups[name]}
    assert asked <= pinned, "pyproject.toml has changed; run `make requirements`"
    assert "://" not in pins and "/" not in pins, "pins name no host and no path"


def test_the_benchmark_writes_its_figures_where_the_ladder_reads_them():
    assert (ROOT / "pmf_core" / "models" / "figures" / "accuracy.json").is_file()
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "benchmarks.accuracy --save pmf_core/models/figures/accuracy.json\n" in recipe


@pytest.mark.parametrize("text", ["README.md", "pages/panels/ladder.py"])
def test_who_shows_the_figures_says_how_long_chains_were(text):
    length = accuracy.LENGTH
    said = f"{length.chains} chains of {length.tune} + {length.draws}"
    assert said in (ROOT / text).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def audit():
    spec = importlib.util.spec_from_file_location("audit", ROOT / ".ci" / "audit.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_an_audit_fails_on_a_known_vulnerability_and_says_what_it_could_not_look_up(audit):
    sound = {"name": "a", "version": "1", "vulns": []}
    bad = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1"]}]}
    unknown = {"name": "c", "skip_reason": "not found"}
    assert audit.report([sound]) == (["none of 1 packages has a known vulnerability"], 0)
    assert audit.report([sound, bad]) == (["b 2: PYSEC-1, mended in 2.1"], 1)
    lines, status = audit.report([bad, unknown])
    assert status == 1 and lines[1].startswith("c could not be audited")
    lines, status = audit.report([unknown])
    assert status == 3 and lines[0].startswith("every package could not be audited")


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="this is one process")
def test_a_worker_has_whole_files(request):
    # What pytest-xdist groups by is a private matter of pytest, which has changed without a word.
    assert request.node.nodeid.endswith(f"@{request.node.path}")
