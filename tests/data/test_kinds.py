"""Packed files and files of other kinds: read within the limits, or named with what to do."""

import bz2
import gzip
import io
import lzma
import struct
import zipfile

import pandas as pd
import pytest

from pmf_core import read_ratings
from pmf_core.data.reading import records, unpack
from tests.support.tables import HEAD, read

TEXT = (HEAD + "1,1,3\n2,1,4\n1,2,3.5\n").encode()
FRAME = pd.read_csv(io.BytesIO(TEXT))


def zipped(files, method=zipfile.ZIP_DEFLATED):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def parquet(frame):
    packed = io.BytesIO()
    frame.to_parquet(packed)
    return packed.getvalue()


PACKERS = {
    "gzip": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zip": lambda text: zipped({"u.csv": text}),
}


@pytest.mark.parametrize("kind", PACKERS)
def test_packed_tables_are_read_and_damaged_ones_refused(kind, rng):
    packed = PACKERS[kind](TEXT)
    assert read(packed).id == read(TEXT).id
    with pytest.raises(ValueError, match="^ratings: (damaged|the file is not text)"):
        read(packed[: len(packed) // 2])
    for _ in range(100):
        damaged = bytearray(packed)
        damaged[rng.integers(len(damaged))] ^= 1 << rng.integers(8)
        try:
            read(bytes(damaged), duplicates="last")
        except ValueError as error:
            assert str(error).isprintable() and len(str(error)) < 700


@pytest.mark.parametrize("kind", PACKERS)
def test_what_unpacks_to_too_much_is_refused_on_the_way(kind, monkeypatch):
    bomb = PACKERS[kind](b"1,1,3\n" * 40_000)
    monkeypatch.setattr(unpack, "FREE_BYTES", 100_000)
    monkeypatch.setattr(unpack, "_CHUNK", 10_000)
    with pytest.raises(
        ValueError, match=f"the {kind} file unpacks to more than 100 times its size"
    ):
        read(bomb)
    monkeypatch.setattr(unpack, "FREE_BYTES", 1_000_000)
    monkeypatch.setattr(unpack, "MAX_BYTES", 100_000)
    with pytest.raises(ValueError, match="the table is larger than 0 MB, which is the limit"):
        read(bomb)


def test_xz_may_not_ask_for_a_large_dictionary(monkeypatch):
    monkeypatch.setattr(unpack, "MAX_XZ_MEMORY", 1_000_000)
    with pytest.raises(ValueError, match="damaged xz file .*emory.*; pack it again"):
        read(lzma.compress(TEXT, preset=9))


def test_an_archive_has_one_table():
    others = {"readme.txt": "x", "__MACOSX/._r.csv": "x", "a/.hidden": "x"}
    assert read(zipped({"a/ratings.csv": TEXT} | others)).n_ratings == 3
    with pytest.raises(ValueError, match="the archive holds 'a.csv', 'b.csv'; unpack it and give"):
        read(zipped({"a.csv": TEXT, "b.csv": TEXT}))
    with pytest.raises(ValueError, match="the archive holds no file; unpack it"):
        read(zipped({"__MACOSX/x": "x"}))
    with pytest.raises(ValueError, match="this is an Excel workbook or the like; save its sheet"):
        read(zipped({"[Content_Types].xml": "x", "xl/workbook.xml": "x"}))
    with pytest.raises(ValueError, match="the archive holds 1,001 files; unpack it"):
        read(zipped({f"{k}.csv": "" for k in range(1001)}, zipfile.ZIP_STORED))


def test_parquet_is_read_and_bounded(monkeypatch):
    packed = parquet(FRAME)
    assert read(packed).id == read(TEXT).id
    for cut in (4, 40, len(packed) - 9):
        with pytest.raises(ValueError, match="damaged Parquet file .*; write it again"):
            read(packed[:cut])
    with pytest.raises(ValueError, match="the file has no ratings; give one row per rating"):
        read(parquet(FRAME.iloc[:0]))
    with pytest.raises(ValueError, match="there are 201 columns, and at most 200 can be read"):
        read(parquet(pd.DataFrame({f"c{k}": ["x", "y"] for k in range(201)})))
    monkeypatch.setattr(records, "MAX_CELLS", 8)
    with pytest.raises(ValueError, match="has 3 rows of 3 columns"):
        read(packed)
    monkeypatch.setattr(records, "MAX_CELLS", 9)
    monkeypatch.setattr(records, "MAX_BYTES", 50)
    with pytest.raises(ValueError, match="and 50 bytes can be read, so give a part of it"):
        read(packed)


@pytest.mark.slow
def test_whatever_is_damaged_in_parquet_it_is_read_or_refused(rng):
    packed = parquet(FRAME)
    for _ in range(100):
        damaged = bytearray(packed)
        damaged[rng.integers(4, len(damaged))] ^= 1 << rng.integers(8)
        try:
            read(bytes(damaged), duplicates="last")
        except ValueError as error:
            assert str(error).isprintable()


def test_the_name_of_a_packed_file_has_no_endings(tmp_path):
    for kind, ending in (("zip", ".csv.zip"), ("xz", ".csv.xz"), ("bz2", ".tsv.bz2")):
        path = tmp_path / f"films{ending}"
        path.write_bytes(PACKERS[kind](TEXT))
        assert read_ratings(path).name == "films"


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"SQLite format 3\0...", "not text but a SQLite database; export its table of ratings"),
        (b"\x28\xb5\x2f\xfd..", "not text but packed with zstd; unpack it"),
        (b"7z\xbc\xaf\x27\x1c", "not text but a 7z archive; unpack it"),
        (b"\xd0\xcf\x11\xe0..", "not text but an old Excel workbook; save its sheet as CSV"),
        (b"\x80\x04\x95..", "a pickle, which nobody should open; write it as CSV"),
        (b"<?xml version='1.0'?><myanimelist>", "this is XML, as MyAnimeList exports it; convert"),
        (b"<!DOCTYPE html><html>", "this is a web page; save the table itself as CSV"),
        (b"{'reviewerID': 'A1', 'overall': 5.0}\n", "records as Python prints them; write each"),
        (b'{"user": 1}\nx\n', "row 2: the first row is JSON and this is none; give one object a"),
        (b'{"a": 1, "b": 2}\n', "no column for the user and the item and the rating among a, b"),
        (b"1:\n2:\n5\n", "this is the Netflix layout .* its rows are not all user,rating,date"),
        (struct.pack("<I", 1) * 9, "the file is not text"),
    ],
)  # fmt: skip
def test_other_kinds_are_named_with_what_to_do(raw, message):
    with pytest.raises(ValueError, match="^ratings[,:] .*" + message):
        read(raw)


def test_json_of_uneven_records():
    ratings = read(
        '{"user": "a", "item": 1, "rating": 3.50, "tags": ["x"], "age": 7}\n\n'
        '{"user": "b", "item": 1, "rating": 4, "plot": null}\n{"user": "b", "item": 2, "rating": 1}'
    )
    assert list(ratings.rating) == [3.5, 4, 1]
    assert list(ratings.user_features["age"].fillna(-1)) == [7, -1]
    assert ratings.notes == ("Column 'tags' was left out: its values are lists or objects.",)


def test_names_of_columns_are_one_line_in_every_kind():
    frame = FRAME.assign(**{"a\nb": 1})
    for source in (parquet(frame), frame.to_json(orient="records", lines=True)):
        with pytest.raises(
            ValueError, match=r"the column name 'a\\nb' must be one line .*; rename"
        ):
            read(source)
    with pytest.raises(ValueError, match="the column name .* must be one line"):
        read_ratings(frame)


def test_a_wide_frame_may_be_a_matrix_and_nothing_else():
    wide = pd.DataFrame({f"i{k}": [5, None, 3] for k in range(300)}, index=["a", "b", "c"])
    ratings = read_ratings(wide.rename_axis("user"))
    assert (ratings.n_users, ratings.n_items, ratings.n_ratings) == (2, 300, 600)
    with pytest.raises(ValueError, match="ratings: there are 300 columns, and at most 200 can be"):
        read_ratings(wide.astype(str) + "x")


def test_a_text_that_parquet_has_once_for_all_rows_is_counted_for_each(monkeypatch):
    frame = pd.DataFrame({"user": "x" * 900, "item": range(2000), "rating": [1, 2] * 1000})
    packed = parquet(frame)
    assert len(packed) < 50_000
    monkeypatch.setattr(records, "MAX_BYTES", 1_000_000)
    with pytest.raises(ValueError, match="and 1,000,000 bytes can be read, so give a part of it"):
        read(packed)
    names = FRAME.assign(user=["Ann", None, "Ann"]).dropna()
    assert list(read(parquet(names.assign(user=["Ann", "Bob"]))).user_ids) == ["Ann", "Bob"]
