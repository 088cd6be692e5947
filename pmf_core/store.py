"""The run store: every finished fit on disk, self-describing, listed without reading its draws."""

import json
import os
import re
import secrets
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from filelock import FileLock

from pmf_core.fit import Fit
from pmf_core.paths import data_dir
from pmf_core.runs import check_fit, load_fit, read_attrs, save_fit

LIMIT_BYTES = 2_000_000_000
"""Default size of a whole store."""

SECONDS_TO_WRITE = 86_400
"""A half-written file that is older than this was left by a process that died."""

FIGURES = ("test_rmse", "train_rmse", "test_mae", "coverage_90", "r_hat", "ess", "seconds")
"""Numbers of `Fit.summary` without which a run cannot be listed."""

_ID = re.compile(r"[0-9a-z-]{1,100}")


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
    def owner(self) -> str:
        """Who alone may rename and delete it; empty where everybody may."""
        return str(self.attrs.get("owner", ""))

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
        self._lock = FileLock(self.folder / ".lock")
        for part in self.folder.glob(".*.part"):
            with suppress(OSError):
                if time.time() - part.stat().st_mtime > SECONDS_TO_WRITE:
                    part.unlink()

    def list(self, owner: str | None = None) -> list[Run]:
        """Return all runs, or those of an owner, the newest first.

        Damaged and foreign files say why they are not readable; they have no owner.
        """
        runs = []
        for path in self.folder.glob("*.nc"):
            with suppress(OSError):  # deleted just now, or a link to nowhere
                runs.append(self._describe(path))
        wanted = [run for run in runs if owner is None or run.owner == owner]
        return sorted(wanted, key=lambda run: run.id, reverse=True)

    def size(self) -> int:
        """Return the bytes that the store takes."""
        return sum(run.size for run in self.list())

    def get(self, run_id: str) -> Run:
        """Return what is known of one run without reading its draws."""
        return self._describe(self._path(run_id))

    def open(self, run_id: str) -> Fit:
        """Read a whole fit."""
        return load_fit(self._path(run_id))

    def add(
        self, fit: Fit, name: str, *, run_id: str | None = None, owner: str = "", **attrs: str
    ) -> Run:
        """Store a fit under a name; further `attrs` are stored beside its own.

        A job gives its own id as `run_id`: if that is stored already, as after a server that
        died in between, what is stored is returned and nothing is written.

        Raises
        ------
        StoreFull
            If the store would grow beyond its limit. The fit itself is not lost by that.
        """
        if run_id is not None and (self.folder / f"{run_id}.nc").exists():
            return self.get(run_id)
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        run_id, part = run_id or f"{stamp}-{secrets.token_hex(16)}", self._part()
        own = {"name": name, "owner": owner, "summary": json.dumps(fit.summary())}
        fit.idata.attrs |= attrs | own
        try:
            save_fit(fit, part)
            with self._lock:  # of fits that end together, each counts those before it
                self._require_room(part.stat().st_size, name)
                os.replace(part, self.folder / f"{run_id}.nc")
        finally:
            part.unlink(missing_ok=True)
        return self.get(run_id)

    def rename(self, run_id: str, name: str) -> Run:
        """Give a run another name."""
        if not name.strip():
            raise ValueError("name is empty; give the run at least one letter")
        fit = self.open(run_id)
        fit.idata.attrs["name"] = name.strip()
        return self._describe(save_fit(fit, self._path(run_id)))

    def delete(self, run: str | Run) -> None:
        """Remove for good a run, by its id, or whatever `list` returned, readable or not.

        Raises
        ------
        OSError
            If the store has no such run (FileNotFoundError), or the system refuses.
        """
        path = run.path if isinstance(run, Run) else self._path(run)
        if path not in self.folder.glob("*.nc"):  # nothing outside the folder is reached
            raise self._absent(path.stem)
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()

    def add_file(self, file: BinaryIO, name: str, *, owner: str = "") -> Run:
        """Store a run that was exported elsewhere; it belongs to who imports it.

        Raises
        ------
        ValueError
            If the file does not hold a fit, or one that pages could not show.
        StoreFull
            If the store would grow beyond its limit.
        """
        part = self._part()
        try:
            with part.open("wb") as copy:
                shutil.copyfileobj(file, copy)
            fit = load_fit(part)
        except ValueError as error:
            raise ValueError(str(error).replace(str(part), name)) from error
        finally:
            part.unlink(missing_ok=True)
        check_fit(fit, name)
        return self.add(fit, str(fit.attrs.get("name", name)), owner=owner)

    def _part(self) -> Path:
        return self.folder / f".{secrets.token_hex(6)}.part"

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
            raise self._absent(run_id)
        return path

    def _absent(self, run_id: str) -> FileNotFoundError:
        return FileNotFoundError(
            f"there is no run {run_id!r} in {self.folder}; it may have been deleted, so "
            "choose one of the list"
        )

    def _describe(self, path: Path) -> Run:
        stat = path.stat()
        key = (path.name, stat.st_size, stat.st_mtime_ns)
        if key not in self._read:
            try:
                attrs = read_attrs(path)
                _require_listable(path, attrs)
                run = Run(path.stem, path, stat.st_size, attrs["name"], attrs)
            except ValueError as error:
                run = Run(path.stem, path, stat.st_size, path.name, error=str(error))
            self._read[key] = run
        return self._read[key]


def _require_listable(path: Path, attrs: dict[str, Any]) -> None:
    """Require of a fit what `RunStore.add` gives it."""
    if not all(isinstance(attrs.get(name), str) for name in ("name", "summary")):
        raise ValueError(
            f"{path} is a fit that was not stored from here, so it lacks the name and the summary "
            "of a run; import it on the Compare page (Manage runs), then delete this file"
        )
    if not _ID.fullmatch(path.stem):
        raise ValueError(
            f"{path} is called {path.stem!r}; a run is called by up to 100 lower-case letters, "
            "digits and hyphens, so rename the file"
        )
    try:
        summary = json.loads(attrs["summary"])
        kinds = dict.fromkeys(FIGURES, int | float) | {"partial": bool, "method": str}
        wrong = [name for name, kind in kinds.items() if not isinstance(summary.get(name), kind)]
        if wrong or summary["seconds"] <= 0:
            raise ValueError(f"wrong or missing: {', '.join(wrong or ['seconds'])}")
    except (ValueError, AttributeError) as error:
        raise ValueError(
            f"{path} has a damaged summary ({error}); import it on the Compare page (Manage runs), "
            "which works it out anew, then delete this file"
        ) from error
