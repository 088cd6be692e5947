"""Draws of a whole model, and of ratings, from its prior: to see what it assumes, to check it."""

from dataclasses import replace

import numpy as np
import pandas as pd

from pmf_core.data import Ratings
from pmf_core.data.simulate import simulate_ratings
from pmf_core.models.arrange import arrange
from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients.effects import SECONDS_A_DAY
from pmf_core.models.state import State
from pmf_core.sampling.start import draw_prior, draw_ratings
from pmf_core.support.errors import is_whole, require

N_DAYS = 30
"""Over which the ratings of the default design are spread."""


def simulate_from_prior(
    config: PMFConfig, ratings: Ratings | None = None, *, random_seed: int = 0
) -> tuple[Ratings, State]:
    """Draw every part of a model from its prior, then ratings given them.

    The parts and the ratings are one draw of their joint distribution given the *design*: which
    pairs are rated, features, and times of ratings. What the model sets from data is set from
    `ratings` and held fixed too: the offset (if `config.center`), alpha_U and alpha_V (if the
    prior is fixed), the levels, the unit and the scale of ratings. A fit of the simulated
    ratings would set these anew, from them, but for the unit.

    Parameters
    ----------
    config : PMFConfig
        The model. Under its default hyper-prior a hierarchical prior has tails so heavy that
        ratings of hundreds of stars are drawn (ordinal ones pile up at the ends of the scale); a
        larger `nu0` makes them lighter.
    ratings : Ratings, optional
        The design. By default a small one, which has something for every ingredient: 60 users
        with age and gender, 40 items with genres, 900 ratings on 30 days, of 1 to 5 stars.
    random_seed : int
        Seed of everything drawn.

    Returns
    -------
    ratings : Ratings
        The same pairs, in the same order, with other values. Identity link: any number, neither
        rounded nor clipped, and `scale` is widened to hold all. Ordinal: one of the levels.
        Logistic: clipped to the scale, which belongs to that model; so they are not quite a draw
        from the joint distribution, in which noise leads beyond it. An ingredient for which the
        design lacks the data is left out, and `notes` says so.
    state : State
        What they were drawn from, in the units of the link. Rows in the order of ``user_ids`` and
        ``item_ids``.

    Raises
    ------
    ValueError
        If an argument is of the wrong kind, or these ratings do not fit the model.
    """
    require(isinstance(config, PMFConfig), "config", config, "a PMFConfig, such as PMFConfig()")
    valid = ratings is None or (isinstance(ratings, Ratings) and ratings.n_ratings > 0)
    require(valid, "ratings", ratings, "Ratings with at least one rating, or None")
    valid = is_whole(random_seed, 0, 2**32 - 1)
    require(valid, "random_seed", random_seed, f"a whole number from 0 to {2**32 - 1}")
    ratings = _default_design() if ratings is None else ratings
    problem = arrange(config, ratings)
    rng = np.random.default_rng(random_seed)
    state = draw_prior(problem, rng)
    rating = np.empty(ratings.n_ratings)
    rating[np.lexsort((ratings.item_idx, ratings.user_idx))] = problem.unit * draw_ratings(
        problem, state, rng
    )
    low, high = ratings.scale
    if config.link == "logistic":
        rating = np.clip(rating, low, high)
    simulated = replace(
        ratings,
        rating=rating,
        scale=(min(low, rating.min()), max(high, rating.max())),
        name="Ratings drawn from the prior",
        notes=problem.left_out,
    )
    return simulated, state


def _default_design() -> Ratings:
    ratings, _ = simulate_ratings(60, 40, 900, n_factors=3)
    rng = np.random.default_rng(0)
    genres = rng.random((ratings.n_items, 3)) < 0.4
    return replace(
        ratings,
        timestamp=rng.integers(N_DAYS * SECONDS_A_DAY, size=ratings.n_ratings),
        user_features=pd.DataFrame(
            {
                "age": rng.integers(10, 70, ratings.n_users),
                "gender": rng.choice(["F", "M"], ratings.n_users),
            }
        ),
        item_features=pd.DataFrame(genres, columns=["Comedy", "Drama", "Thriller"]),
    )
