"""A fit that is wanted, complete enough to be run in another process, now or later."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import numpy as np
import pandas as pd

from pmf_core.config import PMFConfig, SamplerConfig
from pmf_core.data import Ratings, Split
from pmf_core.data.texts import pack_names, unpack_names
from pmf_core.errors import require
from pmf_core.fit import Fit
from pmf_core.inference import fit_map, sample_gibbs
from pmf_core.nuts import sample_nuts

METHODS = {"map": fit_map, "gibbs": sample_gibbs, "nuts": sample_nuts}

_SETTINGS, _RATINGS = "request.json", "ratings.npz"
_NAMES = ("user_ids", "item_ids", "titles")
_TABLES = ("user_features", "item_features")


@dataclass(frozen=True, eq=False)
class FitRequest:
    """What to fit, to what, and how long.

    Raises
    ------
    ValueError
        If `method` is not one of ``map``, ``gibbs``, ``nuts``.
    """

    method: str
    split: Split
    config: PMFConfig = PMFConfig()
    sampler: SamplerConfig = SamplerConfig()
    """A MAP uses only its seed."""

    def __post_init__(self) -> None:
        """Check the method."""
        require(self.method in METHODS, "method", self.method, f"one of {sorted(METHODS)}")

    @property
    def resumable(self) -> bool:
        """Whether it can be taken up where it was interrupted, rather than from the start."""
        return self.method == "gibbs"

    def run(self, checkpoint: Path | None = None, **options: Any) -> Fit:
        """Fit; `options` are ``progress`` and, except for a MAP, ``executor``."""
        if self.method == "map":
            options.pop("executor", None)
            return fit_map(self.split, self.config, random_seed=self.sampler.random_seed, **options)
        if self.resumable:
            options["checkpoint"] = checkpoint
        return METHODS[self.method](self.split, self.config, **asdict(self.sampler), **options)

    def save(self, folder: Path, like: Path | None = None) -> None:
        """Write the request, its ratings included, to a folder.

        Parameters
        ----------
        folder : Path
        like : Path, optional
            A folder that has a request for the same split: its ratings are linked, not copied.
        """
        if like is None or not _link_ratings(like, folder):
            self._save_ratings(folder)
        settings = {
            "method": self.method,
            "config": asdict(self.config),
            "sampler": asdict(self.sampler),
            "dataset": self.split.train.name,
            "scale": self.split.train.scale,
        }
        # Last, since its presence says that the request is complete.
        (folder / _SETTINGS).write_text(json.dumps(settings))

    def _save_ratings(self, folder: Path) -> None:
        train, test = self.split.train, self.split.test
        arrays = {
            f"{part}_{name}": getattr(ratings, name)
            for part, ratings in (("train", train), ("test", test))
            for name in ("user_idx", "item_idx", "rating", "timestamp")
            if getattr(ratings, name) is not None
        }
        for name in _TABLES:
            table = getattr(train, name)
            if table is not None:
                table.to_pickle(folder / f"{name}.pkl")
        np.savez(
            folder / _RATINGS,
            **{name: pack_names(getattr(train, name)) for name in _NAMES},
            **arrays,
        )

    @classmethod
    def load(cls, folder: Path) -> "FitRequest":
        """Read what `save` wrote.

        Raises
        ------
        FileNotFoundError
            If the folder holds no complete request.
        """
        settings = json.loads((folder / _SETTINGS).read_text())
        return cls(
            settings["method"],
            _load_split(folder, tuple(settings["scale"]), settings["dataset"]),
            PMFConfig(**settings["config"]),
            SamplerConfig(**settings["sampler"]),
        )


def _link_ratings(source: Path, folder: Path) -> bool:
    """Link the ratings of another request; return whether that worked."""
    try:
        for path in (source / _RATINGS, *source.glob("*.pkl")):
            os.link(path, folder / path.name)
    except OSError:  # the other is gone, or this disk knows no links
        for path in folder.glob("*.pkl"):
            path.unlink()
        (folder / _RATINGS).unlink(missing_ok=True)
        return False
    return True


_splits: WeakValueDictionary[tuple, Split] = WeakValueDictionary()
"""Splits in use, by the file that each was read from: linked ratings are one split in memory."""


def _load_split(folder: Path, scale: tuple[float, float], name: str) -> Split:
    file = (folder / _RATINGS).stat()
    key = file.st_dev, file.st_ino, file.st_mtime_ns, file.st_size, scale, name
    found = _splits.get(key)
    if found is None:
        found = _splits[key] = _read_split(folder, scale, name)
    return found


def _read_split(folder: Path, scale: tuple[float, float], name: str) -> Split:
    with open(folder / _RATINGS, "rb") as file, np.load(file) as arrays:
        shared = {
            **{name: unpack_names(arrays[name]) for name in _NAMES},
            "scale": scale,
            "name": name,
        }
        for table in _TABLES:  # written by this server into its own folder, so safe to unpickle
            path = folder / f"{table}.pkl"
            shared[table] = pd.read_pickle(path) if path.exists() else None
        train, test = (
            Ratings(
                arrays[f"{part}_user_idx"],
                arrays[f"{part}_item_idx"],
                arrays[f"{part}_rating"],
                timestamp=arrays.get(f"{part}_timestamp"),
                **shared,
            )
            for part in ("train", "test")
        )
    return Split(train, test)
