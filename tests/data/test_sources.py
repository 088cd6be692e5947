"""MovieLens 100K: every source leads to the same ratings, and a failing one says why.

Downloads are tried against a server and a package folder on this machine. Those tests need the
real data; the others make do with files of the same layout.
"""

import hashlib
import re
import socket
import subprocess
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
import requests

import pmf_core as pmf
from pmf_core.data.sources import ml100k, places, recbole

ITEM = "|".join(["1", "Café (1990)", "01-Jan-1990", "", "", *"0" * 19]) + "\n"
FAKE = {"u.data": "1\t1\t3\t88\n2\t1\t4\t89\n", "u.item": ITEM, "u.user": "1|24|M|artist|01234\n"}


@pytest.fixture
def empty_home(monkeypatch, tmp_path):
    """Nothing in the environment or the cache, and downloads are allowed."""
    monkeypatch.delenv("PMF_DATA_DIR", raising=False)
    monkeypatch.delenv("PMF_OFFLINE", raising=False)
    monkeypatch.setenv("PMF_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    # No index and no settings: pip sees only the folder that a test puts here.
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "packages"))
    monkeypatch.setattr(places, "URL", "http://127.0.0.1:9/ml-100k.zip")
    return tmp_path / "home" / "cache"


@pytest.fixture
def server(empty_home, monkeypatch, tmp_path):
    """Call it with a file of `tmp_path` to make that file the GroupLens download."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path))
    thread = threading.Thread(target=running.serve_forever, args=(0.05,))
    thread.start()

    def serve(archive):
        url = f"http://127.0.0.1:{running.server_port}/{archive.name}"
        monkeypatch.setattr(places, "URL", url)
        digest = hashlib.md5(archive.read_bytes()).hexdigest()
        monkeypatch.setattr(places, "URL_HASH", f"md5:{digest}")

    yield serve
    running.shutdown()
    thread.join()
    running.server_close()


def zipped(path, folder):
    with zipfile.ZipFile(path, "w") as archive:
        for file in folder.iterdir():
            archive.write(file, f"ml-100k/{file.name}")
    return path


def recbole_wheel(folder, packages):
    """Write the tables of `folder` as the wheel has them, and call it that wheel."""
    tables = {
        "inter": "user_id:token\titem_id:token\trating:float\ttimestamp:float\n"
        + (folder / "u.data").read_text(),
        "user": "user_id:token\tage:token\tgender:token\toccupation:token\tzip_code:token\n"
        + (folder / "u.user").read_text().replace("|", "\t"),
        "item": "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq\n",
    }
    for line in (folder / "u.item").read_text(encoding=ml100k.ENCODING).splitlines():
        item_id, title, _, _, _, *flags = line.split("|")
        cut = re.fullmatch(r"(.*) \((.*?)\)", title.strip())
        cut = cut.groups() if cut else ("unkonwn", "unkonwn")
        genres = " ".join(g for g, f in zip(ml100k.GENRES, flags, strict=True) if f == "1")
        tables["item"] += "\t".join([item_id, *cut, genres]) + "\n"
    packages.mkdir()
    path = packages / "recbole-1.2.1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in tables.items():
            wheel.writestr(f"recbole/dataset_example/ml-100k/ml-100k.{name}", text)
        info = "recbole-1.2.1.dist-info"
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: recbole\nVersion: 1.2.1\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return path


def test_the_grouplens_download_fills_the_cache(
    movielens, real_folder, server, empty_home, tmp_path
):
    server(zipped(tmp_path / "ml-100k.zip", real_folder))
    assert pmf.load_movielens(source="GroupLens").id == movielens.id
    again = pmf.load_movielens()
    assert places.find_folder() == ("cache", empty_home / "ml-100k")
    np.testing.assert_array_equal(again.titles, movielens.titles)
    np.testing.assert_array_equal(again.timestamp, movielens.timestamp)
    assert [path.name for path in empty_home.iterdir()] == ["ml-100k"]


@pytest.mark.slow
def test_the_recbole_wheel_comes_last_and_lacks_only_the_dates(
    movielens, real_folder, empty_home, tmp_path
):
    recbole_wheel(real_folder, tmp_path / "packages")
    found = pmf.load_movielens()
    if not movielens.notes:  # itself from elsewhere: a date is a feature, and so is its lack
        assert found.id != movielens.id
    for name in ("user_idx", "item_idx", "rating", "titles"):
        np.testing.assert_array_equal(getattr(found, name), getattr(movielens, name))
    np.testing.assert_array_equal(found.timestamp, movielens.timestamp)
    assert found.user_features.equals(movielens.user_features)
    genres = list(ml100k.GENRES)
    assert found.item_features[genres].equals(movielens.item_features[genres])
    assert found.notes == ("Release dates are the years in the titles.",)
    assert places.find_folder()[0] == "cache"


def test_the_wheel_is_unpacked_to_the_files_of_grouplens(ml100k_folder, tmp_path):
    # Accents, a title that ends in more than its year, and the movie without a name.
    lines = [
        "1|Café (1990)|01-Jan-1990|||" + "|".join("0" * 18 + "1"),
        "2|Sequel (1995) (V)|01-Jan-1995|||" + "|".join("01" + "0" * 17),
        "3|unknown||||" + "|".join("1" + "0" * 18),
    ]
    item = "\n".join(lines) + "\n"
    folder = ml100k_folder(tmp_path, FAKE | {"u.item": item})
    wheel = recbole_wheel(folder, tmp_path / "packages")
    unpacked = recbole.unpack(wheel, tmp_path / "unpacked")
    for name in ml100k.FILES:
        assert (unpacked / name).read_bytes() == (folder / name).read_bytes()
    items = ml100k.read_items(unpacked / "u.item", "a test")
    assert list(items["title"]) == ["Café (1990)", "Sequel (1995) (V)", "unknown"]
    assert items["release_date"].dt.year.tolist()[:2] == [1990, 1995]
    assert items["release_date"].isna().tolist() == [False, False, True]


def test_other_ratings_are_refused_whatever_the_source(
    server, empty_home, ml100k_folder, monkeypatch, tmp_path
):
    folder = ml100k_folder(tmp_path / "other", FAKE)
    server(zipped(tmp_path / "ml-100k.zip", folder))
    with pytest.raises(pmf.DataUnavailable, match="from GroupLens cannot be used: its 2 ratings"):
        pmf.load_movielens()
    assert list(empty_home.iterdir()) == []
    ml100k_folder(empty_home, FAKE)
    with pytest.raises(pmf.DataUnavailable, match="from cache cannot be used: its 2 ratings have"):
        pmf.load_movielens()
    monkeypatch.setenv("PMF_DATA_DIR", str(folder.parent))
    with pytest.raises(pmf.DataUnavailable, match="from PMF_DATA_DIR .* delete or replace those"):
        pmf.load_movielens()


def test_one_changed_rating_is_noticed(movielens, real_folder):
    pairs = ml100k.read_pairs(real_folder / "u.data", "a test")
    ml100k.verify(pairs.sample(frac=1, random_state=0), "shuffled rows")
    pairs.loc[77, "rating"] ^= 1
    with pytest.raises(pmf.DataUnavailable, match="its 100000 ratings have checksum"):
        ml100k.verify(pairs, "a test")


def test_a_damaged_table_is_named(ml100k_folder, monkeypatch, tmp_path):
    ml100k_folder(tmp_path, FAKE | {"u.data": "<html>"})
    monkeypatch.setenv("PMF_DATA_DIR", str(tmp_path))
    with pytest.raises(pmf.DataUnavailable, match=r"u\.data is not a table of four whole numbers"):
        pmf.load_movielens()


def test_a_data_dir_without_the_files_is_an_error_and_no_other_source_is_tried(
    monkeypatch, tmp_path
):
    monkeypatch.setenv("PMF_DATA_DIR", str(tmp_path))
    message = r"PMF_DATA_DIR is .* but .*ml-100k lacks u\.data, u\.item, u\.user; set it to"
    with pytest.raises(pmf.DataUnavailable, match=message):
        pmf.load_movielens()


def test_offline_with_nothing_every_source_says_why(empty_home, monkeypatch):
    monkeypatch.setenv("PMF_OFFLINE", "1")
    with pytest.raises(pmf.DataUnavailable) as caught:
        pmf.load_movielens()
    message = str(caught.value)
    for part in (
        "PMF_DATA_DIR: not set",
        f"cache: nothing in {empty_home / 'ml-100k'}",
        "GroupLens: not tried, as PMF_OFFLINE is set",
        "recbole: not tried, as PMF_OFFLINE is set",
        "set PMF_DATA_DIR to the folder that contains ml-100k",
    ):
        assert part in message


def test_offline_nothing_is_asked_of_a_network(empty_home, monkeypatch):
    def asked(*args, **options):
        raise AssertionError(f"somebody asked for {args}")

    monkeypatch.setenv("PMF_OFFLINE", "1")
    for name in ("socket.getaddrinfo", "socket.socket.connect", "subprocess.Popen"):
        monkeypatch.setattr(name, asked)
    with pytest.raises(pmf.DataUnavailable, match="not tried, as PMF_OFFLINE is set"):
        pmf.load_movielens()


def test_whoever_is_asked_has_a_few_seconds_to_answer(empty_home, monkeypatch):
    waits = {}

    def head(url, timeout):
        waits["GroupLens"] = timeout
        raise requests.ConnectionError

    def pip(command, timeout, **options):
        waits["recbole"] = timeout, [word for word in command if "timeout" in word]
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(requests, "head", head)
    monkeypatch.setattr(subprocess, "run", pip)
    with pytest.raises(pmf.DataUnavailable, match="out of reach .Conn.* pip took more than 30 sec"):
        pmf.load_movielens()
    assert waits == {"GroupLens": 2.0, "recbole": (30.0, ["--timeout=2"])}


@pytest.mark.slow
def test_a_network_that_refuses_is_named(empty_home):
    with pytest.raises(pmf.DataUnavailable) as caught:
        pmf.load_movielens()
    assert "GroupLens: http://127.0.0.1:9/ml-100k.zip is out of reach (Conn" in str(caught.value)
    assert "recbole: pip download recbole==1.2.1 failed: ERROR: No matching" in str(caught.value)
    assert list(empty_home.iterdir()) == []


def test_a_server_that_never_answers_and_a_pip_that_never_ends_are_given_up(
    empty_home, monkeypatch
):
    monkeypatch.setattr(places, "CONNECT_SECONDS", 0.2)
    monkeypatch.setattr(places, "DOWNLOAD_SECONDS", 0.01)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setattr(places, "URL", f"http://127.0.0.1:{silent.getsockname()[1]}/z.zip")
        with pytest.raises(pmf.DataUnavailable, match=r"out of reach \((Read|Connect)?Timeout"):
            pmf.load_movielens(source="GroupLens")
    with pytest.raises(pmf.DataUnavailable, match="recbole: pip took more than 0.01 seconds"):
        pmf.load_movielens(source="recbole")


def test_a_damaged_download_is_not_kept(server, empty_home, monkeypatch, tmp_path):
    page = tmp_path / "page.zip"
    page.write_text("<html>Please log in</html>")
    server(page)
    with pytest.raises(pmf.DataUnavailable, match="GroupLens: BadZipFile"):
        pmf.load_movielens(source="GroupLens")
    monkeypatch.setattr(places, "URL_HASH", "md5:0")
    with pytest.raises(pmf.DataUnavailable, match="GroupLens: the download of .* is damaged"):
        pmf.load_movielens(source="GroupLens")
    assert list(empty_home.iterdir()) == []


def test_a_cache_that_cannot_be_written_is_named(empty_home):
    empty_home.parent.mkdir()
    empty_home.write_text("a file where the folder should be")
    with pytest.raises(pmf.DataUnavailable, match="GroupLens: FileExistsError"):
        pmf.load_movielens(source="GroupLens")


def test_who_loads_at_the_same_time_finds_whole_files(ml100k_folder, tmp_path):
    folders = [ml100k_folder(tmp_path / str(k), FAKE) for k in range(8)]
    target = tmp_path / "cache"
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda folder: places.publish(folder, target), folders))
    assert found == [target] * 8
    assert sorted(path.name for path in target.iterdir()) == sorted(FAKE)


def test_sources_have_names():
    with pytest.raises(ValueError, match="source is 'ftp'; it must be one of PMF_DATA_DIR, cache,"):
        pmf.load_movielens(source="ftp")
