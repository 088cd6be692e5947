"""See for yourself: nothing before a guess, then what the core says of it."""

import pytest

from pmf_core.evaluation.demonstrations import DEMONSTRATIONS
from tests.support.visits import visit


@pytest.mark.parametrize("number", [pytest.param(1, marks=pytest.mark.slow), 6])
def test_a_guess_comes_first_and_then_what_happens(split, number):
    each = DEMONSTRATIONS[number - 1]
    app = visit("see", demo=str(number))
    assert app.header[0].value == f"{number}. {each.title}"
    assert each.claim in [text.value for text in app.markdown]
    assert not [slider for slider in app.slider if slider.key == f"turn-{each.name}"]
    found = each.measure(split)
    right = each.guesses[each.answer(found)]
    wrong = next(guess for guess in each.guesses if guess != right)
    app.radio(key=f"guess-{each.name}").set_value(wrong).run()
    assert not app.exception and "Not here" in app.warning[0].value
    app.radio(key=f"guess-{each.name}").set_value(right).run()
    assert app.success and not app.warning
    control = each.control
    assert each.show(found, control.start).lesson.text in [text.value for text in app.markdown]
    app.slider(key=f"turn-{each.name}").set_value(int(control.low)).run()
    assert each.show(found, control.low).lesson.text in [text.value for text in app.markdown]


@pytest.mark.slow
@pytest.mark.parametrize("number", range(1, 9))
def test_each_is_drawn_on_movielens(home, movielens, number):
    app = visit("see", data="MovieLens", demo=str(number))
    [radio] = app.radio
    radio.set_value(radio.options[0]).run()
    assert not app.exception and (app.success or app.warning)
