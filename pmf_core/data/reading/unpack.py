"""From a path, an upload or an archive to the bytes of one file, never more than the limits."""

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np

from pmf_core.data.limits import (
    FREE_BYTES,
    MAX_BYTES,
    MAX_LINE,
    MAX_MEMBERS,
    MAX_RATIO,
    MAX_SHOWN,
    MAX_XZ_MEMORY,
    shown,
)

_CHUNK = 1_000_000  # more than a line may have, so that the first shows how lines end
_ENDINGS = (".gz", ".bz2", ".xz", ".zip")
_DAMAGE = (
    EOFError, OSError, ValueError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, RuntimeError,
    NotImplementedError,
)  # fmt: skip
"""What the libraries raise; a zip that is locked or packed in a rare way is among it."""
PARQUET = b"PAR1"
_BINARY = {
    b"SQLite format 3\0": ("a SQLite database", "export its table of ratings as CSV"),
    b"\x89HDF": ("an HDF5 file", "export its ratings as CSV"),
    b"\x28\xb5\x2f\xfd": ("packed with zstd", "unpack it"),
    b"7z\xbc\xaf": ("a 7z archive", "unpack it"),
    b"Rar!": ("a RAR archive", "unpack it"),
    b"\xd0\xcf\x11\xe0": ("an old Excel workbook", "save its sheet as CSV"),
    b"ARROW1": ("a Feather file", "write it as Parquet or CSV"),
    b"%PDF": ("a PDF", "give the table itself as CSV"),
    b"\x80\x04\x95": ("a pickle, which nobody should open", "write it as CSV"),
    b"\x80\x05\x95": ("a pickle, which nobody should open", "write it as CSV"),
}
"""First bytes of what people have beside tables, what it is, and what to do."""


def read_bytes(source: str | Path | IO) -> tuple[str, bytes]:
    """Return the name of a file without its endings, and its bytes, unpacked.

    Raises
    ------
    ValueError
        If it is damaged, of another kind, or beyond the limits.
    """
    if hasattr(source, "read"):
        if source.seekable():
            source.seek(0)  # an upload is read again on each run of a page
        raw, path = source.read(MAX_BYTES + 1), getattr(source, "name", None)
    else:
        path = source
        with Path(source).open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    # Some file objects are named by a number, or not at all.
    name = Path(path).name if isinstance(path, str | Path) else ""
    for ending in _ENDINGS:
        name = name.removesuffix(ending)
    name = Path(name).stem[:MAX_SHOWN] or "ratings"
    if isinstance(raw, str):
        raw = _encoded(name, raw)
    if len(raw) > MAX_BYTES:
        raise _too_large(name)
    for start, (what, step) in _BINARY.items():
        if raw.startswith(start):
            raise ValueError(f"{name}: the file is not text but {what}; {step}")
    if raw.startswith(PARQUET):
        return name, raw  # its limits are those of what it declares
    chunks = _chunks(name, raw)
    if chunks is None:
        for _ in _bounded(name, (raw[at : at + _CHUNK] for at in range(0, len(raw), _CHUNK))):
            pass
        return name, raw
    return name, b"".join(_bounded(name, chunks))


def _encoded(name: str, text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:  # halves of a pair
        raise ValueError(f"{name}: the text is damaged ({error}); write it as UTF-8") from error


def _chunks(name: str, raw: bytes) -> Iterator[bytes] | None:
    """Return the parts of what is packed, or None of what is not."""
    file = io.BytesIO(raw)
    if raw.startswith(b"\x1f\x8b"):
        return _limited(name, "gzip", len(raw), _read(gzip.GzipFile(fileobj=file)))
    if raw.startswith(b"BZh"):
        return _limited(name, "bz2", len(raw), _read(bz2.BZ2File(file)))
    if raw.startswith(b"\xfd7zXZ\0"):
        return _limited(name, "xz", len(raw), _read_xz(raw))
    if raw.startswith(b"PK\x03\x04"):
        return _limited(name, "zip", len(raw), _read_member(name, file))
    return None


def _read(file: IO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _read_xz(raw: bytes) -> Iterator[bytes]:
    # A few bytes can ask for gigabytes of dictionary; `lzma.open` has no limit for that.
    while raw:
        decoder = lzma.LZMADecompressor(memlimit=MAX_XZ_MEMORY)
        while not decoder.eof:
            chunk = decoder.decompress(raw, _CHUNK)
            if not chunk and decoder.needs_input and not raw:
                raise EOFError("its end is missing")
            raw = b""
            yield chunk
        raw = decoder.unused_data.lstrip(b"\0")


def _read_member(name: str, file: IO) -> Iterator[bytes]:
    with zipfile.ZipFile(file) as archive:
        if len(archive.infolist()) > MAX_MEMBERS:
            raise _Refused(
                f"{name}: the archive holds {len(archive.infolist()):,} files; unpack it and give "
                "the one with the ratings"
            )
        files = [each for each in archive.namelist() if not _is_hidden(each)]
        if "[Content_Types].xml" in files:
            raise _Refused(f"{name}: this is an Excel workbook or the like; save its sheet as CSV")
        named = [each for each in files if Path(each).stem.casefold() == "ratings"]
        chosen = named if len(files) > 1 else files
        if len(chosen) != 1:
            some = ", ".join(shown(each) for each in files[:5]) or "no file"
            raise _Refused(
                f"{name}: the archive holds {some}{' and more' if len(files) > 5 else ''}; unpack "
                "it and give the one file with the ratings"
            )
        with archive.open(chosen[0]) as member:
            yield from _read(member)


def _is_hidden(member: str) -> bool:
    return member.endswith("/") or "__MACOSX" in member or Path(member).name.startswith(".")


class _Refused(Exception):
    """A sentence about an archive that is whole."""


def told(error: Exception) -> str:
    """Return what a library says, in a line of what can be shown."""
    text = str(error).strip() or type(error).__name__
    return "".join(mark for mark in text.splitlines()[0] if mark.isprintable())[:MAX_SHOWN]


def _limited(name: str, kind: str, size: int, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Pass the parts of a packed file on until they are too much for its size."""
    limit, total = max(FREE_BYTES, MAX_RATIO * size), 0
    try:
        for chunk in chunks:
            total += len(chunk)
            if total > limit:
                break
            yield chunk
    except _Refused as error:
        raise ValueError(str(error)) from None
    except _DAMAGE as error:
        if kind == "zip" and total == 0 and isinstance(error, zipfile.BadZipFile):
            raise ValueError(
                f"{name}: the file is not text; unpack an archive, save a spreadsheet as CSV"
            ) from error
        raise ValueError(f"{name}: damaged {kind} file ({told(error)}); pack it again") from error
    if total > limit:
        raise ValueError(
            f"{name}: the {kind} file unpacks to more than {MAX_RATIO} times its size, as no table "
            "of ratings does; give it unpacked"
        )


def _bounded(name: str, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Pass chunks on until there are too many, or a line in them is too long."""
    total, rows, length, end = 0, 0, 0, b""
    for chunk in chunks:
        total += len(chunk)
        if total > MAX_BYTES:
            raise _too_large(name)
        end = end or (b"\n" if b"\n" in chunk else b"\r")
        ends = np.flatnonzero(np.frombuffer(chunk, np.uint8) == end[0])
        lengths = np.diff(ends, prepend=-length - 1, append=len(chunk)) - 1
        if lengths.max() > MAX_LINE:
            raise ValueError(
                f"{name}, row {rows + int(lengths.argmax()) + 1}: the line has more than "
                f"{MAX_LINE:,} bytes, which is the limit; give each row a line of its own, and "
                "leave long texts out"
            )
        rows, length = rows + len(ends), int(lengths[-1])
        yield chunk


def _too_large(name: str) -> ValueError:
    return ValueError(
        f"{name}: the table is larger than {MAX_BYTES / 1e6:,.0f} MB, which is the limit; give a "
        "part of its rows"
    )
