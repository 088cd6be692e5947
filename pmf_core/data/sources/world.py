"""Made-up people and movies with names and five known tastes."""

from __future__ import annotations

from pmf_core.data.sources.base import Parameter
from pmf_core.data.sources.simulation import simulation


def _arguments(users: int, items: int, each: int, seed: int) -> dict[str, int]:
    n_ratings = max(users * min(each, items), items)
    return {"n_users": users, "n_items": items, "n_ratings": n_ratings, "random_seed": seed}


_EACH = "On average: some rate a few movies, some nearly all."
SOURCE = simulation(
    "world:simulate_world",
    _arguments,
    (
        Parameter("world_users", "People", 600, 20, 3000, 1),
        Parameter("world_items", "Movies", 300, 20, 2000, 1),
        Parameter("world_each", "Ratings a person", 100, 5, 300, 1, _EACH),
        Parameter("world_seed", "Seed of the world", 0, 0, 9999, 1),
    ),
    key="world",
    label="World",
    help="made-up people and movies with names, whose tastes are those of the first page.",
)
