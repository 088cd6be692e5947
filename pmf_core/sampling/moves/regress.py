"""Weights of features given the rows that they move, where a sweep holds what they leave."""

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh
from scipy.sparse import csr_array

from pmf_core.data import Ratings
from pmf_core.kernels.randomness import Draws
from pmf_core.kernels.spectrum import draw_spreads, rotate
from pmf_core.kernels.weights import regress
from pmf_core.models.config import PMFConfig
from pmf_core.models.feature_matrix import MOST_DIRECTIONS, Spectrum
from pmf_core.models.ingredients.features import groups, step_weight_precisions
from pmf_core.models.ingredients.population import draw_population
from pmf_core.models.problem import Problem, Side
from pmf_core.models.state import SideState, State
from pmf_core.sampling.moves.base import Move, degrees_of_freedom, has_features


class Regress(Move):
    """Draw weights and their prior, and that of rows, given the rows, whatever the ratings.

    A sweep draws weights with ``Y = U - X W`` held, so that rows and scores move with them; where
    ratings leave little doubt of the rows, that is in small steps. Here U is held instead, and Y
    takes what the weights leave. Whichever of the two walks slower hardly matters then: together
    they get on faster than the faster one (interweaving).

    Take columns ``F = E'^-1`` that make both precisions diagonal at once, ``Lambda = F F'`` and
    ``Lambda_W = F diag(d) F'``. In these, what other groups leave of the rows, ``u = (U - mu -
    ...) F``, is in each column a linear regression of its own on a group's features, with noise of
    variance 1. Of more features than rows each weight is known little, and what all of them
    explain much, so that given the weights both spreads crawl. So they are drawn with the weights
    integrated out: column f_a becomes ``x^1/2 f_a``, and d_a another d. Along the eigenvector of
    ``X X'`` with eigenvalue s, u_a then has variance ``(1 + s / d) / x``, and X is of the data, so
    that it is decomposed once. Of the two Wishart priors ``x^nu d^((nu - D - 1) / 2) exp(-x (1 +
    d) |f_a|^2 / (2 W0))`` remains, of that of mu ``x^1/2 exp(-x beta0 m_a^2 / 2)`` with ``m = (mu -
    mu0) F``, and of the measure ``prod |d - d_b|`` and 1 / x: Lebesgue's of both matrices is
    ``|F|^(2 D + 2) prod_(a<b) |d_a - d_b|`` times Haar's of F and Lebesgue's of d. Where Lambda has
    become the identity, Lambda_W can still turn: each pair of columns does, by an angle whose
    density is of von Mises.

    Then all weights are drawn at once given d: from the prior, plus ``X' (X X' / d + I)^-1 r / d``
    of what a draw of the prior and of the noise leaves, r. Of a group of too many features and rows
    for that, each feature is drawn by itself, with precision ``d + sum x_if^2``. At last mu,
    Lambda and Lambda_W are drawn from their conditionals. Under a fixed prior of the factors
    spreads are given, and weights are all that is drawn.

    References
    ----------
    Yu & Meng (2011), To center or not to center: that is not the question, sec 2. Lippert et al.
    (2011), FaST linear mixed models for genome-wide association studies, for the decomposition.
    Bhattacharya, Chakraborty & Mallick (2016), Fast sampling with Gaussian scale mixture priors in
    high-dimensional regression, sec 2, for all weights at once.
    """

    name = "regress"

    def applies(self, config: PMFConfig) -> bool:
        """Return whether features move rows."""
        return has_features(config)

    def nanoseconds(self, config: PMFConfig, train: Ratings) -> float:
        """Return about what it takes of one core."""
        sizes, few = _moved(config, train), min(train.n_users, train.n_items)
        if max(few, *(n * few / MOST_DIRECTIONS for n in sizes)) > MOST_DIRECTIONS:
            return 8.0 * sum(sizes) * config.n_columns**2
        return 0.5 * sum(sizes) * few * config.n_columns

    def step(self, rng: np.random.Generator, problem: Problem, state: State) -> State:
        """Draw the weights of users' features, then of items'."""
        for owner, side in problem.sides.items():
            if side.features.n_features:
                half = _regress(rng, problem.config, side, state.side(owner))
                state = state.with_side(owner, half)
        return state


def _moved(config: PMFConfig, train: Ratings) -> list[int]:
    """Return how many rows each side has that features move."""
    sizes = {"user": train.n_users, "item": train.n_items}
    return [n for owner, n in sizes.items() if groups(config, owner)]


def _regress(rng: np.random.Generator, config: PMFConfig, side: Side, half: SideState) -> SideState:
    X, W, Lambda, moved = side.features, half.W.copy(), half.Lambda, half.rows - half.mu
    # What each group adds to the rows; of the first, nothing is left out of what it is to explain.
    parts = [np.zeros_like(moved), *(matrix @ W[mine] for mine, matrix in X.by_group[1:])]
    groups = zip(X.by_group, X.spectra, half.Lambda_W, strict=True)
    for g, ((mine, matrix), spectrum, Lambda_W) in enumerate(groups):
        d, E = eigh(Lambda_W, Lambda)
        F = Lambda @ E
        u = (moved - sum(part for h, part in enumerate(parts) if h != g)) @ F
        if spectrum is None:
            own = W[mine] @ F
            u -= matrix @ own
            regress(*X.by_column, mine.start, d, rng.standard_normal(own.shape), u, own)
        else:
            if config.prior == "hierarchical":
                along = np.ascontiguousarray(_along(spectrum, u).T)
                mean = (half.mu - config.mu0) @ F
                root = np.sqrt(_draw_spreads(rng, config, spectrum, F, mean, u, along, d))
                F, E, turned = F * root, E / root, np.eye(len(d))
                Lambda = F @ F.T
                along *= root[:, None]
                rotate(rng, spectrum.values, along, F.T @ F / config.W0, d, turned)
                E, u = E @ turned, u * root @ turned
            own = _draw_weights(rng, matrix, spectrum, u, d)
        W[mine] = own @ E.T
        parts[g] = matrix @ W[mine]
    mu, Lambda = draw_population(Draws(rng), config, half.rows - sum(parts), side.alpha)
    Lambda_W = step_weight_precisions(Draws(rng), config, X, W, side.alpha)
    return SideState(half.rows, mu, Lambda, W, Lambda_W)


def _draw_spreads(
    rng: np.random.Generator,
    config: PMFConfig,
    spectrum: Spectrum,
    F: NDArray[np.float64],
    mean: NDArray[np.float64],
    u: NDArray[np.float64],
    along: NDArray[np.float64],
    d: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Draw how narrow rows and weights are in each column of u: d is replaced, x is returned."""
    nu, size, scale = degrees_of_freedom(config), len(d), np.empty(len(d))
    told = along**2
    rate = (F**2).sum(axis=0) / config.W0
    beside = np.maximum((u**2).sum(axis=0) - told.sum(axis=1), 0.0)
    rest = beside + rate + config.beta0 * mean**2
    power, shape = 0.5 * (nu - size - 1), 0.5 * (len(u) + 2 * nu + 1)
    draw_spreads(rng, spectrum.values, told, rest, power, rate, shape, d, scale)
    return scale


def _draw_weights(
    rng: np.random.Generator, matrix: csr_array, spectrum: Spectrum, u: NDArray, d: NDArray
) -> NDArray[np.float64]:
    """Draw all weights of a group, given what they and noise of variance 1 add up to."""
    prior = rng.standard_normal((matrix.shape[1], len(d))) / np.sqrt(d)
    left = u - matrix @ prior - rng.standard_normal(u.shape)
    grown = spectrum.values[:, None] / d
    told = (grown / (1 + grown) * _along(spectrum, left)).astype(np.float32)
    return prior + matrix.T @ (left - spectrum.vectors @ told) / d


def _along(spectrum: Spectrum, rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return rows in the directions that features tell apart: (rank, n_columns)."""
    return (spectrum.vectors.T @ rows.astype(np.float32)).astype(np.float64)
