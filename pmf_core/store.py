"""The run store: every finished fit on disk, self-describing, listed without reading its draws."""

import json
import os
import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from pmf_core.fit import Fit
from pmf_core.paths import data_dir
from pmf_core.runs import load_fit, read_attrs, save_fit

LIMIT_BYTES = 2_000_000_000
"""Default size of a whole store."""

_ID = re.compile(r"[0-9a-z-]+")


class StoreFull(RuntimeError):
    """A run was refused because the store has reached its limit; nothing was deleted."""


@dataclass(frozen=True)
class Run:
    """One file of the store, readable or not."""

    id: str
    path: Path
    size: int
    """Bytes on disk."""
    name: str
    attrs: dict[str, Any] = field(default_factory=dict)
    """Those of `Fit.attrs`; empty where the file is unreadable."""
    error: str | None = None
    """Why the file is unreadable."""

    @property
    def summary(self) -> dict[str, Any]:
        """`Fit.summary` as it was when the run was stored."""
        return json.loads(self.attrs["summary"])


class RunStore:
    """A folder of fits, one netCDF file each.

    Parameters
    ----------
    folder : path-like, optional
        By default ``runs`` in the user's data folder (``PMF_HOME`` overrides).
    limit_bytes : int
        A run that would make the store larger is refused.
    """

    def __init__(
        self, folder: str | os.PathLike | None = None, limit_bytes: int = LIMIT_BYTES
    ) -> None:
        self.folder = Path(folder) if folder else data_dir() / "runs"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.limit_bytes = limit_bytes
        self._read: dict[tuple[str, int, int], Run] = {}

    def list(self) -> list[Run]:
        """Return all runs, the newest first; damaged and foreign files say why they are not."""
        runs = [self._describe(path) for path in self.folder.glob("*.nc")]
        return sorted(runs, key=lambda run: run.id, reverse=True)

    def size(self) -> int:
        """Return the bytes that the store takes."""
        return sum(path.stat().st_size for path in self.folder.glob("*.nc"))

    def get(self, run_id: str) -> Run:
        """Return what is known of one run without reading its draws."""
        return self._describe(self._path(run_id))

    def open(self, run_id: str) -> Fit:
        """Read a whole fit."""
        return load_fit(self._path(run_id))

    def add(self, fit: Fit, name: str, **attrs: str) -> Run:
        """Store a fit under a name; further `attrs` are stored beside its own.

        Raises
        ------
        StoreFull
            If the store would grow beyond its limit. The fit itself is not lost by that.
        """
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        path = self.folder / f"{stamp}-{secrets.token_hex(3)}.nc"
        self._require_room(fit.idata.nbytes, name)
        fit.idata.attrs |= attrs | {"name": name, "summary": json.dumps(fit.summary())}
        return self._describe(save_fit(fit, path))

    def rename(self, run_id: str, name: str) -> Run:
        """Give a run another name."""
        if not name.strip():
            raise ValueError("name is empty; give the run at least one letter")
        fit = self.open(run_id)
        fit.idata.attrs["name"] = name.strip()
        return self._describe(save_fit(fit, self._path(run_id)))

    def delete(self, run_id: str) -> None:
        """Remove a run for good."""
        self._path(run_id).unlink()

    def add_file(self, file: BinaryIO, name: str) -> Run:
        """Store a run that was exported elsewhere.

        Raises
        ------
        ValueError
            If the file does not hold a fit.
        StoreFull
            If the store would grow beyond its limit.
        """
        content = file.read()
        self._require_room(len(content), name)
        part = self.folder / f".{secrets.token_hex(6)}.part"
        part.write_bytes(content)
        try:
            fit = load_fit(part)
        except ValueError as error:
            raise ValueError(str(error).replace(str(part), name)) from error
        finally:
            part.unlink()
        return self.add(fit, fit.attrs.get("name", name))

    def _require_room(self, size: int, name: str) -> None:
        used = self.size()
        if used + size > self.limit_bytes:
            raise StoreFull(
                f"{name!r} takes {size / 1e6:.0f} MB and the store already holds "
                f"{used / 1e6:.0f} of {self.limit_bytes / 1e6:.0f} MB; delete runs that you no "
                "longer need, and store it again"
            )

    def _path(self, run_id: str) -> Path:
        path = self.folder / f"{run_id}.nc"
        if not _ID.fullmatch(run_id) or not path.is_file():
            raise FileNotFoundError(
                f"there is no run {run_id!r} in {self.folder}; it may have been deleted, so "
                "choose one of the list"
            )
        return path

    def _describe(self, path: Path) -> Run:
        stat = path.stat()
        key = (path.name, stat.st_size, stat.st_mtime_ns)
        if key not in self._read:
            try:
                attrs = read_attrs(path)
                run = Run(path.stem, path, stat.st_size, attrs.get("name", path.stem), attrs)
            except ValueError as error:
                run = Run(path.stem, path, stat.st_size, path.name, error=str(error))
            self._read[key] = run
        return self._read[key]
