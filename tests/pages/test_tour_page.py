"""The tour: nothing before a guess, a step in the address, a class in 45 minutes."""

import pytest

from pmf_core.evaluation.tour import TOUR, own_list
from pmf_core.evaluation.tour.base import compared, sampled
from tests.support.visits import refused, visit, written


def said(app):
    return [text.value for text in app.markdown]


def test_a_guess_comes_first_and_then_what_is_found(split):
    step = TOUR[2].in_words(split.train.nouns)
    app = visit("tour", step="3")
    assert app.header[0].value == f"3. {step.title}" and step.says in said(app)
    assert not app.success and not app.warning
    found = step.measure(split)
    right = step.guess.options[step.answer(found)]
    wrong = next(option for option in step.guess.options if option != right)
    app.radio(key="tour-plain").set_value(wrong).run()
    assert app.warning[0].value == compared(step, found, wrong).text
    assert step.lesson(found).text in said(app)
    app.radio(key="tour-plain").set_value(right).run()
    assert app.success and not app.warning


def test_a_number_is_guessed_and_told(split):
    step = TOUR[0].in_words(split.train.nouns)
    app = visit("tour")
    assert "step" not in written(app)
    app.slider(key="tour-habit").set_value(20)
    app.button[[button.label for button in app.button].index("That is my guess")].click().run()
    found = step.measure(split)
    box = app.success or app.warning
    assert box[0].value == compared(step, found, 20).text


def test_the_step_is_in_the_address_and_so_is_the_teacher():
    app = visit("tour")
    app.button(key="tour-Next").click().run()
    assert written(app)["step"] == "2" and app.header[0].value.startswith("2. ")
    app.button(key="tour-Back").click().run()
    assert "step" not in written(app) and app.button(key="tour-Back").disabled
    again = visit("tour", step="11", teacher="true")
    assert again.header[0].value.startswith("11. ")
    assert written(again)["teacher"] == "true"
    assert "`step` is `13`" in refused(visit("tour", step="13"))


def test_a_teacher_has_minutes_notes_questions_and_a_plan(split):
    plain, app = visit("tour", step="3"), visit("tour", step="3", teacher="true")
    step = TOUR[2].in_words(split.train.nouns)
    assert not any(step.discuss in text for text in said(plain)) and not plain.table
    assert any(step.notes in text and "**4 minutes.**" in text for text in said(app))
    assert any(step.discuss in text for text in said(app))
    plan = app.table[0].value
    assert len(plan) == 12 and plan["Minutes"].sum() == 45
    assert plan["From"].tolist()[:3] == ["0 min", "3 min", "6 min"]


def test_a_step_takes_its_knobs_to_the_page_on_which_they_turn():
    app = visit("tour", step="5", alpha="7", center="false")
    app.button(key="tour-knobs").click().run()
    assert app.session_state["alpha"] == 2.0 and app.session_state["center"] is True
    assert app.title[0].value == "Fit"


@pytest.mark.slow
def test_ones_own_ratings_are_in_the_address_and_in_the_list(split):
    step = TOUR[11].in_words(split.train.nouns)
    app = visit("tour", step="12", mine="500000")
    fit = sampled(split)
    offered = own_list.offer(fit.split.train)
    assert app.segmented_control(key="tour-mine-0").value == 5.0
    app.segmented_control(key="tour-mine-1").set_value(1.0).run()
    assert written(app)["mine"] == "510000"
    app.radio(key="tour-list").set_value(step.guess.options[0]).run()
    found = step.measure(fit, "510000")
    assert step.lesson(found).text in said(app) and len(offered.titles) == 6
    assert app.button(key="tour-Next").disabled
    wrong = visit("tour", step="12", mine="9")
    assert any("are left out" in note.value for note in wrong.caption)


@pytest.mark.slow
@pytest.mark.parametrize("data", ["MovieLens", "World"])
def test_each_step_is_drawn_on_other_ratings(data, movielens):
    app = visit("tour", data=data, world_users="60", world_items="40", world_each="20")
    for number in range(1, 13):
        app.segmented_control(key="step").set_value(str(number)).run()
        if app.radio:
            app.radio[0].set_value(app.radio[0].options[0]).run()
        else:
            app.button[
                [button.label for button in app.button].index("That is my guess")
            ].click().run()
        assert not app.exception and (app.success or app.warning), number
