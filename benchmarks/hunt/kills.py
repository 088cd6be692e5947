"""Kill the server again and again while it fits, stores, renames and imports, and count the loss.

Each round serves the app, starts fits, a sweep, a rename and an import in a real Chromium, kills
the server by SIGKILL at a random moment, and looks at what is on disk. The next server of the same
folder takes up what was left, now and then by a click on *Resume*; after the last kill all is.
Run with ``.venv/bin/python -m benchmarks.hunt.kills --rounds 50``. With ``--bare`` the server is
`benchmarks.hunt.busy`, the queue and the store without pages: quicker, and never idle.
"""

import argparse
import contextlib
import json
import multiprocessing
import random
import re
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Error, Page, sync_playwright

import pmf_core as pmf
from benchmarks.hunt import busy
from benchmarks.hunt.visitor import PATIENCE, worked
from pmf_core.runs.queue import JobQueue
from pmf_core.runs.store import RunStore
from tests.browser.harness import HOW_TO_GET_ONE, assert_sound, launch, start_app

DATA = "data=Simulated&sim_users=120&sim_items=150&sim_share=10.0&sim_factors=3"
FITS = ("draws=50&tune=50&chains=2", "draws=400&tune=100&chains=2", "draws=2000&tune=500&chains=4")
"""Lengths of a fit: over at once, within seconds, or cut off by the kill."""

FORKS = multiprocessing.get_context("forkserver")
"""Makes bare servers that have imported all they need."""
FORKS.set_forkserver_preload([busy.__name__])

LONGEST_WAIT = 2.5
"""Seconds from the last click to the kill, at most."""


class Ledger:
    """What has been on disk: fits that were promised, and runs that were stored."""

    def __init__(self, home: Path) -> None:
        self.runs, self.jobs = home / "runs", home / "jobs"
        self.promised: set[str] = set()
        self.stored: set[str] = set()

    def look(self) -> None:
        """Note what is there now."""
        # The jobs last: one that is stored meanwhile is then in the runs of the next look.
        self.stored |= {path.stem for path in self.runs.glob("[!.]*.nc")}
        self.promised |= {path.parent.name for path in self.jobs.glob("*/job.json")}

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Look every few milliseconds."""
        over = threading.Event()

        def watch() -> None:
            while not over.wait(0.005):
                self.look()

        thread = threading.Thread(target=watch)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def missing(self) -> set[str]:
        """Return what was seen and is neither stored nor to be resumed."""
        there = {path.stem for path in self.runs.glob("[!.]*.nc")}
        waiting = {path.parent.name for path in self.jobs.glob("*/job.json")}
        return (self.stored - there) | (self.promised - there - waiting)


def hunt(rounds: int, seed: int, bare: bool = False) -> dict[str, int]:
    """Kill a server so many times, one with pages or a bare one, and return counts.

    Returns
    -------
    dict of str to int
        tried (rounds), tracebacks (in the server's log or on a page), hangs (pages that took longer
        than `PATIENCE`), killed (servers that died by themselves), lost (fits that were promised
        or stored and are gone), doubled (fits stored twice), damaged (unreadable runs), stored
        (runs in the end) and peak_mb (of the server).
    """
    counts = Counter(tried=0, tracebacks=0, hangs=0, killed=0, lost=0, doubled=0, damaged=0)
    counts["peak_mb"] = 0
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        home = Path(folder)
        browser = None if bare else launch(stack.enter_context(sync_playwright()))
        if not (bare or browser):
            sys.exit(HOW_TO_GET_ONE)
        ledger = Ledger(home)
        _export(home / "import.nc")
        for number in range(rounds):
            if browser:
                _round(number, home, browser, ledger, rng, counts)
            else:
                _bare_round(number, home, ledger, rng, counts)
            counts["tried"] += 1
            counts["lost"] += _forget(ledger, number)
            print(f"round {number}: {dict(counts)}, {len(ledger.promised)} fits promised, "
                  f"{len(ledger.stored)} runs", file=sys.stderr)  # fmt: skip
        _settle(home, ledger, counts)
        log = (home / "server.log").read_text(errors="replace")
        counts["tracebacks"] += log.count("Traceback (most recent call last)")
        if counts["tracebacks"]:
            print(log[-6000:], file=sys.stderr)
    return dict(counts)


def _export(path: Path) -> None:
    """Write the run that is imported."""
    ratings, _ = pmf.simulate_ratings(60, 80, 1000, 3)
    pmf.save_fit(pmf.sample_gibbs(pmf.split_ratings(ratings), draws=20, tune=20, chains=2), path)


def _round(
    number: int, home: Path, browser: Browser, ledger: Ledger, rng: random.Random, counts: Counter
) -> None:
    server, url = start_app(home)
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    with ledger.watching(), context:
        try:
            _provoke(number, context.new_page(), server, url, home, rng, counts)
        except (Error, AssertionError) as error:
            what = "tracebacks" if isinstance(error, AssertionError) else "hangs"
            counts["killed" if server.poll() is not None else what] += 1
            print(f"round {number}: {error}", file=sys.stderr)
        _kill(server, server.wait, rng, counts)
    ledger.look()


def _bare_round(
    number: int, home: Path, ledger: Ledger, rng: random.Random, counts: Counter
) -> None:
    before = len(ledger.stored)
    with ledger.watching():
        server = FORKS.Process(target=busy.main, args=(home, number + 1))
        server.start()
        while server.is_alive() and len(ledger.stored) == before:
            time.sleep(0.01)
        counts["killed"] += not server.is_alive()
        _kill(server, server.join, rng, counts)
    ledger.look()


def _kill(server: Any, wait: Callable[[], Any], rng: random.Random, counts: Counter) -> None:
    time.sleep(rng.uniform(0, LONGEST_WAIT))
    counts["peak_mb"] = max(counts["peak_mb"], _peak_mb(server.pid))
    server.kill()
    wait()


def _provoke(
    number: int, page: Page, server: Any, url: str, home: Path, rng: random.Random, counts: Counter
) -> None:
    """Start all that a kill may hurt, and wait for none of it."""

    def visit(path: str) -> None:
        began, before = time.monotonic(), worked(server.pid)
        page.goto(f"{url}/{path}")
        assert_sound(page)
        took = min(time.monotonic() - began, worked(server.pid) - before)
        # The first may still compile the kernels.
        counts["hangs"] += number > 0 and took > PATIENCE

    if rng.random() < 0.4:
        visit(f"compare?{DATA}&view=Sweeps&seed={1000 + number}")
        again = page.locator(".st-key-sweep_go button")
        (again if again.count() else page.locator(".st-key-sweep_start button")).first.click()
    else:
        visit(f"fit?{DATA}&{rng.choice(FITS)}&seed={number}")
        resume = page.get_by_role("button", name="Resume", exact=True)
        if resume.count() and rng.random() < 0.5:
            resume.first.click()
            assert_sound(page)
        page.locator(".st-key-sample button").click()
    if rng.random() < 0.5:
        visit(f"compare?{DATA}")
        page.get_by_text("Manage runs").click()
        if rng.random() < 0.5:
            page.locator("input[type=file]").last.set_input_files(home / "import.nc")
            page.get_by_role("button", name=re.compile("Import$")).click()
        elif page.get_by_label("Name", exact=True).count():
            page.get_by_label("Name", exact=True).fill(f"renamed in round {number}")
            page.get_by_label("Name", exact=True).press("Enter")


def _peak_mb(pid: int) -> int:
    """Return the most memory a process has had, where the system says so."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) // 1024
    return 0


def _forget(ledger: Ledger, number: int | str) -> int:
    """Return how many fits are missing, and count each only once."""
    missing = ledger.missing()
    for each in missing:
        print(f"round {number}: {each} is lost", file=sys.stderr)
    ledger.stored -= missing
    ledger.promised -= missing
    return len(missing)


def _settle(home: Path, ledger: Ledger, counts: Counter) -> None:
    """Take up all that was left, then count what is in the store."""
    queue = JobQueue(RunStore(home / "runs"), home / "jobs")
    left = queue.list()
    for job in left:
        while sum(each.is_active for each in left) > 50:  # a queue takes so many
            time.sleep(0.1)
        if job.is_resumable:
            queue.resume(job)
    while any(job.is_active for job in left):
        time.sleep(0.1)
    for job in left:
        if job.state != "done":
            counts["lost"] += 1
            print(f"{job.id} is {job.state}: {job.error}", file=sys.stderr)
    counts["lost"] += _forget(ledger, "last")
    runs = queue.store.list()
    counts["damaged"] = sum(run.error is not None for run in runs)
    fits: Counter = Counter()
    for run in (run for run in runs if run.error is None and run.id in ledger.promised):
        names = ("method", "config", "sampler", "split_id", "sweep")
        fits[tuple(str(run.attrs.get(name)) for name in names)] += 1
    counts["doubled"] = sum(number - 1 for number in fits.values())
    counts["stored"] = len(runs)


def main() -> None:
    """Print the counts as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--bare", action="store_true", help="kill a server without pages")
    given = parser.parse_args()
    print(json.dumps(hunt(given.rounds, given.seed, given.bare)))


if __name__ == "__main__":
    main()
