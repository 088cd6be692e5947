"""What a table may have: how large, how wide, how long; and that a refusal costs little."""

import gzip
import tracemalloc

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.data import Ratings, limits, texts
from pmf_core.data.reading import cells as table_cells
from pmf_core.data.reading import layout, unpack
from tests.support.tables import HEAD, read

LONG = "x" * 1001


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD + f"1,1,3\n{LONG},1,4\n", r"row 3: the user is 'x{79}…'; it must have at most 1,000"),
        (HEAD + f"1,{LONG},3\n2,1,4\n", r"row 2: the item is 'x{79}…'; .* \(it has 1,001\), so"),
        (f"user,item,rating,title\n1,1,3,{LONG}\n2,2,4,y\n", "row 2: the title is 'x+…'; it must"),
        (f"user,item,rating,{LONG}\n1,1,3,a\n", "row 1: the column name 'x{79}…' must have at"),
        (HEAD + f"1,1,{LONG}\n", "row 2: the rating is 'x{79}…'; it must be a finite number"),
        (",".join(["a"] * 201) + "\n", "row 1: 'a,a.*…' has 201 columns, and at most 200 can be"),
        (",".join(["c"] * 20_000) + "\n", "row 1: .* has 20,000 columns"),
        (HEAD + "y" * 100_001, "row 2: the line has more than 100,000 bytes, which is the limit"),
        (HEAD + "1,1,3\n" * 300_000 + "y" * 100_001, "row 300002: the line has more than 100,000"),
        (gzip.compress(b"\n" * 20_000_000, mtime=0), "more than 100 times its size"),
        (gzip.compress(b"x" * 3_000_000, 1, mtime=0), "row 1: the line has more than 100,000"),
    ],
    ids=["user", "item", "title", "name", "rating", "201", "20,000", "line", "late", "gz", "gz1"],
)  # fmt: skip
def test_refuses_what_is_too_long_too_wide_or_too_much(text, message):
    with pytest.raises(ValueError, match="^ratings[,:] .*" + message) as caught:
        read(text)
    assert len(str(caught.value)) < 500


def test_what_is_at_the_limit_is_read():
    wide = ["user", "item", "rating", *(f"c{i}" for i in range(197))]
    row = ",7" * 197
    text = ",".join(wide) + f"\n{LONG[1:]},1,3{row}\n2,2,4{row}\n"
    ratings = read(text)
    assert len(ratings.user_ids[1]) == 1000 and len(ratings.item_features.columns) == 197


def test_a_table_has_so_many_cells_at_most(monkeypatch):
    monkeypatch.setattr(layout, "MAX_CELLS", 12)
    assert read(HEAD + "1,1,3\n2,1,4\n1,2,5").n_ratings == 3
    with pytest.raises(ValueError, match="5 rows of 3 columns; at most 12 cells can be read, so"):
        read(HEAD + "1,1,3\n2,1,4\n1,2,5\n")


def test_a_table_has_so_many_users_and_items_at_most(monkeypatch):
    monkeypatch.setattr(table_cells, "MAX_NAMES", 2)
    assert read(HEAD + "1,a,3\n2,b,4\n").n_users == 2
    for role in ("user", "item"):
        header = HEAD if role == "user" else "item,user,rating\n"
        with pytest.raises(ValueError, match=f"there are 3 {role}s; at most 2 can be read, so"):
            read(header + "1,a,3\n2,b,4\n3,b,4\n")


def test_the_limits_are_those_that_are_written_about():
    stated = (limits.MAX_BYTES, limits.MAX_CELLS, limits.MAX_NAMES, limits.MAX_RATIO)
    assert stated == (300_000_000, 60_000_000, 2_000_000, 100)


def test_an_emoji_or_a_byte_order_mark_costs_no_more_than_its_bytes():
    ratings = read("\ufeffuser,item,rating,title\r\n1,1,3,🎬 Film\r\n2,2,4,É\r\n")
    assert list(ratings.titles) == ["🎬 Film", "É"]


def test_one_long_identifier_does_not_widen_the_others():
    rows = "".join(f"u{k},i{k % 7},{k % 5}\n" for k in range(4000))
    text = (HEAD + rows + LONG[1:] + ",i1,3\n").encode()
    read(
        HEAD + rows[: rows.index("u9")]
    )  # what is imported and compiled on first use is not counted
    tracemalloc.start()
    ratings = read(text)
    part = ratings.take(np.arange(9))
    held = sum(getattr(part, name).nbytes for name in ("user_ids", "item_ids", "titles"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert ratings.user_ids.dtype == ratings.titles.dtype == object
    assert part.user_ids is ratings.user_ids
    assert held < 50_000 and peak < 8e6  # 16 MB as strings of one width


@pytest.mark.parametrize("read_as", ["list", "str_", "StringDType", "object"])
def test_strings_of_any_kind_become_one_kind(read_as):
    given = ["b", "a" * 30]
    if read_as != "list":
        dtype = {"str_": np.str_, "StringDType": np.dtypes.StringDType(), "object": object}
        given = np.array(given, dtype[read_as])
    ratings = Ratings([0, 1], [0, 1], [1, 2], given, given, (1, 5))
    for names in (ratings.user_ids, ratings.item_ids, ratings.titles):
        assert names.dtype == object and names.tolist() == ["b", "a" * 30]
        assert {type(name) for name in names} == {str}


def test_identifiers_beyond_64_bits_and_mixtures_are_texts():
    assert texts.as_ids([2**70, 1]).tolist() == [str(2**70), "1"]
    assert texts.as_ids([1, "a"]).tolist() == ["1", "a"]
    assert texts.as_ids(range(3)).dtype == np.int64


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"user_ids": ["a", LONG]}, r"user_ids\[1\] is 'x{79}…'; it must have at most 1,000"),
        ({"titles": [LONG, "b"]}, r"titles\[0\] is 'x"),
        ({"titles": ["a\nb", "b"]}, r"titles\[0\] is 'a\\nb'; it must be one line .* line break"),
        ({"item_ids": ["a\u202eb", "b"]}, "it holds right-to-left override"),
        ({"name": LONG}, "name is 'x{79}…'; it must have at most 1,000 characters"),
        ({"scale": (1, 1e7)}, "scale is .*; it must run from lowest to highest, within 1,000,000"),
        ({"scale": (1, np.nan)}, "scale is"),
        ({"scale": (1, 1.0005), "rating": [1, 1]}, "over 0.001 at least"),
    ],
)
def test_ratings_made_in_code_keep_the_same_limits(changes, message):
    given = {
        "user_idx": [0, 1], "item_idx": [0, 1], "rating": [1, 2], "user_ids": ["a", "b"],
        "item_ids": ["a", "b"], "scale": (1, 5),
    }  # fmt: skip
    with pytest.raises(ValueError, match=message):
        Ratings(**(given | changes))


def test_a_file_is_named_by_what_a_list_can_show(tmp_path):
    path = tmp_path / ("n" * 200 + ".csv")
    path.write_text(HEAD + "1,1,3\n2,2,4\n")
    assert pmf.read_ratings(path).name == "n" * 80


def test_a_long_line_is_found_across_the_chunks_that_are_looked_at(monkeypatch):
    monkeypatch.setattr(unpack, "_CHUNK", 21)
    monkeypatch.setattr(unpack, "MAX_LINE", 20)
    assert read(HEAD + "1,1,3\n2,2,4\n").n_ratings == 2
    with pytest.raises(ValueError, match="row 3: the line has more than 20 bytes"):
        read(HEAD + "1,1,3\n2,2,4                 \n")
