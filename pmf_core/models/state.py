"""Where a chain stands, and what its segments return."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_NONE = np.zeros(0)


class State(NamedTuple):
    """Everything that a model of any ingredients draws; empty where it lacks the ingredient.

    A column stands for a factor or, last, for the bias. Draws of a segment are stored in the same
    fields, with one more axis in front.
    """

    U: NDArray[np.float64]
    """ndarray of shape (n_users, n_columns): ``Y_U + X_U W_U``"""
    V: NDArray[np.float64]
    """ndarray of shape (n_items, n_columns): ``Y_V + X_V W_V``"""
    alpha: NDArray[np.float64]
    """ndarray of shape (): noise precision"""
    mu_U: NDArray[np.float64] = _NONE
    """ndarray of shape (n_columns,): prior mean of a row of Y_U"""
    mu_V: NDArray[np.float64] = _NONE
    Lambda_U: NDArray[np.float64] = _NONE
    """ndarray of shape (n_columns, n_columns): prior precision of a row of Y_U"""
    Lambda_V: NDArray[np.float64] = _NONE
    W_U: NDArray[np.float64] = _NONE
    """ndarray of shape (n_features, n_columns): what a feature adds to a row of U"""
    W_V: NDArray[np.float64] = _NONE
    Lambda_W_U: NDArray[np.float64] = _NONE
    """ndarray of shape (n_groups, n_columns, n_columns): prior precision of a row of W_U"""
    Lambda_W_V: NDArray[np.float64] = _NONE
    noise_scale_user: NDArray[np.float64] = _NONE
    """ndarray of shape (n_users,): precision of a user's ratings, relative to alpha"""
    noise_scale_item: NDArray[np.float64] = _NONE
    effect: NDArray[np.float64] = _NONE
    """ndarray of shape (n_levels,): effects of all levels, one grouping after the other"""
    tau_effect: NDArray[np.float64] = _NONE
    """ndarray of shape (n_effects,): precision of the levels of each grouping"""
    log_gap: NDArray[np.float64] = _NONE
    """ndarray of shape (n_users or 1, n_levels - 2): log distances between cut points"""
    mu_gap: NDArray[np.float64] = _NONE
    """ndarray of shape (n_levels - 2,): mean over users of each log distance"""
    tau_gap: NDArray[np.float64] = _NONE
    """ndarray of shape (n_levels - 2,): precision of the users around that mean"""
    accepted: NDArray[np.float64] = _NONE
    """ndarray of shape (n_steps,): share of this sweep's Metropolis proposals that were taken;
    of users' rows and items' rows (logistic), or of cut points (ordinal)"""
