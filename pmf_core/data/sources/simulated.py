"""Ratings drawn from factors that are known, of any size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pmf_core.data.sources.base import Parameter, Source

if TYPE_CHECKING:
    from pmf_core.data.ratings import Ratings
    from pmf_core.data.simulate import Truth


def _arguments(
    users: int, items: int, share: float, factors: int, alpha: float, seed: int
) -> tuple[int, int, int, int, float, int]:
    n_ratings = max(round(users * items * share / 100), users, items)
    return users, items, n_ratings, factors, alpha, seed


def _load(*values: float) -> tuple[Ratings, Truth]:
    from pmf_core.data.simulate import simulate_ratings

    return simulate_ratings(*_arguments(*values))


def _as_python(*values: float) -> str:
    return f"pmf.simulate_ratings({', '.join(map(repr, _arguments(*values)))})[0]"


SOURCE = Source(
    key="simulated",
    label="Simulated",
    help="drawn from a known truth, which is shown beside the estimates.",
    load=_load,
    as_python=_as_python,
    n_ratings=lambda *values: _arguments(*values)[2],
    parameters=(
        Parameter("sim_users", "Users", 943, 20, 3000, 1),
        Parameter("sim_items", "Movies", 1682, 20, 4000, 1),
        Parameter("sim_share", "Share of pairs rated (%)", 6.0, 1.0, 40.0, 0.5,
             "MovieLens 100K has 6.3 %."),
        Parameter("sim_factors", "True factors", 10, 1, 30, 1),
        Parameter("sim_alpha", "True noise precision", 2.0, 0.2, 10.0, 0.1,
             "1 / variance, in 1 / stars²."),
        Parameter("sim_seed", "Seed of the simulation", 0, 0, 9999, 1),
    ),
)  # fmt: skip
