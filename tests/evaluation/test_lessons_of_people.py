"""What is said of several people: true of the numbers at hand."""

import pandas as pd

import pmf_core as pmf
from pmf_core.evaluation.lessons_of_people import alike_is_unsure, differences_are_unsure

NOUNS = pmf.Nouns("joke", "jokes", "points")


def said(*intervals):
    return alike_is_unsure(pd.DataFrame(intervals, columns=["lower", "upper"])).text


def test_of_whom_it_is_known_that_they_are_alike_is_counted():
    some = said((0.2, 0.6), (-0.1, 0.5), (-0.4, 0.1))
    assert "Of 3 intervals 1 lies above 0. Of the others it is not known" in some
    assert said((0.2, 0.4), (0.3, 0.5)).endswith("Of 2 intervals 2 lie above 0.")
    against = said((0.2, 0.4), (-0.7, -0.2))
    assert "1 lies above 0 and 1 below, as of people" in against and "Of the others" not in against
    assert "Of 1 interval 0 lie above 0. Of the others" in said((-0.2, 0.3))


def test_of_what_it_is_known_who_likes_it_more_is_counted():
    found = pd.DataFrame({"lower": [0.2, -0.1, -0.9], "upper": [0.4, 0.3, -0.1]})
    text = differences_are_unsure(found, NOUNS).text
    assert "Of these 3 jokes" in text and "2 have an interval that leaves out 0: of the" in text
    one = differences_are_unsure(found[:2], NOUNS).text
    assert "one has an interval" in one
    assert differences_are_unsure(found[:1], NOUNS).text.endswith("leaves out 0.")
    assert "none has an interval" in differences_are_unsure(found[1:2], NOUNS).text
