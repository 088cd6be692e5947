"""The house: who may import whom, what an import costs, and what the repository may hold."""

import ast
import graphlib
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

import pages

ROOT = Path(__file__).resolve().parents[1]

# A package of the core imports only from packages on floors below its own.
FLOORS = [
    {"support"},
    {"stats", "data", "kernels", "documents"},
    {"models"},
    {"sampling"},
    {"fits"},
    {"prediction"},
    {"evaluation"},
    {"charts"},
    {"runs", "classroom"},
]
LONGEST_MODULE = 300

# What the shell may ask of the core: ratings, settings, limits, and where fits wait and are kept.
KNOWN_TO_THE_SHELL = (
    "pmf_core.support",
    "pmf_core.data",
    "pmf_core.models.config",
    "pmf_core.models.play_config",
    "pmf_core.models.sampler_config",
    "pmf_core.fits.budget",
    "pmf_core.fits.fit",
    "pmf_core.runs.queue",
    "pmf_core.runs.ready",
    "pmf_core.runs.stored",
)
# How frames and arrays are worked on; to draw them takes none of it.
COMPUTES = {
    *("abs", "agg", "apply", "argmax", "argmin", "argsort", "between", "clip", "concat"),
    *("cumsum", "dropna", "groupby", "head", "idxmax", "idxmin", "iloc", "loc", "mean", "median"),
    *("merge", "nunique", "quantile", "sort_values", "sqrt", "std", "sum", "tail", "var"),
}


def python_files(*folders: str) -> list[Path]:
    files = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    assert files, f"no Python files in {folders}; has a folder moved?"
    return files


CORE = python_files("pmf_core")
DASHBOARD = [ROOT / "app.py", *python_files("pages")]
SHELL, PANELS = python_files("pages/shell"), python_files("pages/panels")
PAGES = sorted((ROOT / "pages").glob("*.py"))
EVERYTHING = [*CORE, *DASHBOARD, *python_files("benchmarks", "tests")]


@cache
def imported(path: Path) -> list[str]:
    """Return the dotted name of everything that a file imports, wherever in it that happens."""
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def package(path: Path) -> str:
    return path.relative_to(ROOT / "pmf_core").parts[0]


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def named(paths: list[Path]) -> Callable:
    """Make one test of a check of a file, which names every file that fails it."""

    def for_all(check: Callable[[Path], None]) -> Callable[[], None]:
        def test() -> None:
            failed = []
            for path in paths:
                try:
                    check(path)
                except AssertionError as error:
                    failed.append(f"{path.relative_to(ROOT)}: {error}")
            assert not failed, "\n".join(failed)

        return test

    return for_all


@named([path for path in CORE if path.name != "__init__.py" or path.parent.name != "pmf_core"])
def test_the_core_imports_only_downwards(path):
    own = package(path)
    floor = next((n for n, packages in enumerate(FLOORS) if own in packages), None)
    assert floor is not None, f"pmf_core has a package {own!r}; give it a floor in FLOORS"
    allowed = {own}.union(*FLOORS[:floor])
    for name in imported(path):
        if within(name, "pmf_core"):
            other = (name.split(".") + ["pmf_core itself"])[1]
            assert other in allowed, f"{own} imports {other}, which is not below it"


def test_every_place_on_the_floors_is_taken():
    assert set().union(*FLOORS) == {package(path) for path in CORE} - {"__init__.py"}


def test_no_module_of_the_core_imports_itself_in_a_circle():
    modules = {module_name(path): path for path in CORE}
    arrows = {
        name: {
            target
            for found in imported(path)
            for target in (found, found.rpartition(".")[0])
            if target in modules and target != name and not name.startswith(target + ".")
        }
        for name, path in modules.items()
    }
    graphlib.TopologicalSorter(arrows).prepare()  # raises CycleError, which names the circle


@named(SHELL)
def test_the_shell_knows_no_panel_and_no_model(path):
    for name in imported(path):
        assert not within(name, "pages.panels"), name
        if within(name, "pmf_core"):
            assert any(within(name, known) for known in KNOWN_TO_THE_SHELL), f"it imports {name}"


@named([path for path in DASHBOARD if path not in SHELL])
def test_pages_and_panels_leave_numbers_to_the_core(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not used & COMPUTES, "move what is computed to the core"
    assert not [name for name in imported(path) if within(name, "numpy")]


def test_the_list_of_pages_costs_nothing_and_names_every_page():
    assert list(imported(ROOT / "pages" / "__init__.py")) == ["dataclasses.dataclass"]
    names = {path.stem for path in PAGES} - {"__init__"}
    assert {page.name for page in pages.PAGES} == names and len(pages.PAGES) == len(names)


@named(CORE)
def test_the_core_never_imports_the_dashboard(path):
    for name in imported(path):
        assert not any(within(name, above) for above in ("streamlit", "pages", "app")), name


@named(EVERYTHING)
def test_nothing_imports_a_page(path):
    every = {f"pages.{page.stem}" for page in PAGES}
    for name in imported(path):
        assert not any(within(name, page) for page in every), f"it imports {name}"


@named([*CORE, *python_files("benchmarks")])
def test_only_the_dashboard_imports_its_parts(path):
    assert not [name for name in imported(path) if within(name, "pages")]


@named([path for path in DASHBOARD if path.name != "cache.py"])
def test_caching_is_left_to_one_module(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names |= {name.rsplit(".", 1)[-1] for name in imported(path)}
    assert not names & {"cache_data", "cache_resource"}


@named(EVERYTHING)
def test_modules_are_short_and_up_to_date(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_MODULE
    assert "use_container" + "_width" not in text, 'Streamlit dropped it; say width="stretch"'


def run_fresh(code: str) -> None:
    """Run code in a new process, where nothing has been imported yet."""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def refuse(*packages: str) -> str:
    """Return code after which importing any of `packages` fails, whoever does it."""
    return "import sys\n" + "".join(f"sys.modules[{name!r}] = None\n" for name in packages)


@pytest.mark.slow
def test_every_public_name_of_the_core_works_without_streamlit():
    run_fresh(
        refuse("streamlit")
        + "import pmf_core\n"
        + "assert pmf_core.__all__\n"
        + "for name in pmf_core.__all__: getattr(pmf_core, name)\n"
    )


def test_importing_the_core_costs_nothing():
    slow = ("pymc", "arviz", "numba", "pandas", "scipy", "xarray")
    run_fresh(refuse(*slow) + "import pmf_core")


def test_the_first_page_waits_for_neither_pymc_nor_arviz(monkeypatch, tmp_path):
    monkeypatch.setenv("PMF_HOME", str(tmp_path))
    run_fresh(
        refuse("pymc", "arviz", "numba")
        + "from streamlit.testing.v1 import AppTest\n"
        + "page = AppTest.from_file('app.py', default_timeout=60).run()\n"
        + "assert page.title and not page.exception, page.exception\n"
    )


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout, so nothing says which files are tracked")
    command = ["git", "ls-files", "-z"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listing.split("\0") if name and (ROOT / name).is_file()]


# user, item, rating and no more than a time stamp: twenty such lines are somebody's ratings.
RATING = re.compile(r"^\d+(\t|::|,)\d+\1\d(\.\d)?(\1\d+)?$", re.MULTILINE)


def test_no_rating_data_is_tracked(tracked):
    for path in tracked:
        assert "ml-100k" not in path.parts and not re.match(r"u\d?\.\w+$", path.name), path
        assert path.stat().st_size < 1_000_000, f"{path} is too large for a source file"
        if path.suffix != ".png":
            found = len(RATING.findall(path.read_text(encoding="utf-8")))
            assert found < 20, f"{path} holds ratings, which may not be redistributed"


def test_no_tracked_file_names_a_folder_of_one_machine(tracked):
    machine = re.compile(r"(?<![\w.])/(?:root|home|Users|work|mnt)/\w+")
    for path in tracked:
        if path.suffix != ".png":
            found = machine.search(path.read_text(encoding="utf-8"))
            assert found is None, f"{path} names {found[0]}"
