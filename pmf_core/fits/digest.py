"""Digests of what a fit holds: whoever reads it back knows that it is what was written.

They are of the content and not of the file: texts, attributes and arrays alike, whatever HDF5
stores where.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

import numpy as np
import xarray as xr

NAME = "digests"
"""The attribute that has them: JSON, one for each group and one for the attributes."""

_ATTRS = "attrs"


def digests(tree: xr.DataTree) -> str:
    """Return the digests of the groups and attributes of a fit, in the form of the attribute."""
    found = {group: _of_group(child.to_dataset()) for group, child in tree.children.items()}
    return json.dumps(found | {_ATTRS: _of_attrs(tree.attrs)}, sort_keys=True)


def require_digests(tree: xr.DataTree) -> None:
    """Refuse groups and attributes that are not what was written.

    A file of an early version has no digests, and nothing to check.

    Raises
    ------
    ValueError
        If a digest differs.
    """
    require_attrs(tree.attrs)
    if NAME in tree.attrs:
        known = json.loads(tree.attrs[NAME])
        found = ((group, _of_group(child.to_dataset())) for group, child in tree.children.items())
        _compare(known, found)


def require_attrs(attrs: dict[str, Any]) -> None:
    """Refuse attributes that are not what was written, as `require_digests` does."""
    if NAME in attrs:
        _compare(json.loads(attrs[NAME]), [(_ATTRS, _of_attrs(attrs))])


def _compare(known: dict[str, str], found: Iterable[tuple[str, str]]) -> None:
    for part, digest in found:
        if known[part] != digest:
            raise ValueError(f"its {part} are not what was written: the file is damaged")


def _of_attrs(attrs: dict[str, Any]) -> str:
    plain = {name: np.ravel(value).tolist() for name, value in attrs.items() if name != NAME}
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def _of_group(dataset: xr.Dataset) -> str:
    digest = hashlib.sha256()
    for name in sorted(dataset.variables):
        values = dataset.variables[name].values
        is_number = values.dtype.kind in "biuf"
        kind = values.dtype.newbyteorder("<") if is_number else np.dtype(object)
        head = name, dataset.variables[name].dims, values.shape, kind.str
        digest.update(json.dumps(head).encode())
        if is_number:
            digest.update(np.ascontiguousarray(values, kind).data)
        else:
            digest.update(json.dumps(values.ravel().tolist()).encode())
    return digest.hexdigest()
