"""A seal at the end of a file: whoever reads it knows, before HDF5 does, that nothing has changed.

HDF5 trusts what it reads. One wrong byte among the lengths of texts sends it round in a circle for
ever, with the lock that every other file waits for. So a file is given to it within this process
only if it is, to the last byte, what was written here. What follows the end that HDF5 knows of is
not looked at by any reader, so a sealed file is as good a netCDF file as another.
"""

import hashlib
from typing import BinaryIO

_MARK = b"\nPMFseal"
_SIZE = len(_MARK) + hashlib.sha256().digest_size
_CHUNK = 1 << 20


def sealed(content: bytes) -> bytes:
    """Return the content of a file with its seal."""
    return content + _MARK + hashlib.sha256(content).digest()


def is_sealed(file: BinaryIO) -> bool:
    """Return whether a file has a seal that is right; the file is read from its start afterwards.

    Raises
    ------
    ValueError
        If it has one that is wrong.
    """
    left = file.seek(0, 2) - _SIZE
    if left < 0:
        file.seek(0)
        return False
    file.seek(left)
    seal = file.read(_SIZE)
    file.seek(0)
    if not seal.startswith(_MARK):
        return False
    found = hashlib.sha256()
    while left:
        chunk = file.read(min(_CHUNK, left))
        found.update(chunk)
        left -= len(chunk)
    file.seek(0)
    if found.digest() != seal.removeprefix(_MARK):
        raise ValueError("it is not what was written: the file is damaged")
    return True
