"""A class at once, a process that dies, and what a teacher takes home."""

import csv
import io
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import pmf_core as pmf
from pmf_core.classroom.export import to_csv
from pmf_core.classroom.limits import ClassLimits
from pmf_core.classroom.store import ClassStore
from tests.support.classes import CLAIM, FILMS, STARS

ROOT = Path(__file__).resolve().parents[2]


def rating_of(client, item):
    return STARS[(7 * client + item) % 5]


def rate_ten(path, code, client):
    """One phone: it has its own connection, as if it came through a process of its own."""
    store = ClassStore(path)
    try:
        room = store.rooms.find(code)
        member, token = store.seats.join(room, f"phone {client}")
        for item in FILMS[:10]:
            seat = store.seats.find(room, token=token)
            assert seat == member
            store.answers.ask(room, seat, item, CLAIM)
            store.answers.rate(room, seat, item, rating_of(client, item))
        return member.id
    finally:
        store.close()


@pytest.mark.slow
def test_of_thirty_phones_at_once_in_three_rooms_nothing_is_lost_or_misplaced(tmp_path):
    path = tmp_path / "classes.sqlite"
    store = ClassStore(path)
    rooms = [store.rooms.open("a-run", FILMS, STARS, owner="teacher")[0] for _ in range(3)]
    with ThreadPoolExecutor(30) as phones:
        found = list(phones.map(lambda n: rate_ten(path, rooms[n % 3].code, n), range(30)))
    for k, room in enumerate(rooms):
        given = {(a.member_id, a.item_idx): a.rating for a in store.answers.of(room)}
        assert given == {
            (found[n], item): rating_of(n, item) for n in range(k, 30, 3) for item in FILMS[:10]
        }
        assert len(store.seats.list(room)) == 10
    store.close()


def test_of_thirty_threads_of_a_server_nothing_is_lost(store, room):
    def phone(client):
        member, _ = store.seats.join(room, f"phone {client}")
        for item in FILMS[:4]:
            store.answers.ask(room, member, item, CLAIM)
            store.answers.rate(room, member, item, rating_of(client, item))
        return member.id

    with ThreadPoolExecutor(30) as phones:
        found = list(phones.map(phone, range(30)))
    given = {(a.member_id, a.item_idx): a.rating for a in store.answers.of(room)}
    assert given == {(found[n], item): rating_of(n, item) for n in range(30) for item in FILMS[:4]}


@pytest.mark.slow
def test_a_process_that_is_killed_loses_no_rating_that_it_said_was_stored(tmp_path):
    path = tmp_path / "classes.sqlite"
    store = ClassStore(path, ClassLimits())
    room, _ = store.rooms.open("a-run", FILMS, STARS, owner="teacher")
    told = {}
    for killed_after in (1, 57, 230):
        command = [sys.executable, "-m", "tests.support.classes", str(path), room.code]
        writer = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for n, line in enumerate(writer.stdout):
            if n == killed_after:
                writer.kill()  # SIGKILL; what it still said is read to its end
            member, item, rating = line.split()
            told[int(member), int(item)] = float(rating)
        assert writer.wait() == -9
        writer.stdout.close()
        kept = {(a.member_id, a.item_idx): a.rating for a in store.answers.of(room)}
        assert told.items() <= kept.items() and len(told) > killed_after
        for member in store.seats.list(room):  # so that nicknames are free
            store.seats.remove(room, member.id)
        told.clear()
    store.close()


def test_a_teacher_takes_ratings_home_and_no_nickname(store, room):
    ratings = pmf.Ratings(
        [0], [0], [3.0], ["u"], [f"i{n}" for n in range(40)], (1, 5),
        titles=["=1+1" if n == 8 else f"Film, the {n}th" for n in range(40)],
    )  # fmt: skip
    ann, _ = store.seats.join(room, "Ann")
    bob, _ = store.seats.join(room, "Bob")
    for member, item, given in ((bob, 7, (4.0, 2.0)), (ann, 8, (1.0,)), (bob, 8, (5.0,))):
        store.answers.ask(room, member, item, CLAIM)
        for rating in given:
            store.answers.rate(room, member, item, rating)
    store.answers.ask(room, ann, 9, CLAIM)
    text = to_csv(room, store.answers.of(room), ratings)
    rows = list(csv.DictReader(io.StringIO(text)))
    columns = ("member", "item_id", "title", "rating", "first_rating")
    assert [tuple(row[name] for name in columns) for row in rows] == [
        ("1", "i7", "Film, the 7th", "2", "4"),
        ("2", "i8", "'=1+1", "1", "1"),
        ("1", "i8", "'=1+1", "5", "5"),
    ]
    claimed = ("claimed_from", "claimed_to", "claimed_probability", "probability_of_first")
    assert tuple(rows[0][name] for name in claimed) == ("3", "5", "0.9000", "0.3000")
    assert "Ann" not in text and "Bob" not in text
