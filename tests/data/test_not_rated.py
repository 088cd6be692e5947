"""Codes that mean "not rated", slips, and shapes that hint at another column: noted, mended."""

import io

import numpy as np
import pytest

from pmf_core import inspect_table
from tests.support.tables import HEAD, read


def table(values):
    rows = (f"{k % 5},{k // 5},{value:g}\n" for k, value in enumerate(values))
    return HEAD + "".join(rows)


def scale_of(low, high, n, codes=()):
    return [*np.resize(np.arange(low, high + 1), n), *codes]


@pytest.mark.parametrize(
    ("values", "code", "count"),
    [
        (scale_of(1, 10, 40, [0] * 60), 0, 60),
        (scale_of(3, 10, 40, [-1] * 10), -1, 10),
        (scale_of(-10, 10, 60, [99] * 20), 99, 20),
        (scale_of(1, 5, 60, [99]), 99, 1),
        (scale_of(1, 5, 60, [-99] * 5), -99, 5),
    ],
)
def test_a_code_is_noted_and_left_out_on_request(values, code, count):
    n, rest = len(values), sorted(set(values) - {code})
    [note] = read(table(values)).notes
    said = str(code).replace("-", "\N{MINUS SIGN}")
    others = f"{rest[0]} to {rest[-1]}".replace("-", "\N{MINUS SIGN}")
    assert note == (
        f"{said} is the rating in {count} of {n} rows, and all others are {others};"
        f" if it means 'not rated', leave it out (missing={code})."
    )
    ratings = read(table(values), missing=code)
    assert ratings.n_ratings == n - count and ratings.scale == (rest[0], rest[-1])
    assert ratings.notes == (f"Left out as not rated ({said}): {count} of {n} rows.",)


def test_two_codes_are_two_notes():
    values = scale_of(1, 10, 60, [0] * 30 + [-1] * 9)
    reading = inspect_table_of(table(values))
    assert [(each.value, each.count) for each in reading.suspects] == [(-1, 9), (0, 30)]
    assert inspect_table_of(table(values), missing=(-1, 0)).suspects == ()
    assert read(table(values), missing=(-1, 0)).scale == (1, 10)


def inspect_table_of(text, **choices):
    return inspect_table(io.StringIO(text), **choices)


@pytest.mark.parametrize(
    "values",
    [
        scale_of(1, 5, 100),
        scale_of(0, 5, 100),
        scale_of(0, 100, 300),
        scale_of(-10, 10, 100),
        [0, 1] * 30,
        [1, 2, 3, 4, 5, 99],
    ],
    ids=["1-5", "0-5", "0-100", "-10-10", "liked", "too few"],
)
def test_a_scale_is_no_code(values):
    assert read(table(values)).notes == ()


def test_a_slip_is_named_with_its_row():
    values = scale_of(1, 5, 60)
    values[17] = 55
    [note] = read(table(values)).notes
    assert note.startswith("The rating 55 in row 19 lies far from all others (1 to 5); if it is a")
    assert read(table(values), missing=55).scale == (1, 5)
    with pytest.raises(ValueError, match=r"row 19: the rating is 55, outside the scale 1 to 5"):
        read(table(values), scale=(1, 5))


def test_texts_may_stand_for_not_rated():
    text = HEAD + "1,1,3\n1,2,NA\n2,1,\n2,2,5\n"
    with pytest.raises(ValueError, match="row 3: the rating is 'NA'"):
        read(text)
    assert list(read(text, missing=("NA", "")).rating) == [3, 5]
    with pytest.raises(
        ValueError, match="every rating is said to mean 'not rated' .missing=.*; take one of them"
    ):
        read(text, missing=("NA", "", 3, 5))


@pytest.mark.parametrize("missing", [np.nan, None, [object()]])
def test_codes_are_numbers_or_texts(missing):
    with pytest.raises(
        ValueError, match="missing is .*; it must be a number or a text, or several"
    ):
        read(HEAD + "1,1,3\n", missing=missing)


def test_users_with_one_rating_each_are_worth_a_word():
    [note] = read(HEAD + "".join(f"{k},{k % 4},{1 + k % 5}\n" for k in range(1, 31))).notes
    assert note.startswith("Every user has one rating: if the column of users counts the rows")
