"""Where MovieLens 100K can be had; every place ends as one folder with the files of `ml100k`."""

import os
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

from pmf_core.data.sources import recbole
from pmf_core.data.sources.base import DataUnavailable
from pmf_core.data.sources.grouplens_sets import holds_a_set
from pmf_core.data.sources.ml100k import FILES, read_pairs, verify
from pmf_core.support.errors import require
from pmf_core.support.paths import cache_dir

URL = "https://files.grouplens.org/datasets/movielens/ml-100k.zip"
URL_HASH = "md5:0e33842e24a9c977be4e0107933c0723"  # published beside the archive
WHEEL = "recbole==1.2.1"
CONNECT_SECONDS = 2.0
"""How long to wait for an answer before a source counts as out of reach."""
DOWNLOAD_SECONDS = 30.0
"""How long a download may take as a whole."""


class _Missing(Exception):
    """A place does not have the files; the next one may."""


def find_folder(source: str | None = None) -> tuple[str, Path]:
    """Return the first place that has MovieLens 100K and the folder with its files.

    Downloads are checked, then put in the cache in one step, so that two processes which load
    at once do not disturb each other.

    Parameters
    ----------
    source : str, optional
        The one place to use, a key of `PLACES`; by default all of them in turn.

    Raises
    ------
    DataUnavailable
        If no place has the files, PMF_DATA_DIR is set to a folder without them, or a download
        holds other ratings.
    """
    valid = source is None or source in PLACES
    require(valid, "source", source, f"one of {', '.join(PLACES)}, or None for all in turn")
    tried = []
    for name in PLACES if source is None else [source]:
        try:
            return name, PLACES[name]()
        except _Missing as reason:
            tried.append(f"{name}: {reason}")
    raise DataUnavailable(
        "MovieLens 100K was not found. Tried "
        + "; ".join(tried)
        + f". Connect to the internet and load again, or unzip {URL} and set PMF_DATA_DIR to the "
        "folder that contains ml-100k"
    )


def _from_data_dir() -> Path:
    parent = os.environ.get("PMF_DATA_DIR")
    if not parent:
        raise _Missing("not set")
    folder = Path(parent) / "ml-100k"
    absent = [name for name in FILES if not (folder / name).is_file()]
    if not folder.exists() and holds_a_set(Path(parent)):
        raise _Missing(f"{parent} has other sets only")
    if absent:
        # Whoever sets the variable wants this folder: going on to another would hide a slip.
        raise DataUnavailable(
            f"PMF_DATA_DIR is {parent!r} but {folder} lacks {', '.join(absent)}; set it to the "
            "folder that contains ml-100k, or unset it to use the cache or a download"
        )
    return folder


def _from_cache() -> Path:
    folder = cache_dir() / "ml-100k"
    if not all((folder / name).is_file() for name in FILES):
        raise _Missing(f"nothing in {folder}")
    return folder


def _from_grouplens() -> Path:
    def download(scratch: Path) -> Path:
        _answers(URL)
        import pooch  # slow to import, and needed once in the life of a cache

        pooch.get_logger().setLevel("WARNING")  # nothing here prints
        try:
            fetch = pooch.HTTPDownloader(timeout=(CONNECT_SECONDS, DOWNLOAD_SECONDS))
            place = {"fname": "ml-100k.zip", "path": scratch}
            archive = pooch.retrieve(URL, URL_HASH, **place, downloader=fetch)
        except ValueError as error:  # the hash differs: a proxy's page, or a cut-off file
            raise _Missing(f"the download of {URL} is damaged: {error}") from error
        with zipfile.ZipFile(archive) as files:
            files.extractall(scratch)
        return scratch / "ml-100k"

    return _cached("GroupLens", download)


def _from_recbole() -> Path:
    def download(scratch: Path) -> Path:
        command = [sys.executable, "-m", "pip", "download", WHEEL, "--no-deps", "--quiet"]
        command += ["--only-binary=:all:", "--disable-pip-version-check", "--no-input"]
        command += ["--retries=0", f"--timeout={CONNECT_SECONDS:g}", f"--dest={scratch}"]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=DOWNLOAD_SECONDS, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise _Missing(f"pip took more than {DOWNLOAD_SECONDS:g} seconds") from error
        if done.returncode:
            last = (done.stderr.strip() or "no reason given").splitlines()[-1]
            raise _Missing(f"pip download {WHEEL} failed: {last}")
        [wheel] = scratch.glob("*.whl")
        return recbole.unpack(wheel, scratch / "ml-100k")

    return _cached("recbole", download)


def _cached(source: str, download: Callable[[Path], Path]) -> Path:
    """Download into a scratch folder, check the ratings, and move the folder into the cache."""
    if os.environ.get("PMF_OFFLINE", "0") not in ("", "0"):
        raise _Missing("not tried, as PMF_OFFLINE is set")
    cache = cache_dir()
    try:
        cache.mkdir(parents=True, exist_ok=True)
        # In the cache itself: only within one file system is a move one step.
        with tempfile.TemporaryDirectory(dir=cache, ignore_cleanup_errors=True) as scratch:
            folder = download(Path(scratch))
            verify(read_pairs(folder / "u.data", source), source)
            return publish(folder, cache / "ml-100k")
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise _Missing(f"{type(error).__name__}: {error}") from error


def publish(folder: Path, target: Path) -> Path:
    """Move a folder of checked files to its place, where another process may be first."""
    try:
        folder.rename(target)
    except OSError:
        # Another process was first: what it put there was checked as well.
        if not all((target / name).is_file() for name in FILES):
            raise
    return target


def _answers(url: str) -> None:
    """Raise _Missing unless `url` answers soon; looking a name up has no timeout of its own."""
    import requests  # slow to import, too

    failure: list[Exception] = [TimeoutError(f"no answer within {CONNECT_SECONDS:g} seconds")]

    def ask() -> None:
        try:
            requests.head(url, timeout=CONNECT_SECONDS)
            failure.clear()
        except requests.RequestException as error:
            failure[:] = [error]

    asker = threading.Thread(target=ask, daemon=True)
    asker.start()
    asker.join(CONNECT_SECONDS + 1)
    if failure:
        raise _Missing(f"{url} is out of reach ({type(failure[0]).__name__})")


PLACES: dict[str, Callable[[], Path]] = {
    "PMF_DATA_DIR": _from_data_dir,
    "cache": _from_cache,
    "GroupLens": _from_grouplens,
    "recbole": _from_recbole,
}
"""Name of each place, in the order in which they are tried, and the function that looks there."""
