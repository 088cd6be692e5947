"""Tables of one's own: what is understood, and what is refused with the row and the reason."""

import codecs
import contextlib
import gzip
import io

import numpy as np
import pytest

from pmf_core import Ratings, read_ratings
from pmf_core.data.reading import unpack
from pmf_core.data.reading.columns import header_roles
from tests.support.tables import HEAD, read

ROWS = [("ann", "x", "3.5"), ("bob", "x", "-2"), ("ann", "y", "100")]


def as_rows(ratings: Ratings):
    frame = ratings.to_frame()
    return list(zip(frame["user_id"], frame["item_id"], frame["rating"], strict=True))


def joined(separator, header=None):
    rows = [header, *ROWS] if header else ROWS
    return "".join(separator.join(row) + "\n" for row in rows)


@pytest.mark.parametrize("separator", [",", "\t", ";", "|", "::"])
@pytest.mark.parametrize("header", [None, ("userId", "movieId", "rating")])
def test_any_separator_with_or_without_a_header(separator, header):
    ratings = read(joined(separator, header))
    assert as_rows(ratings) == [(u, i, float(r)) for u, i, r in ROWS]
    assert ratings.scale == (-2, 100)


@pytest.mark.parametrize(
    "header",
    [
        "userId,movieId,rating",
        "user_id,item_id,score",
        "User,Item,Stars",
        "USER ID,Film,Overall",
        '"User-ID","ISBN","Book-Rating"',
        "reviewerID,asin,overall",
        "user_id:token,item_id:token,rating:float",
    ],
)
def test_common_column_names(header):
    assert as_rows(read(header + "\n" + joined(","))) == as_rows(read(joined(",")))


def test_columns_in_another_order_and_an_identifier_beside_a_name():
    assert header_roles(["Score", "date", "movie", "movie_id", "uid"]) == {
        "rating": 0, "time": 1, "title": 2, "item": 3, "user": 4
    }  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        lambda text: codecs.BOM_UTF8 + text,
        lambda text: text.decode().encode("utf-16"),
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: text.replace(b"\n", b"\r"),
        lambda text: text.rstrip(b"\n"),
        lambda text: b"\n\n" + text.replace(b"\n", b"\n\n"),
        lambda text: text.replace(b"x", b'" x "'),
        gzip.compress,
    ],
    ids=["BOM", "UTF-16", "Windows", "old Mac", "no last end", "blank lines", "quoted", "gzip"],
)
def test_any_encoding_and_line_end(change):
    text = joined(",", ("user", "item", "rating")).encode()
    assert as_rows(read(change(text))) == as_rows(read(text))


def test_paths_uploads_and_text_files_and_what_the_set_is_called(tmp_path):
    text = joined(",", ("user", "item", "rating"))
    path = tmp_path / "my.films.csv"
    path.write_text(text)
    packed = tmp_path / "my.films.csv.gz"
    packed.write_bytes(gzip.compress(text.encode()))
    upload = io.BytesIO(text.encode())
    upload.name = "my.films.csv"
    with path.open() as opened:
        for source in (path, str(path), packed, upload, opened):
            assert read_ratings(source).name == "my.films"
    # A page reads its upload again and again.
    assert read_ratings(upload).id == read_ratings(upload).id
    assert read_ratings(io.StringIO(text)).name == "ratings"
    assert read_ratings(path, name="Ours").name == "Ours"
    with pytest.raises(FileNotFoundError):
        read_ratings(tmp_path / "absent.csv")


def test_latin_1_titles():
    text = "user,item,rating,title\n1,1,1,Café\n2,1,2,Café\n1,2,3,B\n".encode("latin-1")
    assert list(read(text).titles) == ["Café", "B"]


def test_identifiers_are_numbers_only_if_all_are_plain_whole_numbers():
    assert list(read("10,1,3\n9,1,4\n9,2,5\n").user_ids) == [9, 10]
    assert list(read("007,1,3\n7,1,4\n7,2,5\n").user_ids) == ["007", "7"]
    assert list(read("10,1,3\nu9,1,4\nu9,2,5\n").user_ids) == ["10", "u9"]


def test_decimal_commas_between_semicolons():
    assert list(read("1;1;3,5\n2;1;4\n1;2;0,5\n").rating) == [3.5, 4, 0.5]


@pytest.mark.parametrize(
    ("cells", "seconds"),
    [
        (["978300760", "978300761", "978300762"], [978300760, 978300761, 978300762]),
        (["978300760000", "978300761999", "5"], [978300760, 978300761, 0]),
        (["2001-01-01", "2001-01-01T00:00:05Z", "2001-01-01 01:00:00+01:00"],
         [978307200, 978307205, 978307200]),
    ],
    ids=["seconds", "milliseconds", "ISO"],
)  # fmt: skip
def test_times(cells, seconds):
    rows = zip(["1,1,3", "2,1,4", "1,2,5"], cells, strict=True)
    text = "".join(f"{row},{cell}\n" for row, cell in rows)
    assert list(read("user,item,rating,date\n" + text).timestamp) == seconds
    if cells[0] == "978300760":
        assert list(read(text).timestamp) == seconds  # the fourth column without a header


def test_times_that_cannot_be_read_are_left_out_and_said_so():
    ratings = read("user,item,rating,date\n1,1,3,1\n2,1,4,May\n1,2,5,3\n")
    assert ratings.timestamp is None
    [note] = ratings.notes
    assert note.startswith("The times were left out: row 3 has 'May', neither seconds since 1970")
    mixed = read("user,item,rating,date\n1,1,3,1\n2,1,4,2001-01-01\n1,2,5,3\n")
    assert mixed.timestamp is None and "row 2 has '1'" in mixed.notes[0]


def test_other_columns_describe_items_or_users_or_are_left_out_with_a_note():
    ratings = read(
        "user,item,rating,Title,year,age,mood\n"
        "b,2,1,Two,1999,31,ok\na,2,2,Two,1999,40,bad\nb,1,3,,2005,31,bad\n"
    )
    assert list(ratings.titles) == ["1", "Two"]  # an empty title is the identifier
    assert ratings.item_features["year"].to_dict() == {1: 2005, 2: 1999}
    assert ratings.user_features["age"].to_dict() == {"a": 40, "b": 31}
    assert ratings.notes == ("Column 'mood' was left out: it belongs to single ratings.",)


def test_titles_that_differ_within_an_item_are_no_titles():
    ratings = read("user,item,rating,title\n1,1,1,A\n2,1,2,a\n1,2,3,B\n2,2,3,C\n")
    assert list(ratings.titles) == ["1", "2"]
    assert "Column 'title' was left out" in ratings.notes[0]


REPEATED = "user,item,rating,time\na,x,5,30\nb,x,4,10\na,y,1,10\na,x,2,20\n"


def test_repeated_pairs_are_refused_counted_and_named():
    message = r"once: 1, as in rows 2, 5; keep the latest .*'last'. or take the mean .*'mean'"
    with pytest.raises(ValueError, match=message):
        read(REPEATED)


@pytest.mark.parametrize(
    ("duplicates", "text", "value"),
    [
        ("last", REPEATED, 5),
        ("last", REPEATED.replace("time", "mood"), 2),
        ("mean", REPEATED, 3.5),
    ],
    ids=["the latest", "the last row where there is no time", "the mean"],
)
def test_repeated_pairs_are_resolved_by_the_rule_and_noted(duplicates, text, value):
    ratings = read(text, duplicates=duplicates)
    assert sorted(as_rows(ratings)) == [("a", "x", value), ("a", "y", 1), ("b", "x", 4)]
    assert ratings.notes[0].startswith("Pairs of user and item rated more than once: 1; ")
    assert ratings.notes[0].endswith("so 4 rows became 3.")
    if ratings.timestamp is not None:
        assert ratings.timestamp[ratings.rating == value] == 30


def test_the_scale_is_that_of_the_data_unless_given():
    assert read("1,1,3\n2,1,4\n1,2,3.5\n").scale == (3, 4)
    assert read("1,1,3\n2,1,4\n1,2,3.5\n", scale=(0.5, 5)).scale == (0.5, 5)
    assert read("1,1,3\n2,1,3\n1,2,3\n", scale=(1, 5)).scale == (1, 5)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty; give it one row per rating"),
        ("\n \n\n", "the file is empty"),
        (";", "no row can be read; give it one row per rating"),
        (chr(34), "no row can be read; give it one row per rating"),
        (HEAD, "the file has a header and no ratings"),
        (HEAD + "\n\n", "the file has a header and no ratings"),
        ("1,2\n", "row 1: '1,2' has fewer than three columns; separate user, item and rating by"),
        ("user,thing,rating\n1,1,1\n", "no column for the item among user, thing, rating; rename"),
        ("user,item\n1,1\n", "row 1: .* has fewer than three columns"),
        ("user,a,b\n1,1,1\n", "no column for the item and the rating"),
        ("a,b,c\n1,1,1\n", "has 'c' where the rating should be; add a header such as user,item"),
        ("user,item,rating,rating\n", "2 columns could be the rating .* rename all but one"),
        (HEAD + "1,1,3\n\n2,1,good\n1,2,3\n", "row 4: the rating is 'good'; .* a finite number"),
        (HEAD + "1,1,3\n2,1,\n1,2,\n", r"row 3: the rating is '' \(and so in 1 more row\)"),
        (HEAD + "1,1,3\n2,1\n1,2,4\n", "row 3: the rating is ''"),
        (HEAD + "1,1,inf\n", "row 2: the rating is 'inf'; it must be a finite number"),
        (HEAD + "1,1,1e999\n", "row 2: the rating is '1e999'; it must be a finite number"),
        (HEAD + "1,1,nan\n", "row 2: the rating is 'nan'"),
        ("1,1,3\n2,1,3x\n1,2,3\n", "row 2: the rating is '3x'"),
        (HEAD + "1,1,3\n ,1,4\n", "row 3: the user is ' '; it must be an identifier that is not"),
        (HEAD + "1,1,3\n1,2,4\n", "every row has the user 1; .* add ratings of another"),
        (HEAD + "1,z,3\n2,z,4\n", "every row has the item 'z'; learning tastes takes two items"),
        (
            HEAD + "1,1,3\n2,1,3\n1,2,3\n",
            r"every rating is 3, .* given \(scale=\(1, 5\)\)",
        ),
        (HEAD + "1,1,3\n2,1,4,5\n", "row 3: 4 fields where the rows before have 3; put a field"),
        (HEAD + "1,1,3,5\n", "row 2: 4 fields where the rows before have 3"),
        ("\n" + HEAD + "\n1,1,3\n2,1,4,5\n", "row 5: 4 fields where the rows before have 3"),
        (HEAD + '1,1,3\n"2,1,4\n', "row 3: a quote is opened and never closed"),
        (
            HEAD[:-1] + "," + "x" * 140_000,
            "row 1: the line has more than 100,000 bytes, which is the limit; give each row a line",
        ),
        (b"PK\x03\x04....", "the file is not text; unpack an archive, save a spreadsheet as CSV"),
        (b"\x89PNG\x00", "the file is not text"),
        (gzip.compress(HEAD.encode() * 99, mtime=0)[:-9], "damaged gzip file"),
    ],
)
def test_refuses_with_the_row_and_the_reason(text, message):
    with pytest.raises(ValueError, match="^ratings[,:] .*" + message):
        read(text)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"scale": (1, 3)}, r"row 3: the rating is 4, outside the scale 1 to 3 \(in all: 1\)"),
        ({"scale": (5, 1)}, r"scale is \(5, 1\); it must be \(lowest, highest\)"),
        ({"scale": (np.nan, 5)}, "scale is .*; it must be"),
        ({"duplicates": "first"}, "duplicates is 'first'; it must be 'error', 'last' or 'mean'"),
    ],
)
def test_refuses_options_that_do_not_fit(options, message):
    with pytest.raises(ValueError, match=message):
        read(HEAD + "1,1,3\n2,1,4\n1,2,3\n", **options)


@pytest.mark.slow
def test_whatever_is_damaged_in_a_gzip_file_it_is_read_or_refused(rng):
    whole = gzip.compress(joined(",").encode() * 50)
    for _ in range(200):
        damaged = bytearray(whole)
        damaged[rng.integers(2, len(whole))] ^= 1 << rng.integers(8)
        with contextlib.suppress(ValueError):
            read(bytes(damaged), duplicates="last")


def test_a_gzip_file_may_not_unpack_to_more_than_there_is_memory(monkeypatch):
    text = joined(",").encode() * 50
    monkeypatch.setattr(unpack, "MAX_BYTES", len(text))
    for pack in (bytes, gzip.compress):
        assert read(pack(text), duplicates="last").n_ratings == len(ROWS)
        with pytest.raises(ValueError, match="^ratings: the table is larger than .*; give a part"):
            read(pack(text + b"\n"))


def test_a_file_of_another_kind_is_not_quoted_at_length():
    with pytest.raises(ValueError, match="names no user, item and rating columns") as caught:
        read('[{"id": 1, "liked": [5, 3]},' * 60)
    assert len(str(caught.value)) < 600


def test_what_is_written_out_is_read_back(ratings, tmp_path):
    path = tmp_path / "simulated.csv"
    ratings.to_frame().to_csv(path, index=False)
    again = read_ratings(path)
    assert again.id == ratings.id
    np.testing.assert_array_equal(again.titles, ratings.titles)
    assert again.notes == ()
