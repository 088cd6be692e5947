"""Visitors' own ratings: kept apart, bounded, deleted; and as files, hostile until checked."""

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

import pmf_core as pmf
from pmf_core.runs import own_ratings
from pmf_core.runs.own_file import from_file, is_rating, to_file
from pmf_core.runs.own_ratings import Full, OwnRatings, catalogue_of


@pytest.fixture
def kept(tmp_path):
    return OwnRatings(tmp_path / "folder" / "own.sqlite")


@pytest.fixture(scope="module")
def fit(ratings):
    return pmf.fit_map(pmf.split_ratings(ratings), pmf.PMFConfig(2))


def test_ratings_are_kept_under_a_key_in_their_order_and_by_person(kept):
    kept.give("a", "films", "", {"7": 4.0, "2": 5.0})
    kept.give("a", "films", "", {"7": 1.0})
    kept.give("a", "films", "Ann", {"7": 3.0})
    kept.give("b", "films", "", {"9": 2.0})
    kept.give("a", "jokes", "", {"1": 0.5})
    assert kept.of("a", "films") == {"": {"2": 5.0, "7": 1.0}, "Ann": {"7": 3.0}}
    assert list(kept.of("a", "films")[""]) == ["2", "7"]
    assert OwnRatings(kept.path).of("b", "films") == {"": {"9": 2.0}}  # as after a restart
    kept.take_back("a", "films", "", "2")
    kept.take_back("a", "films", "Ann")
    assert kept.of("a", "films") == {"": {"7": 1.0}}
    kept.forget("a")
    assert kept.of("a", "films") == kept.of("a", "jokes") == {}
    assert kept.of("b", "films")


def test_after_a_week_they_are_gone_from_the_disk_as_well(kept, monkeypatch):
    now = 1_700_000_000.0
    monkeypatch.setattr(own_ratings.time, "time", lambda: now)
    kept.give("a", "films", "", {"7": 4.0})
    now += 7 * 24 * 3600 - 1
    assert kept.of("a", "films")
    now += 2
    assert kept.of("a", "films") == {}
    kept.give("b", "films", "", {"9": 2.0})
    with closing(sqlite3.connect(kept.path)) as file:
        assert file.execute("SELECT owner FROM given").fetchall() == [("b",)]


@pytest.mark.parametrize(
    ("limit", "whose"),
    [
        ("PER_PERSON", "one person"),
        ("PER_VISITOR", "one visitor"),
        ("OVERALL", "all visitors together"),
    ],
)
def test_no_more_are_kept_than_there_is_room_for_and_none_of_a_heap(
    kept, monkeypatch, limit, whose
):
    monkeypatch.setattr(own_ratings, limit, 3)
    kept.give("a", "films", "", {"1": 1.0, "2": 2.0})
    with pytest.raises(Full, match=f"3 ratings of {whose}"):
        kept.give("a", "films", "", {"3": 1.0, "4": 2.0})
    assert kept.of("a", "films") == {"": {"1": 1.0, "2": 2.0}}
    kept.give("a", "films", "", {"1": 5.0, "3": 3.0})  # one anew, and one more
    assert len(kept.of("a", "films")[""]) == 3


def test_the_limits_and_that_a_name_is_short(kept):
    limits = own_ratings.PER_PERSON, own_ratings.PER_VISITOR, own_ratings.OVERALL
    assert limits == (500, 2_000, 200_000)
    with pytest.raises(ValueError, match="up to 40 characters"):
        kept.give("a", "films", "x" * 41, {"1": 1.0})


def test_many_may_write_at_once_and_only_the_server_reads_the_file(kept):
    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(kept.give, f"v{k % 4}", "films", "", {str(k): 1.0}) for k in range(40)]
        assert [job.result() for job in jobs] == [None] * 40
    assert sum(len(kept.of(f"v{k}", "films")[""]) for k in range(4)) == 40
    assert kept.path.stat().st_mode & 0o077 == 0


def test_what_is_no_database_is_said(tmp_path):
    (tmp_path / "own.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(OSError, match="own.sqlite cannot be used"):
        OwnRatings(tmp_path / "own.sqlite").of("a", "films")


def test_runs_of_the_same_items_share_what_is_kept(fit, ratings):
    other = pmf.fit_map(pmf.split_ratings(ratings, 0.3, 1), pmf.PMFConfig(3))
    assert catalogue_of(fit) == catalogue_of(other)
    elsewhere, _ = pmf.simulate_ratings(20, 10, 100, 2, random_seed=1)
    assert catalogue_of(fit) != catalogue_of(
        pmf.fit_map(pmf.split_ratings(elsewhere), pmf.PMFConfig(2))
    )


def test_a_file_gives_back_what_was_saved(fit):
    given = dict(zip(fit.split.train.item_ids[:3].tolist(), [5.0, 1.0, 3.0], strict=True))
    assert from_file(fit, to_file(fit, given)) == (given, [])


def changed(fit, **changes):
    content = json.loads(to_file(fit, {fit.split.train.item_ids[0]: 4.0}))
    return json.dumps(content | changes).encode()


def test_what_is_unknown_or_no_rating_is_left_out_and_counted(fit):
    first = fit.split.train.item_ids.tolist()[0]
    rows = [{"item_id": "elsewhere", "rating": 3}, {"item_id": str(first), "rating": 3}]
    rows += [{"item_id": first, "rating": bad} for bad in (9, True, "5", None, 3.5)]
    rows += [7, {"rating": 3}, {"item_id": [first], "rating": 3}]
    found, notes = from_file(fit, changed(fit, ratings=rows))
    assert found == {first: 3.0}
    assert notes[0].startswith("4 of its movies") and notes[1].startswith("5 of its ratings")
    assert is_rating(fit, 5) and not is_rating(fit, float("nan"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe\x00", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[]", "not of the form"),
        (b'{"format": "other", "ratings": []}', "not of the form"),
        (b" " * 1_000_001, "1,000,001 bytes"),
    ],
)
def test_a_file_that_is_something_else_is_refused(fit, content, message):
    with pytest.raises(ValueError, match=message):
        from_file(fit, content)


def test_another_scale_too_many_ratings_or_none_are_refused(fit):
    row = {"item_id": "x", "rating": 3}
    for change, message in (
        ({"scale": [0, 1]}, r"scale is \[0, 1\] and this run's 1 to 5"),
        ({"scale": "<b>" * 1000}, "scale is"),
        ({"ratings": [row] * 501}, "501 ratings"),
        ({"ratings": [row]}, "no rating of a movie of this run"),
    ):
        with pytest.raises(ValueError, match=message) as caught:
            from_file(fit, changed(fit, **change))
        assert len(str(caught.value)) < 400
