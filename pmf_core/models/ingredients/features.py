"""Features move rows: ``U = Y + X W``, of which rated items and side information are two kinds.

The weights W are drawn together with the rows that they move (see the links); this is their
prior, and all else about them.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmf_core.data import Ratings
from pmf_core.data.nouns import OWNERS
from pmf_core.kernels.randomness import Draws, Modes
from pmf_core.kernels.weights import draw_weights
from pmf_core.models.config import PMFConfig
from pmf_core.models.feature_matrix import Features, side_columns
from pmf_core.models.ingredients.base import Constant, Ingredient, Part, RowPrior, Scalar, Takes
from pmf_core.models.ingredients.begun import moved_by_rated
from pmf_core.models.ingredients.mathematics import Mathematics
from pmf_core.models.ingredients.measures import log_det, root_mean_square
from pmf_core.models.ingredients.population import (
    draw_weight_precision,
    learned_columns,
    learns_columns,
    log_rows,
    log_wishart,
    state_precision,
    state_rows,
)
from pmf_core.models.ingredients.rows_in_words import weights_in_words
from pmf_core.models.pairs import Pairs
from pmf_core.models.problem import Problem
from pmf_core.models.state import SIDES, SideState, State
from pmf_core.support.errors import require


class FeatureWeights(Ingredient):
    """What each feature of a user or an item adds to their row (implicit, side_info).

    Every model has it; where nothing is asked for, X has no columns.
    """

    stored = (
        Constant("side_mean", ("side_feature",)),
        Constant("side_covariance", ("side_feature", "side_feature_2")),
    )

    def mathematics(self, problem: Problem) -> Mathematics:
        """Write how rows are moved, and the prior of the weights."""
        lines = []
        for owner, side in problem.sides.items():
            kinds = {kind: _WORDS[kind] for kind in groups(problem.config, owner)}
            lines += weights_in_words(problem.config, owner, side.alpha, kinds)
        return Mathematics(tuple(lines))

    def parts(self, config: PMFConfig) -> tuple[Part, ...]:
        """Declare the weights of each side that has features, and their precisions."""
        learned = learns_columns(config)
        found = []
        for owner, names in SIDES.items():
            if groups(config, owner):
                dims = (f"{owner}_group", "column", "column_2")
                found += [
                    Part(names.W, (f"{owner}_feature", "column"), needed=owner == "user"),
                    Part(names.Lambda_W, dims, learned=learned, needed=False),
                ]
        return tuple(found)

    def scalars(self, config: PMFConfig, n_levels: int) -> tuple[Scalar, ...]:
        """Declare the sizes of each group's weights and, where it is learned, their prior."""
        found = []
        for owner, names in SIDES.items():
            for kind in groups(config, owner):
                of = f"weights of {_WORDS[kind]} that move {names.rows}"
                rms, rms_b, log_det_of, trace = _scalar_names(names.W, kind)
                found.append(Scalar(rms, f"Size of {of}", f"Root mean square of the {of}."))
                if config.biases:
                    biases = f"{_WORDS[kind]} in the {OWNERS[owner]}' biases"
                    words = f"Root mean square of the weights of {biases}."
                    found.append(Scalar(rms_b, f"Size of weights of {biases}", words))
                if learns_columns(config):
                    words = f"Log determinant of the prior precision of {of}."
                    found.append(Scalar(log_det_of, f"log |Λ| of {of}", words))
                if config.prior == "hierarchical":
                    words = f"Sum of the prior precisions of {of}, over the factors."
                    found.append(Scalar(trace, f"tr Λ of {of}", words))
        return tuple(found)

    def measure(self, problem: Problem, state: State) -> dict[str, float]:
        """Return root mean squares of weights, and what no rotation changes of their prior."""
        config, found = problem.config, {}
        d, learned = config.n_factors, learned_columns(config)
        for owner, side in problem.sides.items():
            half = state.side(owner)
            for g, kind in enumerate(groups(config, owner)):
                rms, rms_b, log_det_of, trace = _scalar_names(SIDES[owner].W, kind)
                W, Lambda = half.W[side.features.group == g], half.Lambda_W[g]
                found[rms] = root_mean_square(W[:, :d])
                if config.biases:
                    found[rms_b] = root_mean_square(W[:, d])
                if learns_columns(config):
                    found[log_det_of] = log_det(Lambda[learned, learned])
                if config.prior == "hierarchical":
                    found[trace] = float(np.trace(Lambda[:d, :d]))
        return found

    def coords(self, problem: Problem) -> dict[str, NDArray]:
        """Return the names of the features."""
        return {f"{owner}_feature": side.features.names for owner, side in problem.sides.items()}

    def takes(self, config: PMFConfig, train: Ratings) -> Takes:
        """Return what statistics of every row take and, of who rated what, a weight of each.

        Of side information only the former: it has few features.
        """
        k, rows = config.n_columns, train.n_users + train.n_items
        if not any(groups(config, owner) for owner in SIDES):
            return Takes()
        sides, weights = implicit_sides(config), 0
        for owner, n_features in (("user", train.n_items), ("item", train.n_users)):
            weights += n_features * ("implicit" in groups(config, owner))
        each = 1.9 * sides * train.n_ratings * k**1.5
        return Takes(
            each + 7.5 * rows * k**2 + 0.3 * weights * k**3,
            numbers=weights * k,
            data_bytes=100 * sides * train.n_ratings,
            chain_bytes=8 * rows * k**2,
        )

    def lacking(self, config: PMFConfig, ratings: Ratings) -> tuple[dict[str, Any], str] | None:
        """Leave out the side information of whom no usable column is there."""
        frames = {"user": ratings.user_features, "item": ratings.item_features}
        wanted = [owner for owner in frames if config.side_info in (owner, "both")]
        found = [owner for owner in wanted if side_columns(frames[owner])]
        if found == wanted:
            return None
        names = {"user": "users", "item": ratings.nouns.things}
        missing = " and ".join(names[owner] for owner in wanted if owner not in found)
        note = f"No side information of {missing}: these ratings come with no such columns."
        return {"side_info": found[0] if found else "none"}, note

    def constants(self, problem: Problem, train: Pairs) -> dict[str, NDArray]:
        """Return mean and covariance, over users, of their side information."""
        if problem.config.side_info not in ("user", "both"):
            return {}
        mean, covariance = problem.user.features.side_moments()
        return {"side_mean": mean, "side_covariance": covariance}

    def check(self, attrs: Mapping[str, Any], constants: Mapping[str, NDArray]) -> None:
        """Refuse a covariance that is not of the features of the mean."""
        if "side_mean" in constants:
            n, shape = len(constants["side_mean"]), constants["side_covariance"].shape
            require(shape == (n, n), "side_covariance", shape, f"of shape {(n, n)}")

    def start(self, random: Draws, problem: Problem) -> dict[str, NDArray]:
        """Start at no weights, with precisions as of the fixed prior."""
        found, size = {}, problem.n_columns
        for owner, side in problem.sides.items():
            names, X = SIDES[owner], side.features
            found[names.W] = np.zeros((X.n_features, size))
            found[names.Lambda_W] = np.tile(side.alpha * np.eye(size), (X.n_groups, 1, 1))
        return found

    def log_prior(self, problem: Problem, state: State) -> float:
        """Return the log density of weights and of their precisions."""
        total = 0.0
        for owner, side in problem.sides.items():
            half = state.side(owner)
            for g, Lambda in enumerate(half.Lambda_W):
                total += log_rows(half.W[side.features.group == g], Lambda)
                total += log_wishart(problem.config, Lambda)
        return total

    def newcomer_row(
        self, problem: Problem, draw: State, constants: Mapping[str, NDArray], row: RowPrior
    ) -> RowPrior:
        """Move their row by what they rated, and spread it by what is not known of them.

        Their side information is that of any user: the mean and the covariance over users. So is
        what they will have rated in the end, if this is only a beginning: see `begun`.
        """
        config, mean, spread = problem.config, row.mean, np.zeros_like(row.precision)
        if config.implicit in ("user", "both"):  # these are the first features
            moved, spread = moved_by_rated(config, draw, problem.item_idx, constants)
            mean = mean + moved
        if "side_mean" in constants:  # side information comes last
            side_mean, covariance = constants["side_mean"], constants["side_covariance"]
            W = draw.W_U[-len(side_mean) :].astype(np.float64)
            mean, spread = mean + side_mean @ W, spread + W.T @ covariance @ W
        if not spread.any():
            return row._replace(mean=mean)
        precision = np.linalg.inv(np.linalg.inv(row.precision) + spread)
        return row._replace(mean=mean, precision=precision)


_WORDS = {"implicit": "who rated what", "side_info": "features"}


def _scalar_names(W: str, kind: str) -> tuple[str, ...]:
    """Return what is measured of a group: weights of factors and of biases, and their prior."""
    whats = f"rms_{W}", f"rms_b_{W}", f"log_det_Lambda_{W}", f"trace_Lambda_{W}"
    return tuple(f"{what}_{kind}" for what in whats)


def implicit_sides(config: PMFConfig) -> int:
    """Return how many sides are moved by who rated what: 0, 1 or 2."""
    return sum("implicit" in groups(config, owner) for owner in SIDES)


def groups(config: PMFConfig, owner: str) -> list[str]:
    """Name the groups of features of a side in their order; each has a prior of its own."""
    return [name for name in ("implicit", "side_info") if getattr(config, name) in (owner, "both")]


def step_weights(
    random: Draws | Modes,
    features: Features,
    side: SideState,
    precision: NDArray[np.float64],
    pull: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Draw the weights of one feature after the other.

    Parameters
    ----------
    precision, pull : ndarray of shape (n_rows, n_columns, n_columns) and (n_rows, n_columns)
        What is known of each row; see `pmf_core.kernels.weights.draw_weights`.

    Returns
    -------
    ndarray of shape (n_features, n_columns)
    """
    W, noise = side.W.copy(), random.normal(*side.W.shape)
    given = *features.by_column, features.group, precision, pull, side.Lambda_W
    draw_weights(*given, noise, random.of_weights, W)
    return W


def step_weight_precisions(
    random: Draws | Modes, config: PMFConfig, features: Features, W: NDArray, alpha: float
) -> NDArray[np.float64]:
    """Draw the prior precision of every group's weights.

    Parameters
    ----------
    W : ndarray of shape (n_features, n_columns)
        The weights.
    alpha : float
        Precision of the columns whose prior is fixed.

    Returns
    -------
    ndarray of shape (n_groups, n_columns, n_columns)
    """
    size = config.n_columns
    found = np.empty((features.n_groups, size, size))
    for g in range(features.n_groups):
        found[g] = draw_weight_precision(random, config, W[features.group == g], alpha)
    return found


def state_moved_rows(
    config: PMFConfig, owner: str, features: Features, alpha: float, Y: Any
) -> Any:
    """State weights in PyMC, and the rows that they move.

    Parameters
    ----------
    Y : tensor of shape (n_rows, n_columns)
        The part of the rows that features do not explain.

    Returns
    -------
    tensor of shape (n_rows, n_columns)
        ``Y + X W``
    """
    import pymc as pm
    import pytensor.tensor as pt

    names, X = SIDES[owner], features.matrix
    rows, model = names.rows, pm.modelcontext(None)
    kinds = groups(config, owner)
    model.add_coords({f"group_{rows}": kinds, f"feature_{rows}": features.names})
    precisions, weights = [], []
    for g, kind in enumerate(kinds):
        dim = f"feature_{rows}_{kind}"
        model.add_coord(dim, features.names[features.group == g])
        precisions.append(state_precision(config, f"{names.Lambda_W}_{kind}", alpha))
        zero = np.zeros(config.n_columns)
        weights.append(state_rows(f"{names.W}_{kind}", zero, precisions[-1], (dim, "factor")))
    if learns_columns(config):
        dims = (f"group_{rows}", "factor", "other_factor")
        pm.Deterministic(names.Lambda_W, pt.stack(precisions), dims=dims)
    W = pm.Deterministic(names.W, pt.concatenate(weights), dims=(f"feature_{rows}", "factor"))
    row = np.repeat(np.arange(X.shape[0]), np.diff(X.indptr))
    # X W as a sum over what is not 0: sparse products have no second derivative here.
    moved = pt.inc_subtensor(Y[row], X.data[:, None] * W[X.indices])
    return pm.Deterministic(rows, moved, dims=(owner, "factor"))
