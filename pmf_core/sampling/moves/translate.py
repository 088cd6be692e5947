"""Constants that move between weights of features and the mean of rows."""

import numpy as np

from pmf_core.models.config import PMFConfig
from pmf_core.models.feature_matrix import Features
from pmf_core.models.problem import Problem
from pmf_core.models.state import SideState, State
from pmf_core.sampling.moves.base import Move, draw_normal, learns_weights


class Translate(Move):
    """Draw how much of what all rows share their mean says, and how much weights of features do.

    A row that has one level of a question, an age or an occupation, does not change where the
    weights of all its levels are moved by c and the mean by -c. Weights are drawn one by one, so
    that a chain walks along this line in the small steps that single weights take.

    For the features of a block, ``W_f + c`` and ``mu - m c``, m being the mean of their row sums
    ``r_i``; rows, and with them scores, stay. A translation has no Jacobian. What is left of a
    row beyond its prior mean, ``u_i``, becomes ``u_i - (r_i - m) c``, so that c is normal with

    precision ``(sum (r_i - m)^2 + m^2 beta0) Lambda + n Lambda_W``, linear term
    ``Lambda (sum (r_i - m) u_i + m beta0 (mu - mu0)) - Lambda_W sum W_f``,

    for n features of the group that Lambda_W is the precision of. Where row sums differ, as those
    of who rated what do, the rows' own parts take what the mean cannot.

    References
    ----------
    Liu & Sabatti (2000), Generalised Gibbs sampler and multigrid Monte Carlo, theorem 1.
    """

    name = "translate"

    def applies(self, config: PMFConfig) -> bool:
        """Return whether features move rows, and all priors are learned."""
        return learns_weights(config)

    def step(self, rng: np.random.Generator, problem: Problem, state: State) -> State:
        """Move one block of features after the other, of users, then of items."""
        for owner, side in problem.sides.items():
            if side.features.n_features:
                moved = _translate(rng, problem.config, side.features, state.side(owner))
                state = state.with_side(owner, moved)
        return state


def _translate(
    rng: np.random.Generator, config: PMFConfig, X: Features, half: SideState
) -> SideState:
    """Move weights against the mean, block by block."""
    rows, W, mu, beta0 = half.rows, half.W.copy(), half.mu.copy(), config.beta0
    total = rows.sum(axis=0)
    for block in X.blocks:
        r, mine = block.row_sum, block.columns
        along, m = r @ rows, r.mean()
        L, L_W = half.Lambda, half.Lambda_W[block.group]
        of_features = (block.products - m * X.column_sum) @ W  # X' (r - m), times W
        unexplained = along - m * total - of_features + m * beta0 * (mu - config.mu0)
        precision = (((r - m) ** 2).sum() + m**2 * beta0) * L + (mine.stop - mine.start) * L_W
        c = draw_normal(rng, precision, L @ unexplained - L_W @ W[mine].sum(axis=0))
        W[mine] += c
        mu -= m * c
    return half._replace(W=W, mu=mu)
