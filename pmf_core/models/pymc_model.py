"""The models as PyMC states them: to read, to draw, and to sample with NUTS.

They take their data from where the compiled sampler takes them, and state every distribution
anew, so that each can be held against the other. A variable has the name and the shape of the
part of `pmf_core.models.state.State` that it stands for.
"""

import numpy as np
import pymc as pm

from pmf_core.data import Ratings
from pmf_core.models.arrange import arrange, pairs_of
from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients import ingredients_of
from pmf_core.models.ingredients.base import Statement


def build_model(config: PMFConfig, ratings: Ratings) -> pm.Model:
    """State a matrix factorization of training ratings in PyMC.

    Parameters
    ----------
    config : PMFConfig
        Which model; what the ratings cannot feed is left out, as `available` says.
    ratings : Ratings
        Training ratings, such as ``split.train``; only observed pairs enter.

    Returns
    -------
    pm.Model
        With ``U`` of dims (user, factor) and ``V`` of dims (item, factor), the last factor being
        the bias where there are biases, and what else the ingredients need. Observed is
        ``rating`` of dim obs: in units (`Ratings.unit`), less the training mean under an identity
        link with `config.center`; under an ordinal link it is the position among the levels. The
        latent scores of an ordinal link are integrated out.

    References
    ----------
    Mnih & Salakhutdinov (2007), Probabilistic Matrix Factorization, sec 2 and, for
    constrained PMF, 4;
    Salakhutdinov & Mnih (2008), eqs 4 to 7; Albert & Chib (1993).
    """
    problem = arrange(config, ratings)
    coords = {
        "user": ratings.user_ids,
        "item": ratings.item_ids,
        "obs": np.arange(ratings.n_ratings),
    }
    with pm.Model(coords=coords) as model:
        idx = {
            "user": pm.Data("user_idx", ratings.user_idx, dims="obs"),
            "item": pm.Data("item_idx", ratings.item_idx, dims="obs"),
        }
        statement = Statement(model, pairs_of(problem, ratings), ratings.in_units().rating, idx)
        for ingredient in ingredients_of(problem.config):
            ingredient.state_in_pymc(problem, statement)
    return model
