"""Identifiers and titles: one array type for them all, what they may hold, which look alike.

Texts are object arrays of str. NumPy's own strings have one width for all, so that one long
identifier among a thousand takes gigabytes.
"""

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from pmf_core.data.limits import MAX_TEXT

_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,4})?")
_HIDDEN = re.compile("[\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
"""Control characters, line ends, what turns the direction of writing, and a byte order mark."""


def as_ids(values: ArrayLike | Iterable) -> NDArray:
    """Return identifiers as integers if all are, else as texts."""
    if hasattr(values, "dtype"):
        array = np.asarray(values)
        return as_texts(array) if array.dtype.kind in "OTU" else array
    values = list(values)
    if pd.api.types.infer_dtype(values, skipna=False) == "integer":
        array = np.array(values)
        return array if array.dtype.kind in "iu" else as_texts(values)  # beyond 64 bits
    return as_texts(values)


def as_texts(values: ArrayLike | Iterable) -> NDArray[np.object_]:
    """Return an object array of str."""
    if isinstance(values, np.ndarray) and values.dtype == object and not values.flags.writeable:
        return values  # made here before
    texts = [str(value) for value in values]
    found = np.empty(len(texts), object)
    found[:] = texts
    return found


def fault(texts: NDArray) -> tuple[int, str] | None:
    """Return the position of the first text that is no name, and the rule that it breaks."""
    if texts.dtype != object:
        return None
    for at, text in enumerate(texts):
        if len(text) > MAX_TEXT:
            return at, f"have at most {MAX_TEXT:,} characters (it has {len(text):,})"
        if (hidden := _HIDDEN.search(text)) is not None:
            mark = unicodedata.name(hidden[0], "a control character")
            mark = "a line break" if hidden[0] in "\n\r\u2028\u2029" else mark.lower()
            return at, f"be one line that reads as it is written (it holds {mark})"
    return None


def look_alikes(ids: NDArray) -> list[list[str]]:
    """Return groups of identifiers that differ only in how a number or a letter is written."""
    if ids.dtype != object:
        return []
    first: dict[str | Decimal, str] = {}
    groups: dict[str | Decimal, list[str]] = {}
    for text in ids:
        known = first.setdefault(key := _plain(text), text)
        if known is not text:
            groups.setdefault(key, [known]).append(text)
    return list(groups.values())


def _plain(text: str) -> str | Decimal:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        text = "".join(mark for mark in text if unicodedata.category(mark) != "Cf")
    return Decimal(text) if _NUMBER.fullmatch(text) else " ".join(text.split())
