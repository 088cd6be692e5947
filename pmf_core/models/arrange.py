"""From a model and its training ratings to the arrays that a sampler takes."""

import numpy as np
from numpy.typing import NDArray

from pmf_core.data import Ratings
from pmf_core.models.available import available
from pmf_core.models.config import PMFConfig
from pmf_core.models.feature_matrix import item_features, user_features
from pmf_core.models.ingredients import ingredients_of, link_of
from pmf_core.models.ingredients.link import MAX_LEVELS
from pmf_core.models.pairs import Pairs
from pmf_core.models.priors import imputed_precisions
from pmf_core.models.problem import Problem, Rows, Side


def arrange(
    config: PMFConfig, ratings: Ratings, precisions: tuple[float, float] | None = None
) -> Problem:
    """Arrange training ratings by user and by item, as a model needs them: in their unit.

    Parameters
    ----------
    config : PMFConfig
        What the ratings cannot feed is left out, as `available` says.
    ratings : Ratings
    precisions : tuple of float, optional
        alpha_U and alpha_V of a fixed prior; by default, what `imputed_precisions` makes of the
        ratings.
    """
    config, left_out = available(config, ratings)
    unit, ratings = ratings.unit, ratings.in_units()
    ratings = ratings.take(np.lexsort((ratings.item_idx, ratings.user_idx)))
    link, user, item = link_of(config), ratings.user_idx, ratings.item_idx
    shape = ratings.n_users, ratings.n_items
    if precisions is None:
        precisions = tuple(alpha * link.unit(ratings) for alpha in imputed_precisions(ratings))
    alpha_U, alpha_V = precisions
    data = {}
    for ingredient in ingredients_of(config):
        data |= ingredient.arrange(config, ratings)
    return Problem(
        config=config,
        left_out=left_out,
        sides={
            "user": Side(Rows.of(user, item, shape), user_features(config, ratings), alpha_U),
            "item": Side(Rows.of(item, user, shape[::-1]), item_features(config, ratings), alpha_V),
        },
        rating=ratings.rating,
        pairs=_pairs(config, data, ratings),
        offset=link.offset(ratings) if config.center else 0.0,
        scale=ratings.scale,
        unit=unit,
        levels=_levels(config, ratings),
        data=data,
    )


def pairs_of(problem: Problem, ratings: Ratings) -> Pairs:
    """Return the pairs of any ratings, with what the ingredients must know of each."""
    return _pairs(problem.config, problem.data, ratings)


def _pairs(config: PMFConfig, data: dict, ratings: Ratings) -> Pairs:
    given = {}
    for ingredient in ingredients_of(config):
        given |= ingredient.given(data, ratings)
    return Pairs(ratings.user_idx, ratings.item_idx, given)


def _levels(config: PMFConfig, ratings: Ratings) -> NDArray[np.float64]:
    """Return the different ratings in ascending order; none where they are too many to be levels.

    A few ratings of any value have few values, too: levels are given several times each, or the
    link says that they are levels.
    """
    levels = np.unique(ratings.rating)
    repeat = link_of(config).is_latent or 3 * len(levels) <= ratings.n_ratings
    return levels if repeat and len(levels) <= MAX_LEVELS else np.empty(0)
