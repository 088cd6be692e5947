"""A virtual environment for each package that is compared with, under build/."""

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build" / "peers"
# Wheels of compiled packages lag behind new Pythons, so an older one may have to do.
PYTHONS = (sys.executable, "python3.13", "python3.12")


class Unavailable(Exception):
    """A command failed, for the reason given in one line."""


def required(package: str) -> str:
    """Return the requirement of a package in the extra ``bench``, such as ``"smurff==1.1"``."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extra = project["optional-dependencies"]["bench"]
    return next(each for each in extra if each.partition("==")[0] == package)


def environment(requirement: str) -> Path:
    """Return the Python in which `requirement` is installed; make it on the first call.

    Parameters
    ----------
    requirement : str
        Name and version of one package, such as ``"smurff==1.1"``.

    Raises
    ------
    Unavailable
        If no Python here can install it: what this process's own Python said.
    """
    folder = FOLDER / requirement.partition("==")[0]
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    stamp = folder / "installed.txt"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == requirement:
        return python
    print(f"Installing {requirement} under build/peers (once) ...", file=sys.stderr, flush=True)
    reasons = []
    for base in filter(shutil.which, PYTHONS):
        try:
            run(base, "-m", "venv", "--clear", folder)
            run(python, *"-m pip install --no-input --prefer-binary".split(), requirement)
        except Unavailable as reason:
            reasons.append(reason)
            continue
        stamp.write_text(requirement, encoding="utf-8")
        return python
    shutil.rmtree(folder, ignore_errors=True)
    raise reasons[0]


def run(*command: str | Path) -> None:
    """Run a command in silence, out of reach of this process's own packages.

    Raises
    ------
    Unavailable
        If it fails.
    """
    # The parent's Python settings would put its packages before those of the environment.
    settings = {name: value for name, value in os.environ.items() if name[:6] != "PYTHON"}
    done = subprocess.run(command, env=settings, capture_output=True, text=True)
    if done.returncode:
        raise Unavailable(_reason(done.stderr.splitlines()) or f"exit code {done.returncode}")


def _reason(lines: Sequence[str]) -> str:
    """Return the line that says what went wrong: pip's first error, or the last of a traceback."""
    errors = [line for line in lines if line.startswith("ERROR")] or lines[-1:]
    return errors[0].removeprefix("ERROR:").strip() if errors else ""
