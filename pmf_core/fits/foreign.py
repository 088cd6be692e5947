"""Files that were not sealed here, read in a process of their own: it may hang, swell or die."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import BinaryIO

from pmf_core.fits.files import fit_bytes, has_seal, read_fit
from pmf_core.fits.fit import Fit

SECONDS, BYTES_A_SECOND = 5, 2e7
"""Of processor time that reading may take: at least, and as much more for so many bytes."""
PATIENCE = 20
"""How many times as long it may take by the clock of a machine that others use, too."""
MEMORY, TIMES = 1_500_000_000, 8
"""Bytes that reading may take: at least, and so many times the file's size more."""

_REFUSED = 3


def load_fit(path: str | os.PathLike) -> Fit:
    """Read what `save_fit` wrote, or what ArviZ made of it.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is damaged, or holds something else than a fit.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path} does not exist; give the path of a saved fit (.nc)")
    with path.open("rb") as file:
        return (read_fit if has_seal(file, path) else read_foreign)(file, str(path))


def read_foreign(file: BinaryIO, name: str) -> Fit:
    """Read a fit from an open file that may come from anywhere; `name` is what to call it.

    It takes a few seconds, most of them to start a process. A seal that is right is no reason to
    trust the file, since anybody can make one; a wrong one tells that it was damaged on its way.

    Raises
    ------
    ValueError
        If the file is damaged, or holds something else than a fit that every page can show.
    """
    has_seal(file, name)
    with tempfile.TemporaryDirectory(prefix="pmf-") as folder:
        source, target = Path(folder, "given.nc"), Path(folder, "read.nc")
        with source.open("wb") as copy:
            file.seek(0)
            while chunk := file.read(1 << 20):
                copy.write(chunk)
        _run(source, target, name)
        with target.open("rb") as written:
            return read_fit(written, name)


def _run(source: Path, target: Path, name: str) -> None:
    seconds = int(SECONDS + source.stat().st_size / BYTES_A_SECOND)
    root = str(Path(__file__).parents[2])
    search = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    command = [sys.executable, "-c", "from pmf_core.fits.foreign import main; main()"]
    try:
        done = subprocess.run(
            [*command, source, target, name, str(seconds)],
            env=os.environ | {"PYTHONPATH": search},
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=PATIENCE * seconds,
        )
    except subprocess.TimeoutExpired:
        done = None
    if done is not None and done.returncode == 0:
        return
    if done is not None and done.returncode == _REFUSED:
        raise ValueError(json.loads(done.stdout))
    raise ValueError(
        f"{name} cannot be read as netCDF (reading it takes more than {seconds} seconds of work or "
        "more memory than such a file should, or ends in a crash); export it anew"
    )


def main() -> None:
    """Read the file that the command line names, and write what it says of a fit anew."""
    source, target, name, seconds = sys.argv[1:]
    _bound(int(seconds), MEMORY + TIMES * Path(source).stat().st_size)
    try:
        with open(source, "rb") as file:
            content = fit_bytes(read_fit(file, name))
    except ValueError as error:
        print(json.dumps(str(error)))
        sys.exit(_REFUSED)
    Path(target).write_bytes(content)


def _bound(seconds: int, memory: int) -> None:
    try:
        import resource
    except ImportError:  # not on Windows, where the clock alone bounds it
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds += int(used.ru_utime + used.ru_stime) + 1  # what it took to import all this
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
