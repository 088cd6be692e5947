"""Tables as programs and people write them: every one is the same nine ratings."""

import io

import numpy as np
import pandas as pd
import pytest

from pmf_core import read_ratings
from tests.support.tables import HEAD, read

PAIRS = [(1, 11, 5), (1, 12, 3.5), (1, 13, 1), (2, 11, 4), (2, 12, 2), (2, 13, 4.5), (3, 11, 1),
         (3, 12, 2.5), (3, 13, 3)]  # fmt: skip
FRAME = pd.DataFrame(PAIRS, columns=["user", "item", "rating"])
WIDE = FRAME.pivot(index="user", columns="item", values="rating")
ROWS = "".join(f"{u},{i},{r}\n" for u, i, r in PAIRS)


def triples(ratings):
    frame = ratings.to_frame()
    return sorted(zip(frame["user_id"], frame["item_id"], frame["rating"], strict=True))


def r_table():
    lines = [f'"{k}" {u} {i} {r}' for k, (u, i, r) in enumerate(PAIRS, 1)]
    return '"user" "item" "rating"\n' + "\n".join(lines) + "\n"


SHAPES = {
    "sep=; of Excel": "sep=;\r\n" + (HEAD + ROWS).replace(",", ";").replace("\n", "\r\n"),
    "separators at the ends": (HEAD + ROWS).replace("\n", ",\n"),
    "separators at the ends of rows": HEAD + ROWS.replace("\n", ",\n"),
    "spaces": ROWS.replace(",", " "),
    "several spaces": " " + ROWS.replace(",", "   "),
    "decimal commas in quotes": HEAD + "".join(f'{u},{i},"{r}"\n'.replace(".", ",")
                                               for u, i, r in PAIRS),
    "decimal commas and tabs": (HEAD + ROWS).replace(",", "\t").replace(".", ","),
    "identifiers as floats": HEAD + "".join(f"{u}.0,{i},{r}\n" for u, i, r in PAIRS),
    "identifiers in part as floats": HEAD + ROWS.replace("\n2,", "\n2.0,", 1),
    "numbers of rows, no header": "".join(f"{k},{u},{i},{r}\n"
                                          for k, (u, i, r) in enumerate(PAIRS)),
    "numbers of rows, a header": FRAME.to_csv(),
    "names of rows, as R writes": r_table(),
    "item first, named": FRAME[["item", "user", "rating"]].to_csv(index=False),
    "shells of Excel": HEAD + "".join(f'"=""{u}""","=""{i}""",{r}\n' for u, i, r in PAIRS),
    "JSON lines": FRAME.to_json(orient="records", lines=True),
    "JSON": FRAME.to_json(orient="records"),
    "Netflix": "".join(
        f"{i}:\n" + "".join(f"{u},{r},2005-09-06\n" for u, k, r in PAIRS if k == i)
        for i in (11, 12, 13)
    ),
    "RecBole": FRAME.to_csv(sep="\t", index=False,
                            header=["user_id:token", "item_id:token", "rating:float"]),
    "matrix": WIDE.to_csv(),
    "matrix of items": WIDE.T.to_csv(),
    "matrix, tabs": WIDE.to_csv(sep="\t"),
    "matrix, as R writes": "\n".join(WIDE.to_csv(sep=" ").split("\n")).replace("user ", "", 1),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_of_the_same_ratings(shape):
    assert triples(read(SHAPES[shape])) == PAIRS


@pytest.mark.parametrize("frame", [FRAME, WIDE, FRAME.set_index(["user", "item"])])
def test_a_frame_of_the_same_ratings(frame):
    before = frame.copy()
    assert triples(read_ratings(frame)) == PAIRS
    pd.testing.assert_frame_equal(frame, before)


def test_what_a_frame_lacks_is_said():
    with pytest.raises(ValueError, match="ratings: the table has no rows; give one row per rating"):
        read_ratings(FRAME.iloc[:0])
    with pytest.raises(ValueError, match="no column for the rating among user, item, x; rename"):
        read_ratings(FRAME.set_axis(["user", "item", "x"], axis=1))
    holed = FRAME.assign(rating=FRAME["rating"].where(FRAME["rating"] < 5))
    with pytest.raises(ValueError, match="row 1: the rating is ''; it must be a finite number"):
        read_ratings(holed)
    days = FRAME.assign(date=pd.Timestamp("1998-04-22"))
    assert set(read_ratings(days).timestamp) == {893203200}


def matrix(**options):
    wide = WIDE.set_axis([f"i{k}" for k in range(3)], axis=1)
    wide = pd.concat([wide.add_suffix(f"_{k}") for k in range(3)], axis=1)
    return wide.mask(wide == 1), wide.mask(wide == 1).to_csv(**options)


@pytest.mark.parametrize(
    "options", [{"header": False, "index": False}, {"header": False}, {"na_rep": "NA"}, {}]
)
def test_empty_cells_of_a_matrix_are_not_rated(options):
    wide, text = matrix(**options)
    ratings = read(text)
    assert (ratings.n_users, ratings.n_items, ratings.n_ratings) == (3, 9, 21)
    np.testing.assert_array_equal(ratings.rating, wide.stack().dropna().to_numpy())
    assert ratings.scale == (2, 5)
    assert ratings.notes[0].startswith(
        "The table was read as a matrix: 3 users in its rows and 9 items in its columns"
    )


def test_what_is_no_matrix_is_none():
    with pytest.raises(ValueError, match="names no user, item and rating columns"):
        read("a,b,c,d\nx,y,z,3\nx,y,w,4\nu,y,v,3\n")
    ratings = read("1,1,3,4\n2,1,4,4\n2,2,5,4\n")
    assert ratings.n_ratings == 3 and ratings.item_features is not None


def test_pipes_within_a_field_are_no_separators():
    genres = "Action|Adventure|Animation|Comedy|Drama"
    ratings = read(f"1,2,5,{genres}\n2,2,4,{genres}\n1,3,1,Drama\n")
    assert triples(ratings) == [(1, 2, 5), (1, 3, 1), (2, 2, 4)]
    assert list(ratings.item_features["column 4"]) == [genres, "Drama"]


def test_quotes_escaped_by_a_backslash():
    ratings = read(
        '"User-ID";"ISBN";"Book-Rating";"Book-Title"\n'
        '"1";"01";"2";"The \\"Best\\" of Winter"\n'
        '"2";"02";"8";"A \\"quoted; and split\\" title"\n'
        '"2";"03";"8";"C:\\"\n'
        '"1";"04";"4";"Plain"\n'
    )
    assert list(ratings.titles) == [
        'The "Best" of Winter', 'A "quoted; and split" title', "C:\\", "Plain"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("encoding", "label"), [("cp1252", "Windows-1252"), ("latin-1", "Latin-1")]
)
def test_what_windows_saves(encoding, label):
    title = "Schindler’s “M” – Œdipe…" if encoding == "cp1252" else "Amélie"
    ratings = read(f"user,item,rating,title\n1,1,1,{title}\n2,2,2,B\n".encode(encoding))
    assert list(ratings.titles) == [title, "B"]
    assert label in ratings.notes[0]
    # A byte that Windows-1252 lacks.
    assert list(read(b"user,item,rating,title\n1,1,1,a\x81\xe9\n2,2,2,B\n", encoding="latin-1")
                .item_ids) == [1, 2]  # fmt: skip


def test_items_before_users_as_amazon_has_them():
    text = "B000001012,A000000000007Q,4.0,1469342210\nB000001013,A000000000008Q,5.0,1469342211\n"
    ratings = read(text)
    assert list(ratings.user_ids) == ["A000000000007Q", "A000000000008Q"]
    assert "second column was read as the user" in ratings.notes[0]
    assert list(read(text, user="column 1").user_ids) == ["B000001012", "B000001013"]


GOODREADS = "User,Book Id,Title,ISBN,My Rating,Average Rating\n" + "".join(
    f'r{u},900{b},Book {b},"=""{b if b < 3 else ""}""",{1 + (u + b) % 5},3.9{b}\n'
    for u in range(3) for b in range(5)
)  # fmt: skip


def test_a_goodreads_export_has_a_book_for_each_identifier():
    ratings = read(GOODREADS)
    assert (ratings.n_ratings, ratings.n_items) == (15, 5)
    assert list(ratings.titles) == [f"Book {b}" for b in range(5)]
    assert list(ratings.item_features) == ["ISBN", "Average Rating"]
    assert (ratings.nouns.things, ratings.nouns.unit) == ("books", "stars")


def test_the_mean_of_an_item_is_not_taken_for_a_rating():
    rows = [(u, i, 3 + i / 4, 1 + (u * i) % 5) for u in range(4) for i in range(3)]
    lines = "".join(",".join(map(str, row)) + "\n" for row in rows)
    for own in ("user_rating", "score"):
        ratings = read(f"user_id,anime_id,rating,{own}\n{lines}")
        assert ratings.scale == (1, 5) and list(ratings.item_features) == ["rating"]
    assert "'score' was read as the rating: 'rating' is the same in all rows" in ratings.notes[0]
    only = read(f"user_id,anime_id,rating,week\n{lines}")
    assert "is the same in all rows of an item, as a mean is" in only.notes[0]


@pytest.mark.parametrize(
    ("header", "nouns"),
    [
        ("user,isbn,rating", "book / books / points"),
        ("user,joke_id,stars", "joke / jokes / stars"),
        ("user,item,rating", "item / items / points"),
        ("user,Const,Your Rating", "movie / movies / points"),
    ],
)
def test_what_is_rated_follows_from_the_names_of_columns(header, nouns):
    assert str(read(f"{header}\n1,1,3\n2,2,10\n").nouns) == nouns


@pytest.mark.parametrize(
    ("header", "site"),
    [
        ("Const,Your Rating,Date Rated,Title", "IMDb"),
        ("Date,Name,Year,Letterboxd URI,Rating", "Letterboxd"),
        ("Book Id,Title,My Rating,Average Rating", "Goodreads"),
        ("series_animedb_id,my_score,my_finish_date", "MyAnimeList"),
    ],
)
def test_the_export_of_one_person_is_named(header, site):
    row = ",".join("3" for _ in header.split(","))
    with pytest.raises(ValueError, match=f"this is one person's export from {site}, without a co"):
        read(f"{header}\n{row}\n{row}\n")


def test_a_frame_in_text_mode_is_read_as_well():
    assert triples(read_ratings(io.StringIO(HEAD + ROWS))) == PAIRS


def test_a_first_column_that_counts_the_ratings_of_its_row_is_no_item(rng):
    """The layout of Jester: 99 is not rated, and how many are rated comes first."""
    values = rng.integers(-10, 11, (30, 12))
    values[rng.random(values.shape) < 0.4] = 99
    rows = ([(row != 99).sum(), *row] for row in values)
    ratings = read("".join(",".join(map(str, row)) + "\n" for row in rows), missing=99)
    assert (ratings.n_items, ratings.n_ratings) == (12, (values != 99).sum())
    assert ratings.notes[0].startswith("The first column counts the ratings of its row")


def test_comments_before_a_table_are_no_rows():
    text = "% bip weighted\n% 3 rows\n1 11 5\n2 12 x\n"
    with pytest.raises(ValueError, match="row 4: the rating is 'x'"):
        read(text)
    assert read(text.replace("x", "3")).n_ratings == 2
    with pytest.raises(ValueError, match="this is a MatrixMarket file; write its entries as CSV"):
        read("%%MatrixMarket matrix coordinate integer general\n3 3 4\n1 1 5\n")


@pytest.mark.parametrize("header", ["", ",user,item,rating\n"])
def test_a_column_that_counts_the_rows_keeps_its_place(header):
    """Else a column that is chosen by its name would be another one than was shown."""
    text = header + "".join(f"{k},{u},{i},{r},978300760\n" for k, (u, i, r) in enumerate(PAIRS))
    text = text if not header else text.replace("rating", "rating,time")
    ratings = read(text)
    assert triples(ratings) == PAIRS and set(ratings.timestamp) == {978300760}
    assert ratings.notes == ("The first column counts the rows, so it was left out.",)
    if not header:
        swapped = read(text, user="column 3", item="column 2", rating="column 4")
        assert triples(swapped) == sorted((i, u, r) for u, i, r in PAIRS)
