"""What follows from the declaration of a setting, with settings that no model has."""

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pytest

import pmf_core as pmf
from pages.shell.settings import of_knobs
from pmf_core.support.kinds import kind_of
from pmf_core.support.knobs import Nothing, Settings, knob
from pmf_core.support.rules import Idle, Only, Without


@dataclass(frozen=True)
class Tea(Settings):
    """A pot of tea."""

    leaf: Literal["green", "black", "none"] = knob("black", label="Leaf", said="{}")
    heat: float | None = knob(
        95.0,
        low=20,
        high=100,
        label="Heat",
        help="In degrees.",
        costs="gas",
        slider=(50.0, 99.0, 1.0),
        sweep=(70.0, 99.5, None),
        none=Nothing("cold"),
        rule=Only(80.0, lambda tea: tea.leaf == "green", "with green leaves, which scald"),
        said="{}°",
        always_said=True,
    )
    minutes: int = knob(
        3,
        low=1,
        high=9,
        sweep=(1, 3, 9),
        rule=Idle(lambda tea: tea.leaf == "none", "there is no leaf"),
    )
    milk: bool = knob(False, said="with milk", key="m")
    spice: tuple[Literal["clove", "mace"], ...] = knob((), said="{}")
    cup: Literal["thin", "thick"] = knob(
        "thin",
        rule=Without({"thin": "thick"}, lambda tea: tea.heat == 99.0, "with boiling water"),
    )


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("leaf", "red", "one of green, black, none"),
        ("heat", 20, "a number above 20 and below 100, such as 21"),
        ("heat", True, "a number above 20"),
        ("minutes", None, "a whole number from 1 to 9"),
        ("minutes", 2.5, "a whole number from 1 to 9"),
        ("milk", 1, "True or False"),
        ("spice", ("salt",), "one of none, clove, clove + mace, or a tuple of such groups"),
    ],
)
def test_a_value_is_refused_by_the_rule_of_its_type(field, value, rule):
    with pytest.raises(ValueError, match=re.escape(f"{field} is {value!r}; it must be {rule}")):
        Tea(**{field: value})


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"leaf": "green"}, "heat is 95.0; it must be 80.0 with green leaves, which scald"),
        ({"heat": 99.0}, "cup is 'thin'; it must be thick with boiling water"),
    ],
)
def test_what_does_not_go_together_is_refused_in_words(values, why):
    with pytest.raises(ValueError, match=why):
        Tea(**values)


@pytest.mark.parametrize(
    ("loose", "kept"),
    [
        ({"leaf": "green", "heat": 60}, {"leaf": "green", "heat": 80.0}),
        ({"leaf": "none", "minutes": 9}, {"leaf": "none"}),
        ({"heat": 99}, {"heat": 99.0, "cup": "thick"}),
        ({"leaf": "green", "heat": 99}, {"leaf": "green", "heat": 80.0, "cup": "thick"}),
    ],
)
def test_the_loose_is_overruled_turn_by_turn(loose, kept):
    # In the last, the cup was swapped for a heat that the leaves have then overruled.
    assert Tea.coherent(**loose) == Tea(**kept)


def test_an_idle_value_is_no_mistake():
    assert Tea(leaf="none", minutes=9).minutes == 9


def test_numbers_of_numpy_become_plain():
    tea = Tea(heat=np.float32(90), minutes=np.int64(4))
    assert type(tea.heat) is float and type(tea.minutes) is int


def test_names_say_what_differs():
    assert Tea().words() == ["95.0°"]
    assert Tea(leaf="none", heat=None, milk=True, spice=["mace"]).words() == [
        "none", "cold°", "with milk", "mace",
    ]  # fmt: skip
    assert "80.0°" not in Tea(leaf="green", heat=80.0).words()  # it could not be otherwise


def test_tables_show_words_and_leave_alone_what_they_do_not_know():
    assert Tea.in_words({"heat": None, "spice": ["clove", "mace"], "sugar": None}) == {
        "heat": "cold", "spice": "clove + mace", "sugar": None,
    }  # fmt: skip


def test_what_is_suggested_can_be_read_back():
    assert {name: each.suggested for name, each in Tea.knobs().items()} == {
        "leaf": "green, black, none", "heat": "70, 99.5, cold", "minutes": "1, 3, 9",
        "milk": "false, true", "spice": "none, clove, clove + mace", "cup": "thin, thick",
    }  # fmt: skip
    read = Tea.knob("heat").read
    assert [read("70"), read("99.5"), read("cold")] == [70.0, 99.5, None]
    assert Tea.knob("spice").read("clove+mace") == ("clove", "mace")
    assert Tea.knob("milk").read("True") is True


def test_values_in_words_are_sorted_as_people_expect():
    order = {name: each.kind.rank for name, each in Tea.knobs().items()}
    assert sorted(["none", "green"], key=order["leaf"]) == ["green", "none"]
    assert sorted([99.0, 70.0, "cold"], key=order["heat"]) == ["cold", 70.0, 99.0]
    assert sorted(["clove", "none"], key=order["spice"]) == ["none", "clove"]


def test_the_address_and_the_widgets_know_it_too():
    found = of_knobs(Tea)
    assert list(found) == ["leaf", "heat", "learn_heat", "m", "spice", "cup"]  # no slider: minutes
    heat = found["heat"]
    assert (heat.default, heat.low, heat.high, heat.step) == (95.0, 50.0, 99.0, 1.0)
    assert heat.help == "In degrees. Costs gas." and found["learn_heat"].label == "Heat: cold"
    assert heat.parse("60") == 60.0 and found["m"].parse("true") is True
    with pytest.raises(ValueError, match=r"a number from 50.0 to 99.0"):
        heat.parse("100")
    with pytest.raises(ValueError, match="one of none, clove, clove"):
        found["spice"].parse("mace")


def test_what_is_held_is_said():
    green, boiling = Tea.coherent(leaf="green"), Tea.coherent(heat=99)
    heat, cup = Tea.knob("heat"), Tea.knob("cup")
    assert heat.is_free(Tea()) and not heat.says(Tea())
    assert not heat.is_free(green) and heat.says(green).startswith("80.0 with green leaves")
    assert cup.is_free(boiling) and cup.says(boiling) == "thick with boiling water"


def test_a_round_trip_through_json():
    tea = Tea(spice=("mace",), heat=None)
    assert Tea.from_json(tea.to_json()) == tea
    with pytest.raises(ValueError, match="fields sugar, which this version does not know"):
        Tea.from_json('{"sugar": 1}')


def test_a_type_that_says_nothing_is_named():
    with pytest.raises(TypeError, match="a setting cannot be <class 'dict'>"):
        kind_of(dict, 0, None)


def test_words_mean_what_is_offered_and_code_may_choose_any():
    moves = pmf.SamplerConfig.knob("moves")
    assert [moves.words(each) for each in moves.kind.options] == ["none", "linear", "all"]
    assert moves.read("all") == moves.default == pmf.SamplerConfig(moves="all").moves
    assert moves.read("none") == () and moves.read("linear") == ("linear",)
    assert pmf.SamplerConfig(moves=("shift", "linear")).moves == ("shift", "linear")
    with pytest.raises(ValueError, match="one of none, linear, all"):
        moves.read("shift + linear")
    with pytest.raises(ValueError, match="one of none, linear, all"):
        moves.read("sideways")
