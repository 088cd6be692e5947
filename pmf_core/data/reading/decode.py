"""From a file, packed or not, in any encoding, to text in UTF-8 with one kind of line end.

Bytes, not a str: one emoji among the titles of a large table would make a str four times as large.
"""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np

from pmf_core.data.limits import FREE_BYTES, MAX_BYTES, MAX_LINE, MAX_RATIO, MAX_SHOWN

_CHUNK = 1_000_000  # more than a line may have, so that the first shows how lines end


def read_text(source: str | Path | IO) -> tuple[str, bytes, tuple[str, ...]]:
    """Return the name of a file, its text, and notes on how it was read.

    Raises
    ------
    ValueError
        If it is no text, damaged, or beyond the limits.
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
    name = Path(Path(path).name.removesuffix(".gz")).stem if isinstance(path, str | Path) else ""
    name = name[:MAX_SHOWN] or "ratings"
    if isinstance(raw, str):
        raw = _encoded(name, raw)
    if len(raw) > MAX_BYTES:
        raise _too_large(name)
    if raw.startswith(b"\x1f\x8b"):
        raw = b"".join(_bounded(name, _unpacked(name, raw)))
    else:
        for _ in _bounded(name, (raw[at : at + _CHUNK] for at in range(0, len(raw), _CHUNK))):
            pass
    text, notes = _as_utf_8(name, raw)
    if b"\0" in text or text.startswith(b"PK\x03\x04"):
        raise ValueError(
            f"{name}: the file is not text; unpack an archive, save a spreadsheet as CSV"
        )
    text = text.removeprefix(codecs.BOM_UTF8).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if "\ufffd".encode() in text:
        notes += ("The file holds U+FFFD, the mark of characters that were lost before.",)
    return name, text, notes


def _encoded(name: str, text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:  # halves of a pair
        raise ValueError(f"{name}: the text is damaged ({error}); write it as UTF-8") from error


def _unpacked(name: str, raw: bytes) -> Iterator[bytes]:
    limit, total = max(FREE_BYTES, MAX_RATIO * len(raw)), 0
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as file:
            while chunk := file.read(_CHUNK):
                total += len(chunk)
                if total > limit:
                    break
                yield chunk
    except (EOFError, OSError, zlib.error) as error:
        raise ValueError(f"{name}: damaged gzip file ({error}); pack it again") from error
    if total > limit:
        raise ValueError(
            f"{name}: the gzip file unpacks to more than {MAX_RATIO} times its size, as no table "
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


def _as_utf_8(name: str, raw: bytes) -> tuple[bytes, tuple[str, ...]]:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return raw.decode("utf-16").encode(), ()
        except UnicodeDecodeError as error:
            raise ValueError(f"{name}: damaged UTF-16 ({error}); save it as UTF-8") from error
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for at in range(0, len(raw), _CHUNK):
            decoder.decode(raw[at : at + _CHUNK], final=at + _CHUNK >= len(raw))
    except UnicodeDecodeError:
        note = "The file is not UTF-8, so it was read as Latin-1; if names look wrong, save it "
        return raw.decode("latin-1").encode(), (note + "as UTF-8.",)  # as MovieLens itself
    return raw, ()
