"""From bytes in any encoding to text in UTF-8 with one kind of line end.

Bytes, not a str: one emoji among the titles of a large table would make a str four times as large.
"""

import codecs

from pmf_core.data.limits import shown

_CHUNK = 1_000_000


def as_text(name: str, raw: bytes, encoding: str | None = None) -> tuple[bytes, tuple[str, ...]]:
    """Return bytes of a file as text, and notes on how it was read.

    Raises
    ------
    ValueError
        If it is no text.
    """
    text, notes = _given(name, raw, encoding) if encoding else _as_utf_8(name, raw)
    if b"\0" in text:
        raise ValueError(
            f"{name}: the file is not text; unpack an archive, save a spreadsheet as CSV"
        )
    text = text.removeprefix(codecs.BOM_UTF8).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if "\ufffd".encode() in text:
        notes += ("The file holds U+FFFD, the mark of characters that were lost before.",)
    return text, notes


def _given(name: str, raw: bytes, encoding: str) -> tuple[bytes, tuple[str, ...]]:
    try:
        return raw.decode(encoding).encode(), ()
    except (LookupError, UnicodeError) as error:
        raise ValueError(
            f"{name}: encoding is {shown(encoding)}; it must be one in which the file can be read, "
            "such as 'utf-8', 'cp1252' or 'latin-1'"
        ) from error


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
        return _of_one_byte_each(raw)
    return raw, ()


def _of_one_byte_each(raw: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Read what Windows saves, whose quotes and dashes Latin-1 takes for control characters."""
    has_marks = any(byte in raw for byte in range(0x80, 0xA0))
    for encoding, label in (("cp1252", "Windows-1252"), ("latin-1", "Latin-1")):
        if encoding == "cp1252" and not has_marks:
            continue  # the two agree
        try:
            text = raw.decode(encoding).encode()
        except UnicodeDecodeError:
            continue  # a byte that Windows-1252 lacks
        break
    note = f"The file is not UTF-8, so it was read as {label}; if names look wrong, save it "
    return text, (note + "as UTF-8.",)
