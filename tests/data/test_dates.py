"""When things were rated, in the ways that people and sites write it."""

import numpy as np
import pytest

from tests.support.tables import read


def times(cells):
    rows = "".join(f"{k % 3}\t{k}\t{1 + k % 5}\t{cell}\n" for k, cell in enumerate(cells))
    return read("user\titem\trating\tdate\n" + rows)


def days(ratings):
    return list(ratings.timestamp.astype("datetime64[s]").astype("datetime64[D]").astype(str))


@pytest.mark.parametrize(
    ("cells", "expected", "note"),
    [
        (["20050906", "20050907"], ["2005-09-06", "2005-09-07"], "are days, such as 20050906"),
        (["38601", "38602.5"], ["2005-09-06", "2005-09-07"], "as Excel counts them: 38601 is 2005"),
        (["1997", "2003"], ["1997-01-01", "2003-01-01"], "are years, read as their first day"),
        (["1400259200000000", "1400345600000000"], ["2014-05-16", "2014-05-17"], None),
        (["1400259200000000000", "1400345600000000000"], ["2014-05-16", "2014-05-17"], None),
        (["Tue Jan 03 12:00:00 -0800 2013", "Sat Jan 05 20:00:00 -0800 2013"],
         ["2013-01-03", "2013-01-06"], None),
        (["2023/02/15", "2023/02/16"], ["2023-02-15", "2023-02-16"], None),
        (["3/13/2009", "4/4/2009"], ["2009-03-13", "2009-04-04"], None),
        (["13/3/2009", "4/4/2009"], ["2009-03-13", "2009-04-04"], None),
        (["3/3/2009", "4/4/2009"], ["2009-03-03", "2009-04-04"], None),
        (["09 13, 2009", "01 2, 2010"], ["2009-09-13", "2010-01-02"], None),
        (["11 Feb 2021", "1 May 2021"], ["2021-02-11", "2021-05-01"], None),
        (["22.04.1998", "23.04.1998"], ["1998-04-22", "1998-04-23"], None),
    ],
)  # fmt: skip
def test_days(cells, expected, note):
    ratings = times(cells)
    assert days(ratings) == expected
    assert (note is None and ratings.notes == ()) or note in ratings.notes[0]


def test_what_has_its_month_or_its_day_first_is_left_out():
    ratings = times(["3/4/2009", "5/4/2009"])
    assert ratings.timestamp is None
    assert ratings.notes == (
        "The times were left out: '3/4/2009' may have its month or its day first; write them like "
        "1998-04-22.",
    )


@pytest.mark.parametrize("cells", [["20051306", "20050907"], ["20050906", "20050906.5"]])
def test_numbers_that_are_no_days_are_seconds(cells):
    assert days(times(cells)) == ["1970-08-21"] * 2


def test_times_that_are_all_on_the_first_day_of_1970_are_worth_a_word():
    ratings = times(["1", "2", "3"])
    np.testing.assert_array_equal(ratings.timestamp, [1, 2, 3])
    assert "All times are on the first day of 1970" in ratings.notes[0]
    text = "user,item,rating,date\n1,1,3,1\n2,2,4,2\n"
    assert read(text, time="").timestamp is None
