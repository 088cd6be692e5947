"""What could be read in two ways: refused, or read one way with a note that says which."""

import pytest

from tests.support.tables import HEAD, read

SEMI = "user;item;rating\n"
TEXT = "user,item,rating,review\n"


@pytest.mark.parametrize("rows", [1, 2, 90, 2000])
def test_a_quote_never_closed_swallows_no_rows(rows):
    lost = "".join(f"{k},Aliens,5\n" for k in range(rows))
    with pytest.raises(ValueError, match=f"row 2: a quoted field runs over {rows + 2:,} lines"):
        read(HEAD + '1,"Alien,4\n' + lost + '9,"Heat",3\n')
    with pytest.raises(ValueError, match="row 2: a quoted field runs over .* close or remove the"):
        read(TEXT + '1,2,4,"good\n' + "2,3,5,x\n" * rows + '9,5,3,"fine"\n')
    with pytest.raises(ValueError, match="a quoted field runs over 2 lines"):
        read('user,review,item,rating\n1,"good,1,4\n2,bad",2,5\n3,x,3,1\n')


def test_a_review_may_run_over_lines():
    ratings = read(TEXT + '1,2,4,"good, and\nlove, pain, war\n\n3 stars"\n2,1,5,x\n2,2,4,y\n')
    assert ratings.n_ratings == 3
    with pytest.raises(ValueError, match="row 2: a quoted field runs over 101 lines"):
        read(TEXT + '1,2,4,"' + "good\n" * 100 + '"\n2,1,5,x\n')


def test_a_name_is_one_line():
    with pytest.raises(ValueError, match="row 2: the item is .* must be one line .* line break"):
        read(HEAD + '1,"Ali\nen",4\n2,x,3\n')
    with pytest.raises(ValueError, match="row 1: a quote is opened and not closed in the line"):
        read('user,item,rating,"re\nview,x"\n1,2,3,x\n')


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (SEMI + "a;1;1,000\nb;2;4\n", "row 2: the rating is '1,000'; it must be 1 or 1000 rather"),
        (SEMI + "a;1;1.000\nb;2;4,5\n", "row 2: the rating is '1.000'; it must be written like"),
        (SEMI + "a;1;1.000,5\nb;2;4,5\n", "the rating is '1.000,5'"),
        (SEMI + "a;1;1,000,000\nb;2;4\n", "the rating is '1,000,000'"),
        ("a\t1\t1,000\nb\t2\t4\n", "row 1: the rating is '1,000'"),
        (HEAD + "a,1,0x10\n", "the rating is '0x10'; it must be a finite number"),
        (HEAD + "a,1,1_000\n", "the rating is '1_000'"),
        (HEAD + "a,1,３\n", "the rating is '３'"),
        (HEAD + "a,1,True\n", "the rating is 'True'"),
        (HEAD + "a,1,Infinity\n", "the rating is 'Infinity'"),
        (HEAD + "a,1,NA\n", "the rating is 'NA'"),
        (HEAD + "a,1,3\n" + HEAD + "b,2,4\n", "row 3: the rating is 'rating'"),
        (HEAD + "a,1,880000000\nb,2,880000009\n", r"must be from -1,000,000 .* a time, in seconds"),
        (HEAD + "a,1,880000000000\n", "looks like a time"),
        (HEAD + "a,1,20000101\n", "looks like an identifier or a time; name the columns user,item"),
        (HEAD + "a,1,1e150\nb,2,3\n", "the rating is '1e150'; it must be .* looks like damage"),
        (HEAD + "a,1,-1e308\nb,2,3\n", "the rating is '-1e308'"),
        (HEAD + "a,1,5e-324\nb,2,0\n", "the ratings run from 0 to 4.94066e-324, and must span 0.0"),
        (HEAD + "a,1,3\n\ufeffa,2,4\n", "row 3: the user is .*ufeffa'; .* zero width no-break"),
        (HEAD + "a\x1b[1m,1,3\n", "row 2: the user is 'a.x1b.1m'; .* a control character"),
        (HEAD + "a\u202eb,1,3\n", "the user is 'a.u202eb'; .* right-to-left override"),
        ("user,item,rating,title\na,1,3,x\u2066y\nb,2,4,z\n", "the title is .*left-to-right iso"),
        (HEAD + "a\0,1,3\n", "the file is not text"),
        ("a::1\x1f2::3\nb::2::4\n", r"holds the control character U\+001F; remove it, or"),
        ((HEAD + "a,1,3\n").encode("utf-16")[:-1], "damaged UTF-16 .* save it as UTF-8"),
    ],
)
def test_refused(text, message):
    with pytest.raises(ValueError, match="^ratings[,:] .*" + message):
        read(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("-0", "0"), ("1e3", "1000"), ("１", "1"), ("+1", "1"), ("007", "7"),
        ("\u00e9", "e\u0301"), ("a", "a\u200b"), ("a b", "a  b"), ("ﬁ", "fi"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("role", ["user", "item"])
def test_identifiers_that_look_alike_are_kept_apart_and_noted(one, other, role):
    header = HEAD if role == "user" else "item,user,rating\n"
    ratings = read(header + f"{one},x,3\n{other},y,4\n{one},y,1\n")
    assert sorted(getattr(ratings, f"{role}_ids")) == sorted([one, other])
    [note] = ratings.notes
    assert note.startswith(f"The {role}s '") and "are taken for different" in note


def test_identifiers_that_differ_are_not_noted():
    ids = ["0x10", "16", "9" * 30, "9" * 29 + "8", "Ann", "ann", "1e99999", "tt1", "é", "e"]
    assert read(HEAD + "".join(f"{name},{k},{k}\n" for k, name in enumerate(ids))).notes == ()
    assert read(HEAD + "-1,1,3\n0,2,4\n").user_ids.tolist() == [-1, 0]


def test_groups_that_look_alike_are_counted():
    [note] = read(HEAD + "1,x,3\n01,y,4\n2,x,1\n02,x,5\n").notes
    assert note == (
        "The users '01' and '1' are taken for different users, and so in 1 more groups; make "
        "them one if they are the same."
    )


def test_a_comma_that_others_show_to_be_decimal_is_noted():
    ratings = read(SEMI + "a;1;1,000\nb;2;4,5\n")
    assert list(ratings.rating) == [1, 4.5]
    assert ratings.notes == ("'1,000' was read as 1: commas set off decimals.",)


def test_another_encoding_and_lost_characters_are_noted():
    [note] = read((HEAD + "é,1,3\nb,2,4\n").encode("latin-1")).notes
    assert note.startswith("The file is not UTF-8, so it was read as Latin-1; if names look wrong")
    [note] = read(HEAD + "\ufffd,1,3\nb,2,4\n").notes
    assert note.startswith("The file holds U+FFFD")


def test_columns_of_one_name_are_both_kept():
    ratings = read("user,item,rating,age,age\na,1,3,1,x\nb,1,4,3,y\nb,2,4,3,y\n")
    assert list(ratings.user_features) == ["age", "age (column 5)"]


def test_a_describing_column_is_numbers_only_if_all_are():
    ratings = read("user,item,rating,year\na,1,3,inf\nb,2,4,1999\nb,1,2,inf\n")
    assert list(ratings.item_features["year"]) == ["inf", "1999"]
    ratings = read("user,item,rating,plot\na,1,3," + "x" * 1001 + "\nb,2,4,y\n")
    assert ratings.item_features is None
    assert ratings.notes == (
        "Column 'plot' was left out: it has texts of more than 1,000 characters.",
    )
