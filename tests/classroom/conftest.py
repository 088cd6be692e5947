"""A store of classes whose clock tests set, and claims that need no model."""

import pytest

from pmf_core.classroom.limits import ClassLimits
from pmf_core.classroom.records import Claim
from pmf_core.classroom.store import ClassStore

STARS = (1.0, 2.0, 3.0, 4.0, 5.0)
FILMS = tuple(range(7, 27))
CLAIM = Claim((0.05, 0.05, 0.2, 0.3, 0.4), 2, 4, 0.9)


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
