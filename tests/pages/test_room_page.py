"""A class, driven without a browser: the door, phones, the screen, and who may do what."""

import numpy as np
import pytest

import pmf_core as pmf
from pages.shell import cache, owner
from pages.shell.show import plain
from pmf_core.classroom.game import forecast, standing, training_shares
from pmf_core.classroom.store import classes
from pmf_core.runs.store import RunStore
from tests.support.classes import CLAIM
from tests.support.jobs import wait_for
from tests.support.visits import metrics, run_until, visit, written

TEACHER, ANN, BOB = "t" * 43, "a" * 43, "b" * 43


@pytest.fixture
def looks(monkeypatch):
    """Let somebody look: by the key in their cookie, None for a browser that keeps none."""

    def look(key):
        headers = {"host": "films.example.org", "x-forwarded-for": "203.0.113.7"}
        headers |= {} if key is None else {"cookie": f"pmf_visitor={key}"}
        monkeypatch.setattr(owner, "_headers", lambda: headers)
        return owner.visitor() if key else ""

    return look


@pytest.fixture(scope="module")
def fit(split):
    config = pmf.PMFConfig(3, alpha=None, center=True, prior="hierarchical")
    return pmf.sample_gibbs(split, config, draws=20, tune=20, chains=2)


@pytest.fixture
def room(home, looks, fit):
    """A class that a teacher has opened on a run of theirs."""
    teacher = looks(TEACHER)
    run = RunStore(home / "runs").add(fit, "a run", owner=teacher)
    app = visit("room")
    assert app.selectbox, [
        each.value for k in ("info", "warning", "error") for each in getattr(app, k)
    ]
    assert app.selectbox(key="room_run").value == run.id
    app.button(key="room_open").click().run()
    assert not app.exception
    [found] = classes().rooms.rooms_of(teacher)
    assert any(found.code in text.value for text in app.code)
    return found


def join(code, nickname):
    app = visit("room", room=code)
    app.text_input(key="room_nickname").set_value(nickname)
    next(button for button in app.button if button.label == "Join").click().run()
    assert not app.exception
    return app


def rate(app, level):
    [button] = [b for b in app.button if b.label == f"{level:g}" and "change" not in b.key]
    return button.click().run()


def texts(app):
    kinds = ("markdown", "caption", "info", "warning", "error", "success", "subheader")
    return " ".join(each.value for kind in kinds for each in getattr(app, kind))


def test_the_address_that_is_shown_has_the_code_and_no_key(room, looks):
    looks(TEACHER)
    app = visit("room", room=room.code)
    shown = [each.value for each in app.code if "room?room=" in each.value]
    assert shown and all(text.endswith(f"/room?room={room.code}") for text in shown)
    assert written(app)["room"] == room.code and "seat" not in written(app)


@pytest.mark.slow
def test_a_key_is_shown_once_and_lets_the_teacher_in_elsewhere(home, looks, fit):
    looks(TEACHER)
    RunStore(home / "runs").add(fit, "a run", owner=looks(TEACHER))
    app = visit("room")
    app.button(key="room_open").click().run()
    [note] = [each.value for each in app.info if "shown once" in each.value]
    key = note.split("`")[1]
    assert not any("shown once" in each.value for each in app.run().info)
    [room] = classes().rooms.rooms_of(looks(TEACHER))
    looks(BOB)
    other = visit("room", room=room.code)
    assert "Members" not in metrics(other)
    other.text_input(key="room_key_typed").set_value("wrong").run()
    assert "not the key of this class" in texts(other) and "Members" not in metrics(other)
    other.text_input(key="room_key_typed").set_value(key).run()
    assert metrics(other)["Members"] == "0"


def test_a_phone_rates_ten_and_what_was_claimed_was_stored_before(room, looks, fit):
    looks(ANN)
    app = join(room.code, "Ann")
    store = classes()
    [ann] = store.seats.list(room)
    for n in range(10):
        answers = store.answers.of(room, ann)
        assert len(answers) == n + 1 and answers[-1].rating is None  # claimed, not yet rated
        assert answers[-1].item_idx == room.films[n]
        assert str(fit.split.train.titles[room.films[n]]) in app.header[0].value
        app = rate(app, 1 + n % 5)
        assert not app.exception
    answers = store.answers.of(room, ann)
    assert [each.first for each in answers] == [1.0 + n % 5 for n in range(10)]
    last, rating = np.array(room.films[:9]), np.array([1.0 + n % 5 for n in range(9)])
    assert answers[9].claim == forecast(fit, last, rating, room.films[9], ann.id)
    now = standing(answers, room.levels, training_shares(fit))
    assert f"{now.inside} of your 10 ratings" in texts(app)
    app.button(key="scale-change-5").click().run()
    changed = store.answers.of(room, ann)[0]
    assert (changed.first, changed.rating) == (1.0, 5.0)
    looks(TEACHER)
    figures = metrics(visit("room", room=room.code))
    assert figures["Members"] == "1" and figures["Inside"] == f"{now.inside}"
    assert figures["Honest: 95%"] == f"{now.low} – {now.high}"


def test_a_phone_that_wakes_is_the_same_member_and_nobody_else(room, looks):
    looks(ANN)
    rate(join(room.code, "Ann"), 4)
    again = visit("room", room=room.code)
    assert "You are **Ann**" in texts(again) and "seat" not in written(again)
    assert "1 of 10" in again.get("progress")[0].proto.text
    looks(BOB)
    assert "You are" not in texts(visit("room", room=room.code))


@pytest.mark.slow
def test_a_browser_without_cookies_has_its_seat_in_its_own_address(room, looks):
    looks(None)
    app = join(room.code, "Cem")
    seat = written(app)["seat"]
    again = visit("room", room=room.code, seat=seat)
    assert "You are **Cem**" in texts(again)
    assert "You are" not in texts(visit("room", room=room.code, seat=seat[:-1]))


@pytest.mark.slow
def test_who_does_not_know_a_film_is_asked_about_another(room, looks):
    looks(ANN)
    app = join(room.code, "Ann")
    app.button(key="phone-skip").click().run()
    [first, second] = classes().answers.of(room)
    assert first.is_skipped and second.item_idx == room.films[1]


@pytest.mark.slow
@pytest.mark.parametrize("nickname", ["<img src=x>", "**b**", "x\u202ey", "[a](http://b.example)"])
def test_a_hostile_nickname_is_refused_in_words(room, looks, nickname):
    looks(ANN)
    app = join(room.code, nickname)
    assert "that nickname cannot be used" in texts(app) and not classes().seats.list(room)


@pytest.mark.slow
def test_a_nickname_that_slipped_in_is_drawn_as_it_is(room, looks, monkeypatch):
    hostile = "<img src=x onerror=alert(1)> **b** [a](http://b.example) $x$"
    monkeypatch.setattr("pmf_core.classroom.nicknames.checked", lambda text: text)
    looks(ANN)
    store = classes()
    member, _ = store.seats.join(room, hostile, visitor=owner.visitor())
    app = visit("room", room=room.code)
    [drawn] = [each.value for each in app.caption if each.value.startswith("You are")]
    assert drawn == f"You are **{plain(hostile)}**." and "<img" not in drawn.replace("\\<", "")
    rate(app, 4)
    looks(TEACHER)
    screen = visit("room", room=room.code)
    assert "onerror" not in texts(screen) and "Who is where" in [h.value for h in screen.header]


@pytest.mark.slow
def test_a_wrong_code_says_so_and_leads_back(room, looks):
    looks(BOB)
    app = visit("room", room="ABCDEFGH")
    assert "no class has that code" in texts(app)
    next(b for b in app.button if b.label == "Enter another code").click().run()
    app.text_input(key="room_typed").set_value(f" {room.code[:4].lower()}-{room.code[4:]}")
    next(b for b in app.button if b.label == "Enter").click().run()
    assert written(app)["room"] == room.code
    assert any("Nickname" in each.label for each in app.text_input)


@pytest.mark.slow
def test_a_class_that_has_ended_says_so_to_phones_and_screen(room, looks):
    looks(ANN)
    app = join(room.code, "Ann")
    looks(TEACHER)
    screen = visit("room", room=room.code)
    screen.button(key="class_end").click().run()
    assert not screen.exception and any(b.key == "room_open" for b in screen.button)
    looks(ANN)
    assert "this class has ended" in texts(app.run())


@pytest.mark.slow
def test_a_member_who_is_removed_has_to_leave(room, looks):
    looks(ANN)
    app = join(room.code, "Ann")
    [ann] = classes().seats.list(room)
    classes().seats.remove(room, ann.id)
    assert "Nickname" in [each.label for each in app.run().text_input]


@pytest.mark.slow
def test_a_run_that_was_deleted_ends_the_game_and_not_the_teachers_rights(home, room, looks):
    RunStore(home / "runs").delete(room.run_id)
    looks(ANN)
    app = join(room.code, "Ann")
    assert "was deleted, so it cannot go on" in texts(app)
    looks(TEACHER)
    screen = visit("room", room=room.code)
    assert "was deleted" in texts(screen) and screen.button(key="class_end")


@pytest.mark.slow
def test_the_class_joins_the_data_and_its_own_error_is_shown(room, looks):
    store, rng = classes(), np.random.default_rng(3)
    for name in ("Ann", "Bob", "Cem"):
        member, _ = store.seats.join(room, name)
        for item in room.films[:10]:
            store.answers.ask(room, member, item, CLAIM)
            store.answers.rate(room, member, item, float(rng.choice(room.levels)))
    looks(TEACHER)
    app = visit("room", room=room.code)
    assert {"Who is where", "Who is like whom"} <= {each.value for each in app.header}
    app.button(key="class_fit").click().run()
    assert not app.exception
    [job] = cache.queue().list()
    assert job.request.split.train.n_users == 63 and job.owner == looks(TEACHER)
    wait_for(job)
    app = run_until(app, lambda: "RMSE for you, after" in metrics(app))
    assert float(metrics(app)["RMSE for you, before"]) > 0
    assert "Of 6 of your ratings that neither fit has seen" in texts(app)
    assert "Ann" not in (cache.queue().store.get(job.id).path.read_bytes().decode("latin-1"))


@pytest.mark.slow
def test_a_teacher_takes_a_report_home(room, looks, offered):
    looks(ANN)
    rate(join(room.code, "Ann"), 4)
    looks(TEACHER)
    visit("room", room=room.code)
    text = offered["class.html"]()
    assert "<h1>A class</h1>" in text and "Member 1" in text and "Ann" not in text
    assert "pmf.sample_gibbs" in text
