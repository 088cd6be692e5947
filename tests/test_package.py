"""`pip install .` gives a package that works outside the checkout."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

USE = """
from importlib import resources
from pathlib import Path

import pmf_core as pmf
from pmf_core.models.ladder import stored_figures

assert pmf.PRESETS
assert stored_figures(), "the figures of the ladder were not installed"
for name in ("page.css", "page.js"):
    found = resources.files("pmf_core.documents") / name
    assert found.is_file(), f"{name} of reports was not installed"
ratings, truth = pmf.simulate_ratings(40, 30, 500, n_factors=2)
split = pmf.split_ratings(ratings)
fit = pmf.sample_gibbs(split, pmf.PMFConfig(n_factors=2), draws=10, tune=5, chains=1)
assert fit.summary()["test_rmse"] < 5
print(Path(pmf.__file__).parent)
"""


def done(*command: str | Path, **options) -> str:
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300, **options)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.mark.slow
def test_an_installed_package_works_elsewhere(tmp_path):
    pytest.importorskip("setuptools", reason="it builds the package; `make test-all` installs it")
    source = tmp_path / "source"  # a copy, as building leaves files behind
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(
        ROOT / "pmf_core", source / "pmf_core", ignore=shutil.ignore_patterns("__pycache__")
    )
    fresh = tmp_path / "fresh"
    done(sys.executable, "-m", "venv", "--without-pip", fresh)
    python = fresh / "bin" / "python"
    # What the package depends on is that of this environment; nothing is resolved anew.
    packages = Path(
        done(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    )
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    done(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index",
         "--no-build-isolation", "--quiet", "--disable-pip-version-check", source)  # fmt: skip
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment["PMF_HOME"] = str(tmp_path / "home")
    where = done(python, "-c", USE, cwd=elsewhere, env=environment).strip()
    assert Path(where) == packages / "pmf_core"
