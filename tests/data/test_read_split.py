"""Two files of one's own make one split; two sets that do not belong together make none."""

import io

import numpy as np
import pandas as pd
import pytest

import pmf_core as pmf

TRAIN = "user,item,rating\n1,11,5\n1,12,3\n2,11,4\n3,13,2\n"
TEST = "user,item,rating\n4,11,1\n2,14,5\n"


def split_of(train=TRAIN, test=TEST, **choices):
    files = io.StringIO(train), io.StringIO(test)
    for file, name in zip(files, ("mine.csv", "held.csv"), strict=True):
        file.name = name
    return pmf.read_split(*files, **choices)


def test_two_files_have_one_vocabulary_and_what_is_new_is_cold():
    split = split_of()
    assert list(split.train.user_ids) == [1, 2, 3, 4]
    assert list(split.train.item_ids) == [11, 12, 13, 14]
    assert (split.train.n_ratings, split.test.n_ratings) == (4, 2)
    frame = split.test.to_frame()[["user_id", "item_id", "rating"]]
    assert frame.to_numpy().tolist() == [[4, 11, 1], [2, 14, 5]]
    assert split.train.name == "mine" and split.train.scale == split.test.scale == (1, 5)
    assert split_of().id == split.id


def test_the_same_split_however_its_files_are_laid_out(ratings):
    whole = pmf.split_ratings(ratings, 0.2)
    frames = [part.to_frame() for part in (whole.train, whole.test)]
    again = pmf.read_split(*frames)
    assert again.test.n_ratings == whole.test.n_ratings
    other = frames[1].rename(columns={"item_id": "movieId", "rating": "stars"})[
        ["stars", "movieId", "title", "user_id"]
    ]
    text = other.to_csv(index=False, sep=";", decimal=",")
    assert pmf.read_split(frames[0], io.StringIO(text)).id == again.id
    np.testing.assert_array_equal(again.test.titles, again.train.titles)


def test_what_holds_for_one_file_holds_for_two():
    text = TEST.replace("1\n", "99\n")
    assert split_of(test=text, missing=99).test.n_ratings == 1
    assert split_of(scale=(0, 10)).test.scale == (0, 10)
    twice = TRAIN + "1,11,1\n"
    with pytest.raises(ValueError, match="rated more than once: 1, as in rows 2, 6"):
        split_of(train=twice)
    assert split_of(train=twice, duplicates="mean").train.rating[0] == 3
    with pytest.raises(ValueError, match="held, row 3: the rating is 'x'"):
        split_of(test=TEST.replace(",5\n", ",x\n"))


def test_a_pair_in_both_files_is_refused():
    message = "held: 1 ratings are of pairs that mine has, too, such as user '1' and item '12'"
    with pytest.raises(ValueError, match=message):
        split_of(test=TEST + "1,12,2\n")


def test_columns_of_one_file_alone_are_left_out_and_said_so():
    frame = pd.read_csv(io.StringIO(TRAIN)).assign(age=[7, 7, 8, 9])
    split = pmf.read_split(frame, io.StringIO(TEST))
    assert split.train.user_features is None
    assert split.train.notes == ("Column 'age' was left out: one of the files lacks it.",)


def read(text):
    return pmf.read_ratings(io.StringIO(text))


@pytest.mark.parametrize(
    ("train", "test", "message"),
    [
        (TRAIN, TRAIN.replace("3,13", "7,13"), "row 2 of the users is 3 in train and 7 in test;"),
        (TRAIN, TRAIN + "9,11,2\n", "row 3 of the users is nothing in train and 9 in test; make"),
        (TRAIN, TRAIN.replace("12", "x"), "row 0 of the items is 11 in train and '11' in test"),
        (TRAIN, TRAIN.replace("5", "4.5"), r"scales are \(2.0, 5.0\) in train and \(2.0, 4.5\) in"),
    ],
)
def test_parts_of_different_sets_are_no_split(train, test, message):
    with pytest.raises(ValueError, match=message):
        pmf.Split(read(train), read(test))


def test_a_split_of_two_hundred_thousand_unknown_items_never_reaches_a_kernel(ratings, rng):
    items = np.arange(200_000)
    users = rng.integers(0, ratings.n_users, len(items))
    many = pmf.Ratings(users, items, np.full(len(items), 3.0), ratings.user_ids, items, (1, 5))
    with pytest.raises(ValueError, match="row 0 of the items is 1 in train and 0 in test; make bo"):
        pmf.Split(ratings, many)
