"""Bytes to disk: whole or not at all, whatever the disk or the process does meanwhile."""

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pmf_core.support.errors import is_full

PARTS = ".*.part"
"""What half-written files are called; one is left where a process dies."""


def within_folder(path: str | os.PathLike) -> Path:
    """Return a path that something is about to be written to.

    Raises
    ------
    FileNotFoundError
        If its folder does not exist.
    """
    path = Path(path)
    if not path.parent.is_dir():
        raise FileNotFoundError(
            f"{path.parent} is not a folder; create it first, or write to another"
        )
    return path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a place beside `path` to write to; what is written there takes its place at the end.

    What was in its place stays if anything fails.
    """
    part = path.with_name(f".{secrets.token_hex(6)}.part")
    try:
        yield part
        os.replace(part, path)
    finally:  # half a file only takes room
        with suppress(OSError):
            part.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place, look whether the disk has it, and put it there.

    What was in its place stays if anything fails.

    Raises
    ------
    OSError
        If it cannot be written; if that is because the disk is full, it says what it would take.
    """
    try:
        with replacing(path) as part:
            with open(part, "xb", opener=_private) as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            with part.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").digest()
            if found != hashlib.sha256(content).digest():
                raise OSError(f"the disk of {path.parent} does not keep what is written to it")
    except OSError as error:
        if is_full(error):
            raise _full_disk(path, len(content), error.errno) from error
        raise


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _full_disk(path: Path, size: int, number: int | None) -> OSError:
    left = 0
    with suppress(OSError):
        left = shutil.disk_usage(path.parent).free
    full = OSError(
        f"{path.name} takes {size / 1e6:.1f} MB and the disk of {path.parent} has "
        f"{left / 1e6:.1f} MB left; nothing was changed, so delete runs that you no longer need, "
        "or make room there, and store it again"
    )
    full.errno = number  # so that whoever catches it can tell
    return full
