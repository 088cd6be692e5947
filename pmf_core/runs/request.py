"""A fit that is wanted, complete enough to be run in another process, now or later."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmf_core.data import Ratings, Split
from pmf_core.data.nouns import MOVIES, Nouns
from pmf_core.fits.by_gibbs import sample_gibbs
from pmf_core.fits.by_map import fit_map
from pmf_core.fits.by_nuts import sample_nuts
from pmf_core.fits.fit import Fit
from pmf_core.models.config import PMFConfig
from pmf_core.models.sampler_config import SamplerConfig
from pmf_core.support.errors import require

METHODS = {"map": fit_map, "gibbs": sample_gibbs, "nuts": sample_nuts}

_SETTINGS, _RATINGS = "request.json", "ratings.npz"
_TABLES = {"user": "users.parquet", "item": "items.parquet"}
"""Identifiers, titles and features, as Parquet: what is read back can only be data."""
_FEATURE = "feature: "
"""Begins the names of columns of features."""


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
    """A MAP uses only its seed, and only Gibbs sweeps have moves and a start."""

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
        length = asdict(self.sampler)
        if self.resumable:
            options["checkpoint"] = checkpoint
        else:
            del length["moves"], length["start"]  # of Gibbs sweeps alone
        return METHODS[self.method](self.split, self.config, **length, **options)

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
            "nouns": str(self.split.train.nouns),
            "unit": self.split.train.unit,
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
        np.savez(folder / _RATINGS, **arrays)
        users, items = {"id": train.user_ids}, {"id": train.item_ids, "title": train.titles}
        _write_table(folder / _TABLES["user"], users, train.user_features)
        _write_table(folder / _TABLES["item"], items, train.item_features)

    @classmethod
    def load(cls, folder: Path) -> "FitRequest":
        """Read what `save` wrote.

        Raises
        ------
        FileNotFoundError
            If the folder holds no complete request.
        ValueError
            If an earlier version wrote it, in a form that is no longer read: pickles run code.
        """
        settings = json.loads((folder / _SETTINGS).read_text())
        if (folder / _RATINGS).exists() and not (folder / _TABLES["user"]).exists():
            raise ValueError("an earlier version wrote them in a form that is no longer read")
        return cls(
            settings["method"],
            _load_split(
                folder,
                scale=tuple(settings["scale"]),
                name=settings["dataset"],
                nouns=Nouns.parse(settings.get("nouns", str(MOVIES))),
                unit=settings.get("unit"),
            ),
            PMFConfig(**settings["config"]),
            SamplerConfig(**{"moves": ()} | settings["sampler"]),
        )


def _link_ratings(source: Path, folder: Path) -> bool:
    """Link the ratings of another request; return whether that worked."""
    try:
        for name in (_RATINGS, *_TABLES.values()):
            os.link(source / name, folder / name)
    except OSError:  # the other is gone, or this disk knows no links
        for name in (_RATINGS, *_TABLES.values()):
            (folder / name).unlink(missing_ok=True)
        return False
    return True


_splits: WeakValueDictionary[tuple, Split] = WeakValueDictionary()
"""Splits in use, by the file that each was read from: linked ratings are one split in memory."""


def _load_split(folder: Path, **about: Any) -> Split:
    file = (folder / _RATINGS).stat()
    key = file.st_dev, file.st_ino, file.st_mtime_ns, file.st_size, *about.values()
    found = _splits.get(key)
    if found is None:
        found = _splits[key] = _read_split(folder, about)
    return found


def _read_split(folder: Path, about: dict[str, Any]) -> Split:
    users, items = (pd.read_parquet(folder / name) for name in _TABLES.values())
    shared = {
        "user_ids": _texts_or_numbers(users["id"]),
        "item_ids": _texts_or_numbers(items["id"]),
        "titles": _texts_or_numbers(items["title"]),
        "user_features": _features(users),
        "item_features": _features(items),
    } | about
    with open(folder / _RATINGS, "rb") as file, np.load(file) as arrays:
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


def _write_table(path: Path, columns: dict[str, NDArray], features: pd.DataFrame | None) -> None:
    found = {name: pd.Series(values.tolist()) for name, values in columns.items()}
    for name in () if features is None else features:
        column = features[name].reset_index(drop=True)
        if column.dtype == object:  # of several kinds of value, which Parquet does not mix
            column = column.map(str, na_action="ignore")
        found[f"{_FEATURE}{name}"] = column
    pd.DataFrame(found).to_parquet(path)


def _texts_or_numbers(column: pd.Series) -> NDArray:
    return column.to_numpy(None if pd.api.types.is_numeric_dtype(column) else object)


def _features(table: pd.DataFrame) -> pd.DataFrame | None:
    found = table[[name for name in table if name.startswith(_FEATURE)]]
    found = found.rename(columns=lambda name: name.removeprefix(_FEATURE))
    return None if found.empty else found
