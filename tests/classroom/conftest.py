"""A store of classes whose clock tests set."""

import pytest

from pmf_core.classroom.limits import ClassLimits
from pmf_core.classroom.store import ClassStore
from tests.support.classes import FILMS, STARS


class Clock:
    now = 1_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(tmp_path, clock):
    found = ClassStore(tmp_path / "classes.sqlite", ClassLimits(), clock)
    yield found
    found.close()


@pytest.fixture
def room(store):
    return store.rooms.open("a-run", FILMS, STARS, wanted=10, owner="teacher")[0]
