"""Ratings drawn from factors that are known, of any size."""

from __future__ import annotations

from typing import Any

from pmf_core.data.sources.base import Parameter
from pmf_core.data.sources.simulation import simulation


def _arguments(
    users: int, items: int, share: float, factors: int, alpha: float, seed: int
) -> dict[str, Any]:
    return {
        "n_users": users,
        "n_items": items,
        "n_ratings": max(round(users * items * share / 100), users, items),
        "n_factors": factors,
        "alpha": alpha,
        "random_seed": seed,
    }


_SHARE = "MovieLens 100K has 6.3%."
_ALPHA = "1 / variance, in 1 / stars²."
SOURCE = simulation(
    "simulate:simulate_ratings",
    _arguments,
    (
        Parameter("sim_users", "Users", 943, 20, 3000, 1),
        Parameter("sim_items", "Movies", 1682, 20, 4000, 1),
        Parameter("sim_share", "Share of pairs rated (%)", 6.0, 1.0, 40.0, 0.5, _SHARE),
        Parameter("sim_factors", "True factors", 10, 1, 30, 1),
        Parameter("sim_alpha", "True noise precision", 2.0, 0.2, 10.0, 0.1, _ALPHA),
        Parameter("sim_seed", "Seed of the simulation", 0, 0, 9999, 1),
    ),
    key="simulated",
    label="Simulated",
    help="drawn from a known truth, which is shown beside the estimates.",
)
