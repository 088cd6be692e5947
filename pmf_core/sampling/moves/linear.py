"""Linear maps of the factors: ``U -> U A, V -> V A^-T`` changes no score."""

import numpy as np
from numpy.typing import NDArray

from pmf_core.kernels.orbit import wander
from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients.population import learned_columns
from pmf_core.models.problem import Problem
from pmf_core.models.state import SIDES, SideState, State
from pmf_core.sampling.moves.base import (
    Move,
    degrees_of_freedom,
    total_precision,
    transformed,
    unmoved_rows,
)

N_ROUNDS = 1
"""Rounds through all one-parameter subgroups. Each costs O(D^3), whatever the ratings. With one,
norms of bpmf have 1400 effective draws of 2000 or more, with four 1900, and other quantities, which
it does not move, have 400."""

LARGEST = 100.0
"""How much further A may stretch one direction than another; where it would by more, factors stay.
Digits would be lost, until a precision is none any more, which happens only if the prior is of
another order of magnitude than the ratings: the presets on MovieLens stay below 3. Steps of a
round come in one order, so that refusing some leaves the posterior as it is only nearly there."""


class Linear(Move):
    """Draw where on the orbit of GL(D) the factors stand.

    Row by row, a chain walks along this orbit at random, in steps that shrink with the number of
    ratings; norms of U and V, which are what it changes, then need thousands of sweeps. Their
    density along it is known, so that it can be sampled.

    With ``U -> U A`` go ``mu_U -> A' mu_U``, ``W_U -> W_U A`` and ``Lambda -> A^-1 Lambda A^-T``
    for the precisions of rows and of every group of weights; with V, the same by ``B = A^-T``.
    Scores stay. The densities of rows, weights and means stay too, up to powers of ``|A|`` which
    their Jacobians take away; a Wishart density with `nu` degrees of freedom and the Jacobian
    ``|A|^-(D + 1)`` of its matrix leave ``|A|^-nu exp(-tr(A^-1 Lambda A^-T) / (2 W0))``. For the
    Haar measure of GL(D), A has therefore the density
    ``|A|^q exp(-tr(A' P A + A^-1 Q A^-T) / 2)``, P being the sum of the precisions of V over W0,
    Q that of U, and q nu times how many more there are on the side of V.

    Under a fixed prior precisions stay, and the densities of rows and weights change instead:
    P is ``alpha_U`` times the sum of squares and products of the rows and weights of U, Q that of
    V, and q how many more there are of them on the side of U.

    Where the prior mean of the means is not 0, their density changes by more than a power: the
    whole step is then a proposal, taken or not (Metropolis).

    References
    ----------
    Liu & Sabatti (2000), Generalised Gibbs sampler and multigrid Monte Carlo, theorem 1.
    """

    name = "linear"

    def applies(self, config: PMFConfig) -> bool:
        """Every model has factors."""
        return True

    def step(self, rng: np.random.Generator, problem: Problem, state: State) -> State:
        """Draw A and apply it."""
        config = problem.config
        D, size, learned = config.n_factors, config.n_columns, learned_columns(config)
        P, Q, power = _orbit(problem, state)
        A = np.eye(D)
        wander(rng, P, Q, power, N_ROUNDS, A)
        inverse = np.linalg.inv(A)
        if not np.linalg.norm(A) * np.linalg.norm(inverse) < D * LARGEST:
            return state
        G, H = np.eye(size), np.eye(size)
        G[:D, :D], H[:D, :D] = A, inverse.T
        moved = {
            "user": transformed(state.user, G, learned=learned, inverse=H.T),
            "item": transformed(state.item, H, learned=learned, inverse=G.T),
        }
        if config.prior == "hierarchical" and config.mu0 != 0:
            gain = sum(
                _log_mean(config, moved[owner]) - _log_mean(config, state.side(owner))
                for owner in SIDES
            )
            if gain < np.log(rng.random()):
                return state
        for owner, half in moved.items():
            state = state.with_side(owner, half)
        return state


def _orbit(problem: Problem, state: State) -> tuple[NDArray, NDArray, float]:
    """Return P, Q and q of the density of A."""
    config, D = problem.config, problem.config.n_factors
    if config.prior == "hierarchical":
        P, Q = (total_precision(half)[:D, :D] / config.W0 for half in (state.item, state.user))
        more = len(state.item.Lambda_W) - len(state.user.Lambda_W)
        return P.copy(), Q.copy(), degrees_of_freedom(config) * more
    squares, counts = [], []
    for owner, side in problem.sides.items():
        half = state.side(owner)
        Y, W = unmoved_rows(side, half)[:, :D], half.W[:, :D]
        squares.append(side.alpha * (Y.T @ Y + W.T @ W))
        counts.append(len(Y) + len(W))
    return *squares, float(counts[0] - counts[1])


def _log_mean(config: PMFConfig, half: SideState) -> float:
    """Return the part of the log density of a side's mean that is no power of |A|."""
    away = half.mu - config.mu0
    return -0.5 * config.beta0 * float(away @ half.Lambda @ away)
