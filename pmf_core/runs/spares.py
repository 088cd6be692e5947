"""Checkpoints of fits that have ended, from which the same fit goes on with more draws."""

import shutil
from contextlib import suppress
from pathlib import Path

AT_MOST = 4
"""Checkpoints that are kept, those of the latest runs."""

MAX_BYTES = 250_000_000
"""A checkpoint that is larger is not kept."""


class Spares:
    """A folder with one more for each of the last few runs, called as the run is.

    None of it is needed: a fit that finds nothing here starts anew, to the same draws.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, run_id: str, checkpoint: Path) -> None:
        """Take the checkpoint of a run, and drop the oldest that there are then too many of."""
        with suppress(OSError):  # a full disk, or another process was faster
            if sum(path.stat().st_size for path in checkpoint.iterdir()) > MAX_BYTES:
                return
            self.folder.mkdir(parents=True, exist_ok=True)
            checkpoint.rename(self.folder / run_id)
            for old in sorted(self.folder.iterdir())[:-AT_MOST]:
                self.forget(old.name)

    def hand_over(self, run_id: str, checkpoint: Path) -> None:
        """Make what is kept of a run, if anything is, the checkpoint of a fit that goes on."""
        with suppress(OSError):
            (self.folder / run_id).rename(checkpoint)

    def forget(self, run_id: str) -> None:
        """Remove what is kept of a run."""
        shutil.rmtree(self.folder / run_id, ignore_errors=True)
