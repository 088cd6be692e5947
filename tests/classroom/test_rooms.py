"""Rooms: what opens them, what they keep apart, and how they end."""

import sqlite3
from itertools import product
from pathlib import Path

import pytest

from pmf_core.classroom import codes
from pmf_core.classroom.limits import ClassLimits, NoRoom, TooMany
from pmf_core.classroom.store import ClassStore, classes
from tests.support.classes import CLAIM, FILMS, STARS
from tests.support.jobs import wait

DAY = 86_400


def open_one(store, owner="teacher"):
    return store.rooms.open("a-run", FILMS, STARS, owner=owner)


def test_a_code_has_eight_of_thirty_two_characters_and_is_read_as_people_write_it():
    made = {codes.new_code() for _ in range(200)}
    assert len(made) == 200 and {len(code) for code in made} == {8}
    assert len(set("".join(made))) == 32 and not set("01IO") & set("".join(made))
    code = made.pop()
    for typed in (code, code.lower(), f" {code[:4]} - {code[4:]} ", codes.shown(code)):
        assert codes.read_code(typed) == code
    for wrong in ("", code[:7], code + "2", "O" + code[1:], "é" * 8, code[:7] + "'", "2" * 10**6):
        assert codes.read_code(wrong) == ""


def test_a_room_is_found_by_its_code_and_its_key_is_nowhere_stored(store, tmp_path):
    room, key = open_one(store)
    assert store.rooms.find(codes.shown(room.code).lower()) == room == store.rooms.by_id(room.id)
    assert (room.films, room.levels, room.wanted) == (FILMS, STARS, 10)
    assert store.rooms.is_key(room, key)
    assert not any(store.rooms.is_key(room, wrong) for wrong in ("", "x", key[:-1], room.code))
    other, others_key = open_one(store)
    assert not store.rooms.is_key(room, others_key)
    ann, token = store.seats.join(room, "Ann")
    written = b"".join(path.read_bytes() for path in tmp_path.glob("classes*"))
    assert b"Ann" in written and key.encode() not in written and token.encode() not in written
    assert Path(tmp_path / "classes.sqlite").stat().st_mode & 0o077 == 0


def test_a_room_ends_after_a_day_with_all_that_is_in_it(store, clock, tmp_path):
    room, _ = open_one(store)
    ann, token = store.seats.join(room, "Annabella")
    store.answers.ask(room, ann, 7, CLAIM)
    store.answers.rate(room, ann, 7, 4.0)
    clock.now += DAY - 1
    assert store.rooms.find(room.code) and store.answers.of(room)
    clock.now += 1
    for ask in (lambda: store.rooms.by_id(room.id), lambda: store.rooms.find(room.code)):
        with pytest.raises(NoRoom):
            ask()
    assert store.rooms.rooms_of("teacher") == [] and store.answers.of(room) == []
    with pytest.raises(NoRoom):
        store.answers.rate(room, ann, 7, 5.0)
    store.close()  # which writes the log into the file
    assert b"Annabella" not in (tmp_path / "classes.sqlite").read_bytes()


def test_a_room_that_ended_while_the_server_was_down_is_deleted_as_it_starts(
    store, room, clock, tmp_path
):
    clock.now += DAY
    again = ClassStore(tmp_path / "classes.sqlite", clock=clock)
    with sqlite3.connect(tmp_path / "classes.sqlite") as link:
        assert link.execute("SELECT count(*) FROM rooms").fetchone() == (0,)
    link.close()
    again.close()


@pytest.mark.slow
def test_a_room_is_deleted_when_it_ends_though_nobody_asks(tmp_path):
    store = ClassStore(tmp_path / "soon.sqlite", ClassLimits(lasts=0.05))
    open_one(store)
    with sqlite3.connect(tmp_path / "soon.sqlite") as link:
        wait(lambda: link.execute("SELECT count(*) FROM rooms").fetchone() == (0,), 30)
    link.close()
    store.close()


def test_a_teacher_ends_one_room_and_no_other(store):
    first, second = (open_one(store)[0] for _ in range(2))
    for room in (first, second):
        store.seats.join(room, "Ann", visitor="ann")
    store.rooms.end(first)
    assert store.rooms.rooms_of("teacher") == [store.rooms.by_id(second.id)]
    assert [member.nickname for member in store.seats.list(second)] == ["Ann"]
    assert store.seats.list(first) == []


def test_of_rooms_there_are_as_many_as_the_limits_say(store, tmp_path):
    for _ in range(5):
        open_one(store)
    with pytest.raises(TooMany, match="you have 5 classes open"):
        open_one(store)
    open_one(store, "another")
    few = ClassStore(tmp_path / "few.sqlite", ClassLimits(rooms=2))
    open_one(few, "a"), open_one(few, "b")
    with pytest.raises(TooMany, match="as many as it takes"):
        open_one(few, "c")
    few.close()
    with pytest.raises(ValueError, match="films is 41"):
        store.rooms.open("a-run", range(41), STARS, owner="x")
    with pytest.raises(ValueError, match="two ratings or more"):
        store.rooms.open("a-run", FILMS, (3.0,), owner="x")


def test_wrong_codes_are_limited_over_all_and_members_go_on(store, room, clock):
    ann, token = store.seats.join(room, "Ann", visitor="ann")
    wrong = ["".join(code) for code in product("23456789", repeat=3)][:300]
    for n, end in enumerate(wrong):
        for code in ("no code", "22222" + wrong[0], "22222" + end):  # of which the last counts
            with pytest.raises(NoRoom):
                store.rooms.find(code, visitor=f"visitor {n}")
    with pytest.raises(TooMany, match="wrong codes"):
        store.rooms.find("3" * 8)
    with pytest.raises(TooMany):  # a right one too, or the limit would be of no use
        store.rooms.find(room.code, visitor="stranger", secret="guess")
    assert store.rooms.find(room.code, visitor="ann") == store.rooms.by_id(room.id)
    assert store.rooms.find(room.code, secret=token) and store.rooms.find(
        room.code, visitor="teacher"
    )
    clock.now += 601
    assert store.rooms.find(room.code)


def test_right_codes_are_not_counted(store, room):
    for _ in range(1000):
        store.rooms.find(room.code)


def test_the_store_of_a_process_is_where_its_data_are(monkeypatch, tmp_path):
    monkeypatch.setenv("PMF_HOME", str(tmp_path / "a"))
    first = classes()
    assert classes() is first and first.path == tmp_path / "a" / "classes.sqlite"
    monkeypatch.setenv("PMF_HOME", str(tmp_path / "b"))
    assert classes().path.parent == tmp_path / "b"
    classes().close()
    monkeypatch.setattr("pmf_core.classroom.store._Server.store", None)


def test_a_damaged_file_is_told(tmp_path):
    (tmp_path / "classes.sqlite").write_bytes(b"no database at all" * 300)
    with pytest.raises(OSError, match="move a damaged file away"):
        ClassStore(tmp_path / "classes.sqlite")
