"""Made-up people and movies with names and five known tastes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pmf_core.data.sources.base import Parameter, Source

if TYPE_CHECKING:
    from pmf_core.data.ratings import Ratings
    from pmf_core.data.simulate import Truth


def _arguments(users: int, items: int, each: int, seed: int) -> tuple[int, int, int, int]:
    return users, items, max(users * min(each, items), items), seed


def _load(*values: int) -> tuple[Ratings, Truth]:
    from pmf_core.data.world import simulate_world

    n_users, n_items, n_ratings, seed = _arguments(*values)
    return simulate_world(n_users, n_items, n_ratings, random_seed=seed)


def _as_python(*values: int) -> str:
    *sizes, seed = _arguments(*values)
    return f"pmf.simulate_world({', '.join(map(str, sizes))}, random_seed={seed})[0]"


SOURCE = Source(
    key="world",
    label="World",
    help="made-up people and movies with names, whose tastes are those of the first page.",
    load=_load,
    as_python=_as_python,
    n_ratings=lambda *values: _arguments(*values)[2],
    parameters=(
        Parameter("world_users", "People", 600, 20, 3000, 1),
        Parameter("world_items", "Movies", 300, 20, 2000, 1),
        Parameter("world_each", "Ratings a person", 100, 5, 300, 1,
             "On average: some rate a few movies, some nearly all."),
        Parameter("world_seed", "Seed of the world", 0, 0, 9999, 1),
    ),
)  # fmt: skip
