"""One try in a process of its own, so that whatever ends or holds it up is seen and counted."""

import argparse
import faulthandler
import os
import resource
import select
import signal
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable

LONGEST, PATIENCE = 10.0, 60.0
"""Seconds that a try may take: of work, and on the clock of a machine that others use, too."""


class Tally(Counter):
    """How often what was seen, and the largest memory of a try in MB."""

    def watch(self, work: Callable[[], str]) -> str:
        """Run `work` in a copy of this process, count the word that it returns, and return it.

        The word is ``tracebacks`` where it raises, ``hangs`` where it takes too long, ``killed``
        where the process dies of it.
        """
        read, write = os.pipe()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with warnings.catch_warnings():  # of threads: those of pools are idle
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if not child:
            _work_and_exit(work, write)
        os.close(write)
        ready, _, _ = select.select([read], [], [], PATIENCE)
        if not ready:
            os.kill(child, signal.SIGKILL)
        word = os.read(read, 100).decode() if ready else "hangs"
        os.close(read)
        _, _, used = os.wait4(child, 0)
        self["peak_mb"] = max(self["peak_mb"], (used.ru_maxrss - before) // 1000)
        word = "hangs" if used.ru_utime + used.ru_stime > LONGEST else word or "killed"
        self["tried"] += 1
        self[word] += 1
        return word


def _work_and_exit(work: Callable[[], str], write: int) -> None:
    faulthandler.dump_traceback_later(0.9 * PATIENCE)  # where it hangs, if it does
    try:
        word = work()
    except BaseException:
        traceback.print_exc()
        word = "tracebacks"
    os.write(write, word.encode())
    os._exit(0)


def main(hunt: Callable[[int, int], dict[str, int]], rounds: int) -> None:
    """Hunt as the command line says, and print what was seen."""
    parser = argparse.ArgumentParser(description=hunt.__doc__)
    parser.add_argument("--rounds", type=int, default=rounds)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    started = time.perf_counter()
    found = hunt(chosen.rounds, chosen.seed)
    print({"seconds": round(time.perf_counter() - started)} | found)
