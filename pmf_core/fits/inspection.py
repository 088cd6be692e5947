"""Files from strangers: look at all that an HDF5 file declares before any value of it is read.

HDF5 can point out of a file (external storage, links, virtual datasets), back into itself (cycles,
storage that arrays share) and far beyond its own size, and readers follow without a word. Here a
file is let through only if it has the groups, arrays and attributes of `pmf_core.fits.schema`, each
stored plainly, once and inside the file, so that what is read is never larger than the file.
"""

import os
from collections.abc import Collection, Iterable
from typing import Any, BinaryIO

import h5py
import numpy as np
import xarray as xr

from pmf_core.fits.schema import (
    ALL_NUMBERS,
    ALL_TEXTS,
    FORMER,
    GROUPS,
    LONGEST_CELL,
    LONGEST_TEXT,
    MOST_NUMBERS,
    NUMBERS,
    TEXTS,
    Variable,
)

_HOUSEKEEPING = frozenset(
    (
        "_FillValue _Netcdf4Dimid _Netcdf4Coordinates DIMENSION_LIST REFERENCE_LIST CLASS NAME"
    ).split()
)
"""Attributes by which netCDF ties arrays to their dims; the schema says the same, so they are
never read."""

_VERSION = "_NCProperties"

_POINTER = np.dtype([("bytes", "<u4"), ("address", "<u8"), ("index", "<u4")])
"""What HDF5 stores in the place of a text of any length."""


class Refused(ValueError):
    """A file that is HDF5 and is not, or not plainly, a fit."""


def read_attrs(file: BinaryIO) -> dict[str, Any]:
    """Return the attributes of a fit, without its arrays.

    Raises
    ------
    Refused
        If the file has other groups or attributes than a fit.
    Exception
        Of HDF5, of any kind, if the file is damaged.
    """
    with h5py.File(file, "r") as opened:
        return _Inspector(opened, file).attrs()


def read_tree(file: BinaryIO, groups: Iterable[str] = GROUPS) -> xr.DataTree:
    """Return the arrays of (some groups of) a fit, and its attributes.

    Raises
    ------
    Refused
        If anything in the file is not as in a fit.
    Exception
        Of HDF5, of any kind, if the file is damaged.
    """
    with h5py.File(file, "r") as opened:
        inspector = _Inspector(opened, file)
        attrs = inspector.attrs()
        # All are looked at before one is read.
        found = {group: inspector.datasets(group) for group in groups}
        tree = xr.DataTree.from_dict(
            {group: inspector.read(group, datasets) for group, datasets in found.items()}
        )
    tree.attrs = attrs
    return tree


class _Inspector:
    """What has been seen of one open file: each object once, storage up to the file's size."""

    def __init__(self, opened: h5py.File, file: BinaryIO) -> None:
        self.root, self.file = opened, file
        self.left = file.seek(0, os.SEEK_END)
        self.addresses = {h5py.h5o.get_info(opened.id).addr}
        layout = opened.id.get_create_plist()
        _require(layout.get_userblock() == 0, "it does not start with HDF5")
        _require(layout.get_sizes() == (8, 8), "its addresses are not of 8 bytes")
        self.groups = self._members(opened, GROUPS, h5py.Group)
        missing = sorted(set(GROUPS) - set(self.groups))
        missing += sorted({*TEXTS, *NUMBERS} - set(self._attr_names(opened)))
        _require(not missing, f"it lacks {missing}")

    def attrs(self) -> dict[str, Any]:
        """Return the attributes of the root, each as small as one of a fit."""
        found = {}
        for name in self._attr_names(self.root):
            about = self.root.attrs.get_id(name)
            _require(not about.get_type().committed(), f"attribute {name} has a named type")
            if name in ALL_TEXTS:
                is_text = about.shape == () and _is_text(about.dtype)
                _require(is_text, f"attribute {name} is no text")
                # One at a time: each is at most as long as the file.
                found[name] = self.root.attrs[name]
                is_short = isinstance(found[name], str) and len(found[name]) <= LONGEST_TEXT
                _require(is_short, f"attribute {name} is longer than {LONGEST_TEXT} characters")
            else:
                is_number = _is_plain(about.dtype, "iuf") and len(about.shape or ()) <= 1
                _require(is_number, f"attribute {name} is no number")
                is_small = about.shape is not None and np.prod(about.shape) <= MOST_NUMBERS
                _require(is_small, f"attribute {name} has more than {MOST_NUMBERS} numbers")
                values = np.asarray(self.root.attrs[name])
                found[name] = values.item() if values.size == 1 else values.ravel()
        return found

    def _attr_names(self, place: h5py.Group | h5py.Dataset) -> list[str]:
        is_root = place.name == "/"
        known = ALL_TEXTS | ALL_NUMBERS | {_VERSION} if is_root else _HOUSEKEEPING
        if isinstance(place, h5py.Group) and not is_root:
            known = frozenset()
        return [name for name in _known(place.attrs, known, "attribute") if name != _VERSION]

    def datasets(self, group: str) -> dict[str, h5py.Dataset]:
        """Return the arrays of a group, once all is known to be as the schema has it."""
        place, schema = self.groups[group], GROUPS[group]
        dims = {dim for variable in schema.values() for dim in variable.dims}
        self._attr_names(place)
        former = {old: new for old, new in FORMER.items() if new in schema}
        members = self._members(place, schema.keys() | dims | former.keys(), h5py.Dataset)
        found = {former.get(name, name): dataset for name, dataset in members.items()}
        _require(len(found) == len(members), f"{group} has one variable by two names")
        needed = {name for name, variable in schema.items() if variable.is_required}
        _require(needed <= set(found), f"{group} lacks {sorted(needed - set(found))}")
        sizes: dict[str, int] = {}
        for name, dataset in found.items():
            self._attr_names(dataset)
            # A dim without a coordinate is an array too, of which nothing but the size is used.
            variable = schema.get(name, Variable((name,)))
            self._require_plain(f"{group}/{name}", dataset, variable, is_read=name in schema)
            for dim, size in zip(variable.dims, dataset.shape, strict=True):
                known = sizes.setdefault(dim, size)
                _require(known == size, f"{group} has {known} and {size} of {dim}")
        return {name: dataset for name, dataset in found.items() if name in schema}

    def read(self, group: str, datasets: dict[str, h5py.Dataset]) -> xr.Dataset:
        """Return what is in arrays that `datasets` let through."""
        schema, arrays = GROUPS[group], {}
        for name, dataset in datasets.items():
            source = dataset.asstr() if _is_text(dataset.dtype) else dataset
            arrays[name] = (schema[name].dims, source[...])
        coords = {name: each for name, each in arrays.items() if schema[name].dims == (name,)}
        return xr.Dataset({name: arrays[name] for name in arrays.keys() - coords}, coords)

    def _members(self, place: h5py.Group, known: Collection[str], kind: type) -> dict[str, Any]:
        found = {}
        for name in _known(place, known, "part"):
            link = place.get(name, getlink=True)
            _require(isinstance(link, h5py.HardLink), f"{name} is a link")
            _require(place.get(name, getclass=True) is kind, f"{name} is no {kind.__name__}")
            found[name] = place[name]
            address = h5py.h5o.get_info(found[name].id).addr
            _require(address not in self.addresses, f"{name} is in it twice")
            self.addresses.add(address)
        return found

    def _require_plain(
        self, name: str, dataset: h5py.Dataset, variable: Variable, is_read: bool
    ) -> None:
        made, stored = dataset.id.get_create_plist(), dataset.id.get_type()
        _require(made.get_external_count() == 0, f"{name} is stored in another file")
        _require(not stored.committed(), f"{name} has a named type")
        is_text = "O" in variable.kinds and _is_text(dataset.dtype)
        is_known = is_text or _is_plain(dataset.dtype, variable.kinds)
        _require(is_known, f"{name} holds {str(dataset.dtype)[:80]}")
        shape = dataset.shape
        has_rank = shape is not None and len(shape) == len(variable.dims)
        _require(has_rank, f"{name} has the shape {shape} where a fit has {variable.dims}")
        size = int(np.prod(shape, dtype=object))
        if not (is_read and size):
            _require(made.get_layout() != h5py.h5d.VIRTUAL, f"{name} is virtual")
            return
        _require(made.get_layout() == h5py.h5d.CONTIGUOUS, f"{name} is not stored in one piece")
        taken = dataset.id.get_storage_size()
        needed = size * (_POINTER.itemsize if is_text else dataset.dtype.itemsize)
        _require(taken == needed, f"{name} declares {needed} bytes and has {taken}")
        self._take(taken, name)
        if is_text:
            self.file.seek(dataset.id.get_offset())
            lengths = np.frombuffer(self.file.read(taken), _POINTER)["bytes"]
            _require(lengths.size == size, f"{name} ends too soon")
            _require(lengths.max() <= LONGEST_CELL, f"{name} has texts over {LONGEST_CELL} bytes")
            self._take(int(lengths.sum(dtype=np.int64)), name)  # pointers can share a text

    def _take(self, n_bytes: int, name: str) -> None:
        self.left -= n_bytes
        _require(self.left >= 0, f"{name} and what is before it take more than the whole file")


def _known(names: Any, known: Collection[str], what: str) -> list[str]:
    _require(len(names) <= len(known), f"it has {len(names)} {what}s where a fit has {len(known)}")
    found = list(names)
    for name in found:
        _require(name in known, f"it has the {what} {name[:80]!r}, which a fit does not have")
    return found


def _is_text(dtype: np.dtype) -> bool:
    kind = h5py.check_string_dtype(dtype)
    return kind is not None and kind.length is None


def _is_plain(dtype: np.dtype, kinds: str) -> bool:
    """Return whether these are numbers; h5py tells enumerations and others by metadata."""
    is_simple = dtype.metadata is None and dtype.fields is None and dtype.subdtype is None
    return is_simple and dtype.kind in kinds and dtype.itemsize <= 8


def _require(valid: bool, reason: str) -> None:
    if not valid:
        raise Refused(reason)
