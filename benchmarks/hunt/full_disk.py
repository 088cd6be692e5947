"""A full disk: runs are stored, renamed, imported and exported where there is no room.

On a file system of 3 MB in memory, where one may be mounted; elsewhere the disk is made to refuse.
Run with ``python -m benchmarks.hunt.full_disk --rounds 200``.
"""

import contextlib
import errno
import io
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import numpy as np

from benchmarks.hunt.fits import small_fit, stored
from benchmarks.hunt.isolated import Tally, main
from pmf_core.runs.store import RunStore, StoreFull
from pmf_core.support import atomic

SIZE = 3_000_000


def hunt(rounds: int, seed: int, *, may_mount: bool = True) -> dict[str, int]:
    """Change a store on a disk with room for part of a run; look each time what is left."""
    rng, tally = np.random.default_rng(seed), Tally(lost=0, doubled=0)
    fit, upload = small_fit("pmf"), stored("pmf")
    fit.summary()
    with small_disk(may_mount) as (folder, is_real):
        store = RunStore(folder / "runs")
        store.add(fit, "first")
        size = store.size()
        for number in range(rounds):
            before = {run.id: run.name for run in store.list()}
            run_id, job_id = rng.choice(sorted(before)), f"20260101-000000-{number:03}"
            fill(folder, rng.integers(2 * size) if is_real else 0)
            action = rng.integers(3)
            refusing = not is_real and rng.random() < 0.7

            def attempt() -> str:
                try:
                    store = RunStore(folder / "runs")  # a lock is not inherited
                    with full() if refusing else contextlib.nullcontext():
                        if action == 0:
                            store.add(fit, f"run {number}", run_id=job_id)
                        elif action == 1:
                            store.rename(run_id, f"renamed {number}")
                        else:
                            store.add_file(io.BytesIO(upload), "upload.nc")
                except StoreFull:
                    return "refused"
                except OSError as error:
                    return "refused" if "MB left; nothing was changed" in str(error) else "untold"
                return "accepted"

            word = tally.watch(attempt)
            (folder / "filler").unlink(missing_ok=True)
            store = RunStore(folder / "runs")
            after = {run.id: run.name for run in store.list() if run.error is None}
            tally["lost"] += len(before.keys() - after.keys())
            if not number % 20:
                tally["lost"] += sum(store.open(known).method != "gibbs" for known in after)
            is_new = word == "accepted" and action != 1
            tally["doubled"] += int(len(after) - len(before) != is_new)
            tally["lost"] += any(store.folder.glob(atomic.PARTS))
            for old in sorted(after)[: max(0, len(after) - 8)]:
                store.delete(old)
    return dict(tally)


@contextlib.contextmanager
def small_disk(may_mount: bool) -> Iterator[tuple[Path, bool]]:
    """Yield a folder, and whether it is on a disk of its own that is as small as it says."""
    with tempfile.TemporaryDirectory() as name:
        command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", name]
        with contextlib.ExitStack() as stack:
            is_real = False
            if may_mount and hasattr(os, "geteuid") and os.geteuid() == 0:
                is_real = subprocess.run(command, capture_output=True).returncode == 0
            if is_real:
                stack.callback(subprocess.run, ["umount", name], check=True)
            yield Path(name), is_real


def fill(folder: Path, left: int) -> None:
    """Fill a disk until `left` bytes are left; of a disk that is not small, nothing."""
    if left:
        free = os.statvfs(folder)
        taken = max(0, free.f_bavail * free.f_frsize - int(left))
        (folder / "filler").write_bytes(bytes(taken))


@contextlib.contextmanager
def full() -> Iterator[None]:
    """Let the disk refuse what is written, as one that is full does."""
    with patch.object(atomic.os, "fsync", side_effect=OSError(errno.ENOSPC, "No space left")):
        yield


if __name__ == "__main__":
    main(hunt, 200)
