"""The state of a running fit on disk, so that one whose process dies can be taken up again."""

import hashlib
import os
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import astuple, fields, is_dataclass, replace
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import issparse

from pmf_core.data import Ratings
from pmf_core.fits.recorder import Recorder
from pmf_core.models.problem import Problem
from pmf_core.models.sampler_config import SamplerConfig
from pmf_core.models.state import State
from pmf_core.support.atomic import replacing

_STATE = "state.npz"


class DamagedCheckpoint(ValueError):
    """What is stored cannot be read; the fit has to start anew."""


class OtherFit(ValueError):
    """What is stored is of another fit, and no beginning of this one."""


class Checkpoint:
    """A folder with the last complete block of a fit.

    A process that dies, even while writing, loses at most the block it was on.

    Parameters
    ----------
    folder : path-like
        Made if it does not exist.
    fingerprint, of_any_length : str
        As of `fingerprints`. The same fit may go on from here, and one that is to have more draws:
        what a shorter one has drawn is how the longer begins, as each sweep has its own numbers.
    """

    def __init__(self, folder: str | os.PathLike, fingerprint: str, of_any_length: str) -> None:
        self.folder, self.fingerprint = Path(folder), fingerprint
        self.of_any_length = of_any_length
        self.folder.mkdir(parents=True, exist_ok=True)
        self._n_kept = 0

    def write(self, states: list[State], recorder: Recorder, seconds: float) -> None:
        """Store where the chains and the recorder stand.

        Stored draws of the factors, by far the largest part, are each written once.
        """
        for number in range(self._n_kept, len(recorder.kept)):
            self._store(f"kept-{number}.npz", **State.stack(recorder.kept[number]))
        self._n_kept = len(recorder.kept)
        self._store(
            _STATE,
            fingerprint=self.fingerprint,
            of_any_length=self.of_any_length,
            thin=recorder.thin,
            seconds=seconds,
            **{f"state/{name}": value for name, value in State.stack(states).items()},
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
        DamagedCheckpoint
            If what is stored cannot be read, or lacks what is recorded by now.
        OtherFit
            If it belongs to another fit.
        """
        path = self.folder / _STATE
        if not path.exists():
            return None
        try:
            stored = self._load(_STATE)
            found = str(stored["fingerprint"])
            every = 1 if found == self.fingerprint else self._every(stored, recorder)
            if every:
                n_kept = int(stored["recorder/n_kept"])
                kept = [self._load(f"kept-{at}.npz") for at in range(every - 1, n_kept, every)]
                recorder.restore(_under("recorder/", stored), [_unstack(draws) for draws in kept])
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise DamagedCheckpoint(
                f"the checkpoint in {self.folder} is damaged ({error}); delete that folder and "
                "start the fit anew"
            ) from error
        if not every:
            raise OtherFit(
                f"the checkpoint in {self.folder} is of another fit ({found}, not "
                f"{self.fingerprint}); give this fit a folder of its own"
            )
        if found == self.fingerprint:
            self._n_kept = n_kept
        else:  # its files are about to be written over, so it must not be read again
            path.unlink()
        return _unstack(_under("state/", stored)), float(stored["seconds"])

    def _every(self, stored: dict[str, np.ndarray], recorder: Recorder) -> int:
        """Return which of the stored draws a longer fit keeps; 0 where this is no beginning of it.

        A longer fit keeps fewer of its draws: each must be among those that were kept.
        """
        if str(stored.get("of_any_length", "")) != self.of_any_length:
            return 0
        is_shorter = int(stored["recorder/steps"]) <= recorder.tune + recorder.draws
        every, rest = divmod(recorder.thin, int(stored["thin"]))
        return 0 if rest or not is_shorter else every

    def _load(self, name: str) -> dict[str, np.ndarray]:
        with open(self.folder / name, "rb") as file, np.load(file) as stored:
            return dict(stored)

    def _store(self, name: str, **arrays: object) -> None:
        with replacing(self.folder / name) as part, open(part, "wb") as file:
            np.savez(file, **arrays)


def _unstack(stored: dict[str, np.ndarray]) -> list[State]:
    states = State(stored)
    return [states.map(itemgetter(chain)) for chain in range(len(stored["alpha"]))]


def _under(prefix: str, stored: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {k.removeprefix(prefix): v for k, v in stored.items() if k.startswith(prefix)}


def fingerprints(problem: Problem, test: Ratings, settings: SamplerConfig) -> tuple[str, str]:
    """Return what names a fit, and what names it whatever the number of its draws.

    Each is a hash of all that its sampler and recorder read. `Split.id` names the ratings and all
    that describes them, whatever a fit makes of it.
    """
    digest = hashlib.sha256()
    pairs = test.user_idx, test.item_idx, test.rating, test.timestamp
    for part in _parts((problem, pairs, test.scale)):
        digest.update(part)
    of_any_length = digest.copy()
    for hashed, length in ((digest, settings), (of_any_length, replace(settings, draws=1))):
        values = astuple(length)
        if length.start == SamplerConfig().start:  # as it was before there was a choice
            values = values[:-1]
        for part in _parts(values):
            hashed.update(part)
    return digest.hexdigest(), of_any_length.hexdigest()


def _parts(value: Any) -> Iterator[bytes]:
    """Yield all that a nest of dataclasses and collections holds, each with its kind and shape."""
    if isinstance(value, np.ndarray):
        yield f"{value.dtype}{value.shape}".encode()
        yield repr(value.tolist()).encode() if value.dtype == object else value.tobytes()
    elif is_dataclass(value):
        for field in fields(value):
            yield from _parts(getattr(value, field.name))
    elif issparse(value):
        yield from _parts((value.shape, value.indptr, value.indices, value.data))
    elif isinstance(value, Mapping):
        yield from _parts(tuple(value.items()))
    elif isinstance(value, tuple):
        for each in value:
            yield from _parts(each)
    else:
        yield repr(value).encode()
