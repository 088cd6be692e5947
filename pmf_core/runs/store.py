"""The run store: every finished fit on disk, self-describing, listed without reading its draws."""

import json
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock

from pmf_core.fits.files import fit_bytes, unusable
from pmf_core.fits.fit import Fit
from pmf_core.fits.foreign import load_fit, read_foreign
from pmf_core.fits.schema import SERIES
from pmf_core.fits.soundness import check_fit
from pmf_core.fits.written import check_name, check_note
from pmf_core.runs.stored import ID, Run, describe
from pmf_core.support.atomic import PARTS, write_whole
from pmf_core.support.identifiers import OF_SERVER, new_identifier
from pmf_core.support.paths import data_dir

LIMIT_BYTES = 2_000_000_000
"""Default size of a whole store."""

IMPORT_LIMIT_BYTES = 500_000_000
"""Default size of a file that may be imported."""


class StoreFull(RuntimeError):
    """A run was refused because the store has reached its limit; nothing was deleted."""


class RunStore:
    """A folder of fits, one netCDF file each.

    Whoever writes to it holds its lock until the file is whole, so what is half-written while
    nobody does was left by a process that died, and is removed.

    Parameters
    ----------
    folder : path-like, optional
        By default ``runs`` in the user's data folder (``PMF_HOME`` overrides).
    limit_bytes : int
        A run that would make the store larger is refused.
    owner_limit_bytes : int, optional
        So is a run with which its owner would have more than this; by default no limit.
    import_limit_bytes : int
        A file that is larger is not imported. Importing takes about three times its size in
        memory.
    """

    def __init__(
        self,
        folder: str | os.PathLike | None = None,
        limit_bytes: int = LIMIT_BYTES,
        *,
        owner_limit_bytes: int | None = None,
        import_limit_bytes: int = IMPORT_LIMIT_BYTES,
    ) -> None:
        self.folder = Path(folder) if folder else data_dir() / "runs"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.limit_bytes, self.owner_limit_bytes = limit_bytes, owner_limit_bytes
        self.import_limit_bytes = import_limit_bytes
        self._read: dict[tuple[str, int, int], Run] = {}
        self._lock = FileLock(self.folder / ".lock")
        with self._lock:
            self._remove_parts()

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
        """Return the bytes that the store takes, half-written files included."""
        sizes = [run.size for run in self.list()]
        for part in self.folder.glob(PARTS):
            with suppress(OSError):  # it is whole by now
                sizes.append(part.stat().st_size)
        return sum(sizes)

    def get(self, run_id: str) -> Run:
        """Return what is known of one run without reading its draws."""
        return self._describe(self._path(run_id))

    def open(self, run_id: str) -> Fit:
        """Read a whole fit.

        Raises
        ------
        ValueError
            If it is damaged: from then on it is listed so.
        """
        path = self._path(run_id)
        try:
            return load_fit(path)
        except ValueError as error:
            stat = path.stat()
            run = Run(path.stem, path, stat.st_size, path.name, error=str(error))
            self._read[path.name, stat.st_size, stat.st_mtime_ns] = run
            raise

    def add(
        self, fit: Fit, name: str, *, run_id: str | None = None, owner: str = "", **attrs: str
    ) -> Run:
        """Store a fit under a name; further `attrs`, of the schema, are stored beside its own.

        A job gives its own id as `run_id`: if that is stored already, as after a server that
        died in between, what is stored is returned and nothing is written.

        Raises
        ------
        StoreFull
            If the store would grow beyond its limit, or what its owner has beyond theirs. The fit
            itself is not lost by that.
        ValueError
            If its numbers are such that no page could show it, or the name is none.
        OSError
            If the disk is full.
        """
        if run_id is not None and self._has(run_id):
            return self.get(run_id)
        run_id, name = run_id or new_identifier(), check_name(name)
        try:
            check_fit(fit)
        except Exception as error:  # of a fit that went astray
            raise ValueError(f"{name!r} cannot be stored: {error}") from error
        own = {"name": name, "owner": owner, "summary": json.dumps(fit.summary())}
        self._write(run_id, fit_bytes(fit, **attrs | own), name, owner)
        return self.get(run_id)

    def rename(self, run_id: str, name: str) -> Run:
        """Give a run another name.

        Raises
        ------
        ValueError
            If the name is empty, too long or has control characters; or the run is damaged.
        StoreFull, OSError
            If there is no room for it; it then keeps the name that it has.
        """
        return self._rewrite(run_id, name=check_name(name))

    def annotate(self, run_id: str, note: str) -> Run:
        """Give a run another note, which may be empty; it goes where the run is exported to.

        Raises
        ------
        ValueError
            If it is too long or has control characters; or the run is damaged.
        StoreFull, OSError
            If there is no room for it; the run then keeps the note that it has.
        """
        return self._rewrite(run_id, note=check_note(note))

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

        Nothing of the file is copied: what it says of a fit is written anew.

        Raises
        ------
        ValueError
            If the file is too large, does not hold a fit, or one that pages could not show.
        StoreFull
            If the store would grow beyond its limit, or what its owner has beyond theirs.
        OSError
            If the disk is full.
        """
        size = file.seek(0, os.SEEK_END)
        if size > self.import_limit_bytes:
            raise ValueError(
                f"{name} has {size / 1e6:.0f} MB and an import may have "
                f"{self.import_limit_bytes / 1e6:.0f}; fit the same model again and keep fewer "
                "draws"
            )
        fit = read_foreign(file, name)
        try:
            fit.summary()
        except Exception as error:  # what it says can still be wrong in any way
            raise unusable(name, error) from error
        for tag in SERIES:  # nobody puts a cell into somebody else's sweep
            fit.idata.attrs.pop(tag, None)
        return self.add(fit, str(fit.attrs.get("name", name)), owner=owner)

    def _rewrite(self, run_id: str, **attrs: str) -> Run:
        fit = self.open(run_id)
        name, owner = (str((fit.attrs | attrs).get(key, "")) for key in ("name", "owner"))
        self._write(run_id, fit_bytes(fit, **attrs), name, owner)
        return self.get(run_id)

    def _write(self, run_id: str, content: bytes, name: str, owner: str) -> None:
        path = self.folder / f"{run_id}.nc"
        with self._lock:  # of fits that end together, each counts those before it
            self._remove_parts()
            self._require_room(len(content), name, owner, path)
            write_whole(path, content)

    def _remove_parts(self) -> None:
        """Remove what is half-written, once nobody else writes."""
        for part in self.folder.glob(PARTS):
            with suppress(OSError):
                part.unlink()

    def _require_room(self, size: int, name: str, owner: str, path: Path) -> None:
        others = [run for run in self.list() if run.path != path]
        used = sum(run.size for run in others)
        if used + size > self.limit_bytes:
            raise StoreFull(
                f"{name!r} takes {size / 1e6:.1f} MB and the store already holds "
                f"{used / 1e6:.1f} of {self.limit_bytes / 1e6:.1f} MB; delete runs that you no "
                "longer need, and store it again"
            )
        if not (owner and self.owner_limit_bytes) or owner == OF_SERVER:
            return
        own = sum(run.size for run in others if run.owner == owner)
        if own + size > self.owner_limit_bytes:
            raise StoreFull(
                f"{name!r} takes {size / 1e6:.1f} MB and your runs already take {own / 1e6:.1f} of "
                f"the {self.owner_limit_bytes / 1e6:.1f} MB that each visitor has here; delete "
                "some of them, and store it again"
            )

    def _has(self, run_id: str) -> bool:
        """Return whether the store has a run that can be read."""
        try:
            return self.get(run_id).error is None
        except OSError:
            return False

    def _path(self, run_id: str) -> Path:
        path = self.folder / f"{run_id}.nc"
        if not ID.fullmatch(run_id) or not path.is_file():
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
            self._read[key] = describe(path, stat.st_size)
        return self._read[key]
