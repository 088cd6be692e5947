"""A table of the playground: what its text means, and what is no table."""

import numpy as np
import pytest

from pmf_core.data.toy import Toy

FIRST = "540100405020050002100540020050000004"


def test_the_first_table_has_fourteen_ratings_of_six_people_and_six_films():
    toy = Toy()
    assert toy.cells == FIRST and toy.stars.shape == (6, 6)
    train, hidden = toy.split.train, toy.split.test
    assert (train.n_users, train.n_items, train.n_ratings, hidden.n_ratings) == (6, 6, 14, 0)
    assert train.scale == (1, 5) and train.nouns.things == "films"
    table = np.zeros((6, 6))
    table[train.user_idx, train.item_idx] = train.rating
    assert "".join(f"{each:.0f}" for each in table.ravel()) == FIRST
    assert min(np.bincount(train.user_idx)) == 1 and (np.bincount(train.item_idx) > 0).all()


def test_a_hidden_rating_is_kept_and_not_told():
    toy = Toy("e" + FIRST[1:])
    train, hidden = toy.split.train, toy.split.test
    assert (train.n_ratings, hidden.n_ratings) == (13, 1)
    assert toy.is_hidden[0, 0] and toy.is_hidden.sum() == 1 and toy.stars[0, 0] == 5
    assert (hidden.user_idx[0], hidden.item_idx[0], hidden.rating[0]) == (0, 0, 5)
    stars = [Toy(f"{mark}{FIRST[1:]}").stars[0, 0] for mark in "012345abcde"]
    assert stars == [0, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "cells",
    ["", FIRST[1:], FIRST + "0", "6" + FIRST[1:], "f" + FIRST[1:], "-" + FIRST[1:],
     "５" + FIRST[1:], "\n" + FIRST[1:], "x" * 10**6, None, 5, list(FIRST)],
)  # fmt: skip
def test_what_is_no_table_is_refused_in_a_line(cells):
    with pytest.raises(ValueError, match="it must be 36 characters") as refusal:
        Toy(cells)
    assert len(str(refusal.value)) < 400


@pytest.mark.parametrize("cells", ["0" * 36, "e" * 36, "a" + "0" * 35])
def test_a_table_that_tells_a_model_nothing_is_refused(cells):
    with pytest.raises(ValueError, match="rate a film"):
        Toy(cells)
