"""What is said of aligned factors is true of the numbers: condition and counter-sentence."""

import numpy as np
import pandas as pd
import pytest

from pmf_core.data.nouns import Nouns
from pmf_core.evaluation import lessons_of_factors as lessons
from pmf_core.evaluation.turning import Agreement

BOOKS = Nouns("book", "books", "points")
NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("shares", "holds", "words"),
    [
        ([0.3, 0.3, 0.4], True, "these two say 60%. So close together here mostly means"),
        ([0.2, 0.2, 0.6], False, "these two say 40%. So close together here may still be far"),
        ([0.7, 0.3], True, "no other axes"),
        ([NAN, NAN], False, "learnt averages and no more"),
    ],
)
def test_two_axes_are_most_where_they_say_half(shares, holds, words):
    found = lessons.two_axes(pd.DataFrame({"share": shares}), 0, 1)
    assert found.holds is holds and words in found.text


@pytest.mark.parametrize(
    ("few", "holds", "words"),
    [
        (0.4, True, "is mostly a guess"),
        (0.15, False, "by less than twice"),
        (0.1, False, "few ratings make nothing less sure"),
    ],
)
def test_rare_items_are_unsure_where_sds_are_twice_as_large(few, holds, words):
    sd = np.array([0.1, 0.2, 0.2, few])
    items = pd.DataFrame({"x_sd": sd, "y_sd": sd})
    found = lessons.rare_are_unsure(items, BOOKS, False)
    assert found.holds is holds and words in found.text and "books" in found.text
    assert found.evidence == {"many": 0.1, "few": few}
    assert "A MAP is one point" in lessons.rare_are_unsure(items, BOOKS, True).text


@pytest.mark.parametrize(
    ("length", "holds", "words"),
    [(2.0, True, "a strong taste"), (1.0, False, "as marked as most"), (0.5, False, "average")],
)
def test_a_taste_is_strong_where_it_points_farther_than_items_are_out(length, holds, words):
    items = pd.DataFrame({"x": [1.0, -1.0], "y": [0.0, 0.0]})
    arrow = pd.DataFrame({"x": [0.0], "y": [length]})
    found = lessons.person_points(arrow, items, BOOKS)
    assert found.holds is holds and words in found.text and f"{length:.1f} times" in found.text
    assert "middle" in lessons.person_points(arrow, 0 * items, BOOKS).text


def loadings(*ends):
    return pd.DataFrame(ends, columns=["lower", "upper"])


@pytest.mark.parametrize(
    ("frame", "holds", "words"),
    [
        (
            loadings((0.1, 0.2), (-0.3, -0.1), (-1, 1)),
            True,
            "Of 3 genres, 2 are surely to one side",
        ),
        (loadings((0.1, 0.2)), True, "1 is surely to one side of the others along axis 3"),
        (loadings((-1, 1), (-1, 1)), False, "it is not these genres"),
        (loadings(), False, "No genre has enough"),
    ],
)
def test_an_axis_tells_genres_apart_whose_interval_leaves_0_out(frame, holds, words):
    found = lessons.genres_tell(frame, 3, False)
    assert found.holds is holds and words in found.text
    assert ("never told of genres" in found.text) is holds
    assert ("is told of genres" in lessons.genres_tell(frame, 3, True).text) is holds


def neighbours(*rows):
    return pd.DataFrame(rows, columns=["similarity", "lower", "upper"])


@pytest.mark.parametrize(
    ("rows", "holds", "words"),
    [
        ([(0.9, 0.8, 1.0), (0.5, 0.4, 0.7)], True, "surely nearer than number 2"),
        ([(0.9, 0.6, 1.0), (0.8, 0.4, 0.9)], True, "in which order the others follow is not sure"),
        ([(0.9, 0.6, 1.0)], True, "It is surely alike"),
        ([(1.0, 1.0, 1.0), (1.0, 1.0, 1.0)], True, "know of no difference between them"),
        ([(0.3, -0.2, 0.8), (0.2, -0.3, 0.8)], False, "too little is known"),
        ([], False, "There is no other book"),
    ],
)
def test_the_nearest_is_alike_where_its_interval_leaves_0_out(rows, holds, words):
    found = lessons.neighbours_are_sure(neighbours(*rows), BOOKS, False)
    assert found.holds is holds and words in found.text


def test_a_map_does_not_know_how_sure_its_neighbours_are():
    found = lessons.neighbours_are_sure(neighbours((0.9, 0.9, 0.9)), BOOKS, True)
    assert not found.holds and "not how sure it is" in found.text


@pytest.mark.parametrize(
    ("numbers", "holds", "words"),
    [
        ((1.8, 1.0, 1.0, 0.9, 0.9), True, "found the same and called it differently"),
        ((1.8, 1.8, 1.3, 0.9, 0.9), False, "do not agree on predictions either"),
        ((1.8, 1.2, 1.0, 0.9, 0.9), False, "aligned factors do not quite"),
        ((1.0, 1.0, 1.0, 0.01, 0.9), False, "1% of their mean square is left; of that of aligned"),
        ((1.0, 1.0, 1.0, 0.8, 0.9), False, "turned about the same way"),
        ((NAN, NAN, NAN, 0.8, 0.9), False, "It takes two chains"),
        ((INF, 1.0, 1.0, 0.9, 0.9), True, "beyond all bounds for raw factors"),
    ],
)
def test_alignment_agrees_where_chains_differed_by_a_rotation_alone(numbers, holds, words):
    found = lessons.alignment_agrees(Agreement(*numbers))
    assert found.holds is holds and words in found.text


def turned(raw, change=0.0, predictions=1.0):
    rows = [(0, 1.0, 1.0, 0.0), (90, raw, predictions, change)]
    return pd.DataFrame(rows, columns=["angle", "raw", "predictions", "change"])


@pytest.mark.parametrize(
    ("frame", "angle", "holds", "words"),
    [
        (turned(1.8), 90, True, "An alarm about nothing"),
        (turned(1.05), 90, False, "raises no alarm; try another"),
        (turned(1.8, 0.1), 90, False, "predictions changed by"),
        (turned(1.8), 0, False, "Nothing is turned yet"),
        (turned(NAN, 0, NAN), 90, False, "too few to tell"),
        (turned(1.8).iloc[:0], 90, False, "two chains and two factors"),
    ],
)
def test_turning_changes_nothing_but_r_hat_of_factors(frame, angle, holds, words):
    found = lessons.turning_changes_nothing(frame, angle)
    assert found.holds is holds and words in found.text


@pytest.mark.parametrize(
    ("items", "n_factors", "holds", "words"),
    [
        ([0.95, 0.92], 2, True, "for 2 of 2"),
        ([0.95, 0.5], 2, False, "More ratings, or longer chains"),
        ([0.95, 0.5], 1, False, "With 1 factor it cannot tell 2 tastes apart"),
    ],
)
def test_tastes_are_found_where_all_correlate_by_nine_tenths(items, n_factors, holds, words):
    frame = pd.DataFrame({"items": items, "users": [0.8, 0.9]})
    found = lessons.tastes_are_found(frame, n_factors, BOOKS)
    assert found.holds is holds and words in found.text and "0.85 in the middle" in found.text
    assert found.evidence["worst"] == min(items)


def through(raw, aligned):
    frames = [
        pd.DataFrame({"kind": k, "value": v}) for k, v in (("raw", raw), ("aligned", aligned))
    ]
    return pd.concat(frames)


@pytest.mark.parametrize(
    ("frame", "holds", "words"),
    [
        (through([-1, 1], [0.9, 1.0]), True, "most of what seemed to be doubt was turning"),
        (through([0.8, 1], [0.9, 1.1]), False, "the rest is doubt"),
        (through([1.0], [1.0]), False, "nothing to compare"),
    ],
)
def test_doubt_was_turning_where_alignment_takes_half_of_it(frame, holds, words):
    found = lessons.doubt_was_turning(frame)
    assert found.holds is holds and words in found.text
