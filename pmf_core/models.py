"""The models as PyMC states them: to read, to draw, and to sample with NUTS."""

import numpy as np
import pymc as pm

from pmf_core.config import PMFConfig
from pmf_core.data import Ratings
from pmf_core.priors import imputed_precisions


def build_model(config: PMFConfig, ratings: Ratings) -> pm.Model:
    """State a matrix factorization of training ratings in PyMC.

    Parameters
    ----------
    config : PMFConfig
        Which model.
    ratings : Ratings
        Training ratings, such as ``split.train``; only observed pairs enter.

    Returns
    -------
    pm.Model
        Free variables ``U`` of dims (user, factor) and ``V`` of dims (item, factor); observed
        ``rating`` of dim obs, in stars (less the training mean when `config.center`).

    References
    ----------
    Mnih & Salakhutdinov (2007), Probabilistic Matrix Factorization, eqs 1 and 2.
    """
    alpha_U, alpha_V = imputed_precisions(ratings)
    offset = ratings.rating.mean() if config.center else 0.0
    coords = {
        "user": ratings.user_ids,
        "item": ratings.item_ids,
        "factor": np.arange(config.n_factors),
        "obs": np.arange(ratings.n_ratings),
    }
    with pm.Model(coords=coords) as model:
        user = pm.Data("user_idx", ratings.user_idx, dims="obs")
        item = pm.Data("item_idx", ratings.item_idx, dims="obs")
        U = pm.Normal("U", mu=0, sigma=alpha_U**-0.5, dims=("user", "factor"))
        V = pm.Normal("V", mu=0, sigma=alpha_V**-0.5, dims=("item", "factor"))
        pm.Normal(
            "rating",
            mu=(U[user] * V[item]).sum(axis=-1),
            sigma=config.alpha**-0.5,
            observed=ratings.rating - offset,
            dims="obs",
        )
    return model
