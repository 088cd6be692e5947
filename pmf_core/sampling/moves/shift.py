"""Constants that move between factors, biases and the other side's biases."""

import numpy as np

from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients.population import learned_columns
from pmf_core.models.problem import Problem
from pmf_core.models.state import OTHER, State
from pmf_core.sampling.moves.base import Move, draw_normal, total_precision, transformed


class Shift(Move):
    """Draw how much of the scores the biases explain, and how much means of factors.

    Rows of V moved by c, and with them their mean, add ``U_i . c`` to scores; biases of users
    less ``U_i . c`` take it away again. This is the map ``G = I - c e_b'`` of the users' columns,
    b being that of biases, whose determinant is 1, so precisions are all that it changes of the
    users' side: with S the sum of theirs over W0, ``tr(G^-1 S G^-T)`` is quadratic in c, and so
    is the log density of the mean of V. c is drawn from the normal that remains,

    precision ``S_bb I + beta0 Lambda_V``, linear term ``-S_fb - beta0 Lambda_V (mu_V - mu0)``,

    in the columns f of factors. Where mu0 is not 0, the users' own mean, seen from it, moves in
    the bias by ``mu0 (1 . c)``, which adds to both. The same goes for U and the biases of items.

    Last, users' biases plus t are items' less t: the means alone have a density that changes,
    normal in t, with precision ``beta0 (Lambda_U + Lambda_V)_bb``.
    """

    name = "shift"

    def applies(self, config: PMFConfig) -> bool:
        """Means of factors are learned with the hierarchical prior, of biases with any."""
        return config.biases

    def step(self, rng: np.random.Generator, problem: Problem, state: State) -> State:
        """Move factors against biases, one side after the other, then biases against biases."""
        if problem.config.prior == "hierarchical":
            for owner in ("item", "user"):
                state = _against_biases(rng, problem.config, owner, state)
        return _between_biases(rng, problem.config, state)


def _against_biases(rng: np.random.Generator, config: PMFConfig, owner: str, state: State) -> State:
    """Shift the factors of one side, and the biases of the other by what that adds."""
    half, other = state.side(owner), state.side(OTHER[owner])
    D, beta0, mu0 = config.n_factors, config.beta0, config.mu0
    S = total_precision(other) / config.W0
    precision = S[D, D] * np.eye(D) + beta0 * half.Lambda[:D, :D]
    linear = -S[:D, D] - beta0 * (half.Lambda @ (half.mu - mu0))[:D]
    if mu0 != 0:
        precision += beta0 * mu0**2 * other.Lambda[D, D]
        linear += beta0 * mu0 * (other.Lambda @ (other.mu - mu0))[D]
    c = draw_normal(rng, precision, linear)
    G = np.eye(D + 1)
    G[:D, D] = -c
    along = np.append(c, 0.0)
    state = state.with_side(owner, half._replace(rows=half.rows + along, mu=half.mu + along))
    moved = transformed(other, G, learned=learned_columns(config))
    return state.with_side(OTHER[owner], moved)


def _between_biases(rng: np.random.Generator, config: PMFConfig, state: State) -> State:
    """Shift the biases of users up and of items down, or the other way round."""
    precision, linear = 0.0, 0.0
    for owner, sign in (("user", -1), ("item", 1)):
        half = state.side(owner)
        precision += config.beta0 * half.Lambda[-1, -1]
        linear += sign * config.beta0 * float(half.Lambda[-1] @ (half.mu - config.mu0))
    t = linear / precision + rng.standard_normal() / np.sqrt(precision)
    for owner, sign in (("user", 1), ("item", -1)):
        half = state.side(owner)
        along = np.zeros(len(half.mu))
        along[-1] = sign * t
        state = state.with_side(owner, half._replace(rows=half.rows + along, mu=half.mu + along))
    return state
