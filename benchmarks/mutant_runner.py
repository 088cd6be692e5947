"""Run tests against one changed file at a time, in copies of the repository.

Tests run in processes forked from one that has imported what takes seconds; each of a few workers
has its own copy. Bytecode is not written, as Python takes a file of the same size and second for
unchanged.
"""

import difflib
import multiprocessing
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
CORE = ROOT / "pmf_core"
HEAVY = ["pymc", "arviz", "numba", "scipy.stats", "h5netcdf", "pytest"]
"""What is imported before tests are forked."""

CPU_SECONDS, SECONDS = 600, 1800
"""After which a mutant counts as killed, as it hangs: of a processor, whatever else the machine
does, and by the clock."""

QUICK, SLOW = "not slow and not browser", "slow and not prove and not browser"
"""Marks of the tests that a mutant meets, one kind after the other."""

NONE_CHOSEN = 5
"""What pytest ends with where no test has the marks."""

KERNEL = "@kernel"
"""What marks compiled functions."""


class Mutant(NamedTuple):
    """One error in one file."""

    id: str
    breaks: str
    path: Path
    text: str
    """Of the whole file."""
    tests: tuple[Path, ...]

    def difference(self) -> str:
        """Return what is changed."""
        old = self.path.read_text(encoding="utf-8").splitlines()
        return "\n".join(difflib.unified_diff(old, self.text.splitlines(), n=1, lineterm=""))


def find_one(folder: str, name: str) -> Path:
    """Return the one Python file of that name in a folder, wherever in it but among charts."""
    found = [p for p in (ROOT / folder).rglob(f"{name}.py") if p.parent.name != "charts"]
    if len(found) != 1:
        raise ValueError(f"{folder} has {len(found)} files {name}.py; name one that is there once")
    return found[0]


class Runner:
    """Workers, each with a copy of the repository and compiled kernels of its own."""

    def __init__(self, workers: int, with_slow: bool = False) -> None:
        self._marks = (QUICK, SLOW) if with_slow else (QUICK,)
        self.scratch = Path(tempfile.mkdtemp(prefix="mutants-"))
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(HEAVY)
        self._pool = ThreadPoolExecutor(workers)
        self._free: SimpleQueue[Path] = SimpleQueue()
        listed = subprocess.run(
            ["git", "ls-files", "-co", "--exclude-standard", "-z"],
            cwd=ROOT, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        for worker in range(workers):
            place = self.scratch / str(worker)
            for name in filter(None, listed.split("\0")):
                if (ROOT / name).is_file():
                    (place / "tree" / name).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(ROOT / name, place / "tree" / name)
            (place / "kernels").mkdir()
            self._free.put(place)

    def __enter__(self) -> "Runner":
        """Return itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Remove the copies."""
        self._pool.shutdown(cancel_futures=True)
        shutil.rmtree(self.scratch, ignore_errors=True)

    def check(self, tests: set[Path]) -> dict[Path, tuple[float, dict[str, set[int]]]]:
        """Run each file of tests on the code as it is.

        Returns
        -------
        dict
            Of each file the seconds it took, and the lines that it ran of each file of the core.

        Raises
        ------
        RuntimeError
            If one fails, which would tell nothing of a mutant.
        """
        return dict(zip(tests, self._pool.map(self._check_one, tests), strict=True))

    def _check_one(self, test: Path) -> tuple[float, dict[str, set[int]]]:
        place = self._free.get()
        try:
            started = time.monotonic()
            lines = place / "lines"
            failure = self._test(place, (test,), place / "kernels", lines)
            if failure:
                raise RuntimeError(f"{test.name} fails as it is: {failure}; mend that first")
            found: dict[str, set[int]] = {}
            for line in lines.read_text().splitlines():
                name, _, number = line.rpartition(":")
                found.setdefault(name, set()).add(int(number))
            return time.monotonic() - started, found
        finally:
            self._free.put(place)

    def run(self, mutants: list[Mutant]) -> Iterator[tuple[Mutant, str, float]]:
        """Yield each mutant with what killed it, empty if nothing did, and the seconds."""
        yield from self._pool.map(self._run_one, mutants)

    def _run_one(self, mutant: Mutant) -> tuple[Mutant, str, float]:
        place, started = self._free.get(), time.monotonic()
        file = place / "tree" / mutant.path.relative_to(ROOT)
        kernels, times = place / "kernels", {}
        try:
            if KERNEL in mutant.text:  # the kernels of this file, and those that call them
                kernels = shutil.copytree(kernels, place / "kernels-once")
                times = {each: each.stat() for each in _dependents(file, place / "tree")}
                for each in times:
                    os.utime(each)
            before = file.stat(), file.read_text(encoding="utf-8")
            file.write_text(mutant.text, encoding="utf-8")
            try:
                killer = self._test(place, mutant.tests, kernels)
            finally:
                file.write_text(before[1], encoding="utf-8")
                for each, stat in (times | {file: before[0]}).items():
                    os.utime(each, ns=(stat.st_atime_ns, stat.st_mtime_ns))
            return mutant, killer, time.monotonic() - started
        finally:
            shutil.rmtree(place / "kernels-once", ignore_errors=True)
            self._free.put(place)

    def _test(
        self, place: Path, tests: tuple[Path, ...], kernels: Path, lines: Path | None = None
    ) -> str:
        """Run tests, the quick ones first; return what failed, or nothing."""
        args = place, [str(test.relative_to(ROOT)) for test in tests], str(kernels), lines
        return next(filter(None, (self._test_those(marks, *args) for marks in self._marks)), "")

    def _test_those(
        self, marks: str, place: Path, names: list[str], kernels: str, lines: Path | None
    ) -> str:
        log = place / "log"
        args = marks, place, names, kernels, str(log), lines
        process = self._context.Process(target=_run_tests, args=args)
        process.start()
        process.join(SECONDS)
        if process.exitcode is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.join()
            return f"no end within {SECONDS} s"
        if process.exitcode in (0, NONE_CHOSEN):
            return ""
        said = log.read_text(errors="replace").splitlines()
        failed = [line for line in said if line.startswith(("FAILED ", "ERROR "))]
        return failed[0][:150] if failed else f"exit code {process.exitcode}"


def _dependents(file: Path, tree: Path) -> list[Path]:
    """Return the files with kernels that import from a file, or from such a file."""
    kernels = [p for p in (tree / CORE.name).rglob("*.py") if KERNEL in p.read_text("utf-8")]
    found = [file]
    for each in found:  # grows
        for other in kernels:
            if other not in found and f".{each.stem} import" in other.read_text("utf-8"):
                found.append(other)
    return found[1:]


def _run_tests(
    marks: str, place: Path, names: list[str], kernels: str, log: str, lines: Path | None
) -> None:
    """Run tests in this process, which ends with it."""
    os.setsid()
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    tree = place / "tree"
    os.chdir(tree)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.path[:] = [str(tree), *(p for p in sys.path if Path(p).resolve() != ROOT and p)]
    sys.dont_write_bytecode = True
    os.environ |= {"PMF_HOME": str(place / "home"), "PYTHONDONTWRITEBYTECODE": "1"}
    os.environ["NUMBA_CACHE_DIR"] = kernels  # of processes that tests start
    import numba
    import pytest

    numba.config.CACHE_DIR = kernels
    seen = _watch(str(tree / CORE.name)) if lines else set()
    options = "-x -q -p no:cacheprovider -m".split()
    code = pytest.main([*options, marks, *names])
    if lines:
        # A copy: threads that tests leave behind may still run lines.
        rows = (f"{Path(name).relative_to(tree)}:{number}\n" for name, number in seen.copy())
        lines.write_text("".join(rows))
    sys.stdout.flush()
    os._exit(int(code))


def _watch(folder: str) -> set[tuple[str, int]]:
    """Return a set to which every line is added that runs from now on in a folder."""
    seen, monitor = set(), sys.monitoring

    def line(code: object, number: int) -> object:
        if code.co_filename.startswith(folder):
            seen.add((code.co_filename, number))
        return monitor.DISABLE

    monitor.use_tool_id(monitor.COVERAGE_ID, "mutants")
    monitor.register_callback(monitor.COVERAGE_ID, monitor.events.LINE, line)
    monitor.set_events(monitor.COVERAGE_ID, monitor.events.LINE)
    return seen
