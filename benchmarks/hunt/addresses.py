"""Addresses that nobody would type, opened on a real server, one new visitor each."""

import argparse
import json
import random
import tempfile
from pathlib import Path
from urllib.parse import parse_qsl, quote

from benchmarks.hunt.visitor import SMALL, Server, Visitor, serve, warm_up

PAGES = (
    *("", "playground", "explore", "baselines", "fit", "diagnose", "factors", "compare"),
    *("recommend", "room", "see", "tour", "about", "nowhere"),
)

VALUES = {
    "data": ("MovieLens", "Simulated", "My file"), "sim_users": ("20", "400"),
    "sim_items": ("20", "300"), "sim_share": ("1.0", "40.0"), "sim_factors": ("1", "30"),
    "sim_alpha": ("0.2", "10.0"), "sim_seed": ("0", "9999"), "table": ("0" * 32,),
    "test_size": ("5", "50"), "split_seed": ("0", "9999"), "n_factors": ("1", "10", "50"),
    "alpha": ("0.1", "20.0"), "center": ("true", "false"), "learn_alpha": ("true",),
    "biases": ("true",), "prior": ("fixed", "hierarchical"),
    "implicit": ("none", "user", "both"), "implicit_norm": ("sqrt", "mean"),
    "side_info": ("none", "both"), "noise": ("shared", "both"), "effects": ("none", "day"),
    "link": ("identity", "logistic", "ordinal"), "cut_points": ("shared", "user"),
    "W0": ("0.05", "20.0"), "beta0": ("0.1", "50.0"), "draws": ("50", "2000"),
    "tune": ("0", "2000"), "chains": ("1", "8"), "seed": ("0", "9999"), "auto": ("true",),
    "sweep": ("20260101-000000-" + "0" * 32,), "view": ("Runs", "Sweeps", "Search", "Ladder"),
    "search": ("20260101-000000-" + "0" * 32,), "search_over": ("alpha,biases", "n_factors"),
    "search_trials": ("2", "60"), "search_factors": ("2", "50"), "having": ("good", "a b"),
    "of_model": ("pmf", "Any model"), "of_split": ("0" * 12,), "curves": ("0" * 32,),
    "run": ("20260101-000000-" + "0" * 32,), "user": ("1", "nobody"),
    "sort": ("Mean", "Lower bound", "Probability"), "fewest": ("0", "200"),
    "min_ratings": ("1", "200"), "shrinkage": ("0", "100"), "add_noise": ("true",),
    "job": ("20260101-000000-000-" + "0" * 32,), "scheduler": ("tcp://127.0.0.1:1",),
    "step": ("1", "12"), "teacher": ("true",), "mine": ("500001", "9"),
    "room": ("2" * 8, "ABCD-2345"), "seat": ("x" * 22,),
    "embed": ("true",), "__class__": ("1",), "": ("",),
}  # fmt: skip
"""What an address may or may not name, and values that are, or look, right."""

HOSTILE = (
    "inf", "-inf", "nan", "1e400", "-1", "1.5", "99999999999999999999", "[1, 2]", "{}", "None",
    "1_0", "１２", "0x10", " 5 ", "", "true", "\x00", "\n", "\x1b[31m", "\u202e\u2066", "\u2028",
    "../../../etc/passwd", "file:///etc/passwd", "![x](http://evil.example/x.png)",
    "[a](javascript:alert(1))", "<img src=//evil.example>", ":material/home:", "$x$", "`" * 9,
    "'; DROP TABLE runs; --", "{{7*7}}", "%s%n", "\U0001f600" * 50, "\ud7ff\ue000", "A" * 100_000,
)  # fmt: skip


def address(rng: random.Random) -> tuple[str, str]:
    """Return a page and the query of an address."""
    # Small ratings first, unless the address itself says otherwise: the hunt is for faults.
    pairs = parse_qsl(SMALL) if rng.random() < 0.8 else []
    for _ in range(rng.choice((1, 1, 2, 4, 12))):
        name = rng.choice(list(VALUES))
        right = rng.random() < 0.4
        pairs.append((name, rng.choice(VALUES[name] if right else HOSTILE)))
        if rng.random() < 0.1:
            pairs.append((name, rng.choice(HOSTILE)))
    query = "&".join(f"{quote(name)}={quote(value)}" for name, value in pairs)
    if rng.random() < 0.05:
        query = query.replace("=", rng.choice(("", "==", "%", "=%ff%fe")), 1)
    return rng.choice(PAGES), query


def look(server: Server, page: str, query: str) -> str:
    """Open an address as a new visitor and return what became of it."""
    visitor = Visitor(server)
    shown = visitor.open(page, query)
    visitor.close()
    if shown.exceptions:
        return "tracebacks"
    if shown.hangs:
        return "hangs"
    return "refused" if "Ignored in the address" in shown.text else "accepted"


def hunt(rounds: int, seed: int) -> dict[str, int]:
    """Open `rounds` addresses and count what became of them."""
    rng = random.Random(seed)
    counts = dict.fromkeys(("tried", "refused", "accepted", "tracebacks", "hangs", "killed"), 0)
    with tempfile.TemporaryDirectory() as home, serve(Path(home)) as server:
        warm_up(server)
        for _ in range(rounds):
            page, query = address(rng)
            try:
                became = look(server, page, query)
            except OSError:  # nobody answers
                became = "hangs" if server.is_alive else "killed"
            counts["tried"] += 1
            counts[became] += 1
            if became not in ("refused", "accepted"):
                print(f"{became}: /{page}?{query[:300]}", flush=True)
            if not server.is_alive:
                break
        counts["tracebacks"] += server.tracebacks()
        counts["peak_mb"] = server.megabytes(peak=True)
    return counts


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print(json.dumps(hunt(options.rounds, options.seed)))
