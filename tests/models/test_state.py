"""A state holds what a model declares, survives a journey, and is never changed."""

import pickle

import numpy as np
import pytest

from pmf_core.models.state import SIDES, SideState, State

HALF = SideState(np.ones((3, 2)), np.zeros(2), np.eye(2), np.zeros((0, 2)), np.zeros((0, 2, 2)))


def test_the_parts_of_a_side_have_names_of_their_own():
    state = State({"alpha": np.array(2.0)}).with_side("item", HALF)
    assert list(state) == ["alpha", "V", "mu_V", "Lambda_V", "W_V", "Lambda_W_V"]
    assert list(state)[1:] == list(SIDES["item"])
    assert state.item.rows is state.V is state["V"] is HALF.rows
    with pytest.raises(AttributeError, match="no 'effect', only alpha, V"):
        state.effect


def test_what_replaces_a_part_leaves_the_state_before_alone():
    before = State({"alpha": np.array(2.0)})
    after = before.replace(alpha=np.array(3.0), effect=np.zeros(1))
    assert (float(before.alpha), float(after.alpha)) == (2.0, 3.0)
    assert "effect" in after and "effect" not in before


def test_states_go_to_other_processes_and_come_back():
    state = State({"alpha": np.array(2.0)}).with_side("user", HALF)
    back = pickle.loads(pickle.dumps(state))
    assert list(back) == list(state)
    np.testing.assert_array_equal(back.user.Lambda, HALF.Lambda)


def test_chains_stack_and_each_is_found_again():
    states = [
        State({"alpha": np.array(value), "U": np.full((2, 1), value)}) for value in (1.0, 2.0)
    ]
    stacked = State.stack(states)
    assert stacked.U.shape == (2, 2, 1)
    assert stacked.map(lambda part: part[1]).alpha == 2.0
