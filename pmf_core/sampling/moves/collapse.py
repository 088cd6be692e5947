"""Means of rows and weights of features, drawn with the rows that they move integrated out."""

import numpy as np
from numpy.typing import NDArray

from pmf_core.kernels.rows import draw_from_statistics, marginal_statistics, row_statistics
from pmf_core.kernels.weights import draw_weights
from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients.factors import row_data
from pmf_core.models.ingredients.work import Work, score, total_precision
from pmf_core.models.problem import Problem
from pmf_core.models.state import SIDES, State
from pmf_core.sampling.moves.base import Move, completed, draw_normal, learns_weights


class Collapse(Move):
    """Draw the mean of rows, then the weights of features, then the rows, of one side.

    With ratings' information ``A_i, h_i`` of row i, its precision ``L`` and mean ``m_i = mu + X_i
    W``, integrating the row out leaves ``C_i = L - L (A_i + L)^-1 L`` of ``m_i``, with linear term
    ``L (A_i + L)^-1 h_i``. So mu has precision ``beta0 L + sum C_i``, and weights are drawn as
    in a sweep, C in the stead of A. Rows follow from their conditional, all at once. Nothing is
    transformed, so there is no Jacobian; latent scores are those that the sweep has drawn.

    References
    ----------
    Liu (1994), The collapsed Gibbs sampler in Bayesian computations with applications to a gene
    regulation problem, JASA 89.
    """

    name = "collapse"

    def applies(self, config: PMFConfig) -> bool:
        """Return whether features move rows, and rows can be integrated out."""
        return learns_weights(config) and config.link != "logistic"

    def step(
        self, rng: np.random.Generator, problem: Problem, state: State, work: Work | None = None
    ) -> State:
        """Draw those of the users, then those of the items."""
        work = completed(rng, problem, state) if work is None else work
        weight, error = total_precision(work.ingredients, state, problem.pairs), work.error(state)
        error += score(problem, state)
        for owner in SIDES:
            if problem.sides[owner].features.n_features:
                state = _collapse(rng, problem, owner, state, error, weight)
        error -= score(problem, state)
        return state


def _collapse(
    rng: np.random.Generator,
    problem: Problem,
    owner: str,
    state: State,
    explained: NDArray[np.float64],
    weight: NDArray[np.float64] | None,
) -> State:
    """Draw those of one side; `explained` is what rows explain of every rating."""
    config, side, half = problem.config, problem.sides[owner], state.side(owner)
    X = side.features
    *where, target, weight, design, alpha, shift = row_data(
        problem, owner, state, explained, weight
    )
    shape = half.rows.shape
    precision, linear = np.empty((*shape, shape[1])), np.empty(shape)
    row_statistics(*where, target - shift, weight, design, alpha, precision, linear)
    info, pull = np.empty_like(precision), np.empty(shape)
    mu, W = half.mu.copy(), half.W.copy()
    marginal_statistics(precision, linear, half.Lambda, mu + X.times(W), info, pull)
    prior = config.beta0 * half.Lambda
    linear_mu = pull.sum(axis=0) - prior @ (mu - config.mu0)
    away = draw_normal(rng, info.sum(axis=0) + prior, linear_mu)
    mu += away
    pull -= info @ away
    noise = rng.standard_normal(W.shape)
    draw_weights(*X.by_column, X.group, info, pull, half.Lambda_W, noise, W)
    rows, noise = np.empty(shape), rng.standard_normal(shape)
    prior_linear = (mu + X.times(W)) @ half.Lambda
    draw_from_statistics(precision, linear, half.Lambda, prior_linear, noise, rows)
    return state.with_side(owner, half._replace(rows=rows, mu=mu, W=W))
