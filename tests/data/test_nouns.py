"""What is rated has a name, which a file may give and which stands in sentences."""

from dataclasses import replace

import pytest

import pmf_core as pmf
from pmf_core.data.nouns import Nouns


def test_nouns_go_through_a_line_of_text():
    books = Nouns("book", "books", "half-stars of 10")
    assert Nouns.parse(str(books)) == books
    assert (Nouns().thing, Nouns().things, Nouns().unit) == ("item", "items", "points")


@pytest.mark.parametrize("word", ["", "a" * 31, "![x](http", "<b>", "a_b", "a\nb", "book ", 3])
def test_what_is_no_word_is_refused(word):
    with pytest.raises(ValueError, match="must be words of letters"):
        Nouns(word, "books", "stars")
    with pytest.raises(ValueError, match="give three"):
        Nouns.parse("one")


def test_a_fit_calls_its_items_as_its_ratings_did(ratings):
    assert str(ratings.nouns) == "movie / movies / stars"
    split = pmf.split_ratings(replace(ratings, nouns=Nouns("joke", "jokes", "points")))
    fit = pmf.fit_map(split, pmf.PMFConfig(1))
    assert fit.nouns == fit.split.test.nouns == Nouns("joke", "jokes", "points")
    del fit.idata.attrs["nouns"]
    assert fit.nouns.things == "movies"  # a file of an earlier version
