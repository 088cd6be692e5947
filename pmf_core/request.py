"""A fit that is wanted, complete enough to be run in another process, now or later."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pmf_core.config import PMFConfig, SamplerConfig
from pmf_core.data import Ratings, Split
from pmf_core.errors import require
from pmf_core.fit import Fit
from pmf_core.inference import fit_map, sample_gibbs
from pmf_core.nuts import sample_nuts

METHODS = {"map": fit_map, "gibbs": sample_gibbs, "nuts": sample_nuts}

_SETTINGS, _RATINGS = "request.json", "ratings.npz"
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

    def save(self, folder: Path) -> None:
        """Write the request, its ratings included, to a folder."""
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
            user_ids=train.user_ids,
            item_ids=train.item_ids,
            titles=train.titles,
            **arrays,
        )
        settings = {
            "method": self.method,
            "config": asdict(self.config),
            "sampler": asdict(self.sampler),
            "dataset": train.name,
            "scale": train.scale,
        }
        # Last, since its presence says that the request is complete.
        (folder / _SETTINGS).write_text(json.dumps(settings))

    @classmethod
    def load(cls, folder: Path) -> "FitRequest":
        """Read what `save` wrote.

        Raises
        ------
        FileNotFoundError
            If the folder holds no complete request.
        """
        settings = json.loads((folder / _SETTINGS).read_text())
        with open(folder / _RATINGS, "rb") as file, np.load(file) as arrays:
            shared = {
                "user_ids": arrays["user_ids"],
                "item_ids": arrays["item_ids"],
                "titles": arrays["titles"],
                "scale": tuple(settings["scale"]),
                "name": settings["dataset"],
            }
            for name in _TABLES:  # written by this server into its own folder, so safe to unpickle
                path = folder / f"{name}.pkl"
                shared[name] = pd.read_pickle(path) if path.exists() else None
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
        return cls(
            settings["method"],
            Split(train, test),
            PMFConfig(**settings["config"]),
            SamplerConfig(**settings["sampler"]),
        )
