"""How a table was understood, each answer of which can be given instead."""

import io

import pandas as pd
import pytest

import pmf_core as pmf
from pmf_core import Nouns
from pmf_core.data.reading.choices import in_words

TEXT = "who;what;points;when;film\n" + "".join(
    f"u{k % 3};i{k};{k % 5 + 1},5;{980000000 + k};F{k}\n" for k in range(9)
)
CHOSEN = {"user": "who", "item": "what", "rating": "points"}


def inspect(text, **choices):
    file = io.BytesIO(text.encode() if isinstance(text, str) else text)
    file.name = "mine.csv"
    return pmf.inspect_table(file, **choices)


def test_what_a_table_is_taken_for():
    reading = inspect("userId\tisbn\trating\tdate\n1\tb\t3\t2005-09-06\n2\tc\t4\t2005-09-07\n")
    assert reading.columns == ("userId", "isbn", "rating", "date")
    assert reading.roles == {"user": "userId", "item": "isbn", "rating": "rating", "time": "date"}
    assert (reading.separator, reading.decimal, reading.is_matrix) == ("\t", ".", False)
    assert (reading.scale, reading.problem, reading.suspects) == ((3, 4), "", ())
    assert reading.nouns == Nouns("book", "books", "points") and reading.notes == ()
    assert reading.rows.to_dict("list") == {
        "user": ["1", "2"], "item": ["b", "c"], "rating": [3, 4],
        "time": [pd.Timestamp("2005-09-06"), pd.Timestamp("2005-09-07")],
    }  # fmt: skip
    assert list(reading.rows.index) == [2, 3]


def test_a_table_of_unknown_names_is_shown_and_corrected():
    reading = inspect(TEXT)
    assert "mine, row 1: no column for the user and the rating among who, what" in reading.problem
    assert reading.ratings is None and reading.scale is None and reading.notes == ()
    assert reading.columns == ("who", "what", "points", "when", "film")
    mended = inspect(TEXT, **CHOSEN, time="when", title="film", nouns=Nouns("film", "films"))
    assert mended.problem == "" and mended.scale == (1.5, 5.5)
    assert list(mended.ratings.titles) == [f"F{k}" for k in range(9)]
    assert mended.ratings.timestamp[0] == 980000000 and mended.nouns.things == "films"


@pytest.mark.parametrize(
    ("choices", "check"),
    [
        ({"user": "column 2"}, lambda r: list(r.user_ids) == [11, 12] and r.n_items == 2),
        ({"user": "column 2", "item": "column 1"}, lambda r: list(r.item_ids) == [1, 2]),
        ({"rating": "column 4"}, lambda r: r.scale == (7, 9)),
        ({"time": "column 4"}, lambda r: list(r.timestamp) == [7, 9]),
        ({"title": "column 4"}, lambda r: list(r.titles) == ["7", "9"]),
        ({"scale": (0, 10)}, lambda r: r.scale == (0, 10)),
        ({"missing": 0}, lambda r: r.n_ratings == 2),
        ({"name": "Ours"}, lambda r: r.name == "Ours"),
        ({"separator": ","}, lambda r: r.n_ratings == 2),
    ],
)
def test_each_answer_can_be_given(choices, check):
    text = "1,11,3,7\n2,12,5,9\n"
    assert check(inspect(text, **choices).ratings)
    assert check(pmf.read_ratings(io.StringIO(text), **choices))


def test_encoding_and_decimals_can_be_given():
    text = "user,item,rating,title\n1,1,1,Ж\n2,2,2,B\n"
    assert list(inspect(text.encode("cp1251"), encoding="cp1251").ratings.titles) == ["Ж", "B"]
    commas = "user\titem\trating\n1\t1\t1,000\n2\t2\t4\n"
    assert "row 2: the rating is '1,000'" in inspect(commas).problem
    assert "1 or 1000 rather than" in inspect(commas, decimal=",").problem
    assert inspect(commas.replace("4\n", "4,5\n"), decimal=",").scale == (1, 4.5)
    with pytest.raises(ValueError, match="encoding is 'x-none'; it must be one in which the file"):
        inspect(text, encoding="x-none")


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"user": "nobody"}, "user is 'nobody'; it must be the name of a column, one of who, what"),
        ({"user": "who", "item": "who"}, "one column is chosen twice .*; choose another for one"),
        ({"separator": "x"}, "separator is 'x'; it must be one of"),
        ({"decimal": "'"}, "decimal is \"'\"; it must be '.' or ','"),
    ],
)
def test_choices_that_do_not_fit_are_refused(choices, message):
    with pytest.raises(ValueError, match=message):
        inspect(TEXT, **choices)


def test_what_a_choice_can_mend_is_a_problem_and_no_error():
    twice = "user,item,rating\n1,1,3\n1,1,4\n2,2,5\n"
    assert (
        "each pair (duplicates='last') or take the mean (duplicates='mean')"
        in inspect(twice).problem
    )
    assert inspect(twice, duplicates="last").problem == ""
    assert "every rating is 3" in inspect("1,1,3\n2,2,3\n").problem
    with pytest.raises(ValueError, match="the file is empty"):
        inspect("")


def test_arguments_in_brackets_are_left_out_of_what_a_page_says():
    assert in_words("Add others, or give it (scale=(1, 5)).") == "Add others, or give it."
    assert in_words("Left out (99): 3 rows (in all).") == "Left out (99): 3 rows (in all)."
    twice = in_words(inspect(TEXT + TEXT.split("\n", 1)[1], **CHOSEN).problem)
    assert twice.endswith("keep the latest rating of each pair or take the mean")
