"""Members and what they rate: who is who, which nicknames will do, what is kept of a rating."""

import unicodedata
from dataclasses import replace

import pytest

from pmf_core.classroom import nicknames
from pmf_core.classroom.limits import NoRoom, TooMany
from pmf_core.classroom.records import Claim
from tests.support.classes import CLAIM


@pytest.mark.parametrize(
    ("typed", "name"),
    [("Ann", "Ann"), ("  Ann   B. ", "Ann B."), ("O'Neil-2", "O'Neil-2"), ("Zoë", "Zoë"),
     ("Zoe\u0308", "Zoë"), ("Ａｎｎ", "Ann"), ("דנה", "דנה"), ("小明", "小明"), ("अनिता", "अनिता"),
     ("x" * 20, "x" * 20), ("7", "7")],
)  # fmt: skip
def test_names_of_people_are_taken_in_their_plain_form(typed, name):
    assert nicknames.checked(typed) == unicodedata.normalize("NFC", name)


HOSTILE = [
    "", " ", "x" * 21, "<b>Ann</b>", "**Ann**", "[x](http://evil.example)", "`Ann`", "$x$",
    "Ann\nBob", "Ann\x00", "\x1b[31mAnn", "\u202eAnn", "Ann\u200f", "Ann\u200b", "A\u2028nn",
    "Ann\ufeff", "\u2066Ann", "=1+1", "@ann", "-Ann", "http://a.b", "Z\u0351\u0352\u0353\u0354",
    "Ann🎬", "&lt;", "a/b", "../x", "x\ud800",
]  # fmt: skip


@pytest.mark.parametrize("typed", HOSTILE)
def test_what_is_no_name_is_refused_and_not_repeated(typed):
    with pytest.raises(ValueError, match="that nickname cannot be used") as refusal:
        nicknames.checked(typed)
    assert len(typed) < 3 or typed not in str(refusal.value)


def test_a_browser_that_comes_back_is_the_same_member(store, room):
    ann, token = store.seats.join(room, "Ann", visitor="ann")
    bob, his = store.seats.join(room, "Bob")
    assert store.seats.find(room, visitor="ann") == ann == store.seats.find(room, token=token)
    assert store.seats.find(room, token=his) == bob
    again, _ = store.seats.join(room, "Another", visitor="ann")
    assert again == ann and store.seats.list(room) == [ann, bob]
    for nobody in ({}, {"visitor": "x"}, {"token": "x"}, {"token": "", "visitor": ""}):
        assert store.seats.find(room, **nobody) is None


def test_nobody_is_a_member_of_another_room(store, room):
    other, _ = store.rooms.open("a-run", room.films, room.levels)
    ann, token = store.seats.join(room, "Ann", visitor="ann")
    assert store.seats.find(other, visitor="ann", token=token) is None
    store.answers.ask(room, ann, 7, CLAIM)
    store.answers.rate(room, ann, 7, 5.0)
    assert store.answers.of(other) == [] and store.answers.of(other, ann) == []
    with pytest.raises(NoRoom):
        store.answers.ask(other, ann, 7, CLAIM)
    with pytest.raises(NoRoom):
        store.answers.rate(other, ann, 7, 1.0)
    store.seats.remove(other, ann.id)
    assert store.seats.list(room) == [ann]
    [answer] = store.answers.of(room)
    assert answer.rating == 5.0


def test_a_nickname_is_one_members_whatever_the_case(store, room):
    store.seats.join(room, "Straße")
    for same in ("STRASSE", "straße"):
        with pytest.raises(ValueError, match="take another"):
            store.seats.join(room, same)


def test_who_is_removed_is_gone_and_does_not_come_back(store, room):
    ann, token = store.seats.join(room, "Ann", visitor="ann")
    store.answers.ask(room, ann, 7, CLAIM)
    store.seats.remove(room, ann.id)
    assert store.seats.list(room) == [] and store.answers.of(room) == []
    assert store.seats.find(room, visitor="ann", token=token) is None
    with pytest.raises(ValueError, match="removed you"):
        store.seats.join(room, "Bob", visitor="ann")
    store.seats.join(room, "Ann", visitor="somebody else")


def test_a_closed_door_and_a_full_room_let_nobody_in(store, room):
    store.rooms.change(room, is_open=False)
    with pytest.raises(ValueError, match="door of this class is closed"):
        store.seats.join(room, "Ann")
    store.rooms.change(room, is_open=True)
    for n in range(60):
        store.seats.join(room, f"member {n}")
    with pytest.raises(TooMany, match="60 members"):
        store.seats.join(room, "one more")
    assert store.rooms.by_id(room.id).is_open


def test_a_visitor_has_a_seat_in_some_rooms_and_not_in_all(store, room):
    for n in range(21):
        place, _ = store.rooms.open("a-run", room.films, room.levels, owner=f"teacher {n}")
        if n < 20:
            store.seats.join(place, "Ann", visitor="ann")
    with pytest.raises(TooMany, match="in 20 classes"):
        store.seats.join(place, "Ann", visitor="ann")


def test_a_claim_comes_before_its_rating_and_stays(store, room):
    ann, _ = store.seats.join(room, "Ann")
    with pytest.raises(ValueError, match="ask first"):
        store.answers.rate(room, ann, 7, 4.0)
    assert store.answers.ask(room, ann, 7, CLAIM) == CLAIM
    store.answers.rate(room, ann, 7, 4.0)
    other = Claim((0.9, 0.05, 0.05, 0.0, 0.0), 0, 0, 0.9)
    assert store.answers.ask(room, ann, 7, other) == CLAIM
    store.answers.rate(room, ann, 7, 2.0)
    [answer] = store.answers.of(room, ann)
    assert (answer.claim, answer.first, answer.rating) == (CLAIM, 4.0, 2.0)


def test_what_is_none_of_the_rooms_is_refused(store, room):
    ann, _ = store.seats.join(room, "Ann")
    for wrong in (6, -1, 10**9):
        with pytest.raises(ValueError, match="one of the room's films"):
            store.answers.ask(room, ann, wrong, CLAIM)
    with pytest.raises(ValueError, match="levels"):
        store.answers.ask(room, ann, 7, replace(CLAIM, probability=(0.5, 0.5)))
    store.answers.ask(room, ann, 7, CLAIM)
    for wrong in (0.0, 6.0, 4.5, float("nan")):
        with pytest.raises(ValueError, match="one of 1, 2, 3, 4, 5"):
            store.answers.rate(room, ann, 7, wrong)


def test_an_item_that_is_not_known_may_be_rated_later_and_a_rating_is_never_lost(store, room):
    ann, _ = store.seats.join(room, "Ann")
    store.answers.ask(room, ann, 7, CLAIM)
    store.answers.skip(room, ann, 7)
    assert store.answers.of(room)[0].is_skipped
    store.answers.rate(room, ann, 7, 3.0)
    store.answers.skip(room, ann, 7)
    [answer] = store.answers.of(room)
    assert (answer.rating, answer.is_skipped) == (3.0, False)


def test_every_change_of_a_room_is_seen_by_its_version(store, room):
    def version():
        return store.rooms.by_id(room.id).version

    seen = [version()]
    ann, _ = store.seats.join(room, "Ann")
    seen.append(version())
    store.answers.ask(room, ann, 7, CLAIM)
    store.answers.rate(room, ann, 7, 3.0)
    seen.append(version())
    store.rooms.change(room, job_id="a-job")
    seen.append(version())
    store.seats.remove(room, ann.id)
    seen.append(version())
    assert seen == sorted(set(seen)) and store.rooms.by_id(room.id).job_id == "a-job"
