"""Strangers on one real server at once: nobody sees, or cancels, what is another's."""

import argparse
import json
import re
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.hunt.visitor import SMALL, Server, Shown, Visitor, is_refused, serve, warm_up

SECONDS_TO_FIT = 600


@dataclass
class Stranger:
    """A person with a cookie of their own, known by the number of factors that they choose."""

    server: Server
    factors: int
    counts: Counter
    cookie: str = ""
    cancel: tuple[str, str] | None = None
    """Address and button by which a fit of theirs is cancelled."""
    started: set[str] = field(default_factory=set)

    @property
    def query(self) -> str:
        """The address of what they fit."""
        return f"{SMALL}&n_factors={self.factors}&draws=400&tune=200&chains=2"

    def open(self, page: str, query: str, press: str | None = None) -> Shown:
        """Open a page in a tab of its own, and note what must not be."""
        tab = Visitor(self.server, self.cookie)
        shown = tab.open(page, query)
        if press is not None:
            shown = tab.open(page, query, press)
        tab.close()
        self.counts["tried"] += 1
        self.counts["hangs"] += not shown.finished  # the work of all is mixed
        self.counts["tracebacks"] += shown.exceptions
        others = set(re.findall(r"MCMC D=(\d+)", shown.text)) - {str(self.factors)}
        if "job=" not in query:
            self.counts["foreign_bytes"] += len(others)
        return shown

    def fit(self) -> None:
        """Start a fit, as a click on Sample."""
        tab = Visitor(self.server, self.cookie)
        shown = tab.open("fit", self.query)
        running = tab.open("fit", self.query, press=shown.buttons.get("Sample", ""))
        tab.close()
        cancel = running.buttons.get("Cancel")
        found = re.search(r"cancel-([0-9a-z-]+)", cancel or "")
        if found:
            self.started.add(found[1])
            self.cancel = f"{self.query}&job={found[1]}", cancel

    def pry(self, other: "Stranger") -> None:
        """Watch somebody else's fit by its address, and press a Cancel that is not shown."""
        if other.cancel is None:
            return
        address, button = other.cancel
        watched = self.open("fit", address, press=button)
        self.counts["foreign_bytes"] += "Cancel" in watched.buttons
        self.counts["refused"] += "Cancel" not in watched.buttons

    def runs(self) -> int:
        """Return how many finished runs their list has."""
        shown = self.open("recommend", SMALL)
        return len(set(re.findall(r"MCMC .*RMSE .*UTC$", shown.text, re.MULTILINE)))


def hunt(rounds: int, seed: int) -> dict[str, int]:
    """Have `rounds` sessions at once, and eight fits for every thirty; count what went wrong.

    The seed only says which pages are looked at first.
    """
    pages = ("fit", "explore", "compare", "diagnose", "recommend", "about")
    counts: Counter = Counter(
        dict.fromkeys(("tried", "refused", "tracebacks", "hangs", "killed", "lost", "doubled",
                       "foreign_bytes"), 0)
    )  # fmt: skip
    n_fits = max(2, rounds * 8 // 30)
    with (
        tempfile.TemporaryDirectory() as home,
        serve(Path(home), PMF_ALLOWED_HOSTS="hunt.example") as server,
        ThreadPoolExecutor(rounds) as pool,
    ):
        warm_up(server)
        counts["foreign_bytes"] += not is_refused(server, "https://evil.example")
        counts["before_mb"] = server.megabytes()
        strangers = [Stranger(server, 3 + n, counts) for n in range(n_fits)]
        for each in strangers:
            first = Visitor(server)
            each.cookie = first.cookie
            first.close()
        list(pool.map(Stranger.fit, strangers))
        turns = [(n, strangers[n % n_fits], pages[(n + seed) % len(pages)]) for n in range(rounds)]
        list(pool.map(lambda turn: turn[1].open(turn[2], turn[1].query), turns))
        list(pool.map(lambda turn: turn[1].pry(strangers[(turn[0] + 1) % n_fits]), turns))
        deadline = time.monotonic() + SECONDS_TO_FIT
        waiting = list(strangers)
        while waiting and time.monotonic() < deadline and server.is_alive:
            waiting = [each for each in waiting if each.runs() == 0]
            time.sleep(0.5)
        for each in strangers:
            counts["lost"] += each.runs() < 1
            counts["doubled"] += each.runs() > 1
        partial = [path for path in (Path(home) / "runs").glob("*.nc")]
        counts["accepted"] = len(partial)
        counts["tracebacks"] += server.tracebacks()
        counts["killed"] += not server.is_alive
        counts["after_mb"], counts["peak_mb"] = server.megabytes(), server.megabytes(peak=True)
    return dict(counts)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print(json.dumps(hunt(options.rounds, options.seed)))
