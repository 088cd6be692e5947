"""Is a sweep slower than it was? This checkout against another, in turn, on the same machine.

``python -m benchmarks.versus ../other-checkout`` prints, for each preset, processor milliseconds
a sweep of both and the median of their paired ratios.
"""

import argparse
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]

CHILD = """
import sys, time
import pmf_core as pmf
from pmf_core.kernels.randomness import Draws
from pmf_core.sampling.start import initial_state
from pmf_core.sampling.sweep import chain_rng, sweep
try:
    from pmf_core.models.arrange import arrange
except ImportError:  # as it was before that module
    from pmf_core.models.problem import Problem
    arrange = Problem.from_ratings

train = pmf.split_ratings(pmf.load_movielens(), 0.1, random_seed=0).train
chains = {}
for line in sys.stdin:
    name, sweeps = line.split()
    if name not in chains:
        problem = arrange(pmf.PRESETS[name], train)
        chains[name] = problem, initial_state(problem, 0, 0), 0
    problem, state, t = chains[name]
    started = time.thread_time()
    for t in range(t, t + int(sweeps)):
        state = sweep(problem, state, Draws(chain_rng(0, 0, t)))
    print((time.thread_time() - started) / int(sweeps), flush=True)
    chains[name] = problem, state, t + 1
"""


class Checkout:
    """A process that runs sweeps of one checkout when asked."""

    def __init__(self, path: Path) -> None:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen([sys.executable, "-c", CHILD], cwd=path, **pipes)

    def seconds(self, preset: str, sweeps: int) -> float:
        """Run sweeps; return the processor seconds of one."""
        self.process.stdin.write(f"{preset} {sweeps}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("other", type=Path, help="the checkout to compare with")
    parser.add_argument("--presets", default="pmf,bpmf,best", help="separated by commas")
    parser.add_argument("--sweeps", type=int, default=10)
    parser.add_argument("--repeats", type=int, default=7)
    args = parser.parse_args()
    there, here = Checkout(args.other), Checkout(HERE)
    for name in args.presets.split(","):
        pairs = []
        for turn in range(args.repeats + 1):
            order = (there, here) if turn % 2 else (here, there)
            found = {checkout: checkout.seconds(name, args.sweeps) for checkout in order}
            pairs.append((1e3 * found[there], 1e3 * found[here]))
        pairs = pairs[1:]  # the first compiles, and fills caches
        medians = [statistics.median(times) for times in zip(*pairs, strict=True)]
        ratio = statistics.median(now / before for before, now in pairs)
        print(
            f"{name}: {medians[0]:.2f} and {medians[1]:.2f} ms a sweep, there and here; "
            f"median of {args.repeats} paired ratios {ratio:.3f}",
            flush=True,
        )
    for checkout in (there, here):
        checkout.process.stdin.close()
        checkout.process.wait()


if __name__ == "__main__":
    main()
