"""The state of a running fit on disk, so that one whose process dies can be taken up again."""

import os
import zipfile
from pathlib import Path

import numpy as np

from pmf_core.gibbs.pmf import State
from pmf_core.recorder import Recorder

_STATE = "state.npz"


class Checkpoint:
    """A folder with the last complete block of a fit.

    A process that dies, even while writing, loses at most the block it was on.

    Parameters
    ----------
    folder : path-like
        Made if it does not exist.
    fingerprint : str
        Names the fit (ratings, model, run length, seed); only the same fit may go on from here.
    """

    def __init__(self, folder: str | os.PathLike, fingerprint: str) -> None:
        self.folder, self.fingerprint = Path(folder), fingerprint
        self.folder.mkdir(parents=True, exist_ok=True)
        self._n_kept = 0

    def write(self, states: list[State], recorder: Recorder, seconds: float) -> None:
        """Store where the chains and the recorder stand.

        Stored draws of the factors, by far the largest part, are each written once.
        """
        for number in range(self._n_kept, len(recorder.kept)):
            U, V = recorder.kept[number]
            self._replace(f"kept-{number}.npz", U=U, V=V)
        self._n_kept = len(recorder.kept)
        self._replace(
            _STATE,
            fingerprint=self.fingerprint,
            seconds=seconds,
            U=np.stack([state.U for state in states]),
            V=np.stack([state.V for state in states]),
            **{f"recorder/{name}": value for name, value in recorder.state().items()},
        )

    def read(self, recorder: Recorder) -> tuple[list[State], float] | None:
        """Bring a new recorder to where the fit stood.

        Returns
        -------
        tuple of list of State and float, or None
            Where each chain stood, and the seconds spent so far; None where nothing is stored.

        Raises
        ------
        ValueError
            If what is stored belongs to another fit, or is damaged.
        """
        path = self.folder / _STATE
        if not path.exists():
            return None
        try:
            stored = self._load(_STATE)
            found = str(stored["fingerprint"])
            if found == self.fingerprint:
                self._n_kept = int(stored["recorder/n_kept"])
                kept = [self._load(f"kept-{number}.npz") for number in range(self._n_kept)]
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise ValueError(
                f"the checkpoint in {self.folder} is damaged ({error}); delete that folder and "
                "start the fit anew"
            ) from error
        if found != self.fingerprint:
            raise ValueError(
                f"the checkpoint in {self.folder} is of another fit ({found}, not "
                f"{self.fingerprint}); give this fit a folder of its own"
            )
        prefix = "recorder/"
        state = {k.removeprefix(prefix): v for k, v in stored.items() if k.startswith(prefix)}
        recorder.restore(state, [(draw["U"], draw["V"]) for draw in kept])
        states = [State(U, V) for U, V in zip(stored["U"], stored["V"], strict=True)]
        return states, float(stored["seconds"])

    def _load(self, name: str) -> dict[str, np.ndarray]:
        with open(self.folder / name, "rb") as file, np.load(file) as stored:
            return dict(stored)

    def _replace(self, name: str, **arrays: object) -> None:
        part = self.folder / f"{name}.part"
        with open(part, "wb") as file:
            np.savez(file, **arrays)
        os.replace(part, self.folder / name)
