"""The example notebook: short, without outputs, and it finds the figures that the pages show."""

import json
import re
from pathlib import Path

import nbclient
import nbformat
import pandas as pd
import pytest

from pmf_core.evaluation.the_example import FITS
from pmf_core.support.paths import kernels_dir
from tests.support.visits import SAMPLER, metrics, sample, visit

FOLDER = Path(__file__).resolve().parents[2] / "examples"
LENGTH = 'length = {"draws": 500, "tune": 500, "chains": 4}'
SHORT = 'length = {"draws": 50, "tune": 50, "chains": 2}'
SIMULATED, SMALL = "pmf.simulate_ratings()", "pmf.simulate_ratings(60, 50, 900, 3)"
KERNELS = str(kernels_dir())


@pytest.fixture
def notebook():
    return nbformat.read(FOLDER / "probabilistic_matrix_factorization.ipynb", as_version=4)


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def with_instead(notebook, before, after):
    """Put other settings into a notebook, in memory alone."""
    [cell] = [cell for cell in code(notebook) if before in cell.source]
    cell.source = cell.source.replace(before, after)


def run(notebook, monkeypatch, home):
    """Run all cells where Jupyter would, and return the errors of all methods that it found."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", KERNELS)  # compiled for all, not for each
    monkeypatch.setenv("IPYTHONDIR", str(home / "ipython"))
    last = nbformat.v4.new_code_cell("print(everything.to_json(double_precision=15))")
    notebook.cells.append(last)
    where = {"metadata": {"path": str(FOLDER)}}
    nbclient.NotebookClient(notebook, timeout=300, resources=where).execute()
    return pd.DataFrame(json.loads(last.outputs[0].text)).set_index("method")


def test_it_is_short_and_holds_no_output(notebook):
    nbformat.validate(notebook)
    lines = [line for cell in code(notebook) for line in cell.source.splitlines() if line.strip()]
    assert 20 < len(lines) < 40
    assert max(map(len, lines)) <= 100 and not any(";" in line for line in lines)
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code(notebook))
    assert set(notebook.metadata) == {"kernelspec", "language_info"}


def test_its_text_leaves_figures_to_the_code(notebook):
    words = " ".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    for known in ("MovieLens 100K", "near 1"):
        words = words.replace(known, "")
    assert not re.findall(r"\d", words), "which figures hold depends on the ratings"


def outputs(notebook, kind):
    found = [output for cell in code(notebook) for output in cell.outputs]
    return [output for output in found if kind in output.get("data", {})]


@pytest.mark.slow
def test_on_simulated_ratings_it_finds_what_the_pages_show(notebook, monkeypatch, home):
    with_instead(notebook, LENGTH, SHORT)
    with_instead(notebook, SIMULATED, SMALL)
    found = run(notebook, monkeypatch, home)
    pictures = [each for each in outputs(notebook, "text/html") if "alt." in str(each.data)]
    assert len(pictures) == 11 and len(outputs(notebook, "text/latex")) == 1
    assert not [output for cell in code(notebook) for output in cell.outputs if "ename" in output]
    assert not set(found.index) & {f"The example: {name}" for name in FITS}
    of_baselines = metrics(visit("baselines"))
    assert {name: f"{found.loc[name, 'test_rmse']:.4f}" for name in of_baselines} == of_baselines
    app = sample(visit("fit", **SAMPLER))
    for label, method, column in (
        ("MAP test RMSE", "MAP", "test_rmse"),
        ("MAP train RMSE", "MAP", "train_rmse"),
        ("Test RMSE", "MCMC", "test_rmse"),
        ("Train RMSE", "MCMC", "train_rmse"),
    ):
        assert metrics(app)[label] == f"{found.loc[method, column]:.4f}", label


@pytest.mark.prove
def test_on_movielens_the_examples_own_figures_stand_beside(
    notebook, monkeypatch, movielens, real_folder, home
):
    monkeypatch.setenv("PMF_DATA_DIR", str(real_folder.parent))
    found = run(notebook, monkeypatch, home)
    assert found.loc["The example: MCMC", "test_rmse"] == 0.90711
    assert found.loc["MCMC", "test_rmse"] == pytest.approx(0.90711, abs=0.02)
    assert found.loc["MAP", "test_rmse"] < 0.95 < found.loc["The example: MAP", "test_rmse"]
    shown = metrics(visit("baselines", data="MovieLens"))
    assert {name: f"{found.loc[name, 'test_rmse']:.4f}" for name in shown} == shown
    assert shown["Global mean"] == "1.1149"
    shown = metrics(visit("fit", data="MovieLens"))
    assert shown["MAP test RMSE"] == f"{found.loc['MAP', 'test_rmse']:.4f}"
